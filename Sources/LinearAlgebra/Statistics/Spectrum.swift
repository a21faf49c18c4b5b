import Glibc

/// The singular values of one matrix, and the numbers that say how evenly it uses its directions.
public struct Spectrum: Equatable, Sendable {
  /// The singular values, largest first.
  public let values: [Double]

  /// Wraps singular values given largest first.
  public init(_ values: [Double]) {
    precondition(
      zip(values, values.dropFirst()).allSatisfy { $0 >= $1 } && (values.last ?? 0) >= 0,
      "Spectrum: singular values must be non-negative and descend")
    self.values = values
  }

  /// `Σ σ`.
  public var sum: Double { values.reduce(0, +) }

  /// The largest singular value, 0 where there is none.
  public var largest: Double { values.first ?? 0 }

  /// `σ / max σ`; all zeros where every value is zero.
  public var normalized: [Double] { values.map { largest > 0 ? $0 / largest : 0 } }

  /// `ln(σ / max σ)`; negative infinity where a value is zero.
  public var logNormalized: [Double] { normalized.map { log($0) } }

  /// `Σ σ / max σ`: 1 where one direction carries everything, the number of values where all carry the same.
  ///
  /// 0 where every value is zero. Guo, Pan, Wang and others, ICML 2024.
  public var informationAbundance: Double { largest > 0 ? sum / largest : 0 }

  /// `exp(−Σ p ln p)` with `p = σ / Σ σ + 1e-7`: the number of directions in use, counted softly.
  ///
  /// 0 where every value is zero. Garrido et al., ICML 2023.
  public var rankMe: Double {
    let total = sum
    guard total > 0 else { return 0 }
    return exp(
      -values.reduce(0) { entropy, value in
        let share = value / total + 1e-7
        return entropy + share * log(share)
      })
  }

  /// `exp(−Σ p ln p)` with `p = σ / Σ σ`: the effective rank (Roy and Vetterli, EUSIPCO 2007).
  ///
  /// 0 where every value is zero.
  public var effectiveRank: Double {
    let total = sum
    guard total > 0 else { return 0 }
    return exp(
      -values.reduce(0) { entropy, value in
        let share = value / total
        return share > 0 ? entropy + share * log(share) : entropy
      })
  }

  /// `max σ / min σ`: infinite where a direction is not used at all, 1 where there is none.
  public var conditionNumber: Double {
    guard let last = values.last else { return 1 }
    return last > 0 ? largest / last : .infinity
  }

  /// How many values are no more than a share of the largest: directions that carry nothing.
  public func deadDimensions(below share: Double) -> Int {
    values.count { $0 <= share * largest }
  }

  /// How many of the largest values it takes to reach a share of their sum; 0 where every value is zero.
  public func count(reaching share: Double) -> Int {
    let bound = share * sum
    guard bound > 0 else { return 0 }
    var running = 0.0
    for (index, value) in values.enumerated() {
      running += value
      if running >= bound { return index + 1 }
    }
    return values.count
  }
}
