import LinearAlgebra
import Models

/// A parameter as the optimizer sees it: its memory, its history, its regulariser.
///
/// A row is the unit of work: a table's row, or one element of a dense parameter.
struct OptimizedParameter {
  let parameter: Parameter
  /// The rows that a batch touched, for a table.
  let touched: TouchedRows?
  /// The rows' values, without deferred updates.
  let values: MatrixView
  /// Elements of a row.
  let width: Int
  /// Numbers of history of each kind for a row.
  let momentWidth: Int
  /// One row per kind of history, with `momentWidth` numbers for each row of the parameter; empty
  /// if the history of a table's rows is stored with their values.
  let state: Matrix
  /// Each kind of history as rows of `momentWidth` numbers, wherever they are stored.
  let moments: [MatrixView]
  /// The blocks of memory of each row that an update reads or writes.
  let prefetchTargets: [MatrixView]
  /// λ of the regulariser, for the rule.
  let decay: Double
  /// λ as far as the gradient includes `λ·w`: 0 if the rule's decay is decoupled.
  let gradientDecay: Double

  init(_ parameter: Parameter, rule: any UpdateRule.Type, decay: Double) {
    self.parameter = parameter
    self.decay = decay
    gradientDecay = rule.weightDecay == .coupled ? decay : 0
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
      prefetchTargets = storage.parts
    } else {
      let state = Matrix(rows: rule.moments, columns: rows * momentWidth)
      self.state = state
      moments = (0..<rule.moments).map {
        MatrixView(base: state.view.row($0), rows: rows, columns: momentWidth, stride: momentWidth)
      }
      prefetchTargets = [values] + moments
    }
  }

  /// The number of rows that can have a gradient: elements, or table rows that one batch can touch.
  var gradientRows: Int { touched?.capacity ?? parameter.count }
  /// The number of rows that have one now.
  var activeRows: Int { touched?.count ?? parameter.count }
  /// The number of all rows.
  var rows: Int { parameter.count / width }

  /// Contiguous elements of a dense parameter.
  @inline(__always)
  func span(_ elements: Range<Int>) -> UpdateSpan {
    UpdateSpan(
      value: values.base + elements.lowerBound,
      gradient: parameter.gradient.base + elements.lowerBound,
      moments: state.base + elements.lowerBound * momentWidth, momentStride: state.columns,
      count: elements.count, rowWidth: width)
  }

  /// The table rows of those of some slots that the batch filled.
  @inline(__always)
  func touchedRows(_ slots: Range<Int>) -> ScatteredRows? {
    guard let touched, slots.lowerBound < touched.count else { return nil }
    return ScatteredRows(
      parameter: self, moments: moments.first ?? values,
      momentStride: moments.count < 2 ? 0 : moments[1].base - moments[0].base,
      gradients: parameter.gradient.view.rows(0..<touched.count), tableRows: touched.rows,
      slots: slots.lowerBound..<min(slots.upperBound, touched.count))
  }

  /// Prefetches a row that an update will change soon, and its history.
  @inline(__always)
  func prefetch(_ row: Int) {
    for target in prefetchTargets { Prefetch.farRow(target.row(row), count: target.columns) }
  }
}
