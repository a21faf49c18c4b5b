import ClickData
import Platform

/// Tells how the time since the evaluation before was spent.
struct PhaseClock {
  private var watch = Stopwatch()
  private var mark = PhaseSeconds()
  /// The seconds of each phase so far.
  private(set) var seconds = PhaseSeconds()
  /// Of the passes that have ended.
  private var endedRead = 0.0
  private var endedEncode = 0.0

  mutating func addCompute(_ seconds: Double) { self.seconds.compute += seconds }
  mutating func addUpdate(_ seconds: Double) { self.seconds.update += seconds }
  mutating func addEvaluate(_ seconds: Double) { self.seconds.evaluate += seconds }

  /// Notes how far a pass over the training rows has come; `hasEnded` once it is over.
  mutating func note(_ pass: ReadingProgress, hasEnded: Bool = false) {
    seconds.read = endedRead + pass.readSeconds
    seconds.encode = endedEncode + pass.encodeSeconds
    guard hasEnded else { return }
    endedRead = seconds.read
    endedEncode = seconds.encode
  }

  /// The shares since the last call, or since the beginning.
  mutating func shares() -> PhaseShares {
    defer {
      watch = Stopwatch()
      mark = seconds
    }
    return PhaseShares(seconds - mark, of: watch.seconds)
  }
}
