/// Products of small matrices, such as those of one row's vectors, and their transposition.
///
/// All matrices are contiguous, row by row.
public enum SmallProductKernel {
  /// `c = a·b`; `a` is `[rows, inner]`, `b` is `[inner, columns]`.
  @inline(__always)
  public static func multiply(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>,
    rows: Int, inner: Int, columns: Int
  ) {
    c.update(repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for k in 0..<inner {
        ShortVectorKernels.add(
          b + k * columns, times: a[row * inner + k], to: c + row * columns, count: columns)
      }
    }
  }

  /// `c += a·bᵀ`; `a` is `[rows, columns]`, `b` is `[inner, columns]`, `c` is `[rows, inner]`.
  @inline(__always)
  public static func addProduct(
    _ a: UnsafePointer<Scalar>, transposed b: UnsafePointer<Scalar>,
    to c: UnsafeMutablePointer<Scalar>, rows: Int, inner: Int, columns: Int
  ) {
    for row in 0..<rows {
      for k in 0..<inner {
        c[row * inner + k] += Scalar(
          VectorKernels.dot(a + row * columns, b + k * columns, count: columns))
      }
    }
  }

  /// `c = aᵀ·b`; `a` is `[rows, inner]`, `b` is `[rows, columns]`, `c` is `[inner, columns]`.
  @inline(__always)
  public static func multiply(
    transposed a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>,
    into c: UnsafeMutablePointer<Scalar>, rows: Int, inner: Int, columns: Int
  ) {
    c.update(repeating: 0, count: inner * columns)
    for row in 0..<rows {
      for k in 0..<inner {
        ShortVectorKernels.add(
          b + row * columns, times: a[row * inner + k], to: c + k * columns, count: columns)
      }
    }
  }

  /// `y = xᵀ`; `x` is `[rows, columns]`.
  @inline(__always)
  public static func transpose(
    _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      for column in 0..<columns { y[column * rows + row] = x[row * columns + column] }
    }
  }

  /// `y += xᵀ`; `x` is `[rows, columns]`.
  @inline(__always)
  public static func addTranspose(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      for column in 0..<columns { y[column * rows + row] += x[row * columns + column] }
    }
  }
}
