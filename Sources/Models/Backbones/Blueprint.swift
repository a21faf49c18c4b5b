import ClickData
import LinearAlgebra
import Platform

/// What a part of a model needs to build itself: the fields, the settings, the largest batch, the draws.
public struct Blueprint {
  /// The fields, in order.
  public let schema: [FieldSchema]
  /// The rows a batch touches, by field.
  public let touchedRows: [TouchedRows]
  /// What is built.
  public let settings: ModelSettings
  /// The most rows of a batch; scratch is sized for it.
  public let batchCapacity: Int
  /// Draws initial weights.
  public let initializer: Initializer
  /// The threads that work.
  public let pool: WorkerPool

  /// Elements of a row's concatenated embeddings: fields · dimension.
  var width: Int { schema.count * settings.embeddingDimension }

  /// Pairs of different fields: fields · (fields − 1) / 2.
  var pairs: Int { PairwiseVectorKernel.pairs(of: schema.count) }

  /// The source of one interaction, raw or generated as the paradigm says; its parameters begin with `name`.
  func source(named name: String) -> Source {
    switch settings.paradigm {
    case .discriminative: RawSource()
    case .generative:
      GeneratedSource(
        encoder(named: name), batchCapacity: batchCapacity, width: width)
    }
  }

  /// The source of one layer in a stack: the raw embedding, or generated from what `encoder.input` names.
  func layeredSource(named name: String) -> LayeredSource {
    switch settings.paradigm {
    case .discriminative: LayeredSource(source(named: name), reading: .embedding)
    case .generative: LayeredSource(source(named: name), reading: settings.encoder.input)
    }
  }
}
