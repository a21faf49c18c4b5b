/// One vector per row of a batch and per field: `[batch, field, dimension]`, contiguous.
public struct FieldTensor: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Scalar>
  /// Rows of the batch.
  public let batch: Int
  /// Fields per row.
  public let fields: Int
  /// Elements of one field's vector.
  public let dimension: Int

  /// Describes contiguous memory that the caller owns.
  @inline(__always)
  public init(base: UnsafeMutablePointer<Scalar>, batch: Int, fields: Int, dimension: Int) {
    self.base = base
    self.batch = batch
    self.fields = fields
    self.dimension = dimension
  }

  /// Reads a `[batch, fields · dimension]` matrix as a tensor.
  public init(_ matrix: MatrixView, fields: Int) {
    precondition(
      matrix.isContiguous && matrix.columns % fields == 0,
      "FieldTensor: \(matrix.rows)×\(matrix.columns) is not a contiguous [batch, \(fields), d]")
    self.init(
      base: matrix.base, batch: matrix.rows, fields: fields, dimension: matrix.columns / fields)
  }

  /// Elements of one row: `fields · dimension`.
  @inline(__always)
  public var width: Int { fields * dimension }

  /// The same memory as a `[batch, fields · dimension]` matrix.
  @inline(__always)
  public var flattened: MatrixView {
    MatrixView(base: base, rows: batch, columns: width, stride: width)
  }

  /// One field's vectors as a `[batch, dimension]` matrix with a stride of `width`.
  @inline(__always)
  public func field(_ index: Int) -> MatrixView {
    precondition(index >= 0 && index < fields, "FieldTensor: field \(index) of \(fields)")
    return MatrixView(
      base: base + index * dimension, rows: batch, columns: dimension, stride: width)
  }

  /// Some consecutive rows of the batch.
  @inline(__always)
  public func rows(_ range: Range<Int>) -> FieldTensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= batch, "FieldTensor: rows \(range) of \(batch)")
    return FieldTensor(
      base: base + range.lowerBound * width, batch: range.count, fields: fields,
      dimension: dimension)
  }

  /// Whether two tensors have the same shape.
  public func hasShape(of other: FieldTensor) -> Bool {
    batch == other.batch && fields == other.fields && dimension == other.dimension
  }
}
