import LinearAlgebra

extension Matrix {
  /// A matrix of numbers between -0.3 and 0.3 without structure along rows or columns.
  static func filled(_ rows: Int, _ columns: Int) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    for index in 0..<matrix.count { matrix.base[index] = Scalar(index * 7 % 31) * 0.02 - 0.3 }
    return matrix
  }
}
