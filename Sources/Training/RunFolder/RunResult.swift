import LinearAlgebra
import Models
import Platform

/// What a finished run reports: the contents of `result.json`.
public struct RunResult {
  /// A JSON object in a fixed order; an undefined metric is null.
  let json: JSONValue

  /// Gathers a run's results; `optimizer` is the optimizer's semantics, in words.
  public init(
    name: String, record: TrainingRecord, parameters: [Parameter], optimizer: String, seed: Int,
    threads: Int, blas: String, precision: ProductPrecision = .float32, version: String,
    origin: RunOrigin? = nil, ranks: RankSummary? = nil
  ) {
    func metrics(_ metrics: Metrics?) -> JSONValue { metrics.map { .object($0.json) } ?? .null }
    let members: [(String, JSONValue)] = [
      ("run", .text(name)), ("valid", metrics(record.valid)), ("test", metrics(record.test)),
      (
        "best",
        record.best.map { .object([("step", .integer($0.step)), ("epoch", .integer($0.epoch))]) }
          ?? .null
      ),
      ("steps", .integer(record.steps)), ("epochs", .integer(record.epochs)),
      ("stopped", .text(record.stop.rawValue)),
      ("data", .object(record.passes.map { ($0.split, .object($0.members)) })),
      (
        "parameters",
        .object([
          ("total", .integer(parameters.reduce(0) { $0 + $1.count })),
          ("tensors", .object(parameters.map { ($0.name, .integer($0.count)) })),
        ])
      ),
      ("optimizer", .text(optimizer)), ("seed", .integer(seed)), ("threads", .integer(threads)),
      (
        "products",
        .object([
          ("precision", .text(precision.rawValue)), ("instructions", .text(precision.instructions)),
        ])
      ),
      (
        "kernels",
        .object([
          ("instructions", .text(InstructionSet.name)),
          ("processor", Machine.processorModel.map { .text($0) } ?? .null),
        ])
      ),
      ("blas", .text(blas)), ("version", .text(version)),
      (
        "seconds",
        .object(
          record.seconds.byName.map { ($0.name, .number($0.time)) }
            + [("total", .number(record.totalSeconds))])
      ),
      ("peak_memory_bytes", PeakMemory.bytes.map { .integer($0) } ?? .null),
    ]
    let from = origin.map { [("from", $0.json)] } ?? []
    let days = record.parts.map(\.json)
    let processes = ranks.map { [("ranks", $0.json(seconds: record.totalSeconds))] } ?? []
    json = .object(
      members + processes + from + (days.isEmpty ? [] : [("progressive", .array(days))]))
  }
}

extension PassRecord {
  /// What was read as the members of a JSON object.
  public var members: [(String, JSONValue)] {
    [
      ("rows", .integer(rows)), ("bad_rows", badRows.map { .integer($0.count) } ?? .null),
      ("bad_share", .optional(badRows.map { $0.share(beside: rows) })),
      ("first_bad_rows", .array((badRows?.messages ?? []).map { .text($0) })),
      ("blank_rows", badRows == nil ? .null : .integer(blankRows)),
      ("cut", .object(cuts.map { ($0.field, .number($0.share)) })),
      ("unseen", unseen?.json ?? .null),
    ]
  }
}

extension UnseenValues {
  /// The share, and the worst fields, as a JSON object.
  public var json: JSONValue {
    .object([
      ("share", .number(share)), ("values", .integer(values)), ("unseen", .integer(unseen)),
      (
        "worst",
        .array(
          worst.map { field in
            .object([
              ("field", .text(field.name)), ("share", .number(field.share)),
              ("values", .integer(field.values)), ("unseen", .integer(field.unseen)),
            ])
          })
      ),
    ])
  }
}
