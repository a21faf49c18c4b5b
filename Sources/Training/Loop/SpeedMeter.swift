import Platform

/// Counts rows, loss and seconds of an epoch, excluding evaluations.
struct SpeedMeter {
  /// Rows of this epoch.
  private(set) var epochRows = 0
  private var trainedRows = 0
  private var lossSum = 0.0
  private var epochSeconds = 0.0
  private var rowsSincePause = 0
  private var watch = Stopwatch()
  private var nextReport = 0.0

  /// Seconds between two reports.
  private static let interval = 0.2

  /// The mean loss of the rows of this epoch that this process trained.
  var meanLoss: Double { lossSum / Double(max(trainedRows, 1)) }

  /// Rows per second in this epoch.
  var epochRowsPerSecond: Double { Double(trainedRows) / max(epochSeconds + watch.seconds, 1e-9) }

  /// True once per interval.
  var isReportDue: Bool {
    mutating get {
      let now = epochSeconds + watch.seconds
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

  mutating func add(rows: Int, loss: Double) {
    epochRows += rows
    trainedRows += rows
    rowsSincePause += rows
    lossSum += loss * Double(rows)
  }

  /// Stops the clock and returns the rows per second since it last started; nil without rows.
  mutating func pause() -> Double? {
    let seconds = watch.seconds
    epochSeconds += seconds
    return rowsSincePause > 0 ? Double(rowsSincePause) / max(seconds, 1e-9) : nil
  }

  /// Starts the clock again.
  mutating func resume() {
    rowsSincePause = 0
    watch = Stopwatch()
  }
}
