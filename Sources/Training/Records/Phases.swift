import ClickData
import Platform

/// A phase of a run, in the order in which a row passes through them.
enum Phase: Int, CaseIterable {
  /// Reading and inflating training rows, on a thread of its own.
  case read
  /// Parsing, encoding and shuffling them, on a thread of its own.
  case encode
  /// Forward, loss and backward.
  case compute
  /// The optimizer's steps.
  case update
  /// Evaluations, including reading their rows.
  case evaluate
}

/// The time of each phase: seconds, or shares of elapsed time.
///
/// Reading and encoding run in parallel with the rest, and other processes compete for the cores:
/// shares need not sum to 1.
public struct PhaseTimes: Equatable, Sendable {
  private var times = Array(repeating: 0.0, count: Phase.allCases.count)

  subscript(phase: Phase) -> Double {
    get { times[phase.rawValue] }
    set { times[phase.rawValue] = newValue }
  }

  /// The times by name, in the order of the phases.
  public var byName: [(name: String, time: Double)] {
    zip(Phase.allCases, times).map { ("\($0)", $1) }
  }
}

/// Measures how the time between evaluations is spent.
struct PhaseClock {
  private var watch = Stopwatch()
  private var mark = PhaseTimes()
  /// The seconds of each phase so far.
  private(set) var seconds = PhaseTimes()
  /// The same without the current pass over the training rows.
  private var ended = PhaseTimes()

  mutating func add(_ phase: Phase, _ seconds: Double) { self.seconds[phase] += seconds }

  /// Records the progress of a pass over the training rows, the last time with `hasEnded`.
  mutating func record(_ pass: ReadingProgress, hasEnded: Bool = false) {
    seconds[.read] = ended[.read] + pass.readSeconds
    seconds[.encode] = ended[.encode] + pass.encodeSeconds
    if hasEnded { ended = seconds }
  }

  /// The share of each phase in the time since the previous call, or since the beginning.
  mutating func shares() -> PhaseTimes {
    var shares = PhaseTimes()
    for phase in Phase.allCases {
      shares[phase] = (seconds[phase] - mark[phase]) / max(watch.seconds, 1e-9)
    }
    watch = Stopwatch()
    mark = seconds
    return shares
  }
}
