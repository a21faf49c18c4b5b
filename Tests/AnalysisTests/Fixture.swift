import Foundation
import LinearAlgebra
import Models

@testable import Analysis

/// What numpy found in two small operands and a table: made by Scripts/reference/analysis/make_fixture.py.
struct Fixture: Decodable {
  struct NumpySpectrum: Decodable {
    let values: [Double]
    let logNormalized: [Double?]
    let informationAbundance: Double
    let rankme: Double
    let count98: Int

    enum CodingKeys: String, CodingKey {
      case values, rankme
      case logNormalized = "log_normalized"
      case informationAbundance = "information_abundance"
      case count98 = "count_98"
    }
  }

  let left: [[Double]]
  let right: [[Double]]
  let covariance: [[Double]]
  let covarianceSpectrum: NumpySpectrum
  let uncentredSpectrum: NumpySpectrum
  let pearson: [[Double]]
  let constantLeft: Int
  let constantRight: Int
  let fields: [[Double]]
  let meanOffDiagonal: Double
  let meanOffOwnField: Double
  let shareAboveTenth: Double
  let shareAboveHalf: Double
  let table: [[Double]]
  let seen: [UInt32]
  let tableSpectrum: NumpySpectrum

  enum CodingKeys: String, CodingKey {
    case left, right, covariance, pearson, fields, table, seen
    case covarianceSpectrum = "covariance_spectrum"
    case uncentredSpectrum = "uncentred_spectrum"
    case constantLeft = "constant_left"
    case constantRight = "constant_right"
    case meanOffDiagonal = "mean_off_diagonal"
    case meanOffOwnField = "mean_off_own_field"
    case shareAboveTenth = "share_above_0.1"
    case shareAboveHalf = "share_above_0.5"
    case tableSpectrum = "table_spectrum"
  }

  static func load() throws -> Fixture {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/statistics.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
  }
}

extension Matrix {
  /// A matrix of these rows.
  static func of(_ rows: [[Double]]) -> Matrix {
    let matrix = Matrix(rows: rows.count, columns: rows[0].count)
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { matrix[row, column] = Scalar(value) }
    }
    return matrix
  }
}

extension RunDescription {
  static func example(
    _ name: String = "fm_gen", _ paradigm: Paradigm = .generative
  ) -> RunDescription {
    RunDescription(
      name: name, paradigm: paradigm, backbone: "fm",
      metrics: [("AUC", 0.75), ("logloss", 0.5), ("calibration", nil)])
  }
}

/// Runs `body` with the path of a folder that does not exist yet and is deleted afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}
