import Foundation
import Models
import TestSupport
import Testing

/// The memory that a run prints before it allocates it, and that `--memory-limit` checks.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct MemoryCommandTests {
  private static let small = "--set model.embedding_dim=4"
  private static let medium =
    "--set model.embedding_dim=16 --set features.categorical.buckets=20000 "
    + "--set training.batch_size=1000 --set dataset.cache=auto"

  /// The number in "memory: 61.2MB, of which …".
  private func need(_ errors: String) throws -> Double {
    let pattern = #/memory: ([\d.]+)([kMG]?)B, /#
    let found = try #require(errors.firstMatch(of: pattern))
    let number = try #require(Double(found.1))
    return number * (["k": 1e3, "M": 1e6, "G": 1e9][String(found.2)] ?? 1)
  }

  @Test(arguments: [small, medium])
  func noBackboneTakesMoreMemoryThanTheRunPrints(size: String) throws {
    let tiny = try TinyRun(trained: false)
    let rows = size == Self.small ? 2000 : 20_000
    let synth = try tiny.sfg("synth --preset criteo --rows \(rows) --seed 2 --output clicks.tsv.gz")
    #expect(synth.status == 0)
    for backbone in BackboneKind.allCases {
      for paradigm in Paradigm.allCases where paradigm == .discriminative || backbone.hasSource {
        let run = "\(backbone)-\(paradigm)"
        let outcome = try tiny.sfg(
          "train --config tiny.yaml --output \(run) \(size) --set training.epochs=1 "
            + "--set model.backbone=\(backbone.rawValue) --set model.paradigm=\(paradigm)")
        try #require(outcome.status == 0, "\(run): \(outcome.errors)")
        let printed = try need(outcome.errors)
        let peak = try #require(tiny.json("\(run)/result.json")["peak_memory_bytes"] as? Double)
        #expect(peak <= 1.05 * printed, "\(run): \(peak) measured, \(printed) printed")
        #expect(printed <= 2 * peak, "\(run): \(peak) measured, \(printed) printed")
      }
    }
  }
}
