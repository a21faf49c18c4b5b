/// A batch's vectors in one table: vector `b` is row `indices[b]` of `rows`.
public struct TableLookup {
  let indices: UnsafePointer<UInt32>
  let rows: MatrixView

  /// Refers to the rows that a batch looks up; the caller keeps both arguments alive.
  public init(indices: UnsafePointer<UInt32>, rows: MatrixView) {
    self.indices = indices
    self.rows = rows
  }

  /// Elements of a vector.
  public var width: Int { rows.columns }

  /// These vectors, each with the `count` elements that are stored right behind it.
  public func extended(by count: Int) -> TableLookup {
    precondition(width + count <= rows.stride, "TableLookup: \(width) + \(count) of \(rows.stride)")
    return TableLookup(
      indices: indices,
      rows: MatrixView(
        base: rows.base, rows: rows.rows, columns: width + count, stride: rows.stride))
  }

  /// The vector that row `b` of the batch looks up.
  @inline(__always)
  public func vector(_ b: Int) -> UnsafePointer<Scalar> { UnsafePointer(rows.row(Int(indices[b]))) }
}

/// Copies vectors from a table and adds gradients to it, a column of chunks at a time, so that the
/// width is dispatched once per column and not once per vector.
public enum LookupKernel {
  /// `y_b = x_b · E[id_b]` for some rows b; a `scale` of nil is 1.
  ///
  /// `y` is `[batch, dimension]` with any stride; the table's rows may be wider.
  public static func gather(
    _ lookup: TableLookup, scale: UnsafePointer<Float>? = nil, rows: Range<Int>,
    into y: MatrixView
  ) {
    precondition(
      lookup.width >= y.columns, "LookupKernel: vectors of \(lookup.width) into \(y.columns)")
    var kernel = Gather(lookup: lookup, scale: scale, rows: rows, y: y)
    kernel.run(count: y.columns)
  }

  /// `E[id_b] += x_b · y_b` for some rows b, in their order; a `scale` of nil is 1.
  ///
  /// No other thread may use the rows that `lookup` refers to.
  public static func scatter(
    _ y: MatrixView, scale: UnsafePointer<Float>? = nil, rows: Range<Int>, to lookup: TableLookup
  ) {
    precondition(
      lookup.width >= y.columns, "LookupKernel: vectors of \(y.columns) to \(lookup.width)")
    var kernel = Scatter(lookup: lookup, scale: scale, rows: rows, y: y)
    kernel.run(count: y.columns)
  }

  private struct Gather: ChunkKernel {
    let lookup: TableLookup
    let scale: UnsafePointer<Float>?
    let rows: Range<Int>
    let y: MatrixView

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let last = rows.upperBound - 1
      for row in rows {
        let ahead = min(row + Prefetch.distance, last)
        Prefetch.row(lookup.vector(ahead) + start, count: Chunk.width)
        var vector = Chunk.load(lookup.vector(row) + start)
        if let scale { vector = vector * Scalar(scale[row]) }
        vector.store(y.row(row) + start)
      }
    }
  }

  private struct Scatter: ChunkKernel {
    let lookup: TableLookup
    let scale: UnsafePointer<Float>?
    let rows: Range<Int>
    let y: MatrixView

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      for row in rows {
        let address = lookup.rows.row(Int(lookup.indices[row])) + start
        var term = Chunk.load(y.row(row) + start)
        if let scale { term = term * Scalar(scale[row]) }
        var sum = Chunk.load(address)
        sum += term
        sum.store(address)
      }
    }
  }
}
