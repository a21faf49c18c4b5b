/// The division of a result's rows into tiles, and the loop over the micro-tiles of one.
///
/// No sum depends on the division, so it may depend on the number of threads.
struct ProductTiles {
  /// Rows of the result.
  let rows: Int
  /// The number of tiles.
  let count: Int

  /// Divides `rows` into tiles, each of which reads `steps` elements per row.
  ///
  /// A tile has at most 256 rows, and its part of the first operand fits in the L2 cache. With
  /// enough rows, the number of tiles is a multiple of the number of threads, at least twice that.
  init(rows: Int, steps: Int, threads: Int) {
    self.rows = rows
    let most = (rows + ProductRows.height - 1) / ProductRows.height
    let tileRows = Self.tileRows(steps: steps)
    let least = max(2 * threads, (rows + tileRows - 1) / tileRows)
    count = min(most, (least + threads - 1) / threads * threads)
  }

  /// The rows of a tile.
  subscript(tile: Int) -> Range<Int> { bound(tile)..<bound(tile + 1) }

  private static let tileElements = 135_000

  private static func tileRows(steps: Int) -> Int { min(256, max(1, tileElements / max(steps, 1))) }

  /// A bound on the rows of a tile of a result with at most so many rows.
  static func mostRows(rows: Int, steps: Int) -> Int {
    let height = ProductRows.height
    let most = min(rows, tileRows(steps: steps) + height)
    return (most + height - 1) / height * height
  }

  private func bound(_ tile: Int) -> Int {
    let height = ProductRows.height
    let blocks = (rows + height - 1) / height
    return min(rows, tile * blocks / count * height)
  }

  /// `c += a·b`, or `c = a·b`, for some rows and the columns of one panel.
  static func multiply(
    _ a: ProductRows, _ panels: ProductPanels, _ panel: Int, _ rows: Range<Int>,
    into c: MatrixView, overwriting: Bool
  ) {
    let columns = panels.columns(of: panel)
    let strip = Strip(
      a: a, panel: panels.base(of: panel), width: panels.width, inner: panels.steps.count,
      rows: rows,
      c: ProductTarget(
        base: c.base + columns.lowerBound, stride: c.stride, columns: columns.count,
        overwriting: overwriting))
    switch columns.count {
    case 25...: strip.run(JoinedChunk<SIMD16<Scalar>, SIMD16<Scalar>>.self)
    case 21...: strip.run(JoinedChunk<SIMD16<Scalar>, SIMD8<Scalar>>.self)
    case 17...: strip.run(JoinedChunk<SIMD16<Scalar>, SIMD4<Scalar>>.self)
    case 9...: strip.run(SIMD16<Scalar>.self)
    case 5...: strip.run(SIMD8<Scalar>.self)
    case 3...: strip.run(SIMD4<Scalar>.self)
    case 2: strip.run(SIMD2<Scalar>.self)
    default: strip.run(Scalar.self)
    }
  }

  /// Some rows by one panel.
  private struct Strip {
    let a: ProductRows
    let panel: UnsafePointer<Scalar>
    let width: Int
    let inner: Int
    let rows: Range<Int>
    let c: ProductTarget

    /// Processes as many rows at once as the registers hold, the remainder in fours, twos and ones.
    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type) {
      var row = rows.lowerBound
      while row < rows.upperBound {
        let (start, c) = (a.start(of: row), c.from(row: row))
        switch rows.upperBound - row {
        case 12... where ProductRows.height == 12:
          MicroTile<6, 6, Chunk>.run(a, start, panel, width: width, inner: inner, into: c)
          row += 12
        case 6... where ProductRows.height == 6:
          MicroTile<6, 0, Chunk>.run(a, start, panel, width: width, inner: inner, into: c)
          row += 6
        case 4...:
          MicroTile<4, 0, Chunk>.run(a, start, panel, width: width, inner: inner, into: c)
          row += 4
        case 2...:
          MicroTile<2, 0, Chunk>.run(a, start, panel, width: width, inner: inner, into: c)
          row += 2
        default:
          MicroTile<1, 0, Chunk>.run(a, start, panel, width: width, inner: inner, into: c)
          row += 1
        }
      }
    }
  }
}
