import ClickData
import LinearAlgebra
import Platform

/// The fields of a model, the rows of their tables that a batch touches, and room for an
/// optimizer's history beside each row.
///
/// Fields that share a table touch its rows together: their lookups follow one another in the
/// order of the fields, the owner's first.
public struct FieldTables {
  /// The fields, in order.
  public let schema: [FieldSchema]
  /// The fields that have their own tables, in order.
  public let owners: [Int]
  /// The rows of each owner's tables that a batch touches.
  public let touchedRows: [TouchedRows]
  /// For each field the place of its owner among `owners`.
  let tables: [Int]
  /// For each field the place of its first lookup among those of its tables.
  private let firstLookups: [Int]
  /// The same of this process's first row of the batch at hand.
  private let ownLookups: OwnLookups
  /// For each owner whose tables are shared, the other fields that use them.
  let sharers: [[Int]]
  private let history: RowHistory

  /// Allocates for batches of `batchCapacity` rows; `numbersBesideSlot` as `TableStorage` has it.
  init(
    _ schema: [FieldSchema], batchCapacity: Int, history: @escaping RowHistory = noRowHistory,
    numbersBesideSlot: [Int] = []
  ) {
    self.schema = schema
    self.history = history
    let owners = schema.indices.filter { schema[$0].embeddingOf == nil }
    let places = Dictionary(
      owners.enumerated().map { (schema[$1].name, $0) }, uniquingKeysWith: { first, _ in first })
    self.owners = owners
    var own = 0
    tables = schema.map { field in
      guard let owner = field.embeddingOf else {
        own += 1
        return own - 1
      }
      guard let place = places[owner] else {
        preconditionFailure("FieldTables: \(field.name) uses the table of \(owner), which has none")
      }
      return place
    }
    var lookups = owners.map { batchCapacity * schema[$0].maxValues }
    var first = [Int](repeating: 0, count: schema.count)
    var others = owners.map { _ in [Int]() }
    for (field, table) in tables.enumerated() where schema[field].embeddingOf != nil {
      first[field] = lookups[table]
      lookups[table] += batchCapacity * schema[field].maxValues
      others[table].append(field)
    }
    firstLookups = first
    ownLookups = OwnLookups(first)
    sharers = others.filter { !$0.isEmpty }
    touchedRows = zip(owners, lookups).map { owner, lookups in
      TouchedRows(
        tableRows: schema[owner].rows, batchCapacity: lookups,
        pieces: BatchPieces.count(rows: batchCapacity), roomFor: numbersBesideSlot)
    }
  }

  /// The place among its tables' lookups of a field's first lookup by this process.
  func firstLookup(_ field: Int) -> Int { ownLookups.first[field] }

  /// Begins a batch of which this process computes the rows from `firstRow`.
  func begin(_ batch: EncodedBatch, firstRow: Int) {
    for field in schema.indices {
      ownLookups.first[field] =
        firstLookups[field] + (batch.sequence(field)?.starts[firstRow] ?? firstRow)
    }
  }

  /// Where this process's lookups begin: shared by all copies of the tables' description.
  private final class OwnLookups {
    var first: [Int]

    init(_ first: [Int]) { self.first = first }
  }

  /// Whether no other field uses a field's tables.
  func isAlone(_ field: Int) -> Bool {
    schema[field].embeddingOf == nil
      && !sharers.contains { tables[$0[0]] == tables[field] }
  }

  /// Creates one table per owner, `FIELD.weight` of shape `[rows_f, dimension]`, drawn from N(0,
  /// 1e-4²), those of number fields Xavier-normal as a `Linear(1, dimension)` would be; returns the
  /// table of each field.
  func make(_ context: LayerContext, dimension: Int) -> [Parameter] {
    let made = zip(owners, touchedRows).map { owner, touched in
      let field = schema[owner]
      let deviation =
        switch field.kind {
        case .category, .sequence: 1e-4
        case .value: (2 / Double(1 + dimension)).squareRoot()
        }
      return context.scoped(field.name).table(
        "weight", of: touched, dimension: dimension, history: history(dimension),
        .normal(deviation: deviation))
    }
    return tables.map { made[$0] }
  }

  /// Finds the rows that a whole batch touches in the tables of one owner.
  func find(_ batch: EncodedBatch, table: Int, prefetching target: MatrixView?) {
    touchedRows[table].clear()
    find(batch, field: owners[table], prefetching: target)
    guard !sharers.isEmpty else { return }
    for field in sharers.first(where: { tables[$0[0]] == table }) ?? [] {
      find(batch, field: field, prefetching: target)
    }
  }

  /// Finds the rows that one field of a batch touches, piece by piece.
  private func find(_ batch: EncodedBatch, field: Int, prefetching target: MatrixView?) {
    let (touched, ids) = (touchedRows[tables[field]], batch.lookups(field).ids)
    let starts = batch.sequence(field)?.starts
    let pieces = BatchPieces(rows: batch.rows)
    for piece in 0..<pieces.count {
      let rows = pieces[piece]
      let lookups = starts.map { $0[rows.lowerBound]..<$0[rows.upperBound] } ?? rows
      touched.find(
        ids + lookups.lowerBound, count: lookups.count,
        at: firstLookups[field] + lookups.lowerBound, piece: piece, prefetching: target)
    }
  }

  /// Calls `body` for each field that uses another's tables: those of one table in turn.
  func forEachSharer(_ pool: WorkerPool, _ body: (Int) -> Void) {
    guard !sharers.isEmpty else { return }
    pool.run(sharers.count) { for field in sharers[$0] { body(field) } }
  }
}
