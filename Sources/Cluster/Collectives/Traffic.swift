/// The kinds of exchanges between ranks.
public enum CollectiveKind: Int, Sendable, CaseIterable {
  /// Sums of small vectors, on every rank.
  case sum
  /// Sums of long vectors, each slice on its owner.
  case reduceScatter
  /// Slices from their owners to all.
  case allGather
  /// Messages of any length between all pairs.
  case exchange
  /// One message from one rank to all.
  case broadcast
  /// One message from each rank to rank 0.
  case gather
  /// Waiting for all ranks.
  case barrier
}

/// What one rank has sent and received so far, by kind.
public struct Traffic: Sendable, Equatable {
  /// The calls of one kind, the bytes of their messages, and the time spent in them.
  public struct Count: Sendable, Equatable {
    /// The number of calls; an exchange that is begun and finished is one.
    public var calls = 0
    /// The bytes of messages sent to other ranks, without headers.
    public var sentBytes = 0
    /// The bytes of messages received from other ranks, without headers.
    public var receivedBytes = 0
    /// The seconds that the calling thread spent, waiting included.
    public var seconds = 0.0
  }

  private var counts = [Count](repeating: Count(), count: CollectiveKind.allCases.count)

  /// Counts nothing yet.
  public init() {}

  /// The count of one kind.
  public subscript(kind: CollectiveKind) -> Count {
    get { counts[kind.rawValue] }
    set { counts[kind.rawValue] = newValue }
  }

  /// The count of all kinds together.
  public var total: Count {
    counts.reduce(into: Count()) {
      $0.calls += $1.calls
      $0.sentBytes += $1.sentBytes
      $0.receivedBytes += $1.receivedBytes
      $0.seconds += $1.seconds
    }
  }
}
