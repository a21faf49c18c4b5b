import LinearAlgebra
import Models

/// A parameter as the optimizer walks it: its memory, its history, its regulariser.
///
/// A row is the unit of work: a table's row, or one element of a dense parameter.
struct OptimizedParameter {
  let parameter: Parameter
  /// The rows that a batch touched, for a table.
  let touched: TouchedRows?
  /// The rows' values, whatever updates wait.
  let values: MatrixView
  /// Elements of a row.
  let width: Int
  /// Numbers of history of each kind that a row has.
  let momentWidth: Int
  /// One row a kind of history, of `momentWidth` numbers for each row of the parameter; nothing where the history of a
  /// table's rows lies beside their values.
  let state: Matrix
  /// Each kind of history as rows of `momentWidth` numbers, wherever they lie.
  let moments: [MatrixView]
  /// What lies together in memory of each row that an update reads or writes.
  let pieces: [MatrixView]
  /// λ of the regulariser.
  let decay: Double

  init(_ parameter: Parameter, rule: any UpdateRule.Type, decay: Double) {
    self.parameter = parameter
    self.decay = decay
    touched = parameter.touched
    values = parameter.flushedValue().view
    let width = touched == nil ? 1 : parameter.value.columns
    let momentWidth = rule.momentWidth(ofRow: width)
    (self.width, self.momentWidth) = (width, momentWidth)
    let rows = parameter.count / width
    if let storage = parameter.storage, let history = storage.history,
      history.columns == rule.moments * momentWidth
    {
      state = Matrix(rows: 0, columns: 0)
      moments = (0..<rule.moments).map {
        history.columns($0 * momentWidth..<($0 + 1) * momentWidth)
      }
      pieces = storage.parts
    } else {
      let state = Matrix(rows: rule.moments, columns: rows * momentWidth)
      self.state = state
      moments = (0..<rule.moments).map {
        MatrixView(
          base: state.view.row($0), rows: rows, columns: momentWidth, stride: momentWidth)
      }
      pieces = [values] + moments
    }
  }

  /// Rows that can have a gradient: every element, or as many of a table as one batch can touch.
  var gradientRows: Int { touched?.capacity ?? parameter.count }
  /// Rows that have one now.
  var activeRows: Int { touched?.count ?? parameter.count }
  /// All rows.
  var rows: Int { parameter.count / width }
}

/// A fixed piece of work: consecutive rows of one parameter, or consecutive slots of its touched rows.
struct UpdateTask {
  let parameter: Int
  let rows: Range<Int>

  /// Elements of a tile: value, gradient and moments of one stay in a core's first cache.
  static let tileElements = 1024
  private static let tilesATask = 16

  /// Rows of a tile for rows of `width` elements: as many lines' worth as a kernel takes at once, where that can be.
  static func tileRows(width: Int) -> Int {
    let most = max(1, tileElements / width)
    // `width · whole` is a multiple of 64.
    let whole = 64 >> min(6, width.trailingZeroBitCount)
    return most < whole ? most : most / whole * whole
  }

  /// Cuts parameters into tasks; the cuts depend on their shapes alone.
  static func tasks(
    _ parameters: [OptimizedParameter], rows: (OptimizedParameter) -> Int
  ) -> [UpdateTask] {
    parameters.indices.flatMap { index in
      pieces(of: rows(parameters[index]), width: parameters[index].width).map {
        UpdateTask(parameter: index, rows: $0)
      }
    }
  }

  /// Cuts rows of `width` elements.
  static func pieces(of rows: Int, width: Int) -> [Range<Int>] {
    let size = tileRows(width: width) * tilesATask
    return stride(from: 0, to: rows, by: size).map { $0..<min(rows, $0 + size) }
  }
}
