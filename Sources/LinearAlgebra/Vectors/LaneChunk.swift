import CVector

/// Elements that a kernel processes at once: a SIMD vector, or a single one at the end of a row.
public protocol LaneChunk {
  /// The number of elements.
  static var width: Int { get }
  static func load(_ address: UnsafePointer<Scalar>) -> Self
  func store(_ address: UnsafeMutablePointer<Scalar>)
  static var zero: Self { get }
  static func += (sum: inout Self, term: Self)
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static func + (a: Self, b: Scalar) -> Self
  static func * (a: Self, b: Scalar) -> Self
  /// `self += a · b`, element by element.
  mutating func addProduct(_ a: Self, _ b: Self)
  /// `self += a · b` for a scalar `b`.
  mutating func addProduct(_ a: Self, _ b: Scalar)
  func sum() -> Scalar
  /// `√x`, element by element, correctly rounded.
  func root() -> Self
  /// The elements of `other` where `numbers` is at most `limit`, those of `self` elsewhere.
  func replaced(by other: Self, where numbers: Self, isAtMost limit: Scalar) -> Self
}

/// The work of a kernel on one chunk of a row, written once for every width.
public protocol ChunkKernel {
  mutating func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int)
}

extension ChunkKernel {
  /// Covers `first..<count` with chunks of 16, 11, 10, 8, 4, 2 and 1 elements.
  ///
  /// 10 is the usual dimension of an embedding, 11 that of an embedding and a weight behind it.
  @inlinable @inline(__always)
  public mutating func run(from first: Int = 0, count: Int) {
    var start = first
    while start < count {
      switch count - start {
      case 16...: run(SIMD16<Scalar>.self, at: start); start += 16
      case 11:
        run(JoinedChunk<JoinedChunk<SIMD8<Scalar>, SIMD2<Scalar>>, Scalar>.self, at: start)
        start += 11
      case 10: run(JoinedChunk<SIMD8<Scalar>, SIMD2<Scalar>>.self, at: start); start += 10
      case 8...: run(SIMD8<Scalar>.self, at: start); start += 8
      case 4...: run(SIMD4<Scalar>.self, at: start); start += 4
      case 2...: run(SIMD2<Scalar>.self, at: start); start += 2
      default: run(Scalar.self, at: start); start += 1
      }
    }
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension LaneChunk where Self: SIMD, Self.Scalar == LinearAlgebra.Scalar {
  // The protocol documents these members.
  @inlinable public static var width: Int { scalarCount }

  @inlinable @inline(__always)
  public static func load(_ address: UnsafePointer<LinearAlgebra.Scalar>) -> Self {
    UnsafeRawPointer(address).loadUnaligned(as: Self.self)
  }

  @inlinable @inline(__always)
  public func store(_ address: UnsafeMutablePointer<LinearAlgebra.Scalar>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: Self.self)
  }
}

extension SIMD2<Scalar>: LaneChunk {}
extension SIMD4<Scalar>: LaneChunk {}
extension SIMD8<Scalar>: LaneChunk {}
extension SIMD16<Scalar>: LaneChunk {}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Scalar: LaneChunk {
  @inlinable public static var width: Int { 1 }

  @inlinable @inline(__always)
  public static func load(_ address: UnsafePointer<Scalar>) -> Scalar { address.pointee }

  @inlinable @inline(__always)
  public func store(_ address: UnsafeMutablePointer<Scalar>) { address.pointee = self }

  @inlinable @inline(__always)
  public func sum() -> Scalar { self }

  @inlinable @inline(__always)
  public func root() -> Scalar { squareRoot() }

  @inlinable @inline(__always)
  public func replaced(by other: Scalar, where number: Scalar, isAtMost limit: Scalar) -> Scalar {
    number <= limit ? other : self
  }
}

// One instruction per register, where Swift's own square roots and comparisons take one per lane.

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD2<Float> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_float2(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float2(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD4<Float> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_float4(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float4(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD8<Float> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_float8(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float8(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD16<Float> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_float16(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float16(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD2<Double> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_double2(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double2(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD4<Double> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_double4(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double4(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD8<Double> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_double8(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double8(numbers, limit, other, self)
  }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SIMD16<Double> {
  @inlinable @inline(__always) public func root() -> Self { sfg_root_double16(self) }

  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double16(numbers, limit, other, self)
  }
}
