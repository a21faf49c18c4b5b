import ClickData
import LinearAlgebra
import Models
import Platform

extension ModelSettings {
  /// Every backbone in every paradigm that it has.
  public static let variants: [(BackboneKind, Paradigm)] = BackboneKind.allCases.flatMap { kind in
    Paradigm.allCases.filter { $0 == .discriminative || kind.hasSource }.map { (kind, $0) }
  }

  /// Small settings: dimension 3, hidden layers of 7 and 4 units, feature maps of 4 and 3, two
  /// tokens of 4 elements.
  public static func tiny(
    _ backbone: BackboneKind = .fm, _ paradigm: Paradigm = .discriminative,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> ModelSettings {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    settings.embeddingDimension = 3
    settings.deep.hiddenUnits = [7, 4]
    settings.cinHiddenUnits = [4, 3]
    settings.encoder.rank = 3
    (settings.tokens.tokens, settings.tokens.dimension) = (2, 4)
    settings.tokens.tokenizerUnits = [6]
    settings.tokens.feedForwardUnits = [5]
    settings.wukong.layers = 2
    (settings.wukong.fmbFeatures, settings.wukong.lcbFeatures) = (3, 4)
    settings.wukong.rank = 2
    settings.wukong.fmbUnits = [6]
    change(&settings)
    return settings
  }
}

extension FieldSchema {
  /// Categories C0, C1, … with tables of these numbers of rows.
  public static func categories(_ rows: [Int]) -> [FieldSchema] {
    rows.enumerated().map { FieldSchema(name: "C\($0)", kind: .category, rows: $1) }
  }
}

extension CTRModel {
  /// A model of `ModelSettings.tiny`, over five fields of different kinds unless a schema is given.
  public static func tiny(
    _ backbone: BackboneKind = .fm, _ paradigm: Paradigm = .discriminative,
    schema: [FieldSchema] = FieldSchema.mixed(fields: 5), capacity: Int = 16, seed: UInt64 = 3,
    share: BatchShare = BatchShare(), threads: Int = 2,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    CTRModel(
      schema: schema, settings: .tiny(backbone, paradigm, change), batchCapacity: capacity,
      seed: seed, share: share, pool: WorkerPool(threads: threads))
  }

  /// This model with normal numbers in some parameters, all by default.
  ///
  /// Initial embeddings of 1e-4 would hide an interaction behind the first-order term. The numbers
  /// depend on the shapes of these parameters alone, so models that differ in others get the same.
  public func randomized(
    deviation: Double = 0.5, where isIncluded: (Parameter) -> Bool = { _ in true }
  ) -> CTRModel {
    let random = CounterRandom(seed: 11, stream: 1)
    var position: UInt64 = 0
    for parameter in parameters where isIncluded(parameter) {
      let values = parameter.value.view
      for row in 0..<values.rows {
        for column in 0..<values.columns {
          values[row, column] = Scalar(deviation * random.normal(position))
          position += 1
        }
      }
    }
    return self
  }

  /// A parameter by name; nil if there is none.
  public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// The logits and the loss of a training step; its gradients are left in the parameters.
  @discardableResult
  public func step(_ batch: EncodedBatch, number: Int = 1) -> (logits: [Double], loss: Double) {
    let gradient = Matrix(rows: batch.rows, columns: 1)
    return withExtendedLifetime((self, gradient)) {
      let logits = forward(batch, .training(step: number))
      let values = logits.doubles
      let loss = BinaryCrossEntropy.forward(
        logits: logits, labels: batch.labels, gradient: gradient.view)
      backward(gradient.view)
      return (values, loss)
    }
  }

  /// The gradients of all parameters; of a table, those of the rows that the batch touched.
  public var gradients: [(name: String, values: [Double])] {
    withExtendedLifetime(self) {
      parameters.map { parameter in
        let rows = parameter.touched.map(\.count) ?? parameter.gradient.rows
        return (parameter.name, parameter.gradient.view.rows(0..<rows).doubles)
      }
    }
  }
}

extension Parameter {
  /// The gradient of every element; 0 for table rows that the batch did not touch.
  public var fullGradient: [Double] {
    (0..<value.rows).flatMap { row in
      (0..<value.columns).map { Double(gradient(row: row, column: $0)) }
    }
  }
}
