import ClickData
import LinearAlgebra
import Models
import Platform

/// The bytes that training takes, computed from schema and settings before most are allocated.
public struct MemoryNeed: Equatable, Sendable {
  /// The values of all parameters.
  public let parameters: Int
  /// The optimizer's moments and its bookkeeping of table rows.
  public let optimizerState: Int
  /// Gradients, and the touched rows of a batch: their numbers, values and slots.
  public let gradients: Int
  /// What layers keep of a batch, their scratch memory and running statistics.
  public let activations: Int
  /// Text read ahead, batches in flight and the rows that the shuffle holds.
  public let pipeline: Int
  /// The logits of an evaluation, and the weights of its rows, twice while they are sorted, and its
  /// groups.
  public let evaluation: Int
  /// What the process holds already: the program, its libraries and the encoder; and what their
  /// code and the stacks of threads will touch.
  public let program: Int

  /// The sum of all parts.
  public var total: Int { program + unallocated }
  /// The parts that are not allocated yet.
  public var unallocated: Int {
    parameters + optimizerState + gradients + activations + pipeline + evaluation
  }

  /// Code of libraries that first runs in training, checkpoints and their buffers.
  private static let touchedLater = 12 << 20
  /// A stack, and OpenBLAS's buffer for packed operands.
  private static let touchedPerThread = 1 << 20

  /// Builds the model without allocating it and counts what it and its optimizer would hold.
  ///
  /// `readingBytes` is what reading the data takes, `evaluatedRows` are those of the largest
  /// evaluated split, `weighted` is whether rows have weights, and `residentBytes` what the process
  /// holds already.
  public init(
    schema: [FieldSchema], model settings: ModelSettings, training: TrainingSettings,
    readingBytes: Int = 0, evaluatedRows: Int = 0, residentBytes: Int = 0, weighted: Bool = false,
    pool: WorkerPool
  ) {
    let number = MemoryLayout<Scalar>.size
    let batch = training.batchSize
    let (model, modelBytes) = ZeroedMemory.measure {
      CTRModel.unallocated(
        schema: schema, settings: settings, batchCapacity: batch,
        rowHistory: training.rowHistory, precision: training.precision,
        regularizers: training.regularizers, pool: pool)
    }
    parameters = number * model.parameterCount
    let gathered = model.parameters.flatMap { [$0.gradient.view, $0.touchedValues.view] }
    gradients =
      number * gathered.reduce(0) { $0 + $1.rows * $1.stride }
      + model.touchedRows.reduce(0) { $0 + $1.bytes }
    // History stored with table rows, and the gaps between records, are no buffers of the model.
    let records = model.parameters.reduce(0) {
      $0 + ($1.storage?.history == nil ? 0 : $1.value.rows * ($1.storage?.overheadPerRow ?? 0))
    }
    let separate = model.parameters.filter { $0.storage?.history == nil }
    optimizerState =
      number * separate.reduce(records) { $0 + training.stateCount(of: $1) }
      + model.parameters.reduce(0) { $0 + training.bookkeepingBytes(of: $1) }
    activations = modelBytes - parameters - gradients - number * records
    let values = schema.count { $0.kind == .value }
    let sequences = schema.reduce(0) { $0 + ($1.kind == .sequence ? 2 * $1.maxValues : 0) }
    let row =
      MemoryLayout<UInt64>.size
      + MemoryLayout<Float>.size * (1 + schema.count + values + sequences + (weighted ? 1 : 0))
    let rows =
      BatchStream.batchesInFlight(batchSize: batch) * batch
      + (training.shuffle ? training.shuffleRows : 0)
    pipeline = readingBytes + row * rows
    evaluation =
      2 * (MemoryLayout<Scalar>.size + (weighted ? MemoryLayout<Float>.size : 0)) * evaluatedRows
      + (training.group == nil ? 0 : GroupedRows.bytes(rows: evaluatedRows))
    program = residentBytes + Self.touchedLater + pool.threads * Self.touchedPerThread
  }
}
