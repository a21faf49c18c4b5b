import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct CompressedInteractionTests {
  /// Sums of a few thousand products: in float their rounding grows with the size of the terms.
  private static let sums =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance.rounding : Tolerance(absolute: 5e-4, relative: 1e-5)

  /// A tensor in row-major order, and the tiles that hold it.
  private struct Tensor {
    let values: Matrix
    let memory: Matrix
    let tiles: FieldTiles

    init(_ batch: Int, _ fields: Int, _ dimension: Int, seed: UInt64, _ pool: WorkerPool) {
      values = Matrix.random(batch, fields * dimension, seed: seed)
      memory = Matrix(rows: batch, columns: fields * dimension)
      tiles = FieldTiles(memory.view, fields: fields)
      tiles.copy(from: FieldTensor(values.view, fields: fields), pool: pool)
    }
  }

  private func rowMajor(_ tiles: FieldTiles, _ pool: WorkerPool) -> [Double] {
    let matrix = Matrix(rows: tiles.batch, columns: tiles.fields * tiles.dimension)
    tiles.add(to: FieldTensor(matrix.view, fields: tiles.fields), pool: pool)
    return matrix.view.doubles
  }

  @Test(arguments: [1, 2, 7, 64], [1, 2, 5])
  func bothDirectionsEqualTheSumsWrittenOut(batch: Int, fields: Int) {
    // 60 maps: a block of fields is one field; 5: all fields are one block; 30: blocks of 3 and 2.
    for (dimension, maps) in [(1, 5), (3, 60), (8, 30), (17, 5), (17, 60)] {
      check(batch: batch, fields: fields, maps: maps, dimension: dimension)
    }
  }

  private func check(batch: Int, fields: Int, maps: Int, dimension: Int) {
    let context = LayerContext.test(batch: batch)
    let (pool, shape) = (context.pool, FieldShape(fields: fields, dimension: dimension))
    let layer = CompressedInteraction(context, shape, maps: maps, outputs: 4)
    context.randomize(deviation: 0.3)
    let parameters = context.parameters
    for parameter in parameters { parameter.gradient.view.fill(1) }
    let source = Tensor(batch, fields, dimension, seed: 1, pool)
    let state = Tensor(batch, maps, dimension, seed: 2, pool)
    let gradient = Tensor(batch, 4, dimension, seed: 3, pool)
    let naive = NaiveInteractions.Compressed(
      batch: batch, fields: fields, maps: maps, outputs: 4, dimension: dimension)
    let (x, s) = (state.values.view.doubles, source.values.view.doubles)
    let weight = parameters[0].value.view.doubles
    let label = "\(batch)×\(fields)×\(dimension), \(maps) maps"

    let output = layer.forward(source: source.tiles, state: state.tiles)
    expectClose(
      rowMajor(output, pool),
      naive.forward(
        source: s, state: x, weight: weight, bias: parameters[1].value.view.doubles),
      Self.sums, "\(label): output")

    let sourceGradient = Tensor(batch, fields, dimension, seed: 4, pool)
    let stateGradient = Tensor(batch, maps, dimension, seed: 5, pool)
    layer.backward(gradient.tiles, to: sourceGradient.tiles, stateGradient.tiles)
    let expected = naive.backward(
      gradient.values.view.doubles, source: s, state: x, weight: weight)
    expectClose(
      rowMajor(sourceGradient.tiles, pool), expected.source, Self.sums, "\(label): source")
    expectClose(rowMajor(stateGradient.tiles, pool), expected.state, Self.sums, "\(label): state")
    for (parameter, expected) in zip(parameters, [expected.weight, expected.bias]) {
      expectClose(
        parameter.gradient.view.doubles.map { $0 - 1 }, expected, Self.sums,
        "\(label): \(parameter.name)")
    }
  }

  @Test(arguments: Paradigm.allCases, [false, true])
  func gradientsOfTheNetworkEqualCentralDifferences(paradigm: Paradigm, residual: Bool) {
    // More rows than a tile has.
    let batch = 100
    let builder = ModelBuilder.test(batch: batch, fields: 5, dimension: 3) {
      $0.paradigm = paradigm
      $0.encoder.residual = residual
    }
    let network = CompressedInteractionNetwork(
      builder.context, builder.shape, maps: [4, 3, 2]
    ) { builder.source(named: "\($0).encoder") }
    builder.context.allocate()
    builder.context.randomize(deviation: 0.2)
    let input = Matrix.random(batch, 15, seed: 1)
    let weights = Matrix.random(batch, 9, seed: 2)
    for index in 0..<weights.count { weights.base[index] /= Scalar(batch) }
    let output = Matrix(rows: batch, columns: 9)
    func loss() -> Double {
      network.forward(Embeddings(input, fields: 5), .evaluation, into: output.view)
      return zip(output.view.doubles, weights.view.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    }
    _ = loss()
    let inputGradient = Matrix(rows: batch, columns: 15)
    inputGradient.view.fill(1)
    network.backward(weights.view, addingTo: EmbeddingGradients(inputGradient, fields: 5))
    let label = "\(paradigm), residual \(residual)"
    GradientCheck.check(
      "\(label): embedding", base: input.base, count: input.count,
      gradient: inputGradient.view.doubles.map { $0 - 1 }, loss: loss)
    for parameter in builder.context.parameters {
      #expect(parameter.gradient.view.elements.contains { $0 != 0 }, "\(label) \(parameter.name)")
      GradientCheck.check(
        "\(label): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: parameter.gradient.view.doubles, loss: loss)
    }
  }
}
