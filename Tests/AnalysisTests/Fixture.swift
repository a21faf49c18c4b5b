import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport

@testable import Analysis

/// Results of numpy for two small operands and a table, from
/// Scripts/reference/analysis/make_fixture.py.
struct Fixture: Decodable {
  struct NumpySpectrum: Decodable {
    let values: [Double]
    let logNormalized: [Double?]
    let sum: Double
    let informationAbundance: Double
    let rankme: Double
    let effectiveRank: Double
    let count98: Int
    let conditionNumber: Double?
    let dead: Int

    enum CodingKeys: String, CodingKey {
      case values, rankme, sum, dead
      case logNormalized = "log_normalized"
      case informationAbundance = "information_abundance"
      case effectiveRank = "effective_rank"
      case count98 = "count_98"
      case conditionNumber = "condition_number"
    }
  }

  struct NumpyRedundancy: Decodable {
    let r: [[Double]]
    let fields: [[Double]]
    let pairsLeftOut: Int
    let meanOwnField: Double
    let meanOffDiagonal: Double
    let meanOffOwnField: Double
    let shareAboveTenth: Double
    let shareAboveHalf: Double
    let frobenius: Double
    let barlowTwins: Double

    enum CodingKeys: String, CodingKey {
      case r, fields, frobenius
      case pairsLeftOut = "pairs_left_out"
      case meanOwnField = "mean_own_field"
      case meanOffDiagonal = "mean_off_diagonal"
      case meanOffOwnField = "mean_off_own_field"
      case shareAboveTenth = "share_above_0.1"
      case shareAboveHalf = "share_above_0.5"
      case barlowTwins = "barlow_twins"
    }
  }

  let left: [[Double]]
  let right: [[Double]]
  let covariance: [[Double]]
  let covarianceSpectrum: NumpySpectrum
  let uncentredSpectrum: NumpySpectrum
  let stackedCovarianceSpectrum: NumpySpectrum
  let stackedUncentredSpectrum: NumpySpectrum
  let between: NumpyRedundancy
  let withinLeft: NumpyRedundancy
  let withinRight: NumpyRedundancy
  let betweenLater: NumpyRedundancy
  let withinEarlier: NumpyRedundancy
  let constantLeft: Int
  let constantRight: Int
  let table: [[Double]]
  let seen: [UInt32]
  let tableSpectrum: NumpySpectrum
  let tableCovarianceSpectrum: NumpySpectrum

  static func load() throws -> Fixture {
    try JSONDecoder().decode(Fixture.self, from: data("statistics"))
  }

  /// The bytes of a committed file.
  static func data(_ name: String) throws -> Data {
    try Data(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/\(name).json"))
  }

  enum CodingKeys: String, CodingKey {
    case left, right, covariance, between, table, seen
    case covarianceSpectrum = "covariance_spectrum"
    case uncentredSpectrum = "uncentred_spectrum"
    case stackedCovarianceSpectrum = "stacked_covariance_spectrum"
    case stackedUncentredSpectrum = "stacked_uncentred_spectrum"
    case withinLeft = "within_left"
    case withinRight = "within_right"
    case betweenLater = "between_later"
    case withinEarlier = "within_earlier"
    case constantLeft = "constant_left"
    case constantRight = "constant_right"
    case tableSpectrum = "table_spectrum"
    case tableCovarianceSpectrum = "table_covariance_spectrum"
  }
}

extension Matrix {
  /// A matrix with these rows.
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
      name: name, paradigm: paradigm, backbone: .fm,
      metrics: [("AUC", 0.75), ("logloss", 0.5), ("calibration", nil)])
  }
}

extension Snapshot {
  /// A snapshot of matrices that belong to no model.
  static func of(
    rows: Int, schema: [FieldSchema] = FieldSchema.mixed(fields: 4),
    _ matrices: @escaping (ProbePoint) -> MatrixView?
  ) -> Snapshot {
    Snapshot(EncodedBatch(capacity: rows, schema: schema), rows: rows, matrices)
  }
}

extension AnalysedRun {
  /// A run with a small model.
  static func example(
    _ name: String = "fm", _ paradigm: Paradigm = .generative, backbone: BackboneKind = .fm,
    fields: Int = 4, pool: WorkerPool
  ) -> AnalysedRun {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    settings.embeddingDimension = 3
    let model = CTRModel(
      schema: FieldSchema.mixed(fields: fields), settings: settings, batchCapacity: 16, seed: 1,
      pool: pool)
    return AnalysedRun(.example(name, paradigm), folder: name, model: model, pool: pool)
  }
}

/// An analysis that writes nothing.
typealias Job = (analysis: any ModelAnalysis, files: ReportFolder)

extension ModelAnalysis {
  /// The analysis, with or without dumps into a folder.
  func job(dumpingInto folder: String? = nil) -> Job {
    (self, ReportFolder(folder ?? "", runs: ["fm"], dumps: folder != nil))
  }
}

extension [any AnalysisResult] {
  var collapse: CollapseResult? { compactMap { $0 as? CollapseResult }.first }
  var redundancy: RedundancyResult? { compactMap { $0 as? RedundancyResult }.first }
}

/// Runs `body` with the path of a folder that does not exist yet, and deletes it afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}
