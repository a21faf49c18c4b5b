import CVector

// `√x` of every lane, correctly rounded, in as many instructions as the registers need.

extension SIMD2<Float> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float2(self) }
}

extension SIMD4<Float> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float4(self) }
}

extension SIMD8<Float> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float8(self) }
}

extension SIMD16<Float> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float16(self) }
}

extension SIMD2<Double> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double2(self) }
}

extension SIMD4<Double> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double4(self) }
}

extension SIMD8<Double> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double8(self) }
}

extension SIMD16<Double> {
  /// `√x`, lane by lane.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double16(self) }
}
