import LinearAlgebra
import Models
import Platform

/// One field's embedding table and the rows of it that training touched.
public struct FieldTable {
  /// The field's name.
  public let name: String
  /// The table, `[rows, dimension]`.
  public let table: MatrixView
  /// The rows that training touched, in any order.
  public let seen: [UInt32]

  /// Describes a table.
  public init(name: String, table: MatrixView, seen: [UInt32]) {
    self.name = name
    self.table = table
    self.seen = seen
  }

  /// The tables of a model's embeddings with the rows that its training touched.
  public static func all(of model: CTRModel) -> [FieldTable] {
    let parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.value) })
    return zip(model.schema, model.touchedRows).compactMap { field, touched in
      parameters["embedding.\(field.name).weight"].map { table in
        FieldTable(
          name: field.name, table: table.view,
          seen: (0..<UInt32(touched.tableRows)).filter { touched.seen[Int($0)] != 0 })
      }
    }
  }

  /// The spectra of the touched rows, as they are and less their mean.
  ///
  /// Throws `DecompositionFailure`.
  func spectrum(_ centring: Centring) throws -> FieldSpectrum {
    let factor = StreamingQR(columns: table.columns)
    for row in seen { try factor.add(table.row(Int(row))) }
    let own = Spectrum(try factor.singularValues())
    return FieldSpectrum(
      name: name, tableRows: table.rows, rowsSeen: seen.count, centring: centring,
      spectrum: centring == .raw ? own : try covarianceSpectrum(), own: own)
  }

  /// `σ(covariance) = σ(E − Ē)² / n`.
  private func covarianceSpectrum() throws -> Spectrum {
    let count = Double(max(seen.count, 1))
    var means = [Double](repeating: 0, count: table.columns)
    for row in seen {
      let values = table.row(Int(row))
      for column in means.indices { means[column] += Double(values[column]) }
    }
    for column in means.indices { means[column] /= count }
    let factor = StreamingQR(columns: table.columns)
    for row in seen { try factor.add(table.row(Int(row)), minus: means) }
    return Spectrum(try factor.singularValues().map { $0 * $0 / count })
  }
}

/// How evenly one field's embeddings use their dimensions.
public struct FieldSpectrum: Equatable, Sendable {
  /// The field's name.
  public let name: String
  /// Rows of its table.
  public let tableRows: Int
  /// Rows that training touched, those the spectra are of: the field's cardinality in the training rows.
  public let rowsSeen: Int
  /// What `spectrum` is of.
  public let centring: Centring
  /// The singular values, one a dimension, as for any representation.
  public let spectrum: Spectrum
  /// The singular values of the touched rows as they are.
  ///
  /// Information abundance of an embedding table is that of this spectrum (Guo, Pan, Wang and others, ICML 2024).
  public let own: Spectrum

  /// Elements of one embedding.
  public var dimension: Int { spectrum.values.count }

  /// The most that information abundance could be: no more directions than rows or dimensions.
  public var attainable: Int { min(rowsSeen, dimension) }

  /// The table's information abundance over the most that it could be; nil for a field that training never met.
  public var evenness: Double? {
    attainable > 0 ? own.informationAbundance / Double(attainable) : nil
  }

  /// Directions that carry nothing beyond rounding, as `Centring.deadDimensions` counts them.
  public var deadDimensions: Int { centring.deadDimensions(in: spectrum) }
}
