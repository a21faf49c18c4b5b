import Platform
import TestSupport
import Testing

@testable import LinearAlgebra

/// The cut of a batch, and the trees of sums over it.
@Suite struct BatchPiecesTests {
  static let counts = [1, 2, 4, 8, 16, 64]

  @Test(arguments: [0, 1, 1023, 1024, 1025, 2048, 2049, 3000, 4096, 5000, 16_385])
  func piecesCoverTheBatchInOrder(rows: Int) {
    for vectors in [1, 3] {
      let pieces = BatchPieces(rows: rows, vectors: vectors)
      #expect(pieces.count.nonzeroBitCount == 1)
      var end = 0
      for piece in 0..<pieces.count {
        #expect(pieces[piece].lowerBound == end)
        #expect(pieces[piece].count <= pieces.longest && pieces.longest <= 1024 * vectors)
        #expect(pieces[piece].count.isMultiple(of: vectors))
        end = pieces[piece].upperBound
      }
      #expect(end == rows * vectors)
      #expect(pieces.count == 1 || rows > pieces.count / 2 * 1024)
    }
  }

  /// The pieces of a batch's half are those of the batch.
  @Test(arguments: [2048, 2050, 4096, 8190])
  func aHalfIsCutAsTheWhole(rows: Int) {
    let (whole, half) = (BatchPieces(rows: rows), BatchPieces(rows: rows / 2))
    #expect(whole.count == 2 * half.count)
    for piece in 0..<half.count { #expect(whole[piece] == half[piece]) }
  }

  /// The balanced tree written as a formula.
  private func tree(_ pieces: Range<Int>) -> String {
    guard pieces.count > 1 else { return "\(pieces.lowerBound)" }
    let middle = (pieces.lowerBound + pieces.upperBound) / 2
    return "(\(tree(pieces.lowerBound..<middle))+\(tree(middle..<pieces.upperBound)))"
  }

  @Test(arguments: counts, [true, false])
  func partialSumsAreAddedAsABalancedTree(count: Int, addsLeaves: Bool) {
    let pieces = BatchPieces(rows: count * BatchPieces.maxRows)
    #expect(pieces.count == count)
    var sums = [String](repeating: "?", count: pieces.levels(addsLeaves: addsLeaves))
    pieces.sum(addsLeaves: addsLeaves) { piece, level, overwriting in
      sums[level] = overwriting ? "\(piece)" : "(\(sums[level])+\(piece))"
    } merge: { level in
      sums[level] = "(\(sums[level])+\(sums[level + 1]))"
    }
    #expect(sums[0] == tree(0..<count))
  }

  @Test(arguments: counts)
  func sumsInMemoryAreAddedAsABalancedTree(count: Int) {
    let pieces = BatchPieces(rows: count * BatchPieces.maxRows)
    var sums = (0..<count).map { "\($0)" }
    pieces.sum { sums[$0] = "(\(sums[$0])+\(sums[$1]))" }
    #expect(sums[0] == tree(0..<count))
  }

  @Test(arguments: [0, 1, 255, 256, 257, 1030, 4099], [64, 256, 512])
  func tilesCoverThePieces(rows: Int, size: Int) {
    let pieces = BatchPieces(rows: rows)
    let tiles = PieceTiles(pieces, size: size)
    #expect(tiles.count <= PieceTiles.capacity(rows: rows, size: size))
    for piece in 0..<pieces.count {
      let rows = tiles.tiles(of: piece).flatMap { Array(tiles[$0]) }
      #expect(rows == Array(pieces[piece]))
    }
  }

  /// The sum over a batch is that of its halves, added: on any computer, as on one.
  @Test(arguments: [2048, 2050, 4096, 5000], [1, 3])
  func columnSumsAreThoseOfTheHalves(rows: Int, vectors: Int) {
    let x = Matrix.random(rows * vectors, 7, seed: 1)
    func sums(_ rows: Range<Int>) -> [Double] {
      let sums = ColumnSums(
        batch: rows.count / vectors, vectors: vectors, columns: 7, pool: WorkerPool(threads: 3))
      let view = x.view.rows(rows)
      sums.compute(rows: view.rows) { row, partial in
        for column in 0..<7 { partial[column] += Double(view[row, column]) }
      }
      return Array(UnsafeBufferPointer(start: sums.sums, count: 7))
    }
    let half = x.rows / 2
    let halves = zip(sums(0..<half), sums(half..<x.rows)).map(+)
    #expect(sums(0..<x.rows) == halves)
  }

  @Test(arguments: [2048, 2050, 4096, 8190], [1, 3])
  func productsAreThoseOfTheHalves(rows: Int, vectors: Int) {
    let (a, b) = (
      Matrix.random(rows * vectors, 29, seed: 1), Matrix.random(rows * vectors, 70, seed: 2)
    )
    for packsPerThread in [true, false] {
      let products = PooledProducts(
        pool: WorkerPool(threads: 3), packsPerThread: packsPerThread)
      products.reserveSums(rows: 29, columns: 70, batch: rows, vectors: vectors)
      products.allocate()
      func product(_ rows: Range<Int>) -> [Scalar] {
        let c = Matrix(rows: 29, columns: 70)
        products.sum(
          a.view.rows(rows), b.view.rows(rows), vectors: vectors, into: c.view, overwriting: false)
        return c.view.elements
      }
      let half = a.rows / 2
      let halves = zip(product(0..<half), product(half..<a.rows)).map(+)
      #expect(product(0..<a.rows) == halves, "packing per thread \(packsPerThread)")
    }
  }
}
