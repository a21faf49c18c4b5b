import Models
import Platform

/// What a finished run reports: the contents of `result.json`.
public struct RunResult {
  /// The run's name.
  public var name: String
  /// What training did and found.
  public var record: TrainingRecord
  /// What each parameter holds, by name.
  public var parameterCounts: [(name: String, count: Int)]
  /// In words, what a step updates.
  public var optimizer: String
  /// The seed of the weights and of the rows' order.
  public var seed: Int
  /// Threads that worked.
  public var threads: Int
  /// The BLAS library.
  public var blas: String
  /// The version of this program.
  public var version: String

  /// Gathers a run's results; the peak memory is read when they are written.
  public init(
    name: String, record: TrainingRecord, parameters: [Parameter], optimizer: String, seed: Int,
    threads: Int, blas: String, version: String
  ) {
    self.name = name
    self.record = record
    parameterCounts = parameters.map { ($0.name, $0.count) }
    self.optimizer = optimizer
    self.seed = seed
    self.threads = threads
    self.blas = blas
    self.version = version
  }

  /// The results as a JSON object in a fixed order; an undefined metric is null.
  public var json: JSONValue {
    .object([
      ("run", .text(name)),
      ("valid", record.valid.map { .object($0.json) } ?? .null),
      ("test", record.test.map { .object($0.json) } ?? .null),
      (
        "best",
        record.best.map { .object([("step", .integer($0.step)), ("epoch", .integer($0.epoch))]) }
          ?? .null
      ),
      ("steps", .integer(record.steps)), ("epochs", .integer(record.epochs)),
      ("stopped", .text(record.stop.rawValue)),
      ("data", .object(record.passes.map { ($0.split, $0.json) })),
      ("parameters", parameters),
      ("optimizer", .text(optimizer)), ("seed", .integer(seed)), ("threads", .integer(threads)),
      ("blas", .text(blas)), ("version", .text(version)), ("seconds", seconds),
      ("peak_memory_bytes", PeakMemory.bytes.map { .integer($0) } ?? .null),
    ])
  }

  private var parameters: JSONValue {
    .object([
      ("total", .integer(parameterCounts.reduce(0) { $0 + $1.count })),
      ("tensors", .object(parameterCounts.map { ($0.name, .integer($0.count)) })),
    ])
  }

  private var seconds: JSONValue {
    .object(
      record.seconds.byName.map { ($0.name, .number($0.seconds)) }
        + [("total", .number(record.totalSeconds))])
  }
}

extension PassRecord {
  /// Rows and bad rows as a JSON object.
  fileprivate var json: JSONValue {
    .object([
      ("rows", .integer(rows)), ("bad_rows", badRows.map { .integer($0) } ?? .null),
      ("first_bad_rows", .array(firstBadRows.map { .text($0) })),
    ])
  }
}
