import Platform

/// Counts rows, loss and seconds of an epoch, and of the steps since the last evaluation.
struct SpeedMeter {
  /// Rows of this epoch.
  private(set) var epochRows = 0
  private var trainedRows = 0
  private var lossSum = 0.0
  private var weightSum = 0.0
  private var rowsSincePause = 0
  private let epoch = Stopwatch()
  private var watch = Stopwatch()
  private var nextReport = 0.0

  /// Seconds between two reports.
  private static let interval = 0.2

  /// The weighted mean loss of the rows of this epoch that this process trained; 0 without weight.
  var meanLoss: Double { weightSum > 0 ? lossSum / weightSum : 0 }

  /// The wall time of this epoch in this process, with evaluations; nil without rows.
  var epochSeconds: Double? { trainedRows > 0 ? epoch.seconds : nil }

  /// The processors' time of this epoch in this process, with evaluations; nil without rows.
  var epochProcessorSeconds: Double? { trainedRows > 0 ? epoch.processorSeconds : nil }

  /// Rows per second of the wall time; nil without rows.
  var epochRowsPerSecond: Double? { epochSeconds.map { Double(trainedRows) / max($0, 1e-9) } }

  /// True once per interval.
  var isReportDue: Bool {
    mutating get {
      let now = epoch.seconds
      guard now >= nextReport else { return false }
      nextReport = now + Self.interval
      return true
    }
  }

  /// Starts an epoch of which an earlier process trained some rows.
  mutating func startEpoch(after rows: Int) {
    self = SpeedMeter()
    epochRows = rows
  }

  mutating func add(rows: Int, weight: Double, loss: Double) {
    epochRows += rows
    trainedRows += rows
    rowsSincePause += rows
    lossSum += loss * weight
    weightSum += weight
  }

  /// The seconds of training since the last pause, and their rows per second; nil without rows.
  func pause() -> (seconds: Double, rowsPerSecond: Double)? {
    guard rowsSincePause > 0 else { return nil }
    let seconds = watch.seconds
    return (seconds, Double(rowsSincePause) / max(seconds, 1e-9))
  }

  /// Starts the clock again.
  mutating func resume() {
    rowsSincePause = 0
    watch = Stopwatch()
  }
}
