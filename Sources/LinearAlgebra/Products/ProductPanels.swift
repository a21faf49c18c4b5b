/// Some rows of a matrix, laid out as a product's tiles read them: in panels of a few columns, `[panel][row][column]`.
///
/// What the last panel has beyond the matrix is zero.
struct ProductPanels {
  private let matrix: MatrixView
  private let transposing: Bool
  private let columns: Int
  /// The rows of the matrix, or columns where it is transposed, that are laid out.
  let steps: Range<Int>
  /// Columns of a panel.
  let width: Int
  private let memory: UnsafeMutablePointer<Scalar>

  /// Names rows of a matrix, or of its transpose, and room for them; nothing is laid out yet.
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

  /// How many panels some columns take.
  static func count(columns: Int, width: Int) -> Int { (columns + width - 1) / width }

  /// The matrix's columns in a panel.
  @inline(__always)
  func columns(of panel: Int) -> Range<Int> {
    panel * width..<min(columns, (panel + 1) * width)
  }

  /// Elements from one panel to the next.
  var stride: Int { Self.stride(width: width, steps: steps.count) }

  /// An odd number of cache lines: rows of a matrix are cut up for all panels at once, and lines at the same place of
  /// panels that lie 4 KB apart, or a multiple of that, would drive one another out of the first cache.
  static func stride(width: Int, steps: Int) -> Int {
    let line = 64 / MemoryLayout<Scalar>.size
    return ((width * steps + line - 1) / line | 1) * line
  }

  /// Where a panel begins.
  @inline(__always)
  func base(of panel: Int) -> UnsafeMutablePointer<Scalar> { memory + panel * stride }

  /// How many parts some steps are laid out in.
  static func parts(steps: Int) -> Int { (steps + partSteps - 1) / partSteps }

  /// Lays out all panels, on the calling thread.
  func lay() {
    for part in 0..<Self.parts(steps: steps.count) { lay(part) }
  }

  /// Lays out one part of all panels: rows are read from end to end, a line at a time.
  func lay(_ part: Int) {
    let start = min(steps.count, part * Self.partSteps)
    let places = start..<min(steps.count, start + Self.partSteps)
    for panel in 0..<Self.count(columns: columns, width: width) {
      let columns = columns(of: panel)
      let target = base(of: panel)
      if columns.count < width {
        let start = target + places.lowerBound * width
        start.update(repeating: 0, count: places.count * width)
      }
      if transposing { layTransposed(columns, places, target) }
    }
    guard !transposing else { return }
    // A width that the compiler knows: nothing is asked about each copy.
    switch width {
    case 32: layRows(places, JoinedChunk<SIMD16<Scalar>, SIMD16<Scalar>>.self)
    case 16: layRows(places, SIMD16<Scalar>.self)
    case 12: layRows(places, JoinedChunk<SIMD8<Scalar>, SIMD4<Scalar>>.self)
    case 8: layRows(places, SIMD8<Scalar>.self)
    case 6: layRows(places, JoinedChunk<SIMD4<Scalar>, SIMD2<Scalar>>.self)
    default: preconditionFailure("ProductPanels: no panels \(width) wide")
    }
  }

  @inline(__always)
  private func layRows<Chunk: LaneChunk>(_ places: Range<Int>, _: Chunk.Type) {
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

  /// Some steps at a time, so that the lines they are written to stay in the first cache.
  private func layTransposed(
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
