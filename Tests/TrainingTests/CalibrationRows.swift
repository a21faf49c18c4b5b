import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

/// Rows for recalibrations, and what is made of them.
enum CalibrationRows {
  /// Logits with ties if there are few levels, and clicks that are less certain than the logits
  /// say.
  static func rows(
    _ count: Int, seed: UInt64, levels: Int, slope: Double = 0.5
  ) -> (logits: [Scalar], clicks: [Float]) {
    let random = CounterRandom(seed: seed, stream: 1)
    let logits = (0..<count).map {
      Scalar(random.integer(UInt64($0), below: levels) * 8) / Scalar(levels) - 5
    }
    let clicks = (0..<count).map { row -> Float in
      random.uniform(UInt64(count + row)) < Logistic.sigmoid(slope * Double(logits[row])) ? 1 : 0
    }
    return (logits, clicks)
  }

  static func counts(
    _ logits: [Scalar], _ clicks: [Float], limit: Int = 1 << 18, batch: Int = 97
  ) throws -> LogitCounts {
    var counts = LogitCounts(limit: limit)
    try column(logits) { view in
      try clicks.withUnsafeBufferPointer { clicks in
        for start in stride(from: 0, to: logits.count, by: batch) {
          guard let base = clicks.baseAddress else { return }
          try counts.add(
            logits: view.rows(start..<min(start + batch, logits.count)), labels: base + start)
        }
      }
    }
    return counts
  }

  static func column<Result>(
    _ logits: [Scalar], _ body: (MatrixView) throws -> Result
  ) rethrows -> Result {
    let column = Matrix(rows: logits.count, columns: 1)
    for (row, logit) in logits.enumerated() { column[row, 0] = logit }
    return try withExtendedLifetime(column) { try body(column.view) }
  }

  static func fitted(
    _ method: Recalibration.Method, _ logits: [Scalar], _ clicks: [Float]
  ) throws -> Recalibration {
    try Recalibration(
      method, counts(logits, clicks), of: "valid", weights: "0123456789abcdef", run: "runs/a")
  }

  static func applied(
    _ recalibration: Recalibration, _ logits: [Scalar], threads: Int = 1
  ) -> [Scalar] {
    column(logits) { view in
      recalibration.apply(to: view, pool: WorkerPool(threads: threads))
      return view.elements
    }
  }

  /// Fifteen rows whose values of scikit-learn 1.9.1 are below: 7 clicks, ties at −2.5, −1 and
  /// 0.25.
  static let reference: (logits: [Scalar], clicks: [Float]) = (
    [-3, -2.5, -2.5, -2, -1.5, -1, -1, -0.5, 0, 0.25, 0.25, 0.5, 1, 1.5, 2],
    [0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1]
  )
}
