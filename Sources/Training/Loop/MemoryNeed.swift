import ClickData
import LinearAlgebra
import Models
import Platform

/// The bytes that training a model takes, computed from the schema and the settings before any is allocated.
public struct MemoryNeed: Equatable, Sendable {
  /// The values of all parameters.
  public let parameters: Int
  /// The optimizer's moments, and what it keeps of each row of a table.
  public let optimizerState: Int
  /// Gradients, which rows a batch touched, their values and where their gradients are.
  public let gradients: Int
  /// What the layers keep of a batch, with their scratch and running statistics.
  public let activations: Int
  /// Text read ahead, vocabularies, batches on their way and the rows that the shuffle holds.
  public let pipeline: Int

  /// All of it.
  public var total: Int { parameters + optimizerState + gradients + activations + pipeline }

  /// Builds the model on paper, and counts what it and its optimizer would hold, beside `readingBytes` of the data path.
  public init(
    schema: [FieldSchema], model settings: ModelSettings, training: TrainingSettings,
    readingBytes: Int = 0, pool: WorkerPool
  ) {
    let number = MemoryLayout<Scalar>.size
    let batch = training.batchSize
    let (model, modelBytes) = ZeroedMemory.measure {
      CTRModel.unallocated(
        schema: schema, settings: settings, batchCapacity: batch,
        rowHistory: training.rowHistory, pool: pool)
    }
    parameters = number * model.parameterCount
    let gathered = model.parameters.flatMap { [$0.gradient.view, $0.touchedValues.view] }
    gradients =
      number * gathered.reduce(0) { $0 + $1.rows * $1.stride }
      + model.touchedRows.reduce(0) { $0 + $1.bytes }
    // What lies beside the rows of tables, the gaps between records among it, is no buffer of the model.
    let records = model.parameters.reduce(0) {
      $0 + ($1.storage?.history == nil ? 0 : $1.value.rows * ($1.storage?.overheadPerRow ?? 0))
    }
    let apart = model.parameters.filter { $0.storage?.history == nil }
    optimizerState =
      number * apart.reduce(records) { $0 + training.stateCount(of: $1) }
      + model.parameters.reduce(0) { $0 + training.bookkeepingBytes(of: $1) }
    activations = modelBytes - parameters - gradients - number * records
    let values = schema.count { $0.kind == .value }
    let sequences = schema.reduce(0) { $0 + ($1.kind == .sequence ? 2 * $1.maxValues : 0) }
    let row =
      MemoryLayout<UInt64>.size
      + MemoryLayout<Float>.size * (1 + schema.count + values + sequences)
    let rows =
      BatchStream.batchesInFlight(batchSize: batch) * batch
      + (training.shuffle ? training.shuffleRows : 0)
    pipeline = readingBytes + row * rows
  }
}
