import ClickData
import LinearAlgebra
import Platform
import TestSupport

@testable import Models

extension LayerContext {
  /// A context for a layer on its own.
  static func test(batch: Int, seed: UInt64 = 5, threads: Int = 2) -> LayerContext {
    LayerContext(
      batchCapacity: batch, weights: .drawn(seed: seed), pool: WorkerPool(threads: threads))
  }

  /// The parameters created so far.
  var parameters: [Parameter] { registry.parameters }

  /// Fills every parameter with normal numbers of its own seed.
  func randomize(deviation: Double) {
    for (seed, parameter) in parameters.enumerated() {
      parameter.randomize(seed: UInt64(seed), deviation: deviation)
    }
  }
}

extension ModelBuilder {
  /// A builder for parts of a model on their own.
  static func test(
    batch: Int, fields: Int, dimension: Int, seed: UInt64 = 5, threads: Int = 2,
    schema: [FieldSchema]? = nil, _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> ModelBuilder {
    var settings = ModelSettings()
    settings.embeddingDimension = dimension
    // In float the step of a gradient check is long: a curve bends within it.
    settings.encoder.activation = MemoryLayout<Scalar>.size == 8 ? .tanh : .linear
    settings.encoder.gamma = 0.7
    change(&settings)
    return ModelBuilder(
      context: .test(batch: batch, seed: seed, threads: threads),
      fields: FieldTables(schema ?? FieldSchema.mixed(fields: fields), batchCapacity: batch),
      settings: settings)
  }
}

extension Embeddings {
  /// Embeddings without a mask or repeated rows.
  init(_ matrix: Matrix, fields: Int) {
    let input = FieldInput(FieldTensor(matrix.view, fields: fields))
    self.init(raw: input, input: input)
  }
}

extension EmbeddingGradients {
  /// Gradients without a mask or repeated rows.
  init(_ matrix: Matrix, fields: Int) {
    let gradient = FieldGradient(FieldTensor(matrix.view, fields: fields))
    self.init(raw: gradient, input: gradient)
  }
}

extension Parameter {
  /// Fills the value with normal numbers of a seed.
  func randomize(seed: UInt64, deviation: Double = 1) {
    let random = CounterRandom(seed: seed, stream: 9)
    for index in 0..<count {
      value.base[index] = Scalar(deviation * random.normal(UInt64(index)))
    }
  }
}
