import ClickData
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// Values that training has never seen.
@Suite struct UnseenValueTests {
  /// A hashed field, one with a vocabulary of 5 values, and numbers.
  private static var schema: [FieldSchema] {
    var schema = [
      FieldSchema(name: "hashed", kind: .category, rows: 9),
      FieldSchema(name: "listed", kind: .category, rows: 7),
      FieldSchema(name: "number", kind: .value, rows: 2),
    ]
    schema[1].unknownRow = 6
    return schema
  }

  private let model = CTRModel(
    schema: UnseenValueTests.schema, settings: ModelSettings(), batchCapacity: 8, seed: 1,
    pool: WorkerPool(threads: 2))

  private func batch(_ ids: [[UInt32]]) -> EncodedBatch {
    let batch = EncodedBatch(capacity: 8, schema: Self.schema)
    batch.rows = ids[0].count
    for (field, ids) in ids.enumerated() {
      for (row, id) in ids.enumerated() { batch.ids(field)[row] = id }
    }
    return batch
  }

  private func findings(blanks: [Int]) throws -> RowFindings {
    var findings = RowFindings()
    findings.blanks = blanks
    return findings
  }

  @Test func rowsThatTrainingNeverTouchedAndUnknownValuesAreUnseen() throws {
    for id in 1...4 { model.touchedRows[0].seen[id] = 1 }
    // Training saw rare values, which share the row of unknown ones.
    for id in 1...6 { model.touchedRows[1].seen[id] = 1 }
    let counter = UnseenCounter(model)
    counter.add(batch([[0, 1, 4, 5, 8], [6, 6, 1, 5, 6], [1, 1, 0, 1, 1]]))
    counter.add(batch([[5, 5], [2, 2], [1, 1]]))
    // One of the three unknown values is blank.
    let found = counter.result(try findings(blanks: [0, 1, 0]), trainRows: 100)
    #expect(found.worst.map(\.name) == ["hashed", "listed"])
    #expect(found.worst.map(\.unseen) == [4, 2] && found.worst.map(\.values) == [6, 6])
    #expect(found.values == 12 && found.unseen == 6 && found.share == 0.5)
    #expect(found.strange.map(\.name) == ["hashed"])
  }

  /// A field of values that occur once each says nothing about other rows.
  @Test func fieldsThatTrainingSawRarelyAreNotStrange() throws {
    for id in 1...4 { model.touchedRows[0].seen[id] = 1 }
    model.touchedRows[1].seen[1] = 1
    let counter = UnseenCounter(model)
    counter.add(batch([[5, 6], [1, 1], [1, 1]]))
    let none = try findings(blanks: [0, 0, 0])
    #expect(counter.result(none, trainRows: 7).strange.isEmpty)
    #expect(counter.result(none, trainRows: 8).strangeCount == 1)
    let rare = [UnseenValues.Field(name: "hashed", values: 10, unseen: 6)]
    #expect(counter.result(none, trainRows: 8, rare: rare).strange.isEmpty)
  }

  /// The first 65,536 rows are all counted, then one batch in 64.
  @Test func longPassesAreSampled() throws {
    model.touchedRows[0].seen[1] = 1
    let counter = UnseenCounter(model)
    let eight = batch([
      [1, 5, 1, 5, 1, 5, 1, 5], Array(repeating: 6, count: 8), [1, 1, 1, 1, 1, 1, 1, 1],
    ])
    let batches = UnseenCounter.fullRows / 8 + 64 * 10
    for _ in 0..<batches { counter.add(eight) }
    // Half of the rows are blank in the second field.
    let found = counter.result(try findings(blanks: [0, 4 * batches, 0]), trainRows: nil)
    let counted = UnseenCounter.fullRows + 8 * 10
    #expect(found.worst.map(\.values) == [counted / 2, counted])
    #expect(found.worst.map(\.unseen) == [counted / 2, counted / 2])
  }

  @Test func trainingRowsCountOnlyValuesOutsideVocabularies() throws {
    let counter = UnseenCounter(model, training: true)
    counter.add(batch([[5, 6, 7], [6, 1, 6], [1, 1, 1]]))
    let found = counter.result(try findings(blanks: [0, 1, 0]), trainRows: nil)
    #expect(found.worst == [UnseenValues.Field(name: "listed", values: 2, unseen: 1)])
    #expect(found.strange.isEmpty)
  }
}
