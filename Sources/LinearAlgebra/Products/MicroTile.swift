import CVector

/// The first operand of the micro-kernel, with micro-tiles of height `H`: `a(r, k)` is
/// `base[r / H · blockStride + r % H · rowStride + k · stepStride]`.
struct ProductRows {
  /// Rows that are summed at once: as many as there are registers for.
  static let height = Int(SFG_TILE_ROWS)

  let base: UnsafePointer<Scalar>
  let blockStride: Int
  let rowStride: Int
  let stepStride: Int
  /// Elements ahead that each step prefetches; 0 where the processor prefetches by itself.
  let prefetchDistance: Int

  /// Whether a transpose is read in place: steps of short registers outpace the prefetching.
  static let readsTransposeInPlace = SFG_READS_TRANSPOSE_IN_PLACE != 0
  /// Steps ahead that are prefetched in a transpose.
  private static let prefetchSteps = 32

  /// A matrix read in place, starting at one of its columns.
  init(_ matrix: MatrixView, from column: Int) {
    base = UnsafePointer(matrix.base) + column
    (blockStride, rowStride, stepStride) = (Self.height * matrix.stride, matrix.stride, 1)
    prefetchDistance = 0
  }

  /// The transpose of a matrix, read in place.
  init(transposing matrix: MatrixView) {
    base = UnsafePointer(matrix.base)
    (blockStride, rowStride, stepStride) = (Self.height, 1, matrix.stride)
    prefetchDistance = Self.prefetchSteps * matrix.stride
  }

  /// The transpose of a matrix whose columns were packed into panels of a micro-tile's height.
  init(_ panels: ProductPanels) {
    base = UnsafePointer(panels.base(of: 0))
    (blockStride, rowStride, stepStride) = (panels.stride, 1, panels.width)
    prefetchDistance = 0
  }

  /// The start of a row.
  @inline(__always)
  func start(of row: Int) -> UnsafePointer<Scalar> {
    base + row / Self.height * blockStride + row % Self.height * rowStride
  }
}

/// Where the sums of a micro-tile are stored.
struct ProductTarget {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  /// Columns of the result; fewer than the panel has where that is padded.
  let columns: Int
  let overwriting: Bool

  /// The same result, starting at one of its rows.
  @inline(__always)
  func from(row first: Int) -> ProductTarget {
    ProductTarget(
      base: base + first * stride, stride: stride, columns: columns,
      overwriting: overwriting)
  }

  /// How sums are stored: one branch per micro-tile, so that they go from the registers to memory.
  enum StoreMode { case overwriting, adding, narrow }

  @inline(__always)
  func storeMode(width: Int) -> StoreMode {
    columns < width ? .narrow : overwriting ? .overwriting : .adding
  }

  /// Prefetches the lines that sums are stored to.
  @inline(__always)
  func prefetch(rows: Int) {
    for row in 0..<rows { Prefetch.row(base + row &* stride, count: columns) }
  }

  /// `c = sums`.
  @inline(__always)
  func overwrite<Chunk: LaneChunk>(_ sums: Chunk, row: Int) { sums.store(base + row &* stride) }

  /// `c += sums`.
  @inline(__always)
  func add<Chunk: LaneChunk>(_ sums: Chunk, row: Int) {
    let address = base + row &* stride
    var result = Chunk.load(address)
    result += sums
    result.store(address)
  }

  /// Either of the two for a result with fewer columns than a chunk has lanes.
  @inline(never)
  func storeNarrow<Chunk: LaneChunk>(_ sums: Chunk, row: Int) {
    let address = base + row &* stride
    var lanes = InlineArray<32, Scalar>(repeating: 0)
    withUnsafeMutableBytes(of: &lanes) { bytes in
      guard let lanes = bytes.assumingMemoryBound(to: Scalar.self).baseAddress else { return }
      sums.store(lanes)
      for column in 0..<columns {
        let before = overwriting ? 0 : address[column]
        address[column] = before + lanes[column]
      }
    }
  }
}

/// The micro-kernel: a few rows of a product by one panel, summed in registers.
///
/// `c[r, j] = [c[r, j] +] Σ_k a(r, k) · b[k, j]`, with `Upper + Lower` rows and as many columns as
/// a `Chunk` has lanes. Each sum is taken in the order of k, so its bits do not depend on its
/// micro-tile. Rows are in two arrays because the compiler keeps no longer array in registers.
enum MicroTile<let Upper: Int, let Lower: Int, Chunk: LaneChunk> {
  /// A step loads a chunk of the panel and multiplies and adds it to the sums of each row.
  ///
  /// Row `r` begins at `start + r · a.rowStride`.
  @inline(__always)
  static func run(
    _ a: ProductRows, _ start: UnsafePointer<Scalar>, _ panel: UnsafePointer<Scalar>, width: Int,
    inner: Int, into c: ProductTarget
  ) {
    c.prefetch(rows: Upper + Lower)
    var upper = InlineArray<Upper, Chunk>(repeating: .zero)
    var lower = InlineArray<Lower, Chunk>(repeating: .zero)
    let (row, step, ahead) = (a.rowStride, a.stepStride, a.prefetchDistance)
    var (element, chunk) = (start, panel)
    for _ in 0..<inner {
      Prefetch.element(element + ahead)
      Prefetch.element(element + (ahead &+ Upper &+ Lower &- 1))
      let b = Chunk.load(chunk)
      for r in 0..<Upper { upper[unchecked: r].addProduct(b, element[r &* row]) }
      let below = element + Upper &* row
      for r in 0..<Lower { lower[unchecked: r].addProduct(b, below[r &* row]) }
      element += step
      chunk += width
    }
    switch c.storeMode(width: Chunk.width) {
    case .overwriting:
      for r in 0..<Upper { c.overwrite(upper[unchecked: r], row: r) }
      for r in 0..<Lower { c.overwrite(lower[unchecked: r], row: Upper + r) }
    case .adding:
      for r in 0..<Upper { c.add(upper[unchecked: r], row: r) }
      for r in 0..<Lower { c.add(lower[unchecked: r], row: Upper + r) }
    case .narrow:
      for r in 0..<Upper { c.storeNarrow(upper[unchecked: r], row: r) }
      for r in 0..<Lower { c.storeNarrow(lower[unchecked: r], row: Upper + r) }
    }
  }
}
