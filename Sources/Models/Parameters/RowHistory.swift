import LinearAlgebra

/// How many numbers an optimizer keeps for each row of a table of some dimension, in memory that is laid out for updates of
/// few rows, at random.
public typealias RowHistory = @Sendable (_ dimension: Int) -> Int

/// Tables whose rows follow one another without gaps.
public let noRowHistory: RowHistory = { _ in 0 }

extension ModelSettings {
  /// Numbers of a row that lie behind its slot number, table by table, where updates meet few rows: an embedding, if the
  /// cache line has room for it, and behind it a first-order weight with its history; only an update reads the embedding's.
  func numbersBehindSlots(_ history: RowHistory) -> [Int] {
    guard history(1) > 0 else { return [] }
    let weight = backbone.linearTerm(self) == .lw ? [1 + history(1)] : []
    let both = (backbone.hasEmbeddings ? [embeddingDimension] : []) + weight
    return 1 + both.reduce(0, +) <= RowRecord.lineElements ? both : weight
  }
}
