import LinearAlgebra
import Platform

extension Matrix {
  /// A matrix of standard normal numbers drawn from a seed.
  public static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    let random = CounterRandom(seed: seed, stream: 0x6d61_7472_6978)
    for index in 0..<matrix.count { matrix.base[index] = Scalar(random.normal(UInt64(index))) }
    return matrix
  }

  /// The same with every element moved away from 0, where rectifiers have a kink: by more than the
  /// step of a gradient check, which must not cross the kink.
  public static func random(
    _ rows: Int, _ columns: Int, seed: UInt64, nudgedBy distance: Scalar
  ) -> Matrix {
    let matrix = random(rows, columns, seed: seed)
    for index in 0..<matrix.count {
      matrix.base[index] += matrix.base[index] < 0 ? -distance : distance
    }
    return matrix
  }
}

extension MatrixView {
  /// The elements row by row, in double.
  public var doubles: [Double] { elements.map { Double($0) } }
}
