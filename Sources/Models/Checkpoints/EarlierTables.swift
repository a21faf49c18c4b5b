import ClickData
import LinearAlgebra

/// The tables of a model as they were before vocabularies grew: the first rows of each.
///
/// Reading a checkpoint of that time fills these rows; the rows behind them keep the values with
/// which the model was made.
public struct EarlierTables {
  private let model: CTRModel
  /// The number of rows of each owner's tables.
  private let rows: [Int]

  /// Describes the tables of a model by the fields that it had earlier, in the same order.
  public init(of model: CTRModel, schema earlier: [FieldSchema]) {
    self.model = model
    rows = earlier.filter { $0.embeddingOf == nil }.map(\.rows)
    precondition(
      zip(model.tableOwners, earlier.filter { $0.embeddingOf == nil }).allSatisfy {
        $0.name == $1.name && $0.rows >= $1.rows
      } && rows.count == model.tableOwners.count, "EarlierTables: other fields")
  }

  /// Reads a model's state, the rows that training touched, and an optimizer's state; returns the
  /// metadata.
  @discardableResult
  public func loadCheckpoint(
    state: [StateTensor], from path: String,
    accept: ([String: String]) throws -> Void = { _ in }
  ) throws -> [String: String] {
    let rows = rowsByParameter
    let state = state.map { tensor -> StateTensor in
      let owner = tensor.name.dropFirst(TrainingCheckpoint.statePrefix.count)
      return owner.lastIndex(of: ".").flatMap { rows[String(owner[..<$0])] }.map(tensor.first)
        ?? tensor
    }
    let metadata = try SafetensorsFile.read(
      into: modelEntries + seenEntries + state.map(TensorEntry.init), from: path, accept: accept)
    seenWasReplaced()
    return metadata
  }

  /// Reads a model's state, and from another file the rows that training touched; returns the
  /// metadata.
  @discardableResult
  public func loadWeights(
    from path: String, seenRows: String, accept: ([String: String]) throws -> Void = { _ in }
  ) throws -> [String: String] {
    let metadata = try SafetensorsFile.read(into: modelEntries, from: path, accept: accept)
    let file = try SafetensorsReader(seenRows)
    // Files of versions before 0.2 have the fields' names alone.
    let isBare = Set(file.header.tensors.keys) == Set(model.tableOwners.map(\.name))
    try SafetensorsFile.read(
      into: isBare ? seenEntries(prefix: "") : seenEntries, from: file, seenRows)
    seenWasReplaced()
    return metadata
  }

  private func seenWasReplaced() {
    for touched in model.touchedRows { touched.seenWasReplaced() }
  }

  private var rowsByParameter: [String: Int] {
    let byTable = Dictionary(
      zip(model.touchedRows.map(ObjectIdentifier.init), rows),
      uniquingKeysWith: { first, _ in first })
    return Dictionary(
      model.parameters.compactMap { parameter in
        parameter.touched.flatMap { byTable[ObjectIdentifier($0)] }.map { (parameter.name, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }

  private var modelEntries: [TensorEntry] {
    let rows = rowsByParameter
    return Checkpoint.tensors(of: model).map { tensor in
      TensorEntry(rows[tensor.name].map(tensor.first) ?? tensor)
    }
  }

  private var seenEntries: [TensorEntry] { seenEntries(prefix: SeenRows.prefix) }

  private func seenEntries(prefix: String) -> [TensorEntry] {
    zip(model.tableOwners, zip(model.touchedRows, rows)).map { field, table in
      TensorEntry(name: prefix + field.name, flags: table.0.seen, count: table.1)
    }
  }
}

extension StateTensor {
  /// The first rows of a matrix, or of one number per row.
  fileprivate func first(_ rows: Int) -> StateTensor {
    StateTensor(name: name, shape: [rows] + shape.dropFirst(), values: values.rows(0..<rows))
  }
}
