import Foundation
import LinearAlgebra
import Platform

/// Prints one line per measurement, with its ratio to a roofline and the threshold for the ratio.
enum Report {
  /// The threshold for a ratio.
  enum Limit {
    case atLeast(Double)
    case atMost(Double)

    func holds(_ value: Double) -> Bool {
      switch self {
      case .atLeast(let least): value >= least
      case .atMost(let most): value <= most
      }
    }

    var text: String {
      switch self {
      case .atLeast(let least): "≥ " + number(least)
      case .atMost(let most): "≤ " + number(most)
      }
    }
  }

  static func machine(_ bench: Workbench) {
    print(
      "\(Machine.processorModel ?? "unknown processor"), \(bench.pool.threads) threads, "
        + "kernels: \(InstructionSet.name), \(ProductPrecision.bfloat16.instructions) for bfloat16")
    let bfloat16 =
      CorePeak.hasBFloat16 ? "\(speed(CorePeak.bfloat16Speed, 1)) of bfloat16 pairs" : "no bfloat16"
    print("one core in registers: \(speed(CorePeak.fusedSpeed, 1)) of multiply-adds, \(bfloat16)")
    let isForced = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil
    print(
      "sgemm: \(OpenBLAS.description), core type \(OpenBLAS.coreType)"
        + (isForced ? ", forced by OPENBLAS_CORETYPE: a lower roof" : ""))
    print("\(bench.log.rows) Criteo-shaped synthetic rows; best of several alternating rounds")
  }

  static func title(_ text: String) { print("\n\(text)") }

  /// A measurement without a roofline.
  static func line(_ what: String, _ measured: String) {
    print("  " + padded(what, 46) + measured)
    fflush(nil)
  }

  /// A measurement, its ratio to a roofline, and the threshold.
  static func line(
    _ what: String, _ measured: String, ratio: Double, of roof: String, _ limit: Limit? = nil
  ) {
    let verdict = limit.map { " (\($0.text): \($0.holds(ratio) ? "reached" : "missed"))" } ?? ""
    line(what, padded(measured, 24) + number(ratio) + " × \(roof)\(verdict)")
  }

  static func rate(_ rowsPerSecond: Double) -> String {
    String(format: "%.1f k rows/s", rowsPerSecond / 1000)
  }

  static func speed(_ operations: Double, _ seconds: Double) -> String {
    String(format: "%.1f GFLOP/s", operations / seconds / 1e9)
  }

  /// The speed of sgemm as a roofline: with its kernels, and as a share of the threads' peak.
  static func sgemm(_ operations: Double, _ seconds: Double, _ bench: Workbench) -> String {
    let share = operations / seconds / (Double(bench.pool.threads) * CorePeak.fusedSpeed)
    return "\(speed(operations, seconds)), \(number(share)) of the peak (\(OpenBLAS.coreType))"
  }

  static func number(_ value: Double) -> String { String(format: "%.2f", value) }

  private static func padded(_ text: String, _ length: Int) -> String {
    text + String(repeating: " ", count: max(1, length - text.count))
  }
}
