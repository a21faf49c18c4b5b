/// The areas under the ROC curves of several models on the same rows, and their covariance.
///
/// For `m` clicked rows with scores `x` and `n` others with scores `y`, `ψ(x, y)` is 1 where `x > y`, ½ where they are
/// equal, else 0. `AUC = Σ ψ / mn`; with the components `V₁₀(i) = Σ_j ψ(xᵢ, yⱼ)/n` and `V₀₁(j) = Σ_i ψ(xᵢ, yⱼ)/m`, the
/// covariance of two models' areas is `S₁₀/m + S₀₁/n`, where `S` are the components' unbiased covariances (DeLong,
/// DeLong and Clarke-Pearson, Biometrics 1988). Components come from midranks, in O(rows · log rows) a model (Sun and
/// Xu, IEEE Signal Processing Letters 2014).
public struct DeLong: Sendable {
  /// The area of each model.
  public let areas: [Double]
  /// The covariance of the areas, model by model; zero where a class has a single row.
  public let covariance: [[Double]]

  /// Compares models by the scores that they give the same rows; nil where a class is missing.
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

  /// The variance of the difference of two models' areas, never below zero.
  public func variance(ofDifference first: Int, _ second: Int) -> Double {
    max(
      covariance[first][first] + covariance[second][second] - 2 * covariance[first][second], 0)
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
      // A clicked row's rank among all, less that among the clicked, counts the others below it.
      ofClicked = zip(positive, ownPositive).map { (all[$0] - $1) / n }
      ofOthers = zip(negative, ownNegative).map { 1 - (all[$0] - $1) / m }
      area = (positive.reduce(0) { $0 + all[$1] } - m * (m + 1) / 2) / (m * n)
    }
  }

  /// The unbiased covariance of two lists; zero for a single pair.
  private static func covariance(_ x: [Double], _ y: [Double]) -> Double {
    guard x.count > 1 else { return 0 }
    let (xMean, yMean) = (
      x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count)
    )
    return zip(x, y).reduce(0) { $0 + ($1.0 - xMean) * ($1.1 - yMean) } / Double(x.count - 1)
  }
}

/// Ranks from 1, equal numbers sharing the mean of theirs.
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
}
