import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import Training

let threads = ProcessInfo.processInfo.activeProcessorCount
let pool = WorkerPool(threads: threads)
let rows = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 800_000
print("sfg on \(threads) threads, \(OpenBLAS.description)")
print("\(rows) Criteo-shaped synthetic rows; best of three runs each\n")

let log = try BenchmarkLog(rows: rows, pool: pool)
let dataset = try Dataset(settings: log.settings)
let encoder = try dataset.fit()

let zlib = Double(rows) / (try bestSeconds { _ = try InflateAlone.run(log.path) })
report("zlib alone, one thread", rowsPerSecond: zlib, against: nil)
let scan = Double(rows) / (try bestSeconds { _ = try dataset.inspect(.train) })
report("inspect: inflate, split, count", rowsPerSecond: scan, against: ("zlib", zlib))
let encode =
  Double(rows)
  / (try bestSeconds {
    let stream = try dataset.batches(of: .train, encoder: encoder, batchSize: 4096)
    while try stream.next() != nil {}
  })
report("encode: inflate, split, hash", rowsPerSecond: encode, against: ("zlib", zlib))

for (backbone, paradigm) in [
  (BackboneKind.lr, Paradigm.discriminative), (.fm, .discriminative), (.fm, .generative),
] {
  let pass = TrainingPass(backbone, paradigm, encoder.schema, pool)
  let seconds = try bestSeconds {
    try pass.run {
      try dataset.batches(of: .train, encoder: encoder, batchSize: 4096)
    }
  }
  report(
    "\(backbone), \(paradigm), lazy Adam, from gzip", rowsPerSecond: Double(rows) / seconds,
    against: ("zlib", zlib))
}

try AnalysisSpeed.report(threads: threads)
