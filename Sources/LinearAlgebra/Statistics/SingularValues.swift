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
    if let index = matrix.elements.firstIndex(where: { !$0.isFinite }) {
      throw DecompositionFailure.notFinite(
        row: index / matrix.columns, column: index % matrix.columns)
    }
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
