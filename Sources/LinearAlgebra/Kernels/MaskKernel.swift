/// Random masks over the elements of one row.
public enum MaskKernel {
  /// `x[i] = hash(key, i) < threshold ? 0 : scale · x[i]`.
  ///
  /// The hash of an element is 32 bits computed from its index and the row's 64 random bits in
  /// operations that exist for vectors of every width: a multiply-and-shift finaliser (the
  /// constants of MurmurHash3, Appleby, 2011).
  @inline(__always)
  public static func drop(
    _ x: UnsafeMutablePointer<Scalar>, count: Int, key: UInt64, below threshold: UInt32,
    scale: Scalar
  ) {
    let low = UInt32(truncatingIfNeeded: key)
    let high = UInt32(truncatingIfNeeded: key >> 32)
    for index in 0..<count {
      x[index] =
        hash(UInt32(truncatingIfNeeded: index), low, high) < threshold ? 0 : x[index] * scale
    }
  }

  /// The 32-bit hash of an element.
  @inline(__always)
  static func hash(_ index: UInt32, _ low: UInt32, _ high: UInt32) -> UInt32 {
    var bits = (index &* 0x9e37_79b9) ^ low
    bits = (bits ^ (bits >> 16)) &* 0x85eb_ca6b
    bits = (bits ^ (bits >> 13) ^ high) &* 0xc2b2_ae35
    return bits ^ (bits >> 16)
  }
}
