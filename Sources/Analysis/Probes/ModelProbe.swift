import ClickData
import LinearAlgebra
import Models

/// Runs a model over rows and passes on its values after each batch.
public struct ModelProbe {
  let model: CTRModel
  private let rows: Int
  private let nextBatch: () throws -> EncodedBatch?

  /// Creates a probe that reads at most `rows` rows from a source of batches, which ends with nil.
  public init(model: CTRModel, rows: Int, nextBatch: @escaping () throws -> EncodedBatch?) {
    precondition(rows > 0, "ModelProbe: rows must be positive, got \(rows)")
    self.model = model
    self.rows = rows
    self.nextBatch = nextBatch
  }

  /// Calls `body` with the model's values for each batch, the last one cut at the limit of rows.
  ///
  /// Throws what the source and the body throw.
  public func read(_ body: (Snapshot) throws -> Void) throws {
    var left = rows
    while left > 0, let batch = try nextBatch() {
      guard batch.rows > 0 else { continue }
      _ = model.forward(batch)
      let taken = min(left, batch.rows)
      try body(Snapshot(batch, rows: taken, model.matrix))
      left -= taken
    }
  }
}

/// The values of a model after a forward pass, valid until the next one.
public struct Snapshot {
  /// The batch, whose first `rows` rows count.
  public let batch: EncodedBatch
  /// The number of rows.
  public let rows: Int
  private let matrices: (ProbePoint) -> MatrixView?

  /// Creates a snapshot of the first `rows` rows of the matrices.
  init(_ batch: EncodedBatch, rows: Int, _ matrices: @escaping (ProbePoint) -> MatrixView?) {
    self.batch = batch
    self.rows = rows
    self.matrices = matrices
  }

  /// The matrix at a place, `[rows, columns]`; nil if the model has no such place.
  public func matrix(at place: ProbePoint) -> MatrixView? { matrices(place)?.rows(0..<rows) }

  /// The places of one kind that the model has, numbered from 0.
  func places(_ kind: (Int) -> ProbePoint) -> [ProbePoint] {
    var places: [ProbePoint] = []
    while matrix(at: kind(places.count)) != nil { places.append(kind(places.count)) }
    return places
  }
}

/// One field's embedding table with the rows that training touched.
public struct FieldTable {
  /// The field's name.
  public let name: String
  /// The table, `[rows, dimension]`.
  public let table: MatrixView
  /// The indices of the rows that training touched, in any order.
  public let seen: [UInt32]

  /// Describes a table.
  public init(name: String, table: MatrixView, seen: [UInt32]) {
    self.name = name
    self.table = table
    self.seen = seen
  }

  /// The embedding tables of a model.
  public static func all(of model: CTRModel) -> [FieldTable] {
    let parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.value) })
    return zip(model.tableOwners, model.touchedRows).compactMap { field, touched in
      parameters["embedding.\(field.name).weight"].map { table in
        FieldTable(
          name: field.name, table: table.view,
          seen: (0..<UInt32(touched.tableRows)).filter { touched.seen[Int($0)] != 0 })
      }
    }
  }
}
