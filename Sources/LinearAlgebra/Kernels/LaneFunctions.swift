import CVector

// What every lane needs in as many instructions as the registers need, and Swift makes lane by lane.

extension SIMD2<Float> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float2(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float2(numbers, limit, other, self)
  }
}

extension SIMD4<Float> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float4(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float4(numbers, limit, other, self)
  }
}

extension SIMD8<Float> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float8(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float8(numbers, limit, other, self)
  }
}

extension SIMD16<Float> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_float16(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Float) -> Self {
    sfg_choose_float16(numbers, limit, other, self)
  }
}

extension SIMD2<Double> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double2(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double2(numbers, limit, other, self)
  }
}

extension SIMD4<Double> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double4(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double4(numbers, limit, other, self)
  }
}

extension SIMD8<Double> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double8(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double8(numbers, limit, other, self)
  }
}

extension SIMD16<Double> {
  /// `√x`, lane by lane, correctly rounded.
  @inlinable @inline(__always)
  public func root() -> Self { sfg_root_double16(self) }

  /// Lanes of `other` where those of `numbers` are at most `limit`, and elsewhere its own.
  @inlinable @inline(__always)
  public func replaced(by other: Self, where numbers: Self, isAtMost limit: Double) -> Self {
    sfg_choose_double16(numbers, limit, other, self)
  }
}
