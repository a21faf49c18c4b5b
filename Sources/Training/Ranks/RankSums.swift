import Cluster
import LinearAlgebra

/// Sums over a batch whose pieces are computed by several ranks.
///
/// Layers cannot throw: the first failure is kept, later sums do nothing, and the step ends by
/// throwing it.
public final class RankSums: BatchSums {
  private let collectives: any Collectives
  private var failure: (any Error)?

  /// Sums over the ranks of some collectives.
  public init(_ collectives: any Collectives) { self.collectives = collectives }

  /// The rank.
  public var part: Int { collectives.rank }
  /// The number of ranks.
  public var parts: Int { collectives.ranks }

  /// Sums over the ranks that are present, unless an earlier sum failed.
  public func sum(_ values: UnsafeMutableBufferPointer<Double>, present: Bool) {
    guard failure == nil else { return }
    var values = values.mutableSpan
    do {
      try collectives.sum(&values, present: present)
    } catch {
      failure = error
    }
  }

  /// Throws the failure of an earlier sum.
  public func check() throws {
    if let failure { throw failure }
  }
}
