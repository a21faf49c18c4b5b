import LinearAlgebra
import Models
import Platform

/// An analysis of trained models: its settings, its pass over the rows of a run, and its report.
///
/// `sfg analyze NAME` runs one; several share a pass, and the sums that they need.
public protocol ModelAnalysis: Sendable {
  /// What the analysis finds in one run.
  associatedtype Result: AnalysisResult
  /// The name of its subcommand and of its folder.
  static var name: String { get }
  /// The help text of its subcommand.
  static var abstract: String { get }
  /// Creates the analysis with default settings.
  init()
  /// What it reads of a run; `first` is a batch that shows which places the model has.
  ///
  /// Throws `AnalysisFailure` if the model lacks one of them.
  func plan(_ run: AnalysedRun, first: Snapshot) throws -> AnalysisPlan
  /// Starts a pass over the rows of a run, whose moments are summed outside.
  ///
  /// Throws `AnalysisFailure`.
  func begin(_ run: AnalysedRun, first: Snapshot, moments: ProbedMoments) throws
    -> any AnalysisPass
  /// The report on the results of all runs, whose names are all different.
  ///
  /// Throws `FigureFailure` if a figure cannot be drawn.
  func report(on results: [Result]) throws -> any AnalysisReport
}

extension ModelAnalysis {
  /// The report on results of this analysis.
  public func report(onEach results: [any AnalysisResult]) throws -> any AnalysisReport {
    try report(on: results.compactMap { $0 as? Result })
  }
}

/// What an analysis reads of a model.
public struct AnalysisPlan {
  /// Places whose own moments are needed.
  var places: [ProbePoint] = []
  /// Pairs of places whose cross-moments are needed, and the moments of each.
  var pairs: [(ProbePoint, ProbePoint)] = []
  /// Places whose rows are dumped, with the stems of their files.
  var dumps: [(place: ProbePoint, stem: String)] = []
}

/// What an analysis found in one run.
public protocol AnalysisResult: Sendable {
  /// The run.
  var run: RunDescription { get set }
}

/// The part of an analysis that sees the rows of one run.
public protocol AnalysisPass {
  /// Processes a batch, which the moments already include.
  ///
  /// Running the model again invalidates the snapshot for the analyses registered after this one.
  mutating func add(_ snapshot: Snapshot) throws
  /// Computes the result after the last batch; throws `AnalysisFailure`.
  ///
  /// It may run the model again, and then calls the run's `report` before each forward pass.
  func finish() throws -> any AnalysisResult
}

extension AnalysisPass {
  /// Does nothing: the moments are enough.
  public func add(_ snapshot: Snapshot) {}
}

/// A run in an analysis.
public struct AnalysedRun {
  /// How reports describe it.
  let description: RunDescription
  /// Its folder, which identifies the run in errors.
  let folder: String
  /// Its place among the runs of a report.
  let index: Int
  /// The model.
  let model: CTRModel
  let pool: WorkerPool
  /// The names of the model's fields.
  var fields: [String]
  /// The embedding tables of the model.
  var tables: () -> [FieldTable]
  /// Called between the forward passes of long work; throws if the analysis must stop.
  let report: (AnalysisProgress) throws -> Void

  /// Describes a run; `report` gets the progress of long work, and may throw to end it.
  public init(
    _ description: RunDescription, folder: String, index: Int = 0, model: CTRModel,
    pool: WorkerPool, report: @escaping (AnalysisProgress) throws -> Void = { _ in }
  ) {
    self.description = description
    self.folder = folder
    self.index = index
    self.model = model
    self.pool = pool
    fields = model.schema.map(\.name)
    tables = { FieldTable.all(of: model) }
    self.report = report
  }
}

/// How far an analysis has come that runs the model again after the last row.
public struct AnalysisProgress: Equatable, Sendable {
  /// The name of the analysis.
  public let label: String
  /// Rows that the model has processed.
  public let rows: Int
  /// Rows that it will have processed at the end.
  public let totalRows: Int

  init(label: String, rows: Int, of totalRows: Int) {
    self.label = label
    self.rows = rows
    self.totalRows = totalRows
  }
}

extension ModelProbe {
  /// Runs analyses in one pass over the rows, in memory that does not grow with their number.
  ///
  /// Returns one result per analysis, in order. Throws what the source throws, `AnalysisFailure`
  /// and `FileFailure`.
  public func analyse(
    _ run: AnalysedRun, _ analyses: [(analysis: any ModelAnalysis, files: ReportFolder)]
  ) throws -> [any AnalysisResult] {
    var pass: SharedPass?
    try read { snapshot in
      let started = try pass ?? SharedPass(run, analyses, first: snapshot)
      pass = started
      try started.add(snapshot)
    }
    guard let pass, pass.rows >= 2 else {
      throw AnalysisFailure.tooFewRows(run: run.description.name, found: pass?.rows ?? 0)
    }
    return try pass.finish()
  }
}

/// One pass of several analyses, which share the sums that they need.
final class SharedPass {
  private let moments: ProbedMoments
  private let dumps: [(place: ProbePoint, file: NpyRows)]
  private var passes: [any AnalysisPass]
  /// The number of rows added.
  private(set) var rows = 0

  /// Starts the analyses; `first` is a batch that shows which places the model has.
  init(
    _ run: AnalysedRun, _ analyses: [(analysis: any ModelAnalysis, files: ReportFolder)],
    first: Snapshot
  ) throws {
    let plans = try analyses.map { try $0.analysis.plan(run, first: first) }
    let pairs = plans.flatMap(\.pairs)
    let moments = ProbedMoments(
      first, places: pairs.flatMap { [$0, $1] } + plans.flatMap(\.places), pairs: pairs,
      pool: run.pool)
    self.moments = moments
    passes = try analyses.map { try $0.analysis.begin(run, first: first, moments: moments) }
    dumps = try zip(plans, analyses).flatMap { plan, job in
      try plan.dumps.compactMap { place, stem in
        guard let path = job.files.dump(stem, run: run.index) else { return nil }
        return (place, try NpyRows(path, columns: first.matrix(at: place)?.columns ?? 0))
      }
    }
  }

  /// Processes a batch.
  func add(_ snapshot: Snapshot) throws {
    rows += snapshot.rows
    moments.add(snapshot)
    for (place, file) in dumps { try snapshot.matrix(at: place).map(file.append) }
    for index in passes.indices { try passes[index].add(snapshot) }
  }

  /// The results, in the order of the analyses.
  func finish() throws -> [any AnalysisResult] {
    for (_, file) in dumps { try file.commit() }
    return try passes.map { try $0.finish() }
  }
}

/// Why a run cannot be analysed.
public enum AnalysisFailure: Equatable {
  /// The split has fewer rows than a covariance needs.
  case tooFewRows(run: String, found: Int)
  /// The backbone lacks a place.
  case noSuchPlace(run: String, place: ProbePoint)
  /// The run has no representation of this name, only the known ones.
  case noSuchRepresentation(run: String, name: String, known: [String])
  /// A value is infinite or NaN.
  case notFinite(run: String, matrix: String, column: Int)
  /// LAPACK failed to decompose a matrix.
  case decomposition(run: String, matrix: String, DecompositionFailure)
}

extension AnalysisFailure: Failure {
  /// Too few rows come from the data, a missing place from the configuration.
  public var status: FailureStatus {
    switch self {
    case .tooFewRows: .badData
    case .noSuchPlace: .badConfiguration
    case .noSuchRepresentation: .usage
    case .notFinite, .decomposition: .internalError
    }
  }

  /// The failure in one line: where, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .tooFewRows(let run, let found):
      "\(run): found \(found) rows to analyse, expected at least 2; "
        + "choose another --split or raise --rows"
    case .noSuchPlace(let run, let place):
      "\(run): its backbone has no \(place); analyse a backbone whose fields interact"
    case .noSuchRepresentation(let run, let name, let known):
      "\(run): --representation: found \"\(name)\", expected one of \(known.joined(separator: ", "))"
    case .notFinite(let run, let matrix, let column):
      "\(run): column \(column) of the \(matrix) contains a non-finite value, expected finite numbers; "
        + "has training diverged?"
    case .decomposition(let run, let matrix, let failure): "\(run): \(matrix): \(failure)"
    }
  }
}
