import Platform

/// A `[batch, field, dimension]` tensor divided into tiles of rows, each stored field by field.
///
/// A tile, of the rows of one of the batch's pieces, is one contiguous matrix `[fields, rows ·
/// dimension]`, in the memory that its rows occupy in a `FieldTensor`. The vectors of one field are
/// contiguous, long enough to fill registers and to multiply as a matrix; the fields of a tile are
/// adjacent and together fit in the cache.
public struct FieldTiles: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Scalar>
  /// Rows of the batch.
  public let batch: Int
  /// Fields per row.
  public let fields: Int
  /// Elements of one field's vector.
  public let dimension: Int
  private let tiles: PieceTiles

  /// How the batch is cut.
  public let pieces: BatchPieces

  /// Reads the memory of a contiguous `[batch, fields · dimension]` matrix as tiles of the batch's
  /// pieces.
  public init(_ matrix: MatrixView, fields: Int, pieces: BatchPieces? = nil) {
    let pieces = pieces ?? BatchPieces(rows: matrix.rows)
    self.pieces = pieces
    let tensor = FieldTensor(matrix, fields: fields)
    base = tensor.base
    batch = tensor.batch
    self.fields = fields
    dimension = tensor.dimension
    tiles = PieceTiles(pieces, size: Self.tileRows(dimension: tensor.dimension))
  }

  /// Rows of a whole tile: a multiple of 8 with at least 256 elements per field.
  public static func tileRows(dimension: Int) -> Int { (255 / dimension + 8) / 8 * 8 }

  /// The number of tiles; the last one of a piece may be shorter, or empty.
  public var count: Int { tiles.count }

  /// The tiles of one of the batch's pieces.
  public func tiles(of piece: Int) -> Range<Int> { tiles.tiles(of: piece) }

  /// One tile, `[fields, rows · dimension]`.
  @inline(__always)
  public func tile(_ index: Int) -> MatrixView {
    let rows = rows(of: index)
    let columns = rows.count * dimension
    return MatrixView(
      base: base + rows.lowerBound * fields * dimension, rows: fields, columns: columns,
      stride: columns)
  }

  /// `Σ term(tile)`: tile by tile within a piece, and the pieces as a tree.
  public func sum(_ term: (MatrixView) -> Double) -> Double {
    pieces.sum { piece, _ in tiles(of: piece).reduce(0) { $0 + term(tile($1)) } }
  }

  /// Copies a tensor of the same shape.
  public func copy(from tensor: FieldTensor, pool: WorkerPool) {
    eachVector(with: tensor, pool) { vector, other in
      ShortVectorKernels.copy(other, to: vector, count: dimension)
    }
  }

  /// Adds every element to a tensor of the same shape.
  public func add(to tensor: FieldTensor, pool: WorkerPool) {
    eachVector(with: tensor, pool) { vector, other in
      ShortVectorKernels.add(vector, to: other, count: dimension)
    }
  }

  /// `sums[row, field] = Σ_k vector[k]`: each vector's sum, into a `[batch, fields]` matrix.
  public func sumVectors(into sums: MatrixView, pool: WorkerPool) {
    eachVector(with: sums, pool) { vector, sum in
      var total: Scalar = 0
      for k in 0..<dimension { total += vector[k] }
      sum.pointee = total
    }
  }

  /// `vector[k] += terms[row, field]`: adds one term to all elements of each vector.
  public func add(toEachElement terms: MatrixView, pool: WorkerPool) {
    eachVector(with: terms, pool) { vector, term in
      for k in 0..<dimension { vector[k] += term.pointee }
    }
  }

  private func rows(of tile: Int) -> Range<Int> {
    precondition(tile >= 0 && tile < count, "FieldTiles: tile \(tile) of \(count)")
    return tiles[tile]
  }

  /// Visits each vector and its counterpart in a row-major matrix of `fields` equal parts.
  @inline(__always)
  private func eachVector(
    with matrix: MatrixView, _ pool: WorkerPool,
    _ visit: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let part = matrix.columns / fields
    precondition(
      matrix.rows == batch && part * fields == matrix.columns,
      "FieldTiles: \(batch)×\(fields)×\(dimension) with \(matrix.rows)×\(matrix.columns)")
    pool.run(count) { index in
      let (tile, rows) = (tile(index), rows(of: index))
      for row in rows {
        let start = (row - rows.lowerBound) * dimension
        for field in 0..<fields { visit(tile.row(field) + start, matrix.row(row) + field * part) }
      }
    }
  }

  @inline(__always)
  private func eachVector(
    with tensor: FieldTensor, _ pool: WorkerPool,
    _ visit: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    precondition(
      tensor.fields == fields && tensor.dimension == dimension,
      "FieldTiles: \(fields)×\(dimension) with a tensor of \(tensor.fields)×\(tensor.dimension)")
    eachVector(with: tensor.flattened, pool, visit)
  }
}
