/// The pieces that a sum over a batch is cut into, whose sums are added as a balanced binary tree:
/// `((s₀ + s₁) + (s₂ + s₃)) + …`.
///
/// There are `2ᵏ` pieces of at most 1,024 rows, as few as possible. The cut depends on the number
/// of rows alone, so a sum has the same bits no matter which process computes which subtree.
public struct BatchPieces: Sendable {
  /// The most rows of a piece.
  public static let maxRows = 1024
  /// The number of pieces, a power of two.
  public let count: Int
  /// Rows and pieces of the whole batch, of which these pieces may be a part.
  private let batch: (rows: Int, pieces: Int)
  private let firstPiece: Int
  private let vectors: Int

  /// Cuts a batch of `rows` rows, each of which has `vectors` consecutive rows of a matrix.
  public init(rows: Int, vectors: Int = 1) {
    count = Self.count(rows: rows)
    batch = (rows, count)
    firstPiece = 0
    self.vectors = vectors
  }

  /// The pieces of one subtree of a batch, whose rows are numbered from 0; one empty piece if there
  /// are none.
  init(_ pieces: Range<Int>, of batch: BatchPieces, vectors: Int) {
    precondition(pieces.isEmpty || pieces.count.nonzeroBitCount == 1, "BatchPieces: \(pieces)")
    count = max(1, pieces.count)
    self.batch = pieces.isEmpty ? (0, 1) : batch.batch
    firstPiece = pieces.isEmpty ? 0 : pieces.lowerBound
    self.vectors = vectors
  }

  /// The number of pieces of a batch.
  public static func count(rows: Int) -> Int {
    let least = (rows + maxRows - 1) / maxRows
    return least <= 1 ? 1 : 1 << (Int.bitWidth - (least - 1).leadingZeroBitCount)
  }

  /// The matrix's rows of a piece.
  public subscript(piece: Int) -> Range<Int> { bound(piece)..<bound(piece + 1) }

  /// The most rows of the matrix that a piece has.
  public var longest: Int { (batch.rows + batch.pieces - 1) / batch.pieces * vectors }

  private func bound(_ piece: Int) -> Int {
    let first = firstPiece * batch.rows / batch.pieces
    return ((firstPiece + piece) * batch.rows / batch.pieces - first) * vectors
  }

  /// The partial sums that `sum` holds at once, with or without the addition of leaves.
  public func levels(addsLeaves: Bool) -> Int {
    max(1, count.trailingZeroBitCount + (addsLeaves ? 0 : 1))
  }

  /// Sums the pieces one after another in a few partial sums, of which level 0 has the total.
  ///
  /// `leaf` overwrites the partial sum of a level with a piece's sum; if it `addsLeaves`, it adds
  /// every second piece's sum to that of its sibling instead. `merge` adds the partial sum of the
  /// next level to that of a level.
  public func sum(
    addsLeaves: Bool, leaf: (_ piece: Int, _ level: Int, _ overwriting: Bool) -> Void,
    merge: (_ level: Int) -> Void
  ) {
    for piece in 0..<count {
      // Each bit of the number is a complete subtree on the left that waits for its sibling.
      let waiting = piece.nonzeroBitCount
      let complete = (~piece).trailingZeroBitCount
      let adds = addsLeaves && complete > 0
      leaf(piece, adds ? waiting - 1 : waiting, !adds)
      for level in (waiting - complete..<(adds ? waiting - 1 : waiting)).reversed() { merge(level) }
    }
  }

  /// `Σ term(piece, rows)` over the pieces.
  public func sum(_ term: (_ piece: Int, _ rows: Range<Int>) -> Double) -> Double {
    sum(0..<count, term)
  }

  private func sum(_ pieces: Range<Int>, _ term: (Int, Range<Int>) -> Double) -> Double {
    guard pieces.count > 1 else { return term(pieces.lowerBound, self[pieces.lowerBound]) }
    let middle = (pieces.lowerBound + pieces.upperBound) / 2
    return sum(pieces.lowerBound..<middle, term) + sum(middle..<pieces.upperBound, term)
  }

  /// Sums partial sums that are all in memory: `add(left, right)` adds the sum of the subtree that
  /// begins at piece `right` to that at piece `left`; piece 0 then has the total.
  public func sum(add: (_ left: Int, _ right: Int) -> Void) {
    var width = 1
    while width < count {
      for left in stride(from: 0, to: count, by: 2 * width) { add(left, left + width) }
      width *= 2
    }
  }
}
