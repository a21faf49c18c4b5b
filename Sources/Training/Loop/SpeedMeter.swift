import Platform

/// Counts rows, loss and the seconds they took, with evaluations left out.
struct SpeedMeter {
  /// Rows of this epoch.
  private(set) var epochRows = 0
  private var lossSum = 0.0
  private var epochSeconds = 0.0
  private var rowsSincePause = 0
  private var watch = Stopwatch()
  private var nextReport = 0.0

  /// Seconds between two reports.
  private static let interval = 0.2

  /// The mean loss of this epoch's rows.
  var meanLoss: Double { lossSum / Double(max(epochRows, 1)) }

  /// Rows a second in this epoch.
  var epochRowsPerSecond: Double { Double(epochRows) / max(epochSeconds + watch.seconds, 1e-9) }

  /// True once in each interval.
  var isReportDue: Bool {
    mutating get {
      let now = epochSeconds + watch.seconds
      guard now >= nextReport else { return false }
      nextReport = now + Self.interval
      return true
    }
  }

  mutating func startEpoch() { self = SpeedMeter() }

  mutating func add(rows: Int, loss: Double) {
    epochRows += rows
    rowsSincePause += rows
    lossSum += loss * Double(rows)
  }

  /// Stops the clock and returns the rows a second since it last started; nil without rows.
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
