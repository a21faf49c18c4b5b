import ClickData
import Foundation
import LinearAlgebra
import Models
import Training

/// Dense Adam with L2 on whole tables, compared with a triad over as many bytes.
///
/// A step reads and writes the value and both moments of an element, 24 bytes. They are counted for
/// each step, although deferred steps share a pass over memory. The gradient is not counted because
/// it is zero except in rows that a batch touched.
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
