/// The rows of each of a batch's pieces, divided into tiles of one size.
///
/// Tiles are numbered piece by piece, the same number for each; the last one of a piece may be
/// shorter, or empty.
public struct PieceTiles: Sendable {
  private let pieces: BatchPieces
  private let size: Int
  private let perPiece: Int

  /// Divides a batch's pieces into tiles of `size` rows.
  @inline(__always)
  public init(_ pieces: BatchPieces, size: Int) {
    self.pieces = pieces
    self.size = size
    perPiece = (pieces.longest + size - 1) / size
  }

  /// The number of tiles.
  public var count: Int { pieces.count * perPiece }

  /// The rows of a tile.
  @inline(__always)
  public subscript(tile: Int) -> Range<Int> {
    let (piece, place) = tile.quotientAndRemainder(dividingBy: perPiece)
    let rows = pieces[piece]
    let start = min(rows.upperBound, rows.lowerBound + place * size)
    return start..<min(rows.upperBound, start + size)
  }

  /// The tiles of one of the batch's pieces.
  public func tiles(of piece: Int) -> Range<Int> { piece * perPiece..<(piece + 1) * perPiece }

  /// The most tiles that a batch of up to `rows` rows has.
  public static func capacity(rows: Int, vectors: Int = 1, size: Int) -> Int {
    let longest = min(rows, BatchPieces.maxRows) * vectors
    return BatchPieces.count(rows: rows) * ((longest + size - 1) / size)
  }

  /// Calls `add(left, right)` to add the partial sum of tile `right` to that of tile `left`: the
  /// tiles of a piece one after another, then the pieces as a tree; tile 0 then has the total.
  @inline(__always)
  public func sum(add: (_ left: Int, _ right: Int) -> Void) {
    for first in stride(from: 0, to: count, by: max(perPiece, 1)) {
      for tile in first + 1..<max(first + 1, first + perPiece) { add(first, tile) }
    }
    pieces.sum { add($0 * perPiece, $1 * perPiece) }
  }
}
