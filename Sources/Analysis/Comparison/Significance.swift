import Glibc

/// Two-sided p-values and 95 % bounds of the normal and Student distributions.
enum Significance {
  /// The bound of the central 95 % of the standard normal distribution.
  static let normalBound = 1.959963984540054

  /// `P(|Z| ≥ |z|)` for the standard normal distribution.
  static func normal(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// `P(|T| ≥ |t|)` for Student's t distribution: `I_{ν/(ν + t²)}(ν/2, ½)`.
  static func student(_ t: Double, degrees: Double) -> Double {
    t.isFinite ? incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) : 0
  }

  /// The bound of the central 95 % of Student's t distribution.
  static func studentBound(degrees: Double) -> Double {
    var (low, high) = (0.0, 1e3)
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if student(middle, degrees: degrees) > 0.05 { low = middle } else { high = middle }
    }
    return high
  }

  /// The regularised incomplete beta function `I_x(a, b)`, by a continued fraction (DLMF 8.17.22).
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast up to this point; beyond it, use I_x(a, b) = 1 − I_{1−x}(b, a).
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let front =
      exp(
        lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * fraction(x, a, b)
  }

  /// The continued fraction, by Lentz's method (1976).
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var value = d
    for step in 1...10_000 {
      let m = Double(step)
      for coefficient in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / kept(1 + coefficient * d)
        c = kept(1 + coefficient / c)
        value *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return value
  }
}

/// The areas under the ROC curves of several models on the same rows, and their covariance.
///
/// For `m` clicked rows with scores `x` and `n` others with scores `y`, `ψ(x, y)` is 1 if `x > y`,
/// ½ if they are equal, else 0. `AUC = Σ ψ / mn`; with the components `V₁₀(i) = Σ_j ψ(xᵢ, yⱼ)/n`
/// and `V₀₁(j) = Σ_i ψ(xᵢ, yⱼ)/m`, the covariance of two models' areas is `S₁₀/m + S₀₁/n`, where
/// `S` are the components' unbiased covariances (DeLong, DeLong and Clarke-Pearson, Biometrics
/// 1988). Components are computed from midranks, in O(rows · log rows) per model (Sun and Xu, IEEE
/// Signal Processing Letters 2014).
public struct DeLong: Sendable {
  /// The area of each model.
  public let areas: [Double]
  /// The covariance matrix of the areas; a class with a single row contributes zero.
  public let covariance: [[Double]]

  /// Compares models by their scores of the same rows; nil if a class is missing.
  public init?(scores: [[Double]], clicked: [Bool]) {
    precondition(
      scores.allSatisfy { $0.count == clicked.count },
      "DeLong: \(scores.map(\.count)) scores of \(clicked.count) rows")
    let positives = clicked.count(where: \.self)
    let negatives = clicked.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let models = scores.map { Components($0, clicked) }
    areas = models.map(\.area)
    covariance = models.map { first in
      models.map { second in
        Self.covariance(first.ofClicked, second.ofClicked) / Double(positives)
          + Self.covariance(first.ofOthers, second.ofOthers) / Double(negatives)
      }
    }
  }

  /// The variance of the difference of two models' areas, at least zero.
  public func variance(ofDifference first: Int, _ second: Int) -> Double {
    max(covariance[first][first] + covariance[second][second] - 2 * covariance[first][second], 0)
  }

  /// The components of one model.
  private struct Components {
    let area: Double
    let ofClicked: [Double]
    let ofOthers: [Double]

    init(_ scores: [Double], _ clicked: [Bool]) {
      let all = Midranks.of(scores)
      let positive = clicked.indices.filter { clicked[$0] }
      let negative = clicked.indices.filter { !clicked[$0] }
      let (m, n) = (Double(positive.count), Double(negative.count))
      let ownPositive = Midranks.of(positive.map { scores[$0] })
      let ownNegative = Midranks.of(negative.map { scores[$0] })
      // The rank of a clicked row among all rows, minus that among clicked ones, counts others
      // below.
      ofClicked = zip(positive, ownPositive).map { (all[$0] - $1) / n }
      ofOthers = zip(negative, ownNegative).map { 1 - (all[$0] - $1) / m }
      area = Midranks.area(all, of: positive)
    }
  }

  /// The unbiased covariance of two lists; zero for a single pair.
  private static func covariance(_ x: [Double], _ y: [Double]) -> Double {
    guard x.count > 1 else { return 0 }
    let (xMean, yMean) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    return zip(x, y).reduce(0) { $0 + ($1.0 - xMean) * ($1.1 - yMean) } / Double(x.count - 1)
  }
}

/// Ranks from 1, where equal numbers share the mean of their ranks.
enum Midranks {
  /// The midrank of each number.
  static func of(_ numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var ranks = [Double](repeating: 0, count: numbers.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && numbers[order[end]] == numbers[order[start]] { end += 1 }
      // Ranks start + 1 … end.
      for index in start..<end { ranks[order[index]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }

  /// The area under the ROC curve of some scores; nil if a class is missing.
  static func area(under scores: [Double], clicked: [Bool]) -> Double? {
    let positive = clicked.indices.filter { clicked[$0] }
    guard !positive.isEmpty, positive.count < clicked.count else { return nil }
    return area(of(scores), of: positive)
  }

  /// The share of pairs of a clicked row and another in which the clicked one has the higher rank.
  static func area(_ ranks: [Double], of positive: [Int]) -> Double {
    let (m, n) = (Double(positive.count), Double(ranks.count - positive.count))
    return (positive.reduce(0) { $0 + ranks[$1] } - m * (m + 1) / 2) / (m * n)
  }
}
