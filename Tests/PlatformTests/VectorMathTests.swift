import Glibc
import Testing

@testable import Platform

@Suite struct VectorMathTests {
  /// Numbers where the exponent or `m` changes, and the extremes of the range in use.
  @Test(arguments: [
    1, 0.5, 0.25, 0.5.squareRoot(), 0.5.squareRoot().nextDown, 1.0.nextDown, 0.75, 0x1p-53,
    0x1p-1000, 2, 3, 1e300,
  ])
  func logarithmsOfCornerCases(x: Double) {
    #expect(abs(VectorMath.logarithm(x) - log(x)) <= 2 * log(x).ulp)
  }

  @Test func logarithmsOfManyNumbers() {
    let random = CounterRandom(seed: 1, stream: 1)
    for position in UInt64(0)..<200_000 {
      let x = 1 - random.uniform(position)
      #expect(abs(VectorMath.logarithm(x) - log(x)) <= 2 * log(x).ulp)
    }
  }

  @Test func quartersAreExact() {
    for (turns, cosine, sine) in [
      (0.0, 1.0, 0.0), (0.25, 0, 1), (0.5, -1, 0), (0.75, 0, -1), (1, 1, 0),
    ] {
      #expect(VectorMath.cosineAndSine(ofTurns: turns) == (cosine, sine))
    }
  }

  /// Compared with the system's functions, corrected for the rounding of their angle.
  @Test func cosinesAndSinesOfManyAngles() {
    let random = CounterRandom(seed: 1, stream: 2)
    let eighths = (0...8).flatMap {
      [Double($0) / 8, (Double($0) / 8).nextUp, (Double($0) / 8).nextDown]
    }
    let turns = eighths.filter { (0...1).contains($0) } + (0..<200_000).map { random.uniform($0) }
    for turn in turns {
      let found = VectorMath.cosineAndSine(ofTurns: turn)
      #expect(abs(found.cosine - Self.exact(turn, cos, sin)) <= 3e-16)
      #expect(abs(found.sine - Self.exact(turn, sin, cos)) <= 3e-16)
    }
  }

  /// `f(2π·turn)`, corrected to first order for the rounding of the angle:
  /// `f(a + δ) ≈ f(a) ± δ·g(a)`.
  private static func exact(
    _ turn: Double, _ f: (Double) -> Double, _ g: (Double) -> Double
  ) -> Double {
    let angle = 2 * Double.pi * turn
    let lost = (-angle).addingProduct(2 * Double.pi, turn) + 2.4492935982947064e-16 * turn
    let sign: Double = f(0) == 0 ? 1 : -1
    return f(angle) + sign * lost * g(angle)
  }
}
