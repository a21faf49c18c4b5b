import LinearAlgebra

#if SFG_DOUBLE
  /// A logit as an unsigned integer that sorts as the logit does.
  typealias LogitKey = UInt64
#else
  /// A logit as an unsigned integer that sorts as the logit does.
  typealias LogitKey = UInt32
#endif

extension LogitKey {
  /// The bits of a logit, rearranged: `a < b` exactly where `key(a) < key(b)`, and -0 has the key of +0.
  @inline(__always)
  init(ordering logit: Scalar) {
    let signBit: LogitKey = 1 << (LogitKey.bitWidth - 1)
    // Adding zero turns -0 into +0.
    let bits = (logit + 0).bitPattern
    self = bits & signBit == 0 ? bits | signBit : ~bits
  }
}
