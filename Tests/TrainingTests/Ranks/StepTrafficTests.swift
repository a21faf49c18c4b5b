import ClickData
import Cluster
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// The bytes that ranks send for a step, against Documentation/explanation/scale.md.
@Suite struct StepTrafficTests {
  private struct Count: Sendable {
    var batch = 0
    var sums = 0
    var dense = 0
    var tables = 0
    /// Rows of the compact gradients that this rank's pieces have.
    var gradientRows = 0
    /// Elements of dense parameters.
    var elements = 0
  }

  @Test(arguments: [2, 4]) func bytesOfAStepFollowTheFormulas(ranks: Int) throws {
    let (rows, dimension) = (4000, 4)
    let size = MemoryLayout<Scalar>.size
    let schema = FieldSchema.categories([50, 400, 3000])
    var settings = TrainingSettings()
    settings.batchSize = rows
    let counts = try ThreadedCluster.run(ranks: ranks) { [settings] collectives in
      try collectives.running {
        let make: (BatchShare) -> CTRModel = { share in
          CTRModel.tiny(.fm, .generative, schema: schema, capacity: rows, share: share) {
            $0.embeddingDimension = dimension
          }
        }
        guard collectives.rank == 0 else {
          var model: CTRModel?
          let before = collectives.traffic
          try RankFollower(collectives) { _, _, share in
            let made = make(share)
            model = made
            return (made, settings)
          }.run()
          return Self.count(collectives, since: before, try #require(model))
        }
        let leader = try RankLeader(
          over: collectives, configuration: "", settings: settings, schema: schema, make)
        let before = collectives.traffic
        let batch = EncodedBatch.random(rows: rows, schema: schema, seed: 7)
        _ = try leader.backward(batch, weight: Double(rows), learningRate: 0.1)
        let count = Self.count(collectives, since: before, leader.model)
        try leader.update(learningRate: 0.1)
        try RankLeader.end(over: collectives)
        return count
      }
    }.map { try $0.get() }
    let rounds = ranks.trailingZeroBitCount
    #expect(counts[0].batch == rounds * (34 + 4 * rows * (1 + schema.count)))
    for (rank, count) in counts.enumerated() {
      // The loss, and the gradient of the bias.
      #expect(count.sums == 2 * 8 * rounds)
      let own = Slices(count: counts[0].elements, ranks: ranks)[rank].count
      #expect(count.dense == size * (counts[0].elements - own + own * (ranks - 1)))
    }
    let sent = counts.reduce(0) { $0 + $1.tables }
    #expect(sent == size * (dimension + 1) * counts[0].gradientRows * (ranks - 1))
  }

  private static func count(
    _ collectives: any Collectives, since before: Traffic, _ model: CTRModel
  ) -> Count {
    func sent(_ kind: CollectiveKind) -> Int {
      collectives.traffic[kind].sentBytes - before[kind].sentBytes
    }
    let elements = model.parameters.filter { $0.touched == nil }.reduce(0) { $0 + $1.count }
    let own = Slices(count: elements, ranks: collectives.ranks)[collectives.rank].count
    let gathered = MemoryLayout<Scalar>.size * own * (collectives.ranks - 1)
    var count = Count()
    count.batch = sent(.broadcast)
    count.sums = sent(.sum)
    count.dense = sent(.reduceScatter) + gathered
    count.tables = sent(.allGather) - gathered
    count.elements = elements
    for touched in model.touchedRows {
      touched.forEachGradientRow { _, _ in count.gradientRows += 1 }
    }
    return count
  }
}
