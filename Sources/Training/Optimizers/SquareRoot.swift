import CVector
import LinearAlgebra

extension VectorKernels {
  /// `√x` of every lane, correctly rounded, in as many instructions as the registers need.
  ///
  /// Swift's own takes the lanes one by one.
  @inline(__always)
  static func squareRoot(_ lanes: Lanes) -> Lanes {
    #if SFG_DOUBLE
      sfg_square_root_double8(lanes)
    #else
      sfg_square_root_float16(lanes)
    #endif
  }
}
