import Cluster
import ClusterChecks
import Platform
import Testing

@Suite struct RankTreeTests {
  /// Each rank's leaves, summed in its subtree, then the ranks: the bits of one rank.
  @Test func anyNumberOfRanksSumsInTheSameOrder() throws {
    for leaves in 1...40 {
      for present in [leaves, leaves - leaves / 3] {
        let random = CounterRandom(seed: 11, stream: UInt64(leaves))
        let parts = (0..<64).map { leaf in
          leaf < present ? [random.normal(UInt64(leaf)) * 1e3] : nil
        }
        let expected = NaiveTree.sum(parts[...])
        for ranks in RankTree.allowed(leaves: leaves) {
          let tree = try RankTree(ranks: ranks, leaves: leaves)
          let sums = (0..<ranks).map { rank -> [Double]? in
            // A subtree of a power of two leaves, of which the missing ones are skipped.
            let own = tree.leaves(of: rank).map { parts[$0] }
            let padding = [[Double]?](repeating: nil, count: 64 - own.count)
            return NaiveTree.sum((own + padding)[...])
          }
          #expect(NaiveTree.sum(sums[...]) == expected, "\(leaves) leaves, \(ranks) ranks")
        }
      }
    }
  }

  @Test func ranksShareAllLeaves() throws {
    for leaves in 1...70 {
      for ranks in RankTree.allowed(leaves: leaves) {
        let tree = try RankTree(ranks: ranks, leaves: leaves)
        #expect((0..<ranks).flatMap { tree.leaves(of: $0) } == Array(0..<leaves))
      }
    }
  }

  @Test func refusalsNameTheNumbersThatWouldDo() {
    let refusals = [
      (
        3, 12,
        """
        3 processes: expected 1, 2, 4 or 8, a power of two up to the number of pieces of a batch, \
        which is 12
        """
      ),
      (
        8, 4,
        """
        8 processes: expected 1, 2 or 4, a power of two up to the number of pieces of a batch, \
        which is 4
        """
      ),
      (
        2, 1,
        """
        2 processes: expected 1, a power of two up to the number of pieces of a batch, which is 1
        """
      ),
    ]
    for (ranks, leaves, text) in refusals {
      let failure = #expect(throws: RankCountFailure.self) {
        try RankTree(ranks: ranks, leaves: leaves)
      }
      #expect(failure?.description == text && failure?.status == .usage)
    }
    #expect(throws: RankCountFailure.self) { try RankTree(ranks: 0, leaves: 4) }
  }

  @Test func slicesDivideAVector() {
    let even = Slices(count: 10, ranks: 4)
    #expect((0..<4).map { even[$0] } == [0..<3, 3..<6, 6..<8, 8..<10])
    let uneven = Slices(lengths: [3, 0, 2])
    #expect((0..<3).map { uneven[$0] } == [0..<3, 3..<3, 3..<5])
    #expect(uneven.ranks == 3 && uneven.count == 5)
    #expect(Slices(count: 0, ranks: 2)[1] == 0..<0)
  }
}
