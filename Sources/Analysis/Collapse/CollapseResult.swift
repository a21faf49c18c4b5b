import LinearAlgebra

/// What a `CollapseAnalysis` found in one run.
public struct CollapseResult: Sendable {
  /// The run.
  public var run: RunDescription
  /// What the spectra are of.
  public let centring: Centring
  /// The representations that were asked for, in the order of the model's computation.
  public let representations: [RepresentationSpectrum]
  /// The embedding tables, fields of few values first; none where they were not asked for.
  public let fields: [FieldSpectrum]

  /// The representation that stands for the run in a headline: what its interactions read.
  public var main: RepresentationSpectrum? {
    representations.first { $0.name == "encoder" } ?? representations.first
  }
}

/// How evenly one representation uses its directions.
public struct RepresentationSpectrum: Sendable {
  /// Its name, such as "encoder.1".
  public let name: String
  /// Rows analysed; those of several layers stacked count each.
  public let rows: Int
  /// The biased covariance.
  public let covariance: DoubleMatrix
  /// What `spectrum` is of.
  public let centring: Centring
  /// The singular values that the chart shows and all measures but RankMe are of.
  public let spectrum: Spectrum
  /// The singular values of the matrix itself, uncentred: RankMe is that of this spectrum.
  public let own: Spectrum
  /// Columns that never change.
  public let constantDimensions: Int

  /// Columns.
  public var dimensions: Int { spectrum.values.count }

  /// Directions that carry nothing beyond rounding, as `Centring.deadDimensions` counts them.
  public var deadDimensions: Int { centring.deadDimensions(in: spectrum) }
}

extension Centring {
  /// Values `σ ≤ D·ε·σ₁` of a covariance of `D` dimensions, with `ε = 2⁻⁵²`, as numpy's `matrix_rank` counts them.
  ///
  /// Those of the matrix itself are square roots, and so is their bound.
  func deadDimensions(in spectrum: Spectrum) -> Int {
    let bound = Double(spectrum.values.count) * Double.ulpOfOne
    return spectrum.deadDimensions(below: self == .covariance ? bound : bound.squareRoot())
  }
}
