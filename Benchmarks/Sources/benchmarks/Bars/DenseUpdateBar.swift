import ClickData
import Foundation
import LinearAlgebra
import Models
import Training

/// Dense Adam with L2 over whole tables against a triad over as many bytes.
///
/// An element's value and both moments are read and written in each step: 24 bytes, counted once a step although several
/// steps share a pass over memory. The gradient is zero but for the rows that a batch touched, and is not counted.
struct DenseUpdateBar: Bar {
  let name = "dense-update"
  let title = "Dense Adam + L2 over whole tables, against a triad over the same bytes"

  func measure(_ bench: Workbench) throws {
    let touched = (0..<4).map { _ in TouchedRows(tableRows: 500_000, batchCapacity: 4096) }
    let tables = touched.enumerated().map { index, touched in
      Parameter(name: "table.\(index)", table: touched, dimension: 10)
    }
    for table in tables { table.value.view.fill(0.01) }
    var settings = TrainingSettings()
    settings.embeddingUpdate = .dense
    settings.embeddingRegularizer = 1e-5
    let optimizer = settings.makeOptimizer(for: tables, pool: bench.pool)
    let elements = tables.reduce(0) { $0 + $1.count }
    let steps = 32
    let bytes = 24 * Double(elements * steps)
    let triad = Triad(elements: 2 * elements, pool: bench.pool)
    let seconds = try bestSeconds(
      rounds: 10,
      of: [
        {
          for _ in 0..<steps { try optimizer.step(learningRate: 1e-3) }
          optimizer.flush()
        }, { triad.pass() },
      ])
    Report.line(
      "\(elements / 1_000_000) M elements, no row touched",
      String(format: "%.1f GB/s", bytes / seconds[0] / 1e9),
      ratio: bytes / seconds[0] / (triad.bytes / seconds[1]),
      of: String(format: "triad, %.1f GB/s", triad.bytes / seconds[1] / 1e9), .atLeast(0.7))
  }
}
