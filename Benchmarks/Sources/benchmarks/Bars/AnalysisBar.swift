import Foundation
import LinearAlgebra
import Platform

/// Spectrum and correlation of 50,000 × 390 numbers, compared with numpy on as many threads.
struct AnalysisBar: Bar {
  let name = "analysis"
  let title = "Spectrum and correlation of 50,000 × 390, sums in double, against numpy"

  private static let rows = 50_000
  private static let columns = 390

  /// Measures on one thread and on two threads.
  func measure(_ bench: Workbench) throws {
    let (left, right) = (Self.matrix(seed: 1), Self.matrix(seed: 2))
    for row in 0..<Self.rows { right[row, 0] = right[row, 1] }
    for count in [1, 2] {
      let pool = WorkerPool(threads: count)
      var floor = 0.0
      let two = try bestSeconds {
        floor = try Self.work([left.view, right.view], [.init(0, 1), .init(1, 1)], pool)
      }
      let one = try bestSeconds { _ = try Self.work([right.view], [.init(0, 0)], pool) }
      print(Self.line("sfg, two operands", count, two, floor))
      print(Self.line("sfg, one operand with itself", count, one, floor))
      for found in Self.numpy(threads: count) {
        print(Self.line(found.name, count, found.seconds, found.floor))
      }
    }
    withExtendedLifetime((left, right)) {}
  }

  /// Returns the smallest singular value relative to the largest.
  ///
  /// One direction is unused, so this is the rounding error.
  private static func work(
    _ operands: [MatrixView], _ products: [JointMomentAccumulator.Product], _ pool: WorkerPool
  ) throws -> Double {
    let accumulator = JointMomentAccumulator(
      columns: operands.map(\.columns), products: products, pool: pool)
    for start in stride(from: 0, to: rows, by: 4096) {
      accumulator.add(operands.map { $0.rows(start..<min(start + 4096, rows)) })
    }
    let moments = accumulator.finish()
    let last = operands.count - 1
    let spectrum = Spectrum(
      try SingularValues.ofSymmetric(moments.moments(last).covariance))
    _ = moments.cross(0, last).correlation
    return (spectrum.values.last ?? 0) / spectrum.largest
  }

  private static func matrix(seed: UInt64) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    let random = CounterRandom(seed: seed, stream: 1)
    for index in 0..<matrix.count { matrix.base[index] = Scalar(random.normal(UInt64(index))) }
    return matrix
  }

  private static func line(_ name: String, _ threads: Int, _ seconds: Double, _ floor: Double)
    -> String
  {
    let label = "\(name), \(threads) thread\(threads == 1 ? "" : "s")"
    return label.padding(toLength: 46, withPad: " ", startingAt: 0)
      + String(format: "%8.3f s   unused direction at %.0e of the largest value", seconds, floor)
  }

  /// Measures numpy; prints a message and returns nothing if numpy is not installed.
  private static func numpy(threads: Int) -> [(name: String, seconds: Double, floor: Double)] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      ProcessInfo.processInfo.environment["PYTHON"] ?? "python3",
      "Scripts/reference/analysis/speed.py", "\(rows)", "\(columns)", "\(threads)",
    ]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return [] }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let found = output.split(separator: "\n").compactMap {
      line -> (name: String, seconds: Double, floor: Double)? in
      let words = line.split(separator: " ")
      guard words.count == 3, let seconds = Double(words[1]), let floor = Double(words[2]) else {
        return nil
      }
      return ("numpy \(words[0])", seconds, floor)
    }
    if found.isEmpty { print("numpy not found; set PYTHON to a Python that has it") }
    return found
  }
}
