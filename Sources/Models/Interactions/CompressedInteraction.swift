import LinearAlgebra
import Platform

/// One compressed interaction layer: `Y_o = b_o + Σ_{h,m} W[o, h·M + m] · S_h ⊙ X_m`.
///
/// The paper's equation 6 (Lian et al., 2018) with a bias, as in the reference.
/// Shapes: the source `S` is `[batch, N, d]`, the state `X` is `[batch, M, d]`, the output is
/// `[batch, O, d]`, all in tiles; `W` is `[O, N·M]`, the 1×1 convolution over the channels `h·M +
/// m`, `b` is `[O]`. The products `S_h ⊙ X_m` of a tile are formed for a few fields at a time, in
/// scratch that fits the cache, and multiplied by their columns of `W`: the N·M·d products of a row
/// are never written to memory. Backward forms them again.
final class CompressedInteraction {
  /// Floating-point operations per row: the products `S_h ⊙ X_m`, and the sums of the output's
  /// maps.
  let operations: Int
  private let weight: Parameter
  private let bias: Parameter
  private let biasSums: UnsafeMutablePointer<Double>
  private let share: BatchShare
  private let weightSums: PieceSums
  private let output: Matrix
  /// One per thread, for the products of a block of fields in one tile.
  private let scratch: [Matrix]
  private let pool: WorkerPool
  private let maps: Int
  /// The fields, cut into blocks whose products fit the L2 cache.
  private let blocks: [Range<Int>]
  /// The fields, cut finer for the weight's gradient, whose tasks are blocks: enough for every
  /// thread, with products of up to 64 rows, which OpenBLAS multiplies 1.5 times as fast as longer
  /// ones.
  private let weightBlocks: [Range<Int>]
  private var source: FieldTiles?
  private var state: FieldTiles?

  /// Makes a layer from `maps` to `outputs` feature maps: `weight` Xavier-normal, `bias` zero.
  init(_ context: LayerContext, _ shape: FieldShape, maps: Int, outputs: Int) {
    let (fields, dimension) = (shape.fields, shape.dimension)
    weight = context.parameter(
      "weight", shape: [outputs, fields * maps], uses: dimension, .xavierNormal)
    bias = context.parameter("bias", shape: [outputs], .constant(0))
    biasSums = ZeroedMemory.allocate(outputs)
    share = context.share
    weightSums = PieceSums(context, of: weight)
    output = context.matrix(columns: outputs * dimension)
    operations = shape.width * maps + dimension * outputs
    func cut(rows: Int) -> [Range<Int>] {
      let size = max(1, rows / maps)
      return stride(from: 0, to: fields, by: size).map { $0..<min(fields, $0 + size) }
    }
    blocks = cut(rows: 160)
    weightBlocks = cut(rows: 64)
    scratch = (0..<context.pool.threads).map { _ in
      Matrix(
        rows: max(160, maps),
        columns: FieldTiles.tileRows(dimension: dimension) * dimension)
    }
    pool = context.pool
    self.maps = maps
  }

  deinit { ZeroedMemory.free(biasSums) }

  /// The output of every row, valid until the next call.
  func forward(source: FieldTiles, state: FieldTiles) -> FieldTiles {
    let output = FieldTiles(
      output.view.rows(0..<source.batch), fields: weight.value.rows, pieces: source.pieces)
    share(output.count) { tile, scratch in
      let (s, x, y) = (source.tile(tile), state.tile(tile), output.tile(tile))
      for map in 0..<y.rows { y.row(map).update(repeating: bias.value.base[map], count: y.columns) }
      for fields in blocks {
        let products = view(scratch, fields, y.columns)
        OuterProductKernel.multiply(s.rows(fields), x, into: products)
        MatrixProduct.multiply(
          weight.value.view.columns(channels(fields)), products, into: y, overwriting: false)
      }
    }
    self.source = source
    self.state = state
    return output
  }

  /// The output as operations of a graph: `W·P + b` with `P_{h·M + m} = S_h ⊙ X_m`.
  func graph(
    source: GraphVectors, state: GraphVectors, _ graph: GraphBuilder
  ) -> GraphVectors {
    let (fields, dimension) = (source.fields, source.dimension)
    let factors = graph.apply(.reshape(rowShape: [fields, 1, dimension]), to: [source.flattened])
    let vectors = graph.apply(.reshape(rowShape: [1, maps, dimension]), to: [state.flattened])
    let products = graph.apply(
      .reshape(rowShape: [fields * maps, dimension]),
      to: [graph.apply(.multiply, to: [factors, vectors])])
    let sums = graph.apply(.matrixProduct, to: [graph.weight(weight), products])
    let outputs = bias.value.columns
    let biases = graph.weight(bias.name, bias.value, shape: [outputs, 1])
    return GraphVectors(
      flattened: graph.apply(
        .reshape(rowShape: [outputs * dimension]), to: [graph.add([sums, biases])]),
      fields: outputs, dimension: dimension)
  }

  /// Adds the parameters' gradients, and writes the operands'.
  func backward(
    _ outputGradient: FieldTiles, to sourceGradient: FieldTiles, _ stateGradient: FieldTiles
  ) {
    guard let source, let state else {
      preconditionFailure("CompressedInteraction: backward before forward")
    }
    addWeightGradient(outputGradient, source, state)
    addBiasGradient(outputGradient)
    share(source.count) { tile, scratch in
      let (s, x) = (source.tile(tile), state.tile(tile))
      let (ds, dx) = (sourceGradient.tile(tile), stateGradient.tile(tile))
      ds.fill(0)
      dx.fill(0)
      for fields in blocks {
        let gradients = view(scratch, fields, x.columns)
        MatrixProduct.multiply(
          weight.value.view.columns(channels(fields)), transposingA: true,
          outputGradient.tile(tile), into: gradients, overwriting: true)
        OuterProductKernel.addGradients(
          gradients, source: s.rows(fields), state: x, to: ds.rows(fields), dx)
      }
    }
  }

  /// `∂W[o, h·M + m] += Σ ∂Y_o ⊙ S_h ⊙ X_m`.
  ///
  /// A task owns the columns of a block of fields and adds tile by tile, so the order of a piece's
  /// sum is that of its rows, on any thread.
  private func addWeightGradient(
    _ outputGradient: FieldTiles, _ source: FieldTiles, _ state: FieldTiles
  ) {
    share(weightBlocks.count) { block, scratch in
      let fields = weightBlocks[block]
      weightSums.add(
        batch: source.batch, to: weight.gradient.view, part: { $0.columns(channels(fields)) }
      ) { piece, _, target in
        for tile in source.tiles(of: piece) {
          let gradient = outputGradient.tile(tile)
          let products = view(scratch, fields, gradient.columns)
          OuterProductKernel.multiply(
            source.tile(tile).rows(fields), state.tile(tile), into: products)
          MatrixProduct.multiply(
            gradient, products, transposingB: true, into: target, overwriting: false)
        }
      }
    }
  }

  private func addBiasGradient(_ outputGradient: FieldTiles) {
    let (sums, count) = (biasSums, outputGradient.fields)
    pool.run(count) { map in
      sums[map] = outputGradient.sum { gradient in
        VectorKernels.sum(gradient.row(map), count: gradient.columns)
      }
    }
    share.sum(sums, count: count)
    guard share.hasFirstRow else { return }
    for map in 0..<count { bias.gradient.base[map] += Scalar(sums[map]) }
  }

  /// The weight's columns that belong to some fields.
  private func channels(_ fields: Range<Int>) -> Range<Int> {
    fields.lowerBound * maps..<fields.upperBound * maps
  }

  private func view(_ scratch: Matrix, _ fields: Range<Int>, _ columns: Int) -> MatrixView {
    MatrixView(base: scratch.base, rows: fields.count * maps, columns: columns, stride: columns)
  }

  /// Runs `body(0) … body(count - 1)`, each with the scratch of its thread.
  private func share(_ count: Int, _ body: (Int, Matrix) -> Void) {
    pool.share(count) { index, thread in body(index, scratch[thread]) }
  }
}
