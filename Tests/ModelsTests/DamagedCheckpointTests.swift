import ClickData
import Foundation
import Models
import Platform
import TestSupport
import Testing

/// A damaged checkpoint is refused with a sentence, whatever the damage, and nothing is changed.
@Suite struct DamagedCheckpointTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/last.safetensors" }

  init() throws { folder = try TemporaryFolder() }

  /// Damages a small checkpoint in several ways, and expects every reader to refuse it.
  private func expectRefusal(_ ways: (Data) -> [(label: String, bytes: Data)]) throws {
    let model = CTRModel.tiny(
      .fm, .generative, schema: FieldSchema.categories([3, 2]), capacity: 2, threads: 1
    ) { $0.embeddingDimension = 2 }
    try TrainingCheckpoint.save(
      model, state: [], metadata: ["config": "run: x\nname: \"xxh3-64\"", "training": "{}"],
      to: path)
    let before = model.parameters.map { $0.value.view.elements }
    let whole = try Data(contentsOf: URL(filePath: path))
    for (label, bytes) in ways(whole) {
      try bytes.write(to: URL(filePath: path))
      let failure = #expect(throws: CheckpointFailure.self, "\(label)") {
        try TrainingCheckpoint.load(into: model, state: [], from: path)
      }
      guard case .damaged(path: _, finding: let finding)? = failure, !finding.isEmpty else {
        Issue.record("\(label): \(String(describing: failure))")
        continue
      }
      #expect(throws: CheckpointFailure.self, "\(label)") { try Checkpoint.metadata(of: path) }
    }
    #expect(model.parameters.map { $0.value.view.elements } == before)
    try whole.write(to: URL(filePath: path))
    try TrainingCheckpoint.load(into: model, state: [], from: path)
  }

  @Test func everyTruncationIsRefused() throws {
    try expectRefusal { whole in
      (0..<whole.count).map { ("\($0) bytes", whole.prefix($0)) }
    }
  }

  @Test func everyAppendedByteIsRefused() throws {
    try expectRefusal { whole in
      [1, 8, 1000].map { ("\($0) more", whole + Data(repeating: 0x20, count: $0)) }
    }
  }

  @Test func everyFlippedByteIsRefused() throws {
    try expectRefusal { whole in
      whole.indices.flatMap { index in
        [0x01, 0x20, 0x80, 0xff].map { mask in
          var bytes = whole
          bytes[index] ^= UInt8(mask)
          return ("byte \(index) ^ \(mask)", bytes)
        }
      }
    }
  }

  @Test func pairsOfFlippedBytesAreRefused() throws {
    let random = CounterRandom(seed: 5, stream: 1)
    try expectRefusal { whole in
      (0..<3000).map { number in
        var bytes = whole
        let position = UInt64(3 * number)
        let first = random.integer(position, below: bytes.count)
        let step = 1 + random.integer(position + 1, below: bytes.count - 1)
        let second = (first + step) % bytes.count
        bytes[first] ^= UInt8(1 + random.integer(position + 2, below: 255))
        bytes[second] ^= 0x11
        return ("bytes \(first) and \(second)", bytes)
      }
    }
  }

  /// Sizes of gigabytes are refused before any memory of theirs is allocated.
  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#,
    #"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    "[]", "{", "", String(repeating: "[", count: 100_000),
  ])
  func absurdHeadersAreRefused(header: String) throws {
    try write(header: header, dataSize: 4)
    #expect(throws: CheckpointFailure.self) { try Checkpoint.metadata(of: path) }
  }

  /// Two tensors may not share bytes, nor leave bytes that belong to none.
  @Test(arguments: [
    ([0, 4], [0, 4]), ([0, 4], [2, 6]), ([0, 4], [4, 8]), ([4, 8], [8, 12]), ([0, 4], [8, 12]),
  ])
  func tensorsMustDivideTheDataAmongThem(first: [Int], second: [Int]) throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":\#(first)},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":\#(second)}}"#
    try write(header: header, dataSize: 12)
    #expect(
      throws: CheckpointFailure.damaged(
        path: path, finding: "the header does not describe the 12 bytes of data")
    ) { try Checkpoint.metadata(of: path) }
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "a"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"dtype":"F32"}}"#, "dtype"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""__metadata__":{"config":"x","config":"y"}}"#, "config"
    ),
  ])
  func repeatedKeysAreRefused(header: String, key: String) throws {
    try write(header: header, dataSize: 4)
    #expect(
      throws: CheckpointFailure.damaged(
        path: path, finding: "its header contains \"\(key)\" twice")
    ) { try Checkpoint.metadata(of: path) }
  }

  /// Opening a pipe would otherwise wait for a writer.
  @Test func aPipeIsRefused() throws {
    try #require(mkfifo(path, 0o600) == 0)
    let failure = #expect(throws: FileFailure.self) { try Checkpoint.metadata(of: path) }
    #expect(failure?.description.hasSuffix("found a pipe, expected a regular file") == true)
  }

  private func write(header: String, dataSize: Int) throws {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    try (length + Data(header.utf8) + Data(count: dataSize)).write(to: URL(filePath: path))
  }

  @Test(arguments: [UInt64.max, 1 << 63, 1 << 40, (64 << 20) + 1] as [UInt64])
  func absurdHeaderSizesAreRefused(size: UInt64) throws {
    let bytes = withUnsafeBytes(of: size.littleEndian) { Data($0) } + Data("{}".utf8)
    try bytes.write(to: URL(filePath: path))
    #expect(
      throws: CheckpointFailure.damaged(
        path: path, finding: "a header of \(size) bytes in a file of 10")
    ) { try Checkpoint.metadata(of: path) }
  }
}
