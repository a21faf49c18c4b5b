import LinearAlgebra
import Platform

/// One layer of Wukong: `X′ = LayerNorm([FMB(G, X) ; W·X] + R·X)` (Zhang et al., 2024).
///
/// The factorisation machine block is `MLP(LayerNorm(flatten(G·(Xᵀ·Y))))`, so that an entry is
/// `Σⱼ ⟨gᵢ, xⱼ⟩·Y_{jk}`; discriminative, `G = X`. Shapes: `X`, `G` are `[batch, n, d]`, `Y` is
/// `[n, rank]`, `W` is `[lcb, n]`, the output has `m = fmb + lcb` vectors. `R` is the identity if
/// `n = m`, else `[m, n]` with one bias per vector, which the normalisation cancels, as in FuxiCTR.
/// The weights that act on the axis of vectors read `Xᵀ`, `[batch · d, n]`, and are kept
/// transposed, as `Linear` keeps them.
final class WukongLayer {
  let operations: Int
  /// The layer's output in the last forward.
  private(set) var lastOutput: MatrixView?
  private let projection: LinearLayer
  private let productNorm: LayerNormalization
  private let mlp: MLP
  private let compression: LinearLayer
  private let residual: LinearLayer?
  private let norm: LayerNormalization
  private let products: Matrix
  private let projectionGradient: Matrix
  private let transposed: Matrix
  private let transposedGradient: Matrix
  private let output: Matrix
  private let fields: Int
  private let dimension: Int
  private let settings: WukongSettings
  private let pool: WorkerPool
  private var last: (source: FieldTensor, projected: MatrixView)?

  /// Creates `fmb.projection`, `fmb.norm`, `fmb.0`, …, `lcb`, `residual` and `norm` in the
  /// context's scope.
  init(_ context: LayerContext, _ shape: FieldShape, _ settings: WukongSettings) {
    (fields, dimension, self.settings) = (shape.fields, shape.dimension, settings)
    let (rank, rows, block) = (
      settings.rank, context.forVectors(shape.dimension), context.scoped("fmb")
    )
    projection = LinearLayer(
      block.forVectors(dimension).scoped("projection"), inputs: fields, outputs: rank, bias: false,
      .normal(deviation: 1))
    productNorm = LayerNormalization(block.scoped("norm"), width: fields * rank)
    mlp = MLP(
      block, inputs: fields * rank,
      MLPSettings(hiddenUnits: settings.fmbUnits + [settings.fmbFeatures * dimension]))
    compression = LinearLayer(
      rows.scoped("lcb"), inputs: fields, outputs: settings.lcbFeatures, bias: false)
    residual =
      fields == settings.features
      ? nil
      : LinearLayer(
        rows.scoped("residual"), inputs: fields, outputs: settings.features, bias: true)
    norm = LayerNormalization(
      context.forVectors(settings.features).scoped("norm"), width: dimension)
    products = context.matrix(columns: fields * rank)
    projectionGradient = context.matrix(columns: dimension * rank)
    transposed = context.matrix(columns: shape.width)
    transposedGradient = context.matrix(columns: shape.width)
    output = context.matrix(columns: settings.features * dimension)
    operations = 2 * shape.width * rank
    pool = context.pool
  }

  /// The next state; `source` and `state` may be the same tensor.
  func forward(source: FieldTensor, state: FieldTensor, _ pass: Pass) -> FieldTensor {
    let (n, d, rank, count) = (fields, dimension, settings.rank, state.batch)
    let transposed = transposed.view.rows(0..<count)
    pool.tiles(of: count, size: 64) { rows in
      for row in rows {
        SmallProductKernel.transpose(
          state.base + row * n * d, into: transposed.row(row), rows: n, columns: d)
      }
    }
    let byElement = LayerInput.dense(vectors(transposed, n))
    let projected = projection.forward(byElement)
    let products = products.view.rows(0..<count)
    pool.tiles(of: count, size: 64) { rows in
      for row in rows {
        SmallProductKernel.multiply(
          source.base + row * n * d, projected.base + row * d * rank, into: products.row(row),
          rows: n, inner: d, columns: rank)
      }
    }
    let made = mlp.forward(.dense(productNorm.forward(products, pass)), pass)
    let compressed = compression.forward(byElement)
    let mapped = residual?.forward(byElement)
    let output = output.view.rows(0..<count)
    let (split, m) = (made.columns, settings.features)
    pool.tiles(of: count, size: 64) { rows in
      for row in rows {
        let y = output.row(row)
        ShortVectorKernels.copy(made.row(row), to: y, count: split)
        SmallProductKernel.transpose(
          compressed.base + row * d * settings.lcbFeatures, into: y + split, rows: d,
          columns: settings.lcbFeatures)
        if let mapped {
          SmallProductKernel.addTranspose(
            mapped.base + row * d * m, to: y, rows: d, columns: m)
        } else {
          ShortVectorKernels.add(state.base + row * n * d, to: y, count: n * d)
        }
      }
    }
    _ = norm.forward(vectors(output, d), pass)
    (last, lastOutput) = ((source, projected), output)
    return FieldTensor(output, fields: m)
  }

  func graph(
    source: GraphVectors, state: GraphVectors, _ graph: GraphBuilder
  ) -> GraphVectors {
    let (n, d, m) = (fields, dimension, settings.features)
    func flat(_ value: GraphValue, _ width: Int) -> GraphValue {
      graph.apply(.reshape(rowShape: [width]), to: [value])
    }
    let swapped = graph.apply(.transpose([0, 2, 1]), to: [state.stacked(graph)])
    let byElement = graph.apply(.reshape(rowShape: [n]), to: [swapped])
    func mapped(_ layer: LinearLayer, _ outputs: Int) -> GraphValue {
      graph.apply(.reshape(rowShape: [d, outputs]), to: [layer.graph(byElement, graph)])
    }
    let products = graph.apply(
      .matrixProduct, to: [source.stacked(graph), mapped(projection, settings.rank)])
    let made = mlp.graph(productNorm.graph(flat(products, n * settings.rank), graph), graph)
    func back(_ layer: LinearLayer, _ outputs: Int) -> GraphValue {
      flat(graph.apply(.transpose([0, 2, 1]), to: [mapped(layer, outputs)]), outputs * d)
    }
    let both = graph.apply(.concatenate, to: [made, back(compression, settings.lcbFeatures)])
    let sum = graph.add([both, residual.map { back($0, m) } ?? state.flattened])
    let rows = graph.apply(.reshape(rowShape: [m, d]), to: [sum])
    return GraphVectors(
      flattened: flat(norm.graph(rows, graph), m * d), fields: m, dimension: d)
  }

  /// Adds the gradients of state and source, which may be the same tensor; the output's is
  /// replaced.
  ///
  /// `placeOfSourceGradient` is called once the perceptron no longer needs the shared scratch.
  /// With `P = Xᵀ·Y` and `M = G·P`: `∂G += ∂M·Pᵀ`, `∂P = Gᵀ·∂M`.
  func backward(
    _ gradient: MatrixView, addingTo stateGradient: FieldTensor,
    source placeOfSourceGradient: () -> FieldTensor
  ) {
    guard let (source, projected) = last else {
      preconditionFailure("WukongLayer: backward before forward")
    }
    let (n, d, m, rank) = (fields, dimension, settings.features, settings.rank)
    _ = norm.backward(vectors(gradient, d))
    let products = products.view.rows(0..<gradient.rows)
    let split = settings.fmbFeatures * d
    mlp.backward(gradient.columns(0..<split), to: .dense(products), overwriting: true)
    _ = productNorm.backward(products)
    let sourceGradient = placeOfSourceGradient()
    let rows = gradient.rows * d
    let (compressedGradient, mappedGradient) = (
      compression.output(rows: rows), residual?.output(rows: rows)
    )
    let projectedGradient = projectionGradient.view.rows(0..<gradient.rows)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      for row in rows {
        let (g, start) = (gradient.row(row), row * n * d)
        SmallProductKernel.transpose(
          g + split, into: compressedGradient.base + row * d * settings.lcbFeatures,
          rows: settings.lcbFeatures, columns: d)
        if let mappedGradient {
          SmallProductKernel.transpose(
            g, into: mappedGradient.base + row * d * m, rows: m, columns: d)
        } else {
          ShortVectorKernels.add(g, to: stateGradient.base + start, count: n * d)
        }
        SmallProductKernel.multiply(
          transposed: source.base + start, products.row(row), into: projectedGradient.row(row),
          rows: n, inner: d, columns: rank)
        SmallProductKernel.addProduct(
          products.row(row), transposed: projected.base + row * d * rank,
          to: sourceGradient.base + start, rows: n, inner: d, columns: rank)
      }
    }
    let transposedGradient = transposedGradient.view.rows(0..<gradient.rows)
    let place = LayerGradient.dense(vectors(transposedGradient, n))
    compression.backward(compressedGradient, to: place, overwriting: true)
    if let mappedGradient { residual?.backward(mappedGradient, to: place, overwriting: false) }
    projection.backward(vectors(projectedGradient, rank), to: place, overwriting: false)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      for row in rows {
        SmallProductKernel.addTranspose(
          transposedGradient.row(row), to: stateGradient.base + row * n * d, rows: d, columns: n)
      }
    }
  }

  /// A row's vectors of so many elements, one per row.
  private func vectors(_ matrix: MatrixView, _ length: Int) -> MatrixView {
    MatrixView(
      base: matrix.base, rows: matrix.rows * matrix.columns / length, columns: length,
      stride: length)
  }
}
