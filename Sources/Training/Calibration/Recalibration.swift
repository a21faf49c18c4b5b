import Foundation
import LinearAlgebra
import Platform

/// A map from a model's logits to better calibrated ones, which keeps their order.
///
/// Fitted to held-out rows, and stored beside the weights to which it belongs.
public struct Recalibration: Equatable, Sendable {
  /// The kind of map.
  public enum Method: String, CaseIterable, Sendable {
    /// The non-decreasing function with the least squared distance from the clicks.
    case isotonic
    /// `σ(slope · logit + intercept)`.
    case platt
  }

  /// The map itself.
  enum Curve: Equatable, Sendable {
    case isotonic(IsotonicRegression)
    case platt(PlattScaling)
  }

  /// The split whose rows it was fitted to.
  public let split: String
  /// The number of these rows.
  public let rows: Int
  /// The number of clicked ones.
  public let positives: Int
  /// The checksum of the weights whose logits it maps.
  public let weights: String
  let curve: Curve

  /// Fits a map to the logits of the rows of a split; `run` identifies the run in errors.
  ///
  /// Throws `RecalibrationFailure` if a class is missing, or if higher logits do not mean clicks.
  public init(
    _ method: Method, _ counts: LogitCounts, of split: String, weights: String, run: String
  ) throws {
    var counts = counts
    guard counts.positives > 0, counts.positives < counts.rows else {
      throw RecalibrationFailure.oneClass(
        run: run, split: split, rows: counts.rows, clicked: counts.positives > 0)
    }
    let cells = counts.sorted()
    guard cells.contains(where: { $0.clickWeight > 0 }),
      cells.contains(where: { $0.clickWeight < $0.weight })
    else { throw RecalibrationFailure.noWeight(run: run, split: split) }
    switch method {
    case .isotonic: curve = .isotonic(IsotonicRegression(cells))
    case .platt:
      let platt = PlattScaling(cells)
      guard platt.slope > 0, platt.slope.isFinite, platt.intercept.isFinite else {
        throw RecalibrationFailure.noOrder(run: run, split: split, slope: platt.slope)
      }
      curve = .platt(platt)
    }
    self.split = split
    rows = counts.rows
    positives = counts.positives
    self.weights = weights
  }

  /// The kind of map.
  public var method: Method {
    switch curve {
    case .isotonic: .isotonic
    case .platt: .platt
    }
  }

  /// What it is, in a few words.
  public var summary: String {
    switch curve {
    case .isotonic(let isotonic): "isotonic, \(isotonic.logits.count) knots"
    case .platt(let platt):
      String(format: "platt, slope %.4f, intercept %.4f", platt.slope, platt.intercept)
    }
  }

  /// Replaces logits, `[rows, 1]`, by calibrated ones.
  public func apply(to logits: MatrixView, pool: WorkerPool) {
    pool.tiles(of: logits.rows, size: 256) { rows in
      for row in rows {
        let logit = Double(logits[row, 0])
        switch curve {
        case .isotonic(let isotonic): logits[row, 0] = Scalar(isotonic.logit(logit))
        case .platt(let platt): logits[row, 0] = Scalar(platt.logit(logit))
        }
      }
    }
  }

  private init(
    _ curve: Curve, split: String, rows: Int, positives: Int, weights: String
  ) {
    (self.curve, self.split, self.weights) = (curve, split, weights)
    (self.rows, self.positives) = (rows, positives)
  }
}

/// The file `calibration.json`.
extension Recalibration {
  private static let version = 1
  /// Up to half a million knots of about forty bytes.
  private static let file = WholeFile.Kind("a recalibration", limit: 64 << 20)

  /// Writes it to a path.
  public func save(to path: String) throws {
    func numbers(_ numbers: [Double]) -> JSONValue { .array(numbers.map { .number($0) }) }
    let shape: [(String, JSONValue)] =
      switch curve {
      case .isotonic(let isotonic):
        [
          ("logits", numbers(isotonic.logits)), ("probabilities", numbers(isotonic.probabilities)),
        ]
      case .platt(let platt):
        [("slope", .number(platt.slope)), ("intercept", .number(platt.intercept))]
      }
    let document = JSONValue.object(
      [
        ("version", .integer(Self.version)), ("method", .text(method.rawValue)),
        ("split", .text(split)), ("rows", .integer(rows)), ("positives", .integer(positives)),
        ("weights", .text(weights)),
      ] + shape)
    try AtomicFile.write(document.pretty + "\n", to: path)
  }

  /// Reads it; `weights` is the checksum of the run's weights.
  ///
  /// Throws `RecalibrationFailure` if the file is damaged or belongs to other weights.
  public init(contentsOf path: String, weights: String) throws {
    let bytes = try WholeFile.read(path, Self.file)
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
      throw RecalibrationFailure.damaged(path: path, finding: "is not a JSON object of its keys")
    }
    guard document.version == Self.version else {
      throw RecalibrationFailure.damaged(
        path: path, finding: "has version \(document.version), expected \(Self.version)")
    }
    guard let curve = document.curve else {
      throw RecalibrationFailure.damaged(path: path, finding: "has no rising curve")
    }
    guard document.weights == weights else {
      throw RecalibrationFailure.otherWeights(
        path: path, found: document.weights, expected: weights)
    }
    self.init(
      curve, split: document.split, rows: document.rows, positives: document.positives,
      weights: weights)
  }

  private struct Document: Decodable {
    let version: Int
    let method: String
    let split: String
    let rows: Int
    let positives: Int
    let weights: String
    let slope: Double?
    let intercept: Double?
    let logits: [Double]?
    let probabilities: [Double]?

    /// The curve; nil unless it is finite and rises.
    var curve: Curve? {
      switch Method(rawValue: method) {
      case .isotonic:
        guard let logits, let probabilities, !logits.isEmpty, logits.count == probabilities.count,
          zip(logits, logits.dropFirst()).allSatisfy(<),
          zip(probabilities, probabilities.dropFirst()).allSatisfy(<=),
          probabilities.allSatisfy({ $0 > 0 && $0 < 1 })
        else { return nil }
        return .isotonic(IsotonicRegression(logits: logits, probabilities: probabilities))
      case .platt:
        guard let slope, let intercept, slope > 0 else { return nil }
        return .platt(PlattScaling(slope: slope, intercept: intercept))
      case nil: return nil
      }
    }
  }
}

/// Why predictions cannot be recalibrated.
public enum RecalibrationFailure: Failure, Equatable {
  /// The rows have one class only.
  case oneClass(run: String, split: String, rows: Int, clicked: Bool)
  /// One class has no weight.
  case noWeight(run: String, split: String)
  /// The best line does not rise.
  case noOrder(run: String, split: String, slope: Double)
  /// The file does not follow its format.
  case damaged(path: String, finding: String)
  /// The file belongs to other weights.
  case otherWeights(path: String, found: String, expected: String)

  /// Rows and damaged files are bad data; other weights contradict the run.
  public var status: FailureStatus {
    if case .otherWeights = self { .badConfiguration } else { .badData }
  }

  /// The failure in one line: where, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .oneClass(let run, let split, let rows, let clicked):
      "\(run): --recalibrate: found \(rows) \(split) rows that were all \(clicked ? "" : "not ")"
        + "clicked, expected rows of both classes; use more \(split) rows"
    case .noWeight(let run, let split):
      "\(run): --recalibrate: found \(split) rows whose clicks or other rows all have weight 0, expected "
        + "rows of both classes with weight; check the column of dataset.weight"
    case .noOrder(let run, let split, let slope):
      "\(run): --recalibrate platt: found a slope of \(slope) on the \(split) rows, expected a "
        + "positive one; higher logits do not mean more clicks, so train a better model"
    case .damaged(let path, let finding):
      "\(path): \(finding); fit it again with sfg eval --recalibrate, or pass --raw"
    case .otherWeights(let path, let found, let expected):
      "\(path): was fitted to other weights: found checksum \(found), expected \(expected); fit it "
        + "again with sfg eval --recalibrate, or pass --raw"
    }
  }
}
