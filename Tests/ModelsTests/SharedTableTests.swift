import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Fields that use the table of another field, compared with fields that have equal tables.
@Suite struct SharedTableTests {
  private let schema = FieldSchema.sharing
  /// The same fields, each with a table of its own.
  private var separate: [FieldSchema] {
    schema.map { FieldSchema(name: $0.name, kind: $0.kind, rows: $0.rows, maxValues: $0.maxValues) }
  }

  private func owner(_ field: FieldSchema) -> String { field.embeddingOf ?? field.name }

  /// A model of shared tables, and its twin in which every field has a copy.
  private func twins(_ backbone: BackboneKind, threads: Int = 2) -> (CTRModel, CTRModel) {
    func model(_ schema: [FieldSchema]) -> CTRModel {
      CTRModel.tiny(backbone, schema: schema, capacity: 64, threads: threads) {
        $0.deep.activation = .tanh
      }
    }
    let (shared, twin) = (model(schema).randomized(), model(separate))
    for parameter in twin.parameters {
      guard let source = self.source(of: parameter.name, in: shared) else { continue }
      parameter.value.view.copy(from: source.value.view)
    }
    return (shared, twin)
  }

  /// The parameter of the model with shared tables that a parameter of its twin copies.
  private func source(of name: String, in shared: CTRModel) -> Parameter? {
    if let parameter = shared.parameter(name) { return parameter }
    let parts = name.split(separator: ".")
    let field = schema.first { parts.count == 3 && $0.name == parts[1] }
    return field.flatMap { shared.parameter("\(parts[0]).\(owner($0)).weight") }
  }

  @Test(arguments: BackboneKind.allCases)
  func sharedTablesGiveTheLogitsOfEqualTablesAndTheSumOfTheirGradients(backbone: BackboneKind) {
    let (shared, twin) = twins(backbone)
    let batch = EncodedBatch.random(rows: 40, schema: schema, seed: 3)
    expectClose(shared.logits(batch), twin.logits(batch), .rounding)
    expectClose(shared.step(batch).logits, twin.step(batch).logits, .rounding)
    var sums = Dictionary(
      uniqueKeysWithValues: shared.parameters.map {
        ($0.name, [Double](repeating: 0, count: $0.count))
      })
    for parameter in twin.parameters {
      guard let name = source(of: parameter.name, in: shared)?.name, let sum = sums[name] else {
        Issue.record("\(parameter.name) has no source")
        continue
      }
      sums[name] = zip(sum, parameter.fullGradient).map(+)
    }
    for parameter in shared.parameters {
      expectClose(parameter.fullGradient, sums[parameter.name] ?? [], .rounding, parameter.name)
    }
  }

  @Test func aSharedTableIsOneParameterOfTheModelAndOfACheckpoint() throws {
    let (shared, _) = twins(.fm)
    let tables = ["I1", "item", "tags", "C1"]
    #expect(
      shared.parameters.map(\.name)
        == tables.map { "embedding.\($0).weight" } + tables.map { "first_order.\($0).weight" }
        + ["first_order.bias"])
    #expect(shared.tableOwners.map(\.name) == tables)
    #expect(shared.touchedRows.map(\.tableRows) == [2, 6, 5, 4])
    let folder = try TemporaryFolder()
    try SeenRows.save(shared, to: "\(folder.path)/seen")
    try SeenRows.load(into: shared, from: "\(folder.path)/seen")
  }

  /// Rows that two fields read are counted once, those of either field are touched.
  @Test func theRowsTouchedAreThoseOfAllFieldsOfATable() {
    let (shared, _) = twins(.lr)
    let batch = EncodedBatch.random(rows: 2, schema: schema, seed: 3)
    shared.step(batch)
    for (place, owner) in shared.tableOwners.enumerated() {
      let fields = schema.indices.filter { self.owner(schema[$0]) == owner.name }
      let expected = Set(
        fields.flatMap { field in
          (0..<2).flatMap { batch.lookups(field: field, row: $0).map(\.id) }
        })
      let touched = shared.touchedRows[place]
      #expect(touched.count == expected.count)
      #expect(Set((0..<touched.count).map { Int(touched.rows[$0]) }) == expected)
    }
  }

  @Test(arguments: [BackboneKind.lr, .fm, .fwfm, .dcnv2])
  func anyNumberOfThreadsGivesTheSameBits(backbone: BackboneKind) {
    let batch = EncodedBatch.random(rows: 60, schema: schema, seed: 9)
    let results = (1...4).map { threads in
      let (shared, _) = twins(backbone, threads: threads)
      let logits = shared.step(batch).logits
      return logits + shared.parameters.flatMap(\.fullGradient)
    }
    for result in results { #expect(result == results[0]) }
  }
}
