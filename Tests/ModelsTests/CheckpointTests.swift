import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import Testing

@Suite struct CheckpointTests {
  private func model(seed: UInt64, dimension: Int = 3) -> CTRModel {
    var settings = ModelSettings()
    settings.paradigm = .generative
    settings.embeddingDimension = dimension
    return CTRModel(
      schema: [
        FieldSchema(name: "a", kind: .category, rows: 5),
        FieldSchema(name: "b", kind: .category, rows: 7),
      ], settings: settings, batchCapacity: 2, seed: seed, pool: WorkerPool(threads: 1))
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "best.safetensors").path)
  }

  @Test func aRoundTripGivesTheSameBits() throws {
    try withFile { path in
      let saved = model(seed: 1)
      let loaded = model(seed: 2)
      try Checkpoint.save(saved.parameters, metadata: ["config": "run: x"], to: path)
      #expect(try Checkpoint.load(into: loaded.parameters, from: path) == ["config": "run: x"])
      for (one, other) in zip(saved.parameters, loaded.parameters) {
        #expect(one.value.view.elements == other.value.view.elements, "\(one.name)")
      }
    }
  }

  @Test func anotherShapeIsRefusedByName() throws {
    try withFile { path in
      try Checkpoint.save(model(seed: 1).parameters, metadata: [:], to: path)
      #expect(
        throws: CheckpointFailure.mismatch(
          path: path, tensor: "embedding.a.weight", expected: "\(elementType) [5, 4]",
          found: "\(elementType) [5, 3]")
      ) { try Checkpoint.load(into: model(seed: 1, dimension: 4).parameters, from: path) }
    }
  }

  @Test func everyTruncationIsRefused() throws {
    try withFile { path in
      let model = model(seed: 1)
      try Checkpoint.save(model.parameters, metadata: [:], to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: URL(filePath: path))
        #expect(throws: CheckpointFailure.self, "\(length) bytes") {
          try Checkpoint.load(into: model.parameters, from: path)
        }
      }
    }
  }

  @Test func anAbsurdHeaderSizeIsRefusedBeforeAnythingIsAllocated() throws {
    try withFile { path in
      try Folder.make(Folder.parent(of: path))
      try Data([0, 0, 0, 0, 0, 0, 0, 0x7f, 0x7b]).write(to: URL(filePath: path))
      #expect(
        throws: CheckpointFailure.damaged(
          path: path, finding: "a header of 9151314442816847872 bytes in a file of 9")
      ) { try Checkpoint.metadata(of: path) }
    }
  }

  private var elementType: String { MemoryLayout<Scalar>.size == 4 ? "F32" : "F64" }
}
