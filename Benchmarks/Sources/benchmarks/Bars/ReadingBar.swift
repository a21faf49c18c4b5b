import ClickData
import Models

/// Training and encoding from gzip, compared with zlib alone on the same file.
struct ReadingBar: Bar {
  let name = "reading"
  let title = "From gzip, against zlib alone on one thread"

  func measure(_ bench: Workbench) throws {
    let rows = Double(bench.log.rows)
    let models = try ["lr", "fm_dis"].map { model in
      TrainingSteps(
        try Workbench.configuration(model, ["training.embedding_update=lazy"]),
        bench.encoder.schema, bench.pool)
    }
    let work: [() throws -> Void] =
      [
        { _ = try InflateAlone.run(bench.log.path) },
        { _ = try bench.dataset.inspect(.train) },
        { try Self.each(bench) { _ in } },
      ] + models.map { model in { try Self.each(bench) { try model.train($0) } } }
    let rates = try bestSeconds(rounds: 8, of: work).map { rows / $0 }
    let roof = "zlib alone, \(Report.rate(rates[0]))"
    let lines: [(String, Report.Limit?)] = [
      ("inspect: inflate, split, count", nil), ("encode: inflate, split, hash", nil),
      ("LR, lazy Adam, from gzip", .atLeast(0.8)), ("FM d=10, lazy Adam, from gzip", .atLeast(0.8)),
    ]
    for ((name, limit), rate) in zip(lines, rates.dropFirst()) {
      Report.line(name, Report.rate(rate), ratio: rate / rates[0], of: roof, limit)
    }
  }

  private static func each(_ bench: Workbench, _ body: (EncodedBatch) throws -> Void) throws {
    let stream = try bench.open()
    while let batch = try stream.next() { try body(batch) }
  }
}
