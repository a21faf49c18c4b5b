import ClickData
import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct CheckpointTests {
  private func model(seed: UInt64, dimension: Int = 3) -> CTRModel {
    .tiny(
      .fm, .generative, schema: FieldSchema.categories([5, 7]), capacity: 2, seed: seed, threads: 1
    ) { $0.embeddingDimension = dimension }
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try withExtendedLifetime(folder) { try body("\(folder.path)/best.safetensors") }
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

  /// Rows of a table are contiguous in the file, whatever their stride in memory; the file takes
  /// several chunks.
  @Test func gapsBetweenRowsAreNotInTheFile() throws {
    func tensor(_ stride: Int) -> Matrix { Matrix(rows: 40_000, columns: 10, stride: stride) }
    let saved = [10, 32].map(tensor)
    for matrix in saved {
      for row in 0..<matrix.rows {
        for column in 0..<10 { matrix[row, column] = Scalar(row * 10 + column) }
      }
    }
    try withFile { path in
      let bytes = try saved.map { matrix in
        try SafetensorsFile.write(
          [.init(.init(name: "x", shape: [40_000, 10], values: matrix.view))], metadata: [:],
          to: path)
        return try Data(contentsOf: URL(filePath: path))
      }
      // If large collections differ, an expectation that compares them itself takes minutes to list
      // how.
      let isSameFile = bytes[0] == bytes[1]
      #expect(isSameFile)
      let loaded = tensor(17)
      loaded.view.columns(0..<10).fill(-1)
      try SafetensorsFile.read(
        into: [.init(.init(name: "x", shape: [40_000, 10], values: loaded.view))], from: path)
      let isRestored = loaded.view.elements == saved[0].view.elements
      #expect(isRestored)
      #expect((0..<39_999).allSatisfy { loaded.view.row($0)[10] == 0 })
    }
  }

  /// Rows touched and an optimizer's history are restored with the weights.
  @Test func aTrainingCheckpointRestoresEverythingBesideTheWeights() throws {
    try withFile { path in
      func state(_ number: Scalar) -> (Matrix, [StateTensor]) {
        let history = Matrix(rows: 2, columns: 6)
        history.view.fill(number)
        return (
          history,
          [StateTensor(name: "optimizer.x.sum", shape: [3, 2], values: history.view.rows(1..<2))]
        )
      }
      let (saved, loaded) = (model(seed: 1), model(seed: 2))
      saved.touchedRows[1].seen[6] = 1
      let (kept, from) = state(7)
      let (history, to) = state(0)
      try TrainingCheckpoint.save(saved, state: from, metadata: ["training": "t"], to: path)
      withExtendedLifetime(kept) {}
      #expect(
        try TrainingCheckpoint.load(into: loaded, state: to, from: path) == ["training": "t"])
      #expect(loaded.parameters[0].value.view.elements == saved.parameters[0].value.view.elements)
      #expect((0..<7).map { loaded.touchedRows[1].seen[$0] } == [0, 0, 0, 0, 0, 0, 1])
      #expect((0..<6).map { history[0, $0] } == [0, 0, 0, 0, 0, 0])
      #expect((0..<6).map { history[1, $0] } == [7, 7, 7, 7, 7, 7])
    }
  }

  @Test func aNormalizedModelPredictsTheSameBitsAfterARoundTrip() throws {
    let schema = FieldSchema.mixed(fields: 4)
    let batch = EncodedBatch.random(rows: 16, schema: schema, seed: 3)
    func normalized(seed: UInt64) -> CTRModel {
      .tiny(.deepfm, schema: schema, seed: seed, threads: 1) {
        $0.deep.batchNormalization = true
      }
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

  @Test func anyByteButZeroMeansThatARowWasSeen() throws {
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

  /// The format's own key for metadata would otherwise hide the field of that name.
  @Test func aFieldMayHaveAnyNameInTheFileOfSeenRows() throws {
    for name in ["__metadata__", "seen.b", "xxh3-64", "\"\\\n", "é"] {
      let schema = [name, "b"].map { FieldSchema(name: $0, kind: .category, rows: 5) }
      try withFile { path in
        let (saved, loaded) = (
          CTRModel.tiny(.fm, schema: schema, capacity: 2, threads: 1),
          CTRModel.tiny(.fm, schema: schema, capacity: 2, threads: 1)
        )
        saved.touchedRows[0].seen[3] = 1
        try SeenRows.save(saved, to: path)
        try SeenRows.load(into: loaded, from: path)
        #expect((0..<5).map { loaded.touchedRows[0].seen[$0] } == [0, 0, 0, 1, 0], "\(name)")
      }
    }
  }

  /// Files of earlier versions have the fields' names alone.
  @Test func seenRowsWithoutAPrefixAreRead() throws {
    try withFile { path in
      let (saved, loaded) = (model(seed: 1), model(seed: 1))
      saved.touchedRows[1].seen[6] = 1
      let entries = zip(saved.schema, saved.touchedRows).map { field, touched in
        TensorEntry(name: field.name, flags: touched.seen, count: touched.tableRows)
      }
      try SafetensorsFile.write(entries, metadata: [:], to: path)
      try SeenRows.load(into: loaded, from: path)
      #expect((0..<7).map { loaded.touchedRows[1].seen[$0] } == [0, 0, 0, 0, 0, 0, 1])
    }
  }

  /// Loading replaces the rows that the model had seen since it was saved.
  @Test func rowsSeenAreThoseOfTheFileAndOfLaterBatches() throws {
    try withFile { path in
      let (saved, loaded) = (model(seed: 1), model(seed: 2))
      saved.touchedRows[0].seen[4] = 1
      try SeenRows.save(saved, to: path)
      let touched = loaded.touchedRows[0]
      touched.find([1, 2], count: 2)
      touched.clear()
      try SeenRows.load(into: loaded, from: path)
      touched.find([2], count: 1)
      touched.clear()
      #expect((0..<5).map { touched.seen[$0] } == [0, 0, 1, 0, 1])
    }
  }

  /// Whatever is written can be read again: a header beyond the limit is refused at once.
  @Test func aLargerHeaderThanAnyReaderTakesIsNotWritten() throws {
    try withFile { path in
      let text = String(repeating: "x", count: SafetensorsHeader.maximumSize)
      #expect {
        try SafetensorsFile.write([], metadata: ["text": text], to: path)
      } throws: { error in
        guard case CheckpointFailure.tooManyTensors(path, let bytes) = error else { return false }
        return bytes > SafetensorsHeader.maximumSize
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func anotherShapeIsRefusedByName() throws {
    try withFile { path in
      try Checkpoint.save(model(seed: 1), metadata: [:], to: path)
      #expect(
        throws: CheckpointFailure.mismatch(
          path: path, tensor: "embedding.C0.weight", expected: "\(elementType) [5, 4]",
          found: "\(elementType) [5, 3]")
      ) { try Checkpoint.load(into: model(seed: 1, dimension: 4), from: path) }
    }
  }

  private var elementType: String { MemoryLayout<Scalar>.size == 4 ? "F32" : "F64" }
}
