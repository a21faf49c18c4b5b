import CVector

/// Some rows of a product's second operand, laid out as its tiles read them: panel by panel, `[panel][k][column]`.
///
/// A panel is as wide as two registers, the last one only as wide as it must be; what it has beyond the operand is zero.
struct ProductPanels {
  /// Columns of a panel.
  static let width = Int(SFG_PANEL_WIDTH)

  private let operand: MatrixView
  private let transposing: Bool
  private let columns: Int
  /// The rows of the operand, or columns where it is transposed, that are laid out.
  let steps: Range<Int>
  private let memory: UnsafeMutablePointer<Scalar>

  /// Elements that panels of some rows take.
  static func elements(steps: Int, columns: Int) -> Int {
    count(columns: columns) * width * steps
  }

  /// Names rows of an operand, or of its transpose, and room for them; nothing is laid out yet.
  init(
    _ operand: MatrixView, transposing: Bool, steps: Range<Int>,
    memory: UnsafeMutablePointer<Scalar>
  ) {
    self.operand = operand
    self.transposing = transposing
    self.steps = steps
    self.memory = memory
    columns = transposing ? operand.rows : operand.columns
  }

  /// How many panels some columns take.
  static func count(columns: Int) -> Int { (columns + width - 1) / width }

  /// The operand's columns in a panel.
  @inline(__always)
  func columns(of panel: Int) -> Range<Int> {
    panel * Self.width..<min(columns, (panel + 1) * Self.width)
  }

  /// Columns of a panel with its zeros: a power of two.
  @inline(__always)
  func width(of panel: Int) -> Int {
    var width = Self.width
    while width / 2 >= columns(of: panel).count { width /= 2 }
    return width
  }

  /// Where a panel begins.
  @inline(__always)
  func base(of panel: Int) -> UnsafeMutablePointer<Scalar> {
    memory + panel * Self.width * steps.count
  }

  /// Lays out one panel.
  func lay(_ panel: Int) {
    let (columns, width) = (columns(of: panel), width(of: panel))
    if columns.count < width { base(of: panel).update(repeating: 0, count: steps.count * width) }
    if transposing {
      layTransposed(columns, width, base(of: panel))
    } else {
      var target = base(of: panel)
      for step in steps {
        ShortVectorKernels.copy(
          operand.row(step) + columns.lowerBound, to: target, count: columns.count)
        target += width
      }
    }
  }

  /// Some steps at a time, so that the lines they are written to stay in the first cache.
  private func layTransposed(
    _ columns: Range<Int>, _ width: Int, _ target: UnsafeMutablePointer<Scalar>
  ) {
    let block = 16
    for start in stride(from: 0, to: steps.count, by: block) {
      for column in columns {
        let source = operand.row(column) + steps.lowerBound
        let lane = target + (column - columns.lowerBound)
        for step in start..<min(start + block, steps.count) { lane[step * width] = source[step] }
      }
    }
  }
}
