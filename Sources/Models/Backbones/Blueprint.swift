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
  public internal(set) var batchCapacity: Int
  /// Draws initial weights.
  public let initializer: Initializer
  /// The threads that work.
  public let pool: WorkerPool
  /// What parts borrow in turn for a gradient on its way back.
  let gradients = LentMatrix()
  /// Products of whole batches, with the memory they share.
  let products: PooledProducts
  /// Those of fully connected layers, which multiply rows that a batch's embeddings repeat once.
  let layerProducts: LayerProducts
  /// What an optimizer keeps beside each row of a table.
  var rowHistory: RowHistory = noRowHistory
  /// What hides some fields' embeddings from all that are not sources, where there is such a thing.
  var mask: TargetMask?

  init(
    schema: [FieldSchema], touchedRows: [TouchedRows], settings: ModelSettings, batchCapacity: Int,
    initializer: Initializer, pool: WorkerPool
  ) {
    self.schema = schema
    self.touchedRows = touchedRows
    self.settings = settings
    self.batchCapacity = batchCapacity
    self.initializer = initializer
    self.pool = pool
    products = PooledProducts(pool: pool)
    layerProducts = LayerProducts(products, pool: pool)
  }

  /// Elements of a row's concatenated embeddings: fields · dimension.
  var width: Int { schema.count * settings.embeddingDimension }

  /// Pairs of different fields: fields · (fields − 1) / 2.
  var pairs: Int { PairwiseVectorKernel.pairs(of: schema.count) }

  /// The source of one interaction, raw or generated as the paradigm says, which reads the embedding; its parameters
  /// begin with `name`.
  func source(named name: String) -> Source {
    let source = sourceOfAnything(named: name)
    guard let mask else { return source }
    return UnmaskedSource(source, behind: mask)
  }

  private func sourceOfAnything(named name: String) -> Source {
    switch settings.paradigm {
    case .discriminative: RawSource()
    case .generative:
      GeneratedSource(self, encoder(named: name))
    }
  }

  /// The source of one layer in a stack: the raw embedding, or generated from what `encoder.input` names.
  ///
  /// The first layer's state is the embedding.
  func layeredSource(named name: String, layer: Int) -> LayeredSource {
    switch (settings.paradigm, settings.encoder.input) {
    case (.generative, .layerState) where layer > 0:
      LayeredSource(sourceOfAnything(named: name), reading: .layerState)
    case (.generative, _), (.discriminative, _):
      LayeredSource(source(named: name), reading: .embedding)
    }
  }
}
