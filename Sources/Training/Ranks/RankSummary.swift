import Cluster
import Platform

/// The processes that have trained a model, and what rank 0 exchanged with the others.
public struct RankSummary {
  private let collectives: any Collectives
  /// The largest amount of memory that each rank has used, in bytes.
  private let peakMemory: [Int]

  init(_ collectives: any Collectives, peakMemory: [Int]) {
    self.collectives = collectives
    self.peakMemory = peakMemory
  }

  /// A JSON object; a host of several ranks is named once, and the share is that of a run's
  /// `seconds`, in which other ranks are waited for.
  func json(seconds: Double) -> JSONValue {
    let total = collectives.traffic.total
    let hosts = collectives.hosts
    let names = hosts.indices.filter { hosts.firstIndex(of: hosts[$0]) == $0 }.map { hosts[$0] }
    return .object([
      ("count", .integer(collectives.ranks)), ("hosts", .array(names.map { .text($0) })),
      ("sent_bytes", .integer(total.sentBytes)), ("received_bytes", .integer(total.receivedBytes)),
      ("exchange_seconds", .number(total.seconds)),
      ("exchange_share", .number(seconds > 0 ? min(1, total.seconds / seconds) : 0)),
      ("peak_memory_bytes", .array(peakMemory.map { .integer($0) })),
    ])
  }
}
