/// Vectors on their way out of a table and gradients on their way in, whole columns of them at a time, so that their length
/// is asked about once a column and not once a vector.
public enum LookupKernel {
  /// `y_b = x_b · E[id_b]` for some rows b; a `scale` of nil is 1.
  ///
  /// `y` is `[batch, dimension]`, its rows wherever they lie; the table's may be wider.
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
  /// `lookup` names the rows that are added to, which are this thread's alone.
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
