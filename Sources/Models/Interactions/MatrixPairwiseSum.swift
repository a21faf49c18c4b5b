import LinearAlgebra
import Platform

/// The pairwise sum with one matrix per pair: `logit += Σ_{i<j} ⟨lᵢ·M_{ij}, rⱼ⟩` (Sun et al., 2021,
/// "matrixed").
///
/// `M` is `[pairs, dimension, dimension]`. All matrices are blocks of one block triangular `U` of
/// shape `[(N−1)·d, (N−1)·d]`, rows for the left fields 0 … N−2, columns for the right fields 1 …
/// N−1, so that with `z = r·Uᵀ` the sum is `⟨l, z⟩`: three matrix products per step. Each is cut by
/// fields into few strips that skip most of the zeros. Keeps views of its operands and `z` for
/// backward.
final class MatrixPairwiseSum: FieldMatrixSum {
  let operations: Int
  private let weight: Parameter
  private let triangle: Matrix
  private let triangleGradient: Matrix
  private let transformed: Matrix
  private let strips: [Range<Int>]
  private let dimension: Int
  private let products: PooledProducts
  private let pool: WorkerPool
  private let productCache = PairProducts()
  private var operands: (left: FieldTensor, right: FieldTensor)?
  private var left: MatrixView?
  private var right: MatrixView?

  /// Creates `weight`, Xavier-normal and not regularised, in the context's scope.
  init(_ context: LayerContext, _ shape: FieldShape) {
    dimension = shape.dimension
    weight = context.parameter(
      "weight", shape: [shape.pairs, dimension, dimension], regularization: .none, .xavierNormal)
    operations = 2 * shape.pairs * dimension
    let width = shape.width - dimension
    triangle = Matrix(rows: width, columns: width)
    triangleGradient = Matrix(rows: width, columns: width)
    transformed = context.matrix(columns: width)
    // Narrower strips skip more zeros, but products of fewer columns are slower.
    let stripWidth = max(96 / dimension, 1) * dimension
    strips = stride(from: 0, to: width, by: stripWidth).map { $0..<min($0 + stripWidth, width) }
    products = context.products
    let batch = context.batchCapacity
    products.reserve(rows: batch, columns: stripWidth, inner: width)
    products.reserveSums(rows: width, columns: stripWidth, batch: batch)
    pool = context.pool
  }

  /// `z = r·Uᵀ` in strips of left fields, whose rows of `U` begin at the diagonal; then `⟨l, z⟩`
  /// per row.
  func forward(left: FieldTensor, right: FieldTensor, addingTo logits: MatrixView) {
    precondition(
      right.pairs(with: left) && logits.rows == left.batch,
      "MatrixPairwiseSum: left \(left.batch)×\(left.width), right \(right.batch)×\(right.width)")
    operands = (left, right)
    let width = triangle.columns
    let right = SourceFields.right.vectors(of: right, among: left.fields)
    let left = left.flattened.columns(0..<width)
    self.left = left
    self.right = right
    forEachPair(weight.value.view, triangle.view) { matrix, block in block.copy(from: matrix) }
    let transformed = transformed.view.rows(0..<left.rows)
    for strip in strips {
      products.multiply(
        right.columns(strip.lowerBound..<width),
        triangle.view.rows(strip).columns(strip.lowerBound..<width), transposingB: true,
        into: transformed.columns(strip), overwriting: true)
    }
    pool.tiles(of: left.rows, size: 64) { rows in
      for row in rows {
        logits[row, 0] += Scalar(
          VectorKernels.dot(left.row(row), transformed.row(row), count: width))
      }
    }
  }

  /// `⟨l, r·Uᵀ⟩` as operations of a graph.
  func graph(left: GraphVectors, right: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let fields = left.fields
    forEachPair(weight.flushedValue().view, triangle.view) { $1.copy(from: $0) }
    let matrix = graph.weight(
      "\(weight.name).triangle", triangle, shape: [triangle.rows, triangle.columns])
    let first = SourceFields.right.first(in: right.fields, of: fields)
    let later = right.selecting(first..<right.fields, graph).flattened
    let transformed = graph.apply(.linear, to: [later, matrix])
    let earlier = left.selecting(Array(0..<fields - 1), graph).flattened
    return graph.rowProducts(earlier, transformed)
  }

  var lastProducts: MatrixView? {
    guard let (left, right) = operands else { return nil }
    return productCache.make(rows: left.batch, fields: left.fields, pool) {
      rows, pair, i, j, products in
      let r = SourceFields.right.field(j, of: right, among: left.fields)
      let (l, m) = (left.field(i), weight.value.view.row(pair))
      for row in rows {
        var sum = 0.0
        for k in 0..<dimension {
          sum +=
            Double(l[row, k])
            * VectorKernels.dot(m + k * dimension, r.row(row), count: dimension)
        }
        products[row, 0] = Scalar(sum)
      }
    }
  }

  /// `∂l += g·z`; then `g·l` replaces `z`, and `∂r += (g·l)·U`, `∂U = (g·l)ᵀ·r` in strips of right
  /// fields, whose columns of `U` end at the diagonal.
  func backward(
    _ logitGradient: MatrixView, addingTo leftGradient: FieldTensor, _ rightGradient: FieldTensor
  ) {
    guard let left, let right else {
      preconditionFailure("MatrixPairwiseSum: backward before forward")
    }
    let width = triangle.columns
    let scaled = transformed.view.rows(0..<left.rows)
    pool.tiles(of: left.rows, size: 64) { rows in
      for row in rows {
        let gradient = logitGradient[row, 0]
        ShortVectorKernels.add(
          scaled.row(row), times: gradient, to: leftGradient.flattened.row(row), count: width)
        ShortVectorKernels.copy(left.row(row), times: gradient, to: scaled.row(row), count: width)
      }
    }
    let rightGradient = SourceFields.right.vectors(of: rightGradient, among: leftGradient.fields)
    for strip in strips {
      let above = 0..<strip.upperBound
      products.multiply(
        scaled.columns(above), triangle.view.rows(above).columns(strip),
        into: rightGradient.columns(strip), overwriting: false)
      products.sum(
        scaled.columns(above), right.columns(strip),
        into: triangleGradient.view.rows(above).columns(strip), overwriting: true)
    }
    forEachPair(weight.gradient.view, triangleGradient.view) { matrix, block in matrix.add(block) }
  }

  /// Visits each pair's matrix, a row of `[pairs, d · d]`, with its block of a triangle.
  private func forEachPair(
    _ matrices: MatrixView, _ triangle: MatrixView, _ body: (MatrixView, MatrixView) -> Void
  ) {
    var pair = 0
    for top in stride(from: 0, to: triangle.rows, by: dimension) {
      let rows = triangle.rows(top..<top + dimension)
      for start in stride(from: top, to: triangle.columns, by: dimension) {
        let matrix = MatrixView(
          base: matrices.row(pair), rows: dimension, columns: dimension, stride: dimension)
        body(matrix, rows.columns(start..<start + dimension))
        pair += 1
      }
    }
  }
}

/// A pairwise sum with a trained map between the two vectors of each pair.
///
/// Operands are `[batch, fields, dimension]`, the right one without or with its first field, which
/// no pair has; the two gradients that backward adds to may be the
/// same tensor.
protocol FieldMatrixSum: AnyObject {
  var operations: Int { get }
  /// Adds each row's sum to its logit.
  func forward(left: FieldTensor, right: FieldTensor, addingTo logits: MatrixView)
  /// Each row's sum as operations of a graph.
  func graph(left: GraphVectors, right: GraphVectors, _ graph: GraphBuilder) -> GraphValue
  /// What the last forward summed, one column per pair, computed on demand.
  var lastProducts: MatrixView? { get }
  /// Adds the gradient of both operands and of the parameters.
  func backward(
    _ logitGradient: MatrixView, addingTo leftGradient: FieldTensor, _ rightGradient: FieldTensor)
}
