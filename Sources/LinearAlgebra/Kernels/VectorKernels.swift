/// Loops over contiguous elements, written for the width of the machine's registers.
public enum VectorKernels {
  #if SFG_DOUBLE
    /// As many elements as a kernel keeps in one register.
    public typealias Lanes = SIMD8<Scalar>
  #else
    /// As many elements as a kernel keeps in one register.
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

  /// `y += x`.
  @inline(__always)
  public static func add(
    _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for index in 0..<count { y[index] += x[index] }
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
