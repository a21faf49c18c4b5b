import Foundation
import TestSupport
import Testing

@testable import Analysis

@Suite struct AxisTests {
  @Test func ticksAreRoundAndInside() {
    #expect(Ticks.round(-43.2, 0, count: 6) == [-40, -30, -20, -10, 0])
    #expect(Ticks.step(390, count: 8) == 50)
    #expect(Ticks.round(0, 0, count: 5) == [0])
    #expect(NumberFormat.tick(-0.2, step: 0.2) == "\u{2212}0.2")
    #expect(NumberFormat.grouped(-1_234_567) == "\u{2212}1,234,567")
    #expect(NumberFormat.fixed(-0.001, 2) == "0.00")
  }

  /// Two ticks give an axis a scale; one gives it a place only.
  @Test func everyAxisHasTwoTicksWithDifferentLabels() {
    // Multiples of 1 in 0.1...1.9, about 3 of them, are 1 alone.
    #expect(Ticks.round(0.1, 1.9, count: 3).count == 1)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let lower = Double.random(in: -1...1, using: &random) * pow(10, .random(in: -6...6))
      let span = pow(10, Double.random(in: -6...6))
      for count in 2...8 {
        let axis = Axis.linear(lower, lower + span, count: count)
        // Below the resolution of double precision there is nothing to tell apart.
        guard span > abs(lower) * 1e-9 else { continue }
        #expect(axis.ticks.count >= 2, "\(lower) to \(lower + span), \(count)")
        #expect(Set(axis.ticks.map(axis.text)).count == axis.ticks.count)
        #expect(
          axis.ticks.allSatisfy { $0 >= lower - span * 1e-6 && $0 <= lower + span * 1.000001 })
      }
      let low = pow(10, Double.random(in: -8...2))
      let logarithmic = Axis.logarithmic(low, low * pow(10, .random(in: 0.05...8)))
      #expect(logarithmic.ticks.count >= 2, "\(logarithmic.lower) to \(logarithmic.upper)")
    }
  }

  @Test func equalRatiosHaveEqualLengthsOnALogarithmicAxis() {
    let axis = Axis.factor([0.01, 0.1, 1, 10])
    #expect(axis.spacing == .logarithmic && axis.ticks == [0.01, 0.1, 1, 10])
    let places = axis.ticks.map(axis.place)
    let lengths = zip(places.dropFirst(), places).map(-)
    for length in lengths { expectClose(length, lengths[0], .exact) }
    #expect(axis.ticks.map(axis.text) == ["0.01", "0.1", "1", "10"])
  }

  @Test func zeroIsSetApartOnALogarithmicAxis() {
    let axis = Axis.factor([0, 1e-6, 1e-5, 1e-4])
    #expect(axis.spacing == .logarithmicAfterZero)
    let places = [0, 1e-6, 1e-5, 1e-4].map(axis.place)
    #expect(places == places.sorted() && places[0] < Axis.zeroShare && places[1] > Axis.zeroShare)
    expectClose(places[2] - places[1], places[3] - places[2], .exact)
    #expect(axis.ticks.map(axis.text) == ["0", "10⁻⁶", "10⁻⁵", "0.0001"])
  }

  @Test(arguments: [
    ([1, 2, 3, 4], Axis.Spacing.linear), ([0, 0.1, 0.2, 0.5], .linear), ([-1, 0, 10], .linear),
    ([4, 8, 16, 32, 64], .logarithmic), ([10, 1000], .logarithmic), ([2, 3], .linear),
    ([5], .linear),
  ])
  func anAxisIsLogarithmicWhereThatSpacesItsValuesMoreEvenly(
    values: [Double], spacing: Axis.Spacing
  ) {
    let axis = Axis.factor(values)
    #expect(axis.spacing == spacing && axis.ticks.count >= 2)
    let places = values.sorted().map(axis.place)
    #expect(zip(places.dropFirst(), places).allSatisfy { $0 > $1 })
  }

  @Test func labelsOfValuesAreShort() {
    #expect(
      [0.001, 2e-5, 1e5, 0.3, 64, -1.5, 0, 12_345].map(NumberFormat.value) == [
        "0.001", "2·10⁻⁵", "10⁵", "0.3", "64", "\u{2212}1.5", "0", "12,345",
      ])
  }
}
