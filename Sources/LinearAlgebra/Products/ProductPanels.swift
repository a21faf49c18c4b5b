import CVector

/// The division of a product into k-blocks and tiles, and the memory that its packed panels need.
struct ProductBlocking {
  /// The most terms of a k-block, which are added in registers before they are added to the result.
  static let maxSteps = 1024
  /// Columns of a panel of the second operand: two registers.
  static let width = Int(SFG_PANEL_WIDTH)

  let tiles: ProductTiles
  /// The number of k-blocks.
  let blocks: Int
  /// Panels of the second operand.
  let panels: Int
  /// Packing tasks per operand and k-block.
  let parts: Int
  /// Packing tasks of both operands per k-block: none for a first operand that is read in place.
  let packingTasks: Int
  /// Elements that the panels of a k-block occupy.
  let elements: Int
  private let inner: Int

  init(rows: Int, columns: Int, inner: Int, transposingA: Bool, threads: Int) {
    self.inner = inner
    blocks = Self.blocks(inner: inner)
    let steps = Self.steps(inner: inner)
    tiles = ProductTiles(rows: rows, steps: steps, threads: threads)
    panels = ProductPanels.count(columns: columns, width: Self.width)
    let rowPanels = transposingA ? ProductPanels.count(columns: rows, width: ProductRows.height) : 0
    // The lengths of k-blocks differ by one at most.
    parts = ProductPanels.parts(steps: steps)
    packingTasks = transposingA ? 2 * parts : parts
    elements =
      panels * ProductPanels.stride(width: Self.width, steps: steps)
      + rowPanels * ProductPanels.stride(width: ProductRows.height, steps: steps)
  }

  /// The number of k-blocks of sums of `inner` terms.
  static func blocks(inner: Int) -> Int { max(1, (inner + maxSteps - 1) / maxSteps) }

  /// The terms of the longest k-block.
  static func steps(inner: Int) -> Int {
    let blocks = blocks(inner: inner)
    return (inner + blocks - 1) / blocks
  }

  /// The terms of a k-block of sums of `inner` terms.
  static func steps(of block: Int, inner: Int) -> Range<Int> {
    let blocks = blocks(inner: inner)
    return block * inner / blocks..<(block + 1) * inner / blocks
  }

  /// The terms of a k-block.
  func steps(of block: Int) -> Range<Int> { Self.steps(of: block, inner: inner) }
}

/// One k-block of an operand, packed into panels of a few columns: `[panel][row][column]`.
///
/// The last panel is padded with zeros.
struct ProductPanels {
  private let matrix: MatrixView
  private let transposing: Bool
  private let columns: Int
  /// The rows of the k-block in the matrix; columns if it is transposed.
  let steps: Range<Int>
  /// Columns of a panel.
  let width: Int
  private let memory: UnsafeMutablePointer<Scalar>

  /// Describes a k-block of a matrix, or of its transpose, and the memory to pack it into.
  init(
    _ matrix: MatrixView, transposing: Bool, steps: Range<Int>, width: Int,
    memory: UnsafeMutablePointer<Scalar>
  ) {
    self.matrix = matrix
    self.transposing = transposing
    self.steps = steps
    self.width = width
    self.memory = memory
    columns = transposing ? matrix.rows : matrix.columns
  }

  /// The number of panels of `columns`.
  static func count(columns: Int, width: Int) -> Int { (columns + width - 1) / width }

  /// The matrix's columns in a panel.
  @inline(__always)
  func columns(of panel: Int) -> Range<Int> { panel * width..<min(columns, (panel + 1) * width) }

  /// Elements from one panel to the next.
  var stride: Int { Self.stride(width: width, steps: steps.count) }

  /// An odd number of cache lines: packing writes to all panels at once, and lines at the same
  /// offset of panels a multiple of 4 KB apart would evict one another from the L1 cache.
  static func stride(width: Int, steps: Int) -> Int {
    let line = 64 / MemoryLayout<Scalar>.size
    return ((width * steps + line - 1) / line | 1) * line
  }

  /// The start of a panel.
  @inline(__always)
  func base(of panel: Int) -> UnsafeMutablePointer<Scalar> { memory + panel * stride }

  /// The number of parts that a k-block is packed in.
  static func parts(steps: Int) -> Int { (steps + partSteps - 1) / partSteps }

  /// Packs all panels on the calling thread.
  func pack() { for part in 0..<Self.parts(steps: steps.count) { pack(part) } }

  /// Packs one part of all panels: rows are read from end to end, a cache line at a time.
  func pack(_ part: Int) {
    let start = min(steps.count, part * Self.partSteps)
    let places = start..<min(steps.count, start + Self.partSteps)
    for panel in 0..<Self.count(columns: columns, width: width) {
      let columns = columns(of: panel)
      let target = base(of: panel)
      if columns.count < width {
        let start = target + places.lowerBound * width
        start.update(repeating: 0, count: places.count * width)
      }
      if transposing { packTransposed(columns, places, target) }
    }
    guard !transposing else { return }
    // The compiler knows each of these widths, so that a copy needs no branch.
    switch width {
    case 32: packRows(places, JoinedChunk<SIMD16<Scalar>, SIMD16<Scalar>>.self)
    case 16: packRows(places, SIMD16<Scalar>.self)
    case 12: packRows(places, JoinedChunk<SIMD8<Scalar>, SIMD4<Scalar>>.self)
    case 8: packRows(places, SIMD8<Scalar>.self)
    case 6: packRows(places, JoinedChunk<SIMD4<Scalar>, SIMD2<Scalar>>.self)
    default: preconditionFailure("ProductPanels: no panels of \(width) columns")
    }
  }

  @inline(__always)
  private func packRows<Chunk: LaneChunk>(_ places: Range<Int>, _: Chunk.Type) {
    let (columns, stride) = (columns, stride)
    for place in places {
      let source = UnsafePointer(matrix.row(steps.lowerBound + place))
      var target = memory + place * Chunk.width
      var column = 0
      while column + Chunk.width <= columns {
        Chunk.load(source + column).store(target)
        column += Chunk.width
        target += stride
      }
      if column < columns {
        ShortVectorKernels.copy(source + column, to: target, count: columns - column)
      }
    }
  }

  /// Packs a few rows at a time, so that the cache lines they are written to stay in the L1 cache.
  private func packTransposed(
    _ columns: Range<Int>, _ places: Range<Int>, _ target: UnsafeMutablePointer<Scalar>
  ) {
    let block = 16
    for start in Swift.stride(from: places.lowerBound, to: places.upperBound, by: block) {
      for column in columns {
        let source = matrix.row(column) + steps.lowerBound
        let lane = target + (column - columns.lowerBound)
        for place in start..<min(start + block, places.upperBound) {
          lane[place * width] = source[place]
        }
      }
    }
  }

  private static let partSteps = 64
}
