import Foundation

/// All benchmarks in the order of their output, one file each.
let bars: [any Bar] = [
  PeakBar(), PrecisionBar(), ProductBar(), ShapeBar(), ParadigmBar(), EvaluationBar(), ThreadBar(),
  SparseBar(), ReadingBar(),
  FilesBar(), CacheBar(),
  DenseUpdateBar(), MemoryBar(), StartBar(), AnalysisBar(),
]

let chosen = Array(CommandLine.arguments.dropFirst())
let names = bars.map(\.name)
if let unknown = chosen.first(where: { !names.contains($0) }) {
  FileHandle.standardError.write(
    Data("benchmarks: unknown \"\(unknown)\"; expected \(names.joined(separator: ", "))\n".utf8))
  exit(64)
}

do {
  let bench = try Workbench(rows: 800_000)
  Report.machine(bench)
  try TwinChecks(bench).run()
  for bar in bars where chosen.isEmpty || chosen.contains(bar.name) {
    Report.title(bar.title)
    try bar.measure(bench)
  }
} catch {
  FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
  exit(70)
}
