import CLAPACKE

/// Singular values by LAPACK.
public enum SingularValues {
  /// The singular values of a matrix, largest first (`dgesdd`, values only).
  ///
  /// A symmetric matrix's are the magnitudes of its eigenvalues. Throws `DecompositionFailure`.
  public static func of(_ matrix: DoubleMatrix) throws -> [Double] {
    _ = OpenBLAS.onOneThread
    let count = min(matrix.rows, matrix.columns)
    guard count > 0 else { return [] }
    try checkFinite(matrix)
    var elements = matrix.elements
    var values = [Double](repeating: 0, count: count)
    // The transpose has the same singular values, and row-major memory is the transpose to LAPACK.
    let status = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), Int32(matrix.columns),
      Int32(matrix.rows), &elements, Int32(matrix.columns), &values, nil, 1, nil, 1)
    guard status == 0 else {
      throw DecompositionFailure.refused(
        routine: "dgesdd", rows: matrix.rows, columns: matrix.columns, status: Int(status))
    }
    return values
  }

  /// The singular values of a symmetric matrix, largest first: the magnitudes of its eigenvalues (`dsyevd`).
  ///
  /// Reads the upper triangle; a few times as fast as `of`. Throws `DecompositionFailure`.
  public static func ofSymmetric(_ matrix: DoubleMatrix) throws -> [Double] {
    precondition(
      matrix.rows == matrix.columns,
      "SingularValues: \(matrix.rows)×\(matrix.columns) is not symmetric")
    _ = OpenBLAS.onOneThread
    guard matrix.rows > 0 else { return [] }
    try checkFinite(matrix)
    var elements = matrix.elements
    var values = [Double](repeating: 0, count: matrix.rows)
    // The upper triangle row by row is the lower one column by column.
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
  /// An element is infinite or no number.
  case notFinite(row: Int, column: Int)
  /// LAPACK gave up: its routine, the shape, and its status.
  case refused(routine: String, rows: Int, columns: Int, status: Int)
}

extension DecompositionFailure: CustomStringConvertible {
  /// The failure in one line: where, what was found, what was expected.
  public var description: String {
    switch self {
    case .notFinite(let row, let column):
      "singular values: row \(row), column \(column) is not finite, expected numbers alone; "
        + "has training diverged?"
    case .refused(let routine, let rows, let columns, let status):
      "singular values: LAPACK's \(routine) on \(rows)×\(columns) ended with status \(status), "
        + "expected 0"
    }
  }
}
