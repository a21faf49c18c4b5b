import Glibc

/// The singular values of one matrix, and measures of how evenly it uses its directions.
public struct Spectrum: Equatable, Sendable {
  /// The singular values, largest first.
  public let values: [Double]

  /// Wraps singular values, largest first.
  public init(_ values: [Double]) {
    precondition(
      zip(values, values.dropFirst()).allSatisfy { $0 >= $1 } && (values.last ?? 0) >= 0,
      "Spectrum: singular values must be non-negative and descend")
    self.values = values
  }

  /// `Σ σ`.
  public var sum: Double { values.reduce(0, +) }

  /// The largest singular value, or 0 if there are none.
  public var largest: Double { values.first ?? 0 }

  /// `σ / max σ`; all zeros if every value is zero.
  public var normalized: [Double] { values.map { largest > 0 ? $0 / largest : 0 } }

  /// `ln(σ / max σ)`; negative infinity for a value of zero.
  public var logNormalized: [Double] { normalized.map { log($0) } }

  /// `Σ σ / max σ`: 1 if one direction carries everything, the number of values if all are equal.
  ///
  /// 0 if every value is zero. Guo, Pan, Wang and others, ICML 2024.
  public var informationAbundance: Double { largest > 0 ? sum / largest : 0 }

  /// `exp(−Σ p ln p)` with `p = σ / Σ σ + 1e-7`: a soft count of the directions in use.
  ///
  /// 0 if every value is zero. Garrido et al., ICML 2023.
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
  /// 0 if every value is zero.
  public var effectiveRank: Double {
    let total = sum
    guard total > 0 else { return 0 }
    return exp(
      -values.reduce(0) { entropy, value in
        let share = value / total
        return share > 0 ? entropy + share * log(share) : entropy
      })
  }

  /// `max σ / min σ`: infinite if a direction is unused, 1 if there are no values.
  public var conditionNumber: Double {
    guard let last = values.last else { return 1 }
    return last > 0 ? largest / last : .infinity
  }

  /// The number of values that are at most `share` of the largest: directions that carry nothing.
  public func deadDimensions(below share: Double) -> Int { values.count { $0 <= share * largest } }

  /// The number of largest values that reach `share` of the sum of all; 0 if every value is zero.
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
