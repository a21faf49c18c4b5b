/// Decides which rank has failed, from what was heard of the ranks and when.
///
/// A rank that computes for long is not a failure: a thread of its own sends its pulse. A rank has
/// failed if its pulse is missing, or if every rank waits for another and none makes progress.
struct Watchdog {
  /// What a rank tells about itself every second.
  struct Pulse: Equatable {
    /// The number of collective calls so far.
    var calls = 0
    /// The number of messages, or parts of long ones, that it has sent and received.
    var messages = 0
    /// Whether it waits within a call.
    var isWaiting = false
  }

  /// How long ranks may give no sign of life or of progress, in seconds.
  struct Limits {
    /// Without a pulse.
    var silent = 20.0
    /// Without progress of any rank while all wait: a slow link still moves a part of a message.
    var stuck = 60.0
  }

  private let limits: Limits
  private var pulses: [Pulse?]
  private var heard: [Double]
  /// When a pulse last differed from the one before.
  private var changed: Double

  /// Watches `ranks` ranks from `time` on.
  init(ranks: Int, limits: Limits, at time: Double) {
    self.limits = limits
    pulses = Array(repeating: nil, count: ranks)
    heard = Array(repeating: time, count: ranks)
    changed = time
  }

  /// Notes a pulse.
  mutating func hear(_ pulse: Pulse, of rank: Int, at time: Double) {
    heard[rank] = time
    if pulses[rank] != pulse { changed = time }
    pulses[rank] = pulse
  }

  /// The seconds since the last pulse of a rank.
  func silence(of rank: Int, at time: Double) -> Double { time - heard[rank] }

  /// The rank among `watched` that has failed, and how; nil if all is well.
  ///
  /// `watched` are the ranks that send their pulse here. That all are stuck can be detected only
  /// where the pulses of all ranks arrive.
  func verdict(on watched: some Sequence<Int>, at time: Double) -> (Int, ClusterFailure.Reason)? {
    if let rank = watched.first(where: { silence(of: $0, at: time) > limits.silent }) {
      return (rank, .silent(seconds: limits.silent))
    }
    let known = pulses.compactMap { $0 }
    guard known.count == pulses.count, known.allSatisfy(\.isWaiting), time - changed > limits.stuck
    else { return nil }
    let behind = known.indices.min {
      (known[$0].calls, known[$0].messages) < (known[$1].calls, known[$1].messages)
    }
    return behind.map { ($0, .stuck(seconds: limits.stuck)) }
  }
}
