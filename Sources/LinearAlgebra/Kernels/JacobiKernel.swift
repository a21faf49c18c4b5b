import Glibc

/// The eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations.
///
/// In double, in memory of the caller, without allocations: for matrices of a field's dimension.
public enum JacobiKernel {
  private static let sweeps = 60

  /// Decomposes `a = Q·Λ·Qᵀ`, `[n, n]`: `values` gets the diagonal of Λ, largest first, `vectors`
  /// the columns of `Q` in the same order; `a` is destroyed.
  public static func eigen(
    _ a: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>,
    vectors: UnsafeMutablePointer<Double>, count n: Int
  ) {
    for index in 0..<n * n { vectors[index] = index % (n + 1) == 0 ? 1 : 0 }
    for _ in 0..<sweeps {
      var (rest, total) = (0.0, 0.0)
      for row in 0..<n {
        for column in 0..<n {
          let square = a[row * n + column] * a[row * n + column]
          total += square
          if row != column { rest += square }
        }
      }
      guard rest > 1e-30 * total else { break }
      for p in 0..<n { for q in p + 1..<max(n, p + 1) { rotate(a, vectors, p, q, n) } }
    }
    for index in 0..<n { values[index] = a[index * n + index] }
    sort(values, vectors, n)
  }

  /// Makes the element (p, q) zero.
  @inline(__always)
  private static func rotate(
    _ a: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>, _ p: Int, _ q: Int,
    _ n: Int
  ) {
    let off = a[p * n + q]
    guard off != 0 else { return }
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * off)
    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    for k in 0..<n {
      let (x, y) = (a[k * n + p], a[k * n + q])
      (a[k * n + p], a[k * n + q]) = (cosine * x - sine * y, sine * x + cosine * y)
    }
    for k in 0..<n {
      let (x, y) = (a[p * n + k], a[q * n + k])
      (a[p * n + k], a[q * n + k]) = (cosine * x - sine * y, sine * x + cosine * y)
    }
    for k in 0..<n {
      let (x, y) = (v[k * n + p], v[k * n + q])
      (v[k * n + p], v[k * n + q]) = (cosine * x - sine * y, sine * x + cosine * y)
    }
  }

  private static func sort(
    _ values: UnsafeMutablePointer<Double>, _ vectors: UnsafeMutablePointer<Double>, _ n: Int
  ) {
    for place in 0..<n {
      var best = place
      for other in place..<n where values[other] > values[best] { best = other }
      guard best != place else { continue }
      (values[place], values[best]) = (values[best], values[place])
      for k in 0..<n {
        let (x, y) = (vectors[k * n + place], vectors[k * n + best])
        (vectors[k * n + place], vectors[k * n + best]) = (y, x)
      }
    }
  }
}
