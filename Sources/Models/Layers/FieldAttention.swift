import Glibc
import LinearAlgebra
import Platform

/// Scaled dot-product attention of a row's fields to one another, in heads (Vaswani et al., 2017).
///
/// In each head of `h = d / heads` elements, `outputᵢ = Σⱼ drop(softmaxⱼ(⟨qᵢ, kⱼ⟩/√h)) · vⱼ`.
/// Queries, keys, values and output are `[batch, fields, d]`. Backward computes the weights again
/// instead of keeping `heads · fields²` numbers per row.
final class FieldAttention {
  /// Floating-point operations per row: `⟨qᵢ, kⱼ⟩` and `aᵢⱼ·vⱼ` of all ordered pairs.
  let operations: Int
  private static let tile = 64
  private let heads: Int
  private let fields: Int
  private let dropout: Dropout
  private let scratch: Matrix
  private let pool: WorkerPool

  /// The operands, each with one vector per field.
  struct Operands {
    let queries: FieldTensor
    let keys: FieldTensor
    let values: FieldTensor
  }

  /// A layer whose dropout has the random numbers of the scope's `dropout`.
  init(_ context: LayerContext, fields: Int, dimension: Int, heads: Int, dropout rate: Double) {
    precondition(dimension % heads == 0, "FieldAttention: \(heads) heads of \(dimension) elements")
    self.heads = heads
    self.fields = fields
    operations = 4 * fields * fields * dimension
    dropout = Dropout(context.scoped("dropout"), rate: rate)
    let tiles = (context.batchCapacity + Self.tile - 1) / Self.tile
    scratch = Matrix(rows: 3 * tiles, columns: heads * fields * fields)
    pool = context.pool
  }

  /// Writes every row's output.
  func forward(_ operands: Operands, _ pass: Pass, into output: FieldTensor) {
    output.flattened.fill(0)
    eachRow(of: output.batch) { row, weights, _, _ in
      weigh(operands, row, into: weights)
      dropout.mask(weights, row: row, count: scratch.columns, pass)
      eachPair(row, output.dimension) { pair, i, j, count in
        ShortVectorKernels.add(
          operands.values.base + j, times: weights[pair], to: output.base + i, count: count)
      }
    }
  }

  /// The attention as operations of a graph; queries, keys, values and result are `[batch · fields,
  /// d]`.
  func graph(
    queries: GraphValue, keys: GraphValue, values: GraphValue, dimension: Int,
    _ graph: GraphBuilder
  ) -> GraphValue {
    /// A head's vectors, `[batch, heads, fields, d / heads]`, or with the last two axes exchanged.
    func parts(_ vectors: GraphValue, axes: [Int]) -> GraphValue {
      let heads = graph.apply(
        .reshape(rowShape: [fields, heads, dimension / heads]), to: [vectors])
      return graph.apply(.transpose(axes), to: [heads])
    }
    let scores = graph.apply(
      .matrixProduct, to: [parts(queries, axes: [0, 2, 1, 3]), parts(keys, axes: [0, 2, 3, 1])])
    let weights = graph.apply(.softmax, to: [graph.scale(scores, by: scale(dimension))])
    let sums = graph.apply(.matrixProduct, to: [weights, parts(values, axes: [0, 2, 1, 3])])
    let rows = graph.apply(.transpose([0, 2, 1, 3]), to: [sums])
    return graph.apply(.reshape(rowShape: [dimension]), to: [rows])
  }

  /// Adds the operands' gradients.
  func backward(
    _ outputGradient: FieldTensor, _ operands: Operands, _ pass: Pass, addingTo gradients: Operands
  ) {
    let (count, dimension) = (scratch.columns, outputGradient.dimension)
    let scale = scale(dimension)
    eachRow(of: outputGradient.batch) { row, weights, kept, slopes in
      weigh(operands, row, into: weights)
      kept.update(from: weights, count: count)
      dropout.mask(kept, row: row, count: count, pass)
      eachPair(row, dimension) { pair, i, j, length in
        let gradient = outputGradient.base + i
        slopes[pair] = dot(gradient, operands.values.base + j, length)
        ShortVectorKernels.add(
          gradient, times: kept[pair], to: gradients.values.base + j, count: length)
      }
      dropout.mask(slopes, row: row, count: count, pass)
      softmaxGradient(weights, slopes)
      eachPair(row, dimension) { pair, i, j, length in
        let slope = scale * slopes[pair]
        ShortVectorKernels.add(
          operands.keys.base + j, times: slope, to: gradients.queries.base + i, count: length)
        ShortVectorKernels.add(
          operands.queries.base + i, times: slope, to: gradients.keys.base + j, count: length)
      }
    }
  }

  private func scale(_ dimension: Int) -> Scalar { 1 / Scalar(dimension / heads).squareRoot() }

  /// A row's weights `[heads, fields, fields]`: each query's softmax over the keys, shifted by its
  /// largest score.
  private func weigh(_ operands: Operands, _ row: Int, into weights: UnsafeMutablePointer<Scalar>) {
    let scale = scale(operands.keys.dimension)
    eachPair(row, operands.keys.dimension) { pair, i, j, count in
      weights[pair] = scale * dot(operands.queries.base + i, operands.keys.base + j, count)
    }
    for query in 0..<heads * fields {
      let scores = weights + query * fields
      var largest = scores[0]
      for key in 1..<max(fields, 1) { largest = max(largest, scores[key]) }
      var sum: Scalar = 0
      for key in 0..<fields {
        scores[key] = exp(scores[key] - largest)
        sum += scores[key]
      }
      for key in 0..<fields { scores[key] /= sum }
    }
  }

  /// `∂sⱼ = aⱼ·(∂aⱼ − Σₖ aₖ·∂aₖ)` for each query, replacing `∂a`.
  private func softmaxGradient(
    _ weights: UnsafePointer<Scalar>, _ slopes: UnsafeMutablePointer<Scalar>
  ) {
    for query in 0..<heads * fields {
      let (a, slope) = (weights + query * fields, slopes + query * fields)
      let mean = dot(a, slope, fields)
      for key in 0..<fields { slope[key] = a[key] * (slope[key] - mean) }
    }
  }

  /// Visits each pair of each head: its index among the weights, and where the head's parts of i
  /// and j begin.
  @inline(__always)
  private func eachPair(
    _ row: Int, _ dimension: Int, _ visit: (_ pair: Int, _ i: Int, _ j: Int, _ count: Int) -> Void
  ) {
    let (start, count) = (row * fields * dimension, dimension / heads)
    for head in 0..<heads {
      let part = start + head * count
      for i in 0..<fields {
        for j in 0..<fields {
          visit((head * fields + i) * fields + j, part + i * dimension, part + j * dimension, count)
        }
      }
    }
  }

  /// Visits the rows with three scratch arrays of a row's weights, which no other tile uses.
  @inline(__always)
  private func eachRow(
    of batch: Int,
    _ visit: (
      Int, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>
    ) -> Void
  ) {
    pool.tiles(of: batch, size: Self.tile) { rows in
      let first = 3 * (rows.lowerBound / Self.tile)
      for row in rows {
        visit(
          row, scratch.view.row(first), scratch.view.row(first + 1), scratch.view.row(first + 2))
      }
    }
  }

  @inline(__always)
  private func dot(_ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
    var sum: Scalar = 0
    for index in 0..<count { sum += x[index] * y[index] }
    return sum
  }
}
