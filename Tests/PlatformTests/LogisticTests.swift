import Glibc
import Platform
import Testing

@Suite struct LogisticTests {
  private static let logits = [0.0, -0.0, 1e-300, 0.3, -0.3, 5, -5, 36.8, -36.8, 700, -700]

  @Test(arguments: logits)
  func probabilityEqualsTheFormulaWithoutOverflow(logit: Double) {
    let expected = 1 / (1 + exp(-logit))
    #expect(abs(Logistic(logit).probability - expected) <= 4 * expected.ulp)
    #expect(Logistic.sigmoid(logit) == Logistic(logit).probability)
    // A Float's exponential underflows below −103.
    if logit > -80 {
      let error = abs(Double(Logistic.sigmoid(Float(logit))) - expected)
      #expect(error <= 4e-6 * expected)
    }
  }

  @Test(arguments: logits)
  func lossIsTheNegativeLogarithmOfTheProbability(logit: Double) {
    for clicked in [true, false] {
      let expected =
        clicked ? -log(Logistic(logit).probability) : -log(Logistic(-logit).probability)
      let error = abs(Logistic(logit).loss(clicked: clicked) - expected)
      #expect(error <= 1e-14 * expected + 2e-16)
    }
  }

  @Test func extremeLogitsNeitherOverflowNorVanish() {
    for logit in [1e308, Double.infinity] {
      #expect(Logistic(logit).probability == 1 && Logistic(-logit).probability == 0)
      #expect(Logistic(logit).loss(clicked: true) == 0)
      #expect(Logistic(logit).loss(clicked: false) == logit)
      #expect(Logistic.sigmoid(Float(logit)) == 1 && Logistic.sigmoid(-Float(logit)) == 0)
    }
    #expect(Logistic(-740).probability > 0)
    // Lost if the decay were added to 1 first.
    #expect(Logistic(40).loss(clicked: true) == exp(-40))
    #expect(Logistic(.nan).probability.isNaN && Logistic(.nan).loss(clicked: true).isNaN)
  }
}
