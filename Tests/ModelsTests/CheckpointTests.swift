import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
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
      try Checkpoint.save(saved, metadata: ["config": "run: x"], to: path)
      #expect(try Checkpoint.load(into: loaded, from: path) == ["config": "run: x"])
      for (one, other) in zip(saved.parameters, loaded.parameters) {
        #expect(one.value.view.elements == other.value.view.elements, "\(one.name)")
      }
    }
  }

  @Test func aNormalizedModelPredictsTheSameBitsAfterARoundTrip() throws {
    let schema = FieldSchema.mixed(fields: 4)
    let batch = EncodedBatch.random(rows: 16, schema: schema, seed: 3)
    func normalized(seed: UInt64) -> CTRModel {
      var settings = ModelSettings()
      settings.backbone = .deepfm
      settings.embeddingDimension = 3
      settings.deep.hiddenUnits = [8, 6]
      settings.deep.batchNormalization = true
      return CTRModel(
        schema: schema, settings: settings, batchCapacity: 16, seed: seed,
        pool: WorkerPool(threads: 1))
    }
    try withFile { path in
      let saved = normalized(seed: 1)
      for step in 1...3 {
        withExtendedLifetime(saved) { _ = saved.forward(batch, .training(step: step)) }
      }
      let loaded = normalized(seed: 2)
      #expect(loaded.logits(batch) != saved.logits(batch))
      try Checkpoint.save(saved, metadata: [:], to: path)
      try Checkpoint.load(into: loaded, from: path)
      #expect(loaded.logits(batch) == saved.logits(batch))
      #expect(
        zip(saved.statistics, loaded.statistics).allSatisfy {
          $0.name == $1.name && $0.value.view.elements == $1.value.view.elements
        })
      #expect(saved.statistics.first?.name == "dnn.0.norm.running_mean")
    }
  }

  @Test func anyByteOfAFileSaysWhetherARowWasSeen() throws {
    try withFile { path in
      let saved = model(seed: 1)
      for (row, byte) in [0, 1, 2, 255, 0].enumerated() {
        saved.touchedRows[0].seen[row] = UInt8(byte)
      }
      try SeenRows.save(saved, to: path)
      let loaded = model(seed: 2)
      try SeenRows.load(into: loaded, from: path)
      let seen = (0..<5).map { loaded.touchedRows[0].seen[$0] != 0 }
      #expect(seen == [false, true, true, true, false])
    }
  }

  @Test func anotherShapeIsRefusedByName() throws {
    try withFile { path in
      try Checkpoint.save(model(seed: 1), metadata: [:], to: path)
      #expect(
        throws: CheckpointFailure.mismatch(
          path: path, tensor: "embedding.a.weight", expected: "\(elementType) [5, 4]",
          found: "\(elementType) [5, 3]")
      ) { try Checkpoint.load(into: model(seed: 1, dimension: 4), from: path) }
    }
  }

  @Test func everyTruncationIsRefused() throws {
    try withFile { path in
      let model = model(seed: 1)
      try Checkpoint.save(model, metadata: [:], to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: URL(filePath: path))
        #expect(throws: CheckpointFailure.self, "\(length) bytes") {
          try Checkpoint.load(into: model, from: path)
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
