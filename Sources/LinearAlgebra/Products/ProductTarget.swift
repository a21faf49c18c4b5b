/// Where a tile's sums go.
struct ProductTarget {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  /// Columns that the result has here; a panel is filled up with zeros.
  let columns: Int
  let overwriting: Bool

  /// The same result from one of its rows on.
  @inline(__always)
  func from(row first: Int) -> ProductTarget {
    ProductTarget(
      base: base + first * stride, stride: stride, columns: columns,
      overwriting: overwriting)
  }

  /// How sums reach the result: one branch a tile, so that they leave the registers straight for it.
  enum Way { case overwriting, adding, narrow }

  @inline(__always)
  func way(width: Int) -> Way { columns < width ? .narrow : overwriting ? .overwriting : .adding }

  /// Asks for the lines that sums will go to.
  @inline(__always)
  func prefetch(rows: Int) {
    for row in 0..<rows { Prefetch.row(base + row &* stride, count: columns) }
  }

  /// `c = sums`.
  @inline(__always)
  func overwrite<Chunk: LaneChunk>(_ sums: Chunk, row: Int) {
    sums.store(base + row &* stride)
  }

  /// `c += sums`.
  @inline(__always)
  func add<Chunk: LaneChunk>(_ sums: Chunk, row: Int) {
    let address = base + row &* stride
    var result = Chunk.load(address)
    result += sums
    result.store(address)
  }

  /// Either of the two where the result has fewer columns than a chunk has lanes.
  @inline(never)
  func putNarrow<Chunk: LaneChunk>(_ sums: Chunk, row: Int) {
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
