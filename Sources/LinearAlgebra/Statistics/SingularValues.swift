import CLAPACKE

/// Singular values by LAPACK.
public enum SingularValues {
  /// The singular values of a matrix, largest first (`dgesdd`, values only).
  ///
  /// Those of a symmetric matrix are the magnitudes of its eigenvalues. Throws
  /// `DecompositionFailure`.
  public static func of(_ matrix: DoubleMatrix) throws -> [Double] {
    _ = OpenBLAS.onOneThread
    let count = min(matrix.rows, matrix.columns)
    guard count > 0 else { return [] }
    try checkFinite(matrix)
    var elements = matrix.elements
    var values = [Double](repeating: 0, count: count)
    // LAPACK reads row-major memory as the transpose, which has the same singular values.
    let status = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), Int32(matrix.columns),
      Int32(matrix.rows), &elements, Int32(matrix.columns), &values, nil, 1, nil, 1)
    guard status == 0 else {
      throw DecompositionFailure.refused(
        routine: "dgesdd", rows: matrix.rows, columns: matrix.columns, status: Int(status))
    }
    return values
  }

  /// The singular values of a symmetric matrix, largest first: its |eigenvalues| (`dsyevd`).
  ///
  /// Reads the upper triangle; several times faster than `of`. Throws `DecompositionFailure`.
  public static func ofSymmetric(_ matrix: DoubleMatrix) throws -> [Double] {
    precondition(
      matrix.rows == matrix.columns,
      "SingularValues: \(matrix.rows)×\(matrix.columns) is not symmetric")
    _ = OpenBLAS.onOneThread
    guard matrix.rows > 0 else { return [] }
    try checkFinite(matrix)
    var elements = matrix.elements
    var values = [Double](repeating: 0, count: matrix.rows)
    // The upper triangle in row-major order is the lower one in column-major order.
    let status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "L")), Int32(matrix.rows),
      &elements, Int32(matrix.rows), &values)
    guard status == 0 else {
      throw DecompositionFailure.refused(
        routine: "dsyevd", rows: matrix.rows, columns: matrix.columns, status: Int(status))
    }
    return values.map(abs).sorted(by: >)
  }

  private static func checkFinite(_ matrix: DoubleMatrix) throws {
    guard let index = matrix.elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw DecompositionFailure.notFinite(
      row: index / matrix.columns, column: index % matrix.columns)
  }
}

/// Why a matrix could not be decomposed.
public enum DecompositionFailure: Error, Equatable {
  /// An element is infinite or NaN.
  case notFinite(row: Int, column: Int)
  /// LAPACK failed: its routine, the shape and its status.
  case refused(routine: String, rows: Int, columns: Int, status: Int)
}

extension DecompositionFailure: CustomStringConvertible {
  /// The failure in one line: location, value found, value expected.
  public var description: String {
    switch self {
    case .notFinite(let row, let column):
      "singular values: row \(row), column \(column) is not finite, expected finite numbers; "
        + "has training diverged?"
    case .refused(let routine, let rows, let columns, let status):
      "singular values: LAPACK's \(routine) on \(rows)×\(columns) ended with status \(status), "
        + "expected 0"
    }
  }
}
