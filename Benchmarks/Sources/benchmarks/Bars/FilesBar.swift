import ClickData
import Foundation
import Platform

/// Reading four gzip files at once, compared with zlib alone on the same files.
struct FilesBar: Bar {
  let name = "files"
  let title = "Four gzip files at once, against zlib alone on the same files"

  func measure(_ bench: Workbench) throws {
    let rows = bench.log.rows / 4
    let paths = try (0..<4).map { part in
      try bench.log.sibling(rows: rows, named: "part\(part).tsv.gz", pool: bench.pool)
    }
    func dataset(_ paths: [String]) throws -> Dataset {
      var settings = bench.log.settings
      settings.train = paths
      return try Dataset(settings: settings)
    }
    let (one, four) = (try dataset([bench.log.path]), try dataset(paths))
    var parsing = Double.infinity
    func encode(_ dataset: Dataset) throws {
      let stream = try dataset.batches(
        of: .train, encoder: bench.encoder, batchSize: Workbench.batchSize)
      while try stream.next() != nil {}
      parsing = min(parsing, stream.progress.encodeSeconds)
    }
    let seconds = try bestSeconds(
      rounds: 3,
      of: [
        { for path in paths { _ = try InflateAlone.run(path) } },
        { bench.pool.tiles(of: 4, size: 1) { for path in paths[$0] { inflate(path) } } },
        { try encode(one) }, { try encode(four) }, { _ = try one.inspect(.train) },
        { _ = try four.inspect(.train) },
      ])
    let total = Double(4 * rows)
    let alone = total / seconds[0]
    Report.line(
      "zlib alone, \(bench.pool.threads) threads", Report.rate(total / seconds[1]),
      ratio: seconds[0] / seconds[1], of: "one thread, \(Report.rate(alone))")
    Report.line(
      "split and hash, on their one thread", Report.rate(total / parsing),
      ratio: total / parsing / alone, of: "zlib alone on one thread")
    let lines = [
      "one file: inflate, split, hash", "four files: inflate, split, hash", "one file: inspect",
      "four files: inspect",
    ]
    for (name, seconds) in zip(lines, seconds.dropFirst(2)) {
      let rate = total / seconds
      Report.line(name, Report.rate(rate), ratio: rate / alone, of: "zlib alone on one thread")
    }
  }

  /// Inflates a file; errors cannot occur, because the benchmark has written it.
  private func inflate(_ path: String) { _ = try? InflateAlone.run(path) }
}
