import CVector

/// The first operand as tiles read it: `a(r, k)` is `base[r / H · block + r % H · row + k · step]`, `H` a tile's height.
struct ProductRows {
  /// Rows that are summed at once: as many as there are registers for.
  static let height = Int(SFG_TILE_ROWS)

  let base: UnsafePointer<Scalar>
  let block: Int
  let row: Int
  let step: Int
  /// How far from a step's numbers those of a later step are asked for; 0 where the processor sees by itself what comes.
  let ahead: Int

  /// Whether a transpose is read where it lies: a step of short registers is over before its lines are there.
  static let readsColumns = SFG_READS_COLUMNS != 0
  /// Steps ahead that lines far apart are asked for.
  private static let stepsAhead = 32

  /// A matrix read where it lies, from one of its columns on.
  init(_ matrix: MatrixView, from column: Int) {
    base = UnsafePointer(matrix.base) + column
    (block, row, step) = (Self.height * matrix.stride, matrix.stride, 1)
    ahead = 0
  }

  /// The transpose of a matrix, read where that lies.
  init(transposing matrix: MatrixView) {
    base = UnsafePointer(matrix.base)
    (block, row, step) = (Self.height, 1, matrix.stride)
    ahead = Self.stepsAhead * matrix.stride
  }

  /// A matrix whose columns were laid out in panels of a tile's height: its transpose.
  init(_ panels: ProductPanels) {
    base = UnsafePointer(panels.base(of: 0))
    (block, row, step) = (panels.stride, 1, panels.width)
    ahead = 0
  }

  /// Where a row begins.
  @inline(__always)
  func start(of row: Int) -> UnsafePointer<Scalar> {
    base + row / Self.height * block + row % Self.height * self.row
  }
}
