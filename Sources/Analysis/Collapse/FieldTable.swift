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

  /// The spectrum of the touched rows, uncentred.
  ///
  /// Information abundance is defined on this matrix (Guo, Pan, Wang and others, ICML 2024). Throws `DecompositionFailure`.
  func spectrum() throws -> FieldSpectrum {
    let factor = StreamingQR(columns: table.columns)
    for row in seen { try factor.add(table.row(Int(row))) }
    return FieldSpectrum(
      name: name, tableRows: table.rows, rowsSeen: seen.count,
      spectrum: Spectrum(try factor.singularValues()))
  }
}

/// How evenly one field's embeddings use their dimensions.
public struct FieldSpectrum: Equatable, Sendable {
  /// The field's name.
  public let name: String
  /// Rows of its table.
  public let tableRows: Int
  /// Rows that training touched: those the spectrum is of.
  public let rowsSeen: Int
  /// The singular values, one a dimension.
  public let spectrum: Spectrum

  /// Elements of one embedding.
  public var dimension: Int { spectrum.values.count }

  /// The most that information abundance could be: no more directions than rows or dimensions.
  public var attainable: Int { min(rowsSeen, dimension) }

  /// Information abundance over the most that it could be; nil for a field that training never met.
  public var evenness: Double? {
    attainable > 0 ? spectrum.informationAbundance / Double(attainable) : nil
  }
}
