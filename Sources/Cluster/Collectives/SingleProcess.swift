import LinearAlgebra
import Platform

/// The collectives of one process, which has all there is: every call returns at once.
public final class SingleProcess: Collectives {
  /// The only rank.
  public var rank: Int { 0 }
  /// One process.
  public var ranks: Int { 1 }
  /// The name of this host.
  public let hosts: [String]
  /// Nothing is sent.
  public var traffic: Traffic { Traffic() }

  /// Describes one process.
  public init(host: String = HostName.current) { hosts = [host] }

  /// The values are their own sum.
  @discardableResult
  public func sum(_ values: inout MutableSpan<Double>, present: Bool) -> Bool {
    if !present { for index in values.indices { values[index] = 0 } }
    return present
  }

  /// The only slice is the whole vector.
  public func reduceScatter(
    _ vector: inout MutableSpan<Scalar>, _ slices: Slices, present: Bool
  ) {
    if !present { for index in vector.indices { vector[index] = 0 } }
  }

  /// The vector is complete.
  public func allGather(_ vector: inout MutableSpan<Scalar>, _ slices: Slices) {}

  /// The only message stays where it is.
  public func begin(_ exchange: Exchange) {}

  /// The only message is there.
  public func finish(_ exchange: Exchange) {}

  /// The message is there.
  public func broadcast(_ message: MessageBuffer, from root: Int) {}

  /// Copies the only message.
  public func gather(_ message: MessageBuffer, into messages: [MessageBuffer]) {
    messages[0].clear()
    message.withElements(UInt8.self) { messages[0].append(contentsOf: $0) }
  }

  /// No other rank is missing.
  public func barrier() {}

  /// There is no other rank to tell.
  public func abandon(with message: String, status: FailureStatus) -> ClusterFailure {
    ClusterFailure(rank: 0, host: hosts[0], reason: .failed(message: message, status: status))
  }

  /// There is no other rank to print it.
  public func claimReport(of failure: ClusterFailure) -> Bool { true }

  /// There is no other rank.
  public func expectEnd() {}

  /// Nothing is open.
  public func close() {}
}
