import Foundation
import Platform

/// The best of a few runs of the same work: the one that other processes disturbed least.
func bestSeconds(of runs: Int = 3, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<runs {
    let watch = Stopwatch()
    try body()
    best = min(best, watch.seconds)
  }
  return best
}

/// One line of the report: a rate, and its ratio to the roof or the bar that stands beside it.
func report(_ name: String, rowsPerSecond: Double, against roof: (name: String, rate: Double)?) {
  let label = name.padding(toLength: 46, withPad: " ", startingAt: 0)
  let rate = String(format: "%8.0f k rows/s", rowsPerSecond / 1000)
  let ratio = roof.map { String(format: "   %5.2f × %@", rowsPerSecond / $0.rate, $0.name) } ?? ""
  print(label + rate + ratio)
}
