import Platform

/// Divides the leaves of a balanced binary tree of sums among ranks.
///
/// A batch is cut into leaves, and every sum over the batch combines neighbouring leaves, then
/// neighbouring pairs, and so on: `((0+1)+(2+3))+((4+5)+(6+7))`. Leaves that a batch does not have
/// are skipped. A rank owns a whole subtree, so that it sums its own leaves first and the ranks'
/// parts are then combined in the same tree: the bits do not depend on the number of ranks.
public struct RankTree: Sendable, Equatable {
  /// The number of ranks: a power of two, at most `leaves`.
  public let ranks: Int
  /// The number of leaves of the largest batch.
  public let leaves: Int

  /// Divides `leaves` among `ranks`; throws `RankCountFailure` where no subtree is left for a rank.
  public init(ranks: Int, leaves: Int) throws {
    precondition(leaves > 0, "RankTree: leaves must be positive, got \(leaves)")
    guard Self.allowed(leaves: leaves).contains(ranks) else {
      throw RankCountFailure(ranks: ranks, leaves: leaves)
    }
    self.ranks = ranks
    self.leaves = leaves
  }

  /// The leaves of one rank; empty where the tree has no leaf in the rank's subtree.
  public func leaves(of rank: Int) -> Range<Int> {
    precondition((0..<ranks).contains(rank), "RankTree: rank \(rank) of \(ranks)")
    let width = Self.width(leaves) / ranks
    return min(rank * width, leaves)..<min((rank + 1) * width, leaves)
  }

  /// The numbers of ranks that a tree with this many leaves can be divided among, in order.
  public static func allowed(leaves: Int) -> [Int] {
    Array(sequence(first: 1) { $0 <= leaves / 2 ? 2 * $0 : nil })
  }

  /// The number of leaves of the complete tree: the next power of two.
  private static func width(_ leaves: Int) -> Int {
    var width = 1
    while width < leaves { width *= 2 }
    return width
  }
}

/// A number of processes that a batch cannot be divided among.
public struct RankCountFailure: Failure, Equatable {
  /// The number of processes that were started.
  public let ranks: Int
  /// The number of leaves of a batch's tree; nil before it is known.
  public let leaves: Int?

  /// The command line that started the processes is at fault.
  public var status: FailureStatus { .usage }

  /// One line with all numbers that would do, or, before a batch is known, those next to this one.
  public var description: String {
    guard let leaves else {
      let less = RankTree.allowed(leaves: max(ranks, 1)).last ?? 1
      return "\(ranks) processes: expected a power of two, such as \(less) or \(2 * less)"
    }
    let allowed = RankTree.allowed(leaves: leaves).map(String.init)
    let numbers =
      allowed.count == 1
      ? "1" : "\(allowed.dropLast().joined(separator: ", ")) or \(allowed[allowed.count - 1])"
    return """
      \(ranks) processes: expected \(numbers), a power of two up to the number of pieces of a \
      batch, which is \(leaves)
      """
  }
}
