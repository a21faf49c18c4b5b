import ClickData
import Foundation

/// Reading encoded rows, as later epochs do, compared with copying as many bytes in memory.
struct CacheBar: Bar {
  let name = "cache"
  let title = "Encoded rows from the cache, against ten million rows/s and a copy of their bytes"

  func measure(_ bench: Workbench) throws {
    let folder = bench.log.folder.appending(path: "cache")
    let dataset = try Dataset(
      settings: bench.log.settings, cache: CacheFolder(folder.path, writes: true))
    func read(_ order: RowOrder) throws {
      let stream = try dataset.batches(
        of: .train, encoder: bench.encoder, batchSize: Workbench.batchSize, order: order)
      while try stream.next() != nil {}
    }
    try read(.stored)
    let copy = try MemoryCopy(fileIn: folder)
    let rows = Double(bench.log.rows)
    let shuffled = RowOrder.shuffled(seed: 1, epoch: 1, bufferRows: 100_000)
    let rates = try bestSeconds(
      rounds: 5, of: [{ copy.run() }, { try read(.stored) }, { try read(shuffled) }]
    ).map { rows / $0 }
    Report.line("a copy of their bytes", Report.rate(rates[0]))
    for (name, rate) in zip(["as stored", "shuffled through 100,000 rows"], rates.dropFirst()) {
      Report.line(
        name, Report.rate(rate), ratio: rate / 10e6, of: "10 million rows/s", .atLeast(1))
    }
  }
}
