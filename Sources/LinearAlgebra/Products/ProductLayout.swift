import CVector

/// How the sums of a product are cut into pieces and tiles, and what its panels take.
struct ProductLayout {
  /// Terms of a sum that are added in registers before they are added to the result.
  static let mostSteps = 1024
  /// Columns of a panel of the second operand: two registers full.
  static let width = Int(SFG_PANEL_WIDTH)

  let tiles: ProductTiles
  let pieces: Int
  /// Panels of the second operand.
  let panels: Int
  /// Parts that an operand's panels are laid out in, in each piece.
  let parts: Int
  /// Parts of both operands: the first one has none where it is read as it lies.
  let laying: Int
  /// Elements that the panels of a piece take.
  let elements: Int
  private let inner: Int

  init(rows: Int, columns: Int, inner: Int, transposingA: Bool, threads: Int) {
    self.inner = inner
    pieces = Self.pieces(inner: inner)
    let steps = Self.steps(inner: inner)
    tiles = ProductTiles(rows: rows, steps: steps, threads: threads)
    panels = ProductPanels.count(columns: columns, width: Self.width)
    let rowPanels =
      transposingA ? ProductPanels.count(columns: rows, width: ProductRows.height) : 0
    // Pieces differ by a step at most.
    parts = ProductPanels.parts(steps: steps)
    laying = transposingA ? 2 * parts : parts
    elements =
      panels * ProductPanels.stride(width: Self.width, steps: steps)
      + rowPanels * ProductPanels.stride(width: ProductRows.height, steps: steps)
  }

  /// How many pieces sums of so many terms are added in.
  static func pieces(inner: Int) -> Int { max(1, (inner + mostSteps - 1) / mostSteps) }

  /// The terms of the longest piece.
  static func steps(inner: Int) -> Int {
    let pieces = pieces(inner: inner)
    return (inner + pieces - 1) / pieces
  }

  /// The terms of a piece of some sums.
  static func steps(of piece: Int, inner: Int) -> Range<Int> {
    let pieces = pieces(inner: inner)
    return piece * inner / pieces..<(piece + 1) * inner / pieces
  }

  /// The terms of a piece.
  func steps(of piece: Int) -> Range<Int> { Self.steps(of: piece, inner: inner) }
}
