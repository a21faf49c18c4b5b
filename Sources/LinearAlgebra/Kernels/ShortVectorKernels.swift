/// Loops over one embedding vector: so short that the call and the remainder would cost more than the work.
///
/// A vector is cut into chunks of 16, 8, 4, 2 and 1 lanes, each one load and one store.
public enum ShortVectorKernels {
  /// `y = x`.
  @inlinable @inline(__always)
  public static func copy(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    update(x, y, count, { x, _ in x }, { x, _ in x }, { x, _ in x }, { x, _ in x }, { x, _ in x })
  }

  /// `y += x`.
  @inlinable @inline(__always)
  public static func add(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    update(x, y, count, { $1 + $0 }, { $1 + $0 }, { $1 + $0 }, { $1 + $0 }, { $1 + $0 })
  }

  /// `y = scale · x`.
  @inlinable @inline(__always)
  public static func copy(
    _ x: UnsafePointer<Scalar>, times scale: Scalar, to y: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    update(
      x, y, count, { x, _ in x * scale }, { x, _ in x * scale }, { x, _ in x * scale },
      { x, _ in x * scale }, { x, _ in x * scale })
  }

  /// `y += scale · x`.
  @inlinable @inline(__always)
  public static func add(
    _ x: UnsafePointer<Scalar>, times scale: Scalar, to y: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    update(
      x, y, count, { $1 + $0 * scale }, { $1 + $0 * scale }, { $1 + $0 * scale },
      { $1 + $0 * scale }, { $1 + $0 * scale })
  }

  /// `y = f(x, y)`, with one closure for each width, because a closure cannot be generic.
  @inlinable @inline(__always)
  static func update(
    _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int,
    _ f16: (SIMD16<Scalar>, SIMD16<Scalar>) -> SIMD16<Scalar>,
    _ f8: (SIMD8<Scalar>, SIMD8<Scalar>) -> SIMD8<Scalar>,
    _ f4: (SIMD4<Scalar>, SIMD4<Scalar>) -> SIMD4<Scalar>,
    _ f2: (SIMD2<Scalar>, SIMD2<Scalar>) -> SIMD2<Scalar>, _ f1: (Scalar, Scalar) -> Scalar
  ) {
    var index = 0
    while index + 16 <= count {
      apply(f16, x + index, y + index)
      index += 16
    }
    if count & 8 != 0 {
      apply(f8, x + index, y + index)
      index += 8
    }
    if count & 4 != 0 {
      apply(f4, x + index, y + index)
      index += 4
    }
    if count & 2 != 0 {
      apply(f2, x + index, y + index)
      index += 2
    }
    if count & 1 != 0 { y[index] = f1(x[index], y[index]) }
  }

  @inlinable @inline(__always)
  static func apply<Lanes: SIMD>(
    _ f: (Lanes, Lanes) -> Lanes, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>
  ) where Lanes.Scalar == Scalar {
    let result = f(
      UnsafeRawPointer(x).loadUnaligned(as: Lanes.self),
      UnsafeRawPointer(y).loadUnaligned(as: Lanes.self))
    UnsafeMutableRawPointer(y).storeBytes(of: result, as: Lanes.self)
  }
}
