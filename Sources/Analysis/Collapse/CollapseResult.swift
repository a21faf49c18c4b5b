import LinearAlgebra

/// The spectra of one run.
public struct CollapseResult: AnalysisResult {
  /// The run.
  public var run: RunDescription
  /// The matrices that the spectra are of.
  public let centring: Centring
  /// The requested representations, in the order of the model's computation.
  public let representations: [RepresentationSpectrum]
  /// The embedding tables in ascending order of cardinality; none if they were not requested.
  public let fields: [FieldSpectrum]

  /// The representation that headlines describe: the input of the interactions.
  public var main: RepresentationSpectrum? {
    representations.first { $0.name == "encoder" } ?? representations.first
  }
}

/// How evenly one representation uses its directions.
public struct RepresentationSpectrum: Sendable {
  /// Its name, such as "encoder.1".
  public let name: String
  /// The number of rows; if several layers are stacked, of all of them.
  public let rows: Int
  /// The biased covariance.
  public let covariance: DoubleMatrix
  /// The matrix that `spectrum` is of.
  public let centring: Centring
  /// The singular values of the chart, and of all measures except RankMe.
  public let spectrum: Spectrum
  /// The singular values of the uncentred matrix, on which RankMe is defined.
  public let own: Spectrum
  /// The number of columns with the same value in all rows.
  public let constantDimensions: Int
  /// The largest rank that the distinct values of the fields in the rows allow, of any weights.
  public let attainable: Int

  /// The number of columns.
  public var dimensions: Int { spectrum.values.count }

  /// The directions that the rows allow and the spectrum lacks.
  public var lostDimensions: Int { max(0, attainable - (dimensions - deadDimensions)) }

  /// The number of directions whose singular value is zero within rounding errors.
  public var deadDimensions: Int { centring.deadDimensions(in: spectrum) }
}

/// How evenly one field's embeddings use their dimensions.
public struct FieldSpectrum: Equatable, Sendable {
  /// The field's name.
  public let name: String
  /// The number of rows of its table.
  public let tableRows: Int
  /// The number of rows that training touched, which the spectra describe.
  public let rowsSeen: Int
  /// The matrix that `spectrum` is of.
  public let centring: Centring
  /// The singular values, one per dimension.
  public let spectrum: Spectrum
  /// The singular values of the uncentred touched rows.
  ///
  /// The information abundance of a table is defined on this spectrum (Guo et al., ICML 2024).
  public let own: Spectrum

  /// The dimension of the embeddings.
  public var dimension: Int { spectrum.values.count }

  /// The maximum of information abundance, which rows and dimensions bound.
  public var attainable: Int { min(rowsSeen, dimension) }

  /// The table's information abundance over its maximum; nil if training touched no row.
  public var evenness: Double? {
    attainable > 0 ? own.informationAbundance / Double(attainable) : nil
  }

  /// The number of directions whose singular value is zero within rounding errors.
  public var deadDimensions: Int { centring.deadDimensions(in: spectrum) }

  /// The directions that the rows allow and the spectrum lacks.
  ///
  /// The rows of a table differ from their mean in one direction fewer than there are rows.
  public var lostDimensions: Int {
    let possible = centring == .covariance ? min(max(rowsSeen - 1, 0), dimension) : attainable
    return max(0, possible - (dimension - deadDimensions))
  }
}

/// Whether a spectrum is of the covariance or of the matrix itself.
public enum Centring: String, Sendable {
  /// The singular values of the biased covariance `(Z − Z̄)ᵀ(Z − Z̄) / n`.
  case covariance
  /// The singular values of the uncentred `Z`.
  case raw
}

extension Centring {
  /// The number of values `σ ≤ D·ε·σ₁` of a covariance of `D` dimensions, `ε = 2⁻⁵²`, as in numpy.
  ///
  /// The singular values of the matrix itself are square roots of those, so their bound is one too.
  func deadDimensions(in spectrum: Spectrum) -> Int {
    spectrum.deadDimensions(below: rounding(of: spectrum))
  }

  /// The share of the largest value up to which a value is zero within rounding errors.
  func rounding(of spectrum: Spectrum) -> Double { rounding(dimensions: spectrum.values.count) }

  /// The same of a spectrum of some dimensions.
  func rounding(dimensions: Int) -> Double {
    let bound = Double(dimensions) * Double.ulpOfOne
    return self == .covariance ? bound : bound.squareRoot()
  }
}
