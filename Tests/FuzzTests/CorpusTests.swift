import Foundation
import FuzzTargets
import Platform
import Testing

/// Inputs that once broke a reader, or are almost valid, and small changes to them.
@Suite struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Corpus")

  private func inputs(of target: FuzzTarget) throws -> [[UInt8]] {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: target.rawValue), includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
  }

  private func run(_ target: FuzzTarget, _ input: [UInt8]) {
    input.withUnsafeBufferPointer(target.run)
  }

  @Test(arguments: FuzzTarget.allCases) func everyInputIsReadOrRefused(_ target: FuzzTarget) throws
  {
    let inputs = try inputs(of: target)
    #expect(inputs.count >= 4)
    for input in inputs { run(target, input) }
  }

  @Test(arguments: FuzzTarget.allCases) func everyPrefixIsReadOrRefused(_ target: FuzzTarget) throws
  {
    for input in try inputs(of: target) {
      for count in 0..<min(input.count, 400) { run(target, Array(input[..<count])) }
    }
  }

  /// A seeded mutator: the same inputs every time.
  @Test(arguments: FuzzTarget.allCases) func changedInputsAreReadOrRefused(_ target: FuzzTarget)
    throws
  {
    let inputs = try inputs(of: target)
    for (index, input) in inputs.enumerated() {
      var mutator = Mutator(seed: UInt64(index), others: inputs)
      for _ in 0..<200 { run(target, mutator.changed(input)) }
    }
  }
}
