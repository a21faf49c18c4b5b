/// Reductions of contiguous elements, written for the width of the machine's registers.
public enum VectorKernels {
  #if SFG_DOUBLE
    /// The elements that a kernel keeps in one register.
    public typealias Lanes = SIMD8<Scalar>
  #else
    /// The elements that a kernel keeps in one register.
    public typealias Lanes = SIMD16<Scalar>
  #endif

  /// `Σ xᵢ²`, summed in double over blocks of lanes.
  public static func sumOfSquares(_ x: UnsafePointer<Scalar>, count: Int) -> Double {
    dot(x, x, count: count)
  }

  /// `Σ xᵢ·yᵢ`, in lanes of `Scalar` within blocks of 4096 elements, the blocks in double.
  public static func dot(
    _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, count: Int
  ) -> Double {
    let width = Lanes.scalarCount
    var total = 0.0
    var start = 0
    while start < count {
      let end = min(count, start + 4096)
      var sums = Lanes.zero
      var index = start
      while index + width <= end {
        sums.addProduct(load(x + index), load(y + index))
        index += width
      }
      var block = Double(sums.sum())
      while index < end {
        block += Double(x[index]) * Double(y[index])
        index += 1
      }
      total += block
      start = end
    }
    return total
  }

  /// `Σ xᵢ`, in lanes of `Double`.
  public static func sum(_ x: UnsafePointer<Scalar>, count: Int) -> Double {
    let width = Lanes.scalarCount
    var sums = SIMD16<Double>.zero
    var index = 0
    while index + width <= count {
      for lane in 0..<width { sums[lane] += Double(x[index + lane]) }
      index += width
    }
    var total = sums.sum()
    while index < count {
      total += Double(x[index])
      index += 1
    }
    return total
  }

  /// The lanes at an address of any alignment.
  @inline(__always)
  public static func load(_ address: UnsafePointer<Scalar>) -> Lanes {
    UnsafeRawPointer(address).loadUnaligned(as: Lanes.self)
  }

  /// Stores lanes at an address of any alignment.
  @inline(__always)
  public static func store(_ lanes: Lanes, _ address: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(address).storeBytes(of: lanes, as: Lanes.self)
  }
}

/// Element-wise loops whose overhead is small even for one embedding vector.
///
/// A vector is processed in chunks of 16, 8, 4, 2 and 1 lanes, each with one load and one store.
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

  /// `y = f(x, y)`, with one closure per width, because a closure cannot be generic.
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
