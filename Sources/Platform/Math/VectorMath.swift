/// Logarithm, sine and cosine in branch-free arithmetic, so that loops over them vectorise and the
/// bits are the same on every machine.
enum VectorMath {
  /// The natural logarithm of a positive normal number.
  ///
  /// With `x = 2ᵉ·m`, `√½ ≤ m < √2` and `s = (m − 1)/(m + 1)`:
  /// `log x = e·log 2 + 2·Σₙ s²ⁿ⁺¹/(2n + 1)`. Terms beyond n = 10 are below 1e-18.
  @inline(__always)
  static func logarithm(_ x: Double) -> Double {
    let digits = Int64(Double.significandBitCount)
    // Bit patterns are ordered as the numbers: from √½ on, each 2⁵² of them share an exponent.
    let exponent = (Int64(bitPattern: x.bitPattern) &- rootOfHalf) >> digits
    let m = Double(bitPattern: x.bitPattern &- UInt64(bitPattern: exponent << digits))
    let s = (m - 1) / (m + 1)
    let square = s * s
    var sum = 1.0 / 21
    sum = (1.0 / 19).addingProduct(sum, square)
    sum = (1.0 / 17).addingProduct(sum, square)
    sum = (1.0 / 15).addingProduct(sum, square)
    sum = (1.0 / 13).addingProduct(sum, square)
    sum = (1.0 / 11).addingProduct(sum, square)
    sum = (1.0 / 9).addingProduct(sum, square)
    sum = (1.0 / 7).addingProduct(sum, square)
    sum = (1.0 / 5).addingProduct(sum, square)
    sum = (1.0 / 3).addingProduct(sum, square)
    return (2 * s).addingProduct(2 * s * square, sum).addingProduct(Double(exponent), log2)
  }

  /// The cosine and the sine of `2π·turns`, for `turns` from 0 to 1.
  ///
  /// With `4·turns = q + r` and `|r| ≤ ½`, these are the Taylor series of `cos(π/2·r)` and
  /// `sin(π/2·r)`, swapped for odd `q`. Further terms are below 1e-17.
  @inline(__always)
  static func cosineAndSine(ofTurns turns: Double) -> (cosine: Double, sine: Double) {
    // Doubles from 2⁵² on are integers: the sum is rounded to one, which its low bits contain.
    let shifted = 4 * turns + 0x1p52
    let q = shifted.bitPattern
    let angle = (4 * turns - (shifted - 0x1p52)) * (Double.pi / 2)
    let square = angle * angle
    var even = -1.0 / 6_402_373_705_728_000
    even = (1.0 / 20_922_789_888_000).addingProduct(even, square)
    even = (-1.0 / 87_178_291_200).addingProduct(even, square)
    even = (1.0 / 479_001_600).addingProduct(even, square)
    even = (-1.0 / 3_628_800).addingProduct(even, square)
    even = (1.0 / 40_320).addingProduct(even, square)
    even = (-1.0 / 720).addingProduct(even, square)
    even = (1.0 / 24).addingProduct(even, square)
    even = (-1.0 / 2).addingProduct(even, square)
    even = 1.0.addingProduct(even, square)
    var odd = 1.0 / 355_687_428_096_000
    odd = (-1.0 / 1_307_674_368_000).addingProduct(odd, square)
    odd = (1.0 / 6_227_020_800).addingProduct(odd, square)
    odd = (-1.0 / 39_916_800).addingProduct(odd, square)
    odd = (1.0 / 362_880).addingProduct(odd, square)
    odd = (-1.0 / 5_040).addingProduct(odd, square)
    odd = (1.0 / 120).addingProduct(odd, square)
    odd = (-1.0 / 6).addingProduct(odd, square)
    odd = angle.addingProduct(angle * square, odd)
    let (cosine, sine) = q & 1 == 0 ? (even, odd) : (odd, even)
    // The cosine is negative in the second and the third quarter, the sine in the last two.
    return (
      Double(bitPattern: cosine.bitPattern ^ ((q &+ 1) & 2) << 62),
      Double(bitPattern: sine.bitPattern ^ (q & 2) << 62)
    )
  }

  /// The bit pattern of √½.
  private static let rootOfHalf: Int64 = 0x3fe6_a09e_667f_3bcd
  private static let log2 = 0x1.62e42fefa39efp-1
}
