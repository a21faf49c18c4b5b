import Platform

/// A rank on which the work of all ranks failed; every rank throws the same failure.
public struct ClusterFailure: Failure, Equatable {
  /// What happened to a rank.
  public enum Reason: Sendable, Equatable {
    /// The process ended before its work did.
    case ended
    /// Nothing was heard of the process for this many seconds.
    case silent(seconds: Double)
    /// All ranks wait, and this one is the furthest behind, for this many seconds.
    case stuck(seconds: Double)
    /// The rank failed by itself and said why.
    case failed(message: String, status: FailureStatus)
    /// The rank has something that differs from rank 0.
    case disagrees(subject: String, found: String, expected: String)
    /// The messages of the rank could not be sent or received.
    case transport(message: String)
  }

  /// The rank that failed.
  public let rank: Int
  /// The name of its host.
  public let host: String
  /// What happened to it.
  public let reason: Reason

  /// Describes the failure of one rank.
  public init(rank: Int, host: String, reason: Reason) {
    self.rank = rank
    self.host = host
    self.reason = reason
  }

  /// The status of the failing rank's own failure; a lost process or link is input/output.
  public var status: FailureStatus {
    switch reason {
    case .failed(_, let status): status
    case .disagrees: .badConfiguration
    case .ended, .silent, .stuck, .transport: .inputOutput
    }
  }

  /// The rank that prints the failure, so that it is printed once: 0, unless that one is lost.
  public var reporter: Int {
    switch reason {
    case .ended, .silent: rank == 0 ? 1 : 0
    case .stuck, .failed, .disagrees, .transport: 0
    }
  }

  /// The failure in one line: rank, host, what was found, what was expected.
  public var description: String {
    let place = "rank \(rank) on host \(host)"
    return switch reason {
    case .ended:
      "\(place): the process ended unexpectedly; look for a crash, a kill or exhausted memory there"
    case .silent(let seconds):
      "\(place): no sign of life for \(Self.text(seconds)) s; check it and its network to rank 0"
    case .stuck(let seconds):
      "\(place): no progress for \(Self.text(seconds)) s while all ranks wait; check the network"
    case .failed(let message, _): "\(place): \(message)"
    case .disagrees(let subject, let found, let expected):
      "\(place): \(subject) is \(found), expected \(expected) as on rank 0"
    case .transport(let message): "\(place): cannot exchange messages: \(message)"
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds < 10 ? "\((seconds * 10).rounded() / 10)" : "\(Int(seconds.rounded()))"
  }
}
