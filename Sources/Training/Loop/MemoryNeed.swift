import ClickData
import LinearAlgebra
import Models

/// The bytes that training a model takes, computed from the schema and the settings before any is allocated.
public struct MemoryNeed: Equatable, Sendable {
  /// The values of all parameters.
  public let parameters: Int
  /// The optimizer's moments.
  public let optimizerState: Int
  /// Gradients, which rows a batch touched, and where their gradients are.
  public let gradients: Int
  /// What the layers keep of a batch.
  public let activations: Int
  /// Batches on their way and the rows that the shuffle holds.
  public let pipeline: Int

  /// All of it.
  public var total: Int { parameters + optimizerState + gradients + activations + pipeline }

  /// Batches that the pipeline may hold at once.
  private static let batchesUnderway = 4

  /// Counts what a model of this schema and these settings takes.
  public init(schema: [FieldSchema], model: ModelSettings, training: TrainingSettings) {
    let number = MemoryLayout<Scalar>.size
    let shape = ModelShape(schema, model)
    let batch = training.batchSize
    parameters = number * (shape.tableElements + shape.networkElements)
    optimizerState = number * 2 * (shape.tableElements + shape.networkElements)
    let slots = schema.reduce(0) { $0 + min($1.rows, batch) }
    let bookkeeping =
      shape.tableRows * (MemoryLayout<Int32>.size + MemoryLayout<Bool>.size)
      + MemoryLayout<UInt32>.size * (slots + batch * schema.count)
    gradients = number * (slots * shape.tableWidth + shape.networkElements) + bookkeeping
    activations = number * batch * shape.activationWidth
    let values = schema.count { $0.kind == .value }
    let row = MemoryLayout<UInt64>.size + MemoryLayout<Float>.size * (1 + schema.count + values)
    pipeline =
      row * (Self.batchesUnderway * batch + (training.shuffle ? training.shuffleRows : 0))
  }
}

/// How many elements a model's parts have.
private struct ModelShape {
  let tableRows: Int
  /// Elements that all tables of one field have for a row.
  let tableWidth: Int
  let networkElements: Int
  /// Elements that the layers keep for a row of a batch.
  let activationWidth: Int

  var tableElements: Int { tableRows * tableWidth }

  init(_ schema: [FieldSchema], _ model: ModelSettings) {
    tableRows = schema.reduce(0) { $0 + $1.rows }
    let width = model.backbone.hasSource ? schema.count * model.embeddingDimension : 0
    let isGenerative = model.backbone.hasSource && model.paradigm == .generative
    tableWidth = 1 + (model.backbone.hasSource ? model.embeddingDimension : 0)
    networkElements = 1 + (isGenerative ? width * width : 0)
    // The embeddings and their gradients; the first-order terms and theirs; two logits. An encoder keeps
    // its product, its output and its output's gradient.
    activationWidth = 2 * width + 2 * schema.count + 2 + (isGenerative ? 3 * width : 0)
  }
}
