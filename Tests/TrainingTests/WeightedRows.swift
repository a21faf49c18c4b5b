import Foundation
import LinearAlgebra
import Platform

@testable import Training

/// Rows with weights, and what scikit-learn finds in them: `Scripts/reference/weights.py` wrote it.
struct WeightedRows: Decodable {
  struct Recalibrations: Decodable {
    let isotonic_logits, isotonic_probabilities: [Double]
    let platt_slope, platt_intercept: Double
  }

  let logits: [Scalar]
  let labels, weights: [Float]
  let metrics: [String: Double]
  let sampled_rate: Double
  let sampled_metrics: [String: Double]
  let recalibrations: Recalibrations

  static func load() throws -> WeightedRows {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/weights.json")
    return try JSONDecoder().decode(WeightedRows.self, from: Data(contentsOf: path))
  }

  /// Rows of any number, with weights from 0 to 3 in steps of 1/8.
  static func random(
    _ count: Int, seed: UInt64
  ) -> (logits: [Scalar], labels: [Float], weights: [Float]) {
    let (logits, labels) = CalibrationRows.rows(count, seed: seed, levels: 200)
    let random = CounterRandom(seed: seed, stream: 9)
    return (logits, labels, (0..<count).map { Float(random.integer(UInt64($0), below: 25)) / 8 })
  }

  /// The metrics and the reliability of rows; without weights each counts once.
  static func measure(
    _ logits: [Scalar], _ labels: [Float], _ weights: [Float]?, rate: Double = 1,
    shift: Double = 0, batch: Int = 97, threads: Int = 1
  ) throws -> EvaluatedRows {
    var accumulator = MetricsAccumulator(
      pool: WorkerPool(threads: threads),
      weighting: RowWeighting(negativeRate: rate, isWeighted: weights != nil), shift: shift)
    try CalibrationRows.column(logits) { view in
      for start in stride(from: 0, to: logits.count, by: batch) {
        let rows = start..<min(start + batch, logits.count)
        try accumulator.add(
          logits: view.rows(rows), labels: Array(labels[rows]),
          weights: weights.map { Array($0[rows]) })
      }
    }
    return accumulator.measurement()
  }
}

extension MetricsAccumulator {
  /// Adds a batch whose weights are an array.
  mutating func add(logits: MatrixView, labels: [Float], weights: [Float]?) throws {
    guard let weights else { return try add(logits: logits, labels: labels) }
    try weights.withUnsafeBufferPointer { weights in
      try add(logits: logits, labels: labels, weights: weights.baseAddress)
    }
  }
}

extension Metrics {
  /// All metrics by name; undefined ones are left out.
  var byName: [String: Double] {
    Dictionary(
      uniqueKeysWithValues: Metric.all.compactMap { metric in
        self[metric].map { (metric.name, $0) }
      })
  }
}
