import ClickData
import LinearAlgebra
import Platform
import TestSupport

@testable import Models

extension Blueprint {
  /// A blueprint for a layer on its own.
  static func test(
    batch: Int, fields: Int, dimension: Int, threads: Int = 2,
    schema: [FieldSchema]? = nil,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> Blueprint {
    var settings = ModelSettings()
    settings.embeddingDimension = dimension
    // In float the step of a gradient check is long: a curve bends within it.
    settings.encoder.activation = MemoryLayout<Scalar>.size == 8 ? .tanh : .linear
    settings.encoder.gamma = 0.7
    change(&settings)
    let pool = WorkerPool(threads: threads)
    let schema = schema ?? FieldSchema.mixed(fields: fields)
    return Blueprint(
      schema: schema,
      touchedRows: schema.map {
        TouchedRows(tableRows: $0.rows, batchCapacity: batch * $0.maxValues)
      },
      settings: settings, batchCapacity: batch,
      initializer: Initializer(.drawn(seed: 5), pool: pool),
      pool: pool)
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
