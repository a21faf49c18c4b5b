import LinearAlgebra
import Models
import Platform

/// What one pass over the rows is asked for.
public struct AnalysisRequest {
  /// Where a matrix of some name is dumped; nil for not at all.
  public typealias Dump = (String) throws -> String?

  /// The collapse analysis of some representations.
  public struct Collapse {
    /// Names, and "tables" for the embedding tables; all that there are where it is empty.
    public var representations: [String]
    /// What the spectra are of.
    public var centring: Centring
    /// Where the rows of a representation go, by its name.
    public var dump: Dump

    /// Asks for representations; all of them unless told otherwise.
    public init(
      representations: [String] = [], centring: Centring = .covariance,
      dump: @escaping Dump = { _ in nil }
    ) {
      self.representations = representations
      self.centring = centring
      self.dump = dump
    }
  }

  /// The redundancy analysis of the first interaction's operands.
  public struct Redundancy {
    /// What the operands are called.
    public var operands: OperandNames
    /// Where the rows of "left" and "right" go.
    public var dump: Dump

    /// Asks for the operands' correlations.
    public init(operands: OperandNames = OperandNames(), dump: @escaping Dump = { _ in nil }) {
      self.operands = operands
      self.dump = dump
    }
  }

  /// Asks for collapse; nil for none.
  public var collapse: Collapse?
  /// Asks for redundancy; nil for none.
  public var redundancy: Redundancy?

  /// Asks for one analysis, or for both in one pass.
  public init(collapse: Collapse? = nil, redundancy: Redundancy? = nil) {
    self.collapse = collapse
    self.redundancy = redundancy
  }
}

/// What one pass over the rows found; nil for what was not asked for.
public struct AnalysisResults {
  /// The collapse of the representations.
  public let collapse: CollapseResult?
  /// The redundancy of the first interaction's operands.
  public let redundancy: RedundancyResult?
}

extension ModelProbe {
  /// Analyses the model in one pass over the rows, in memory that does not grow with them.
  ///
  /// Throws what the source throws, `AnalysisFailure` where the model has not what is asked for, and `FileFailure`.
  public func analyse(
    _ description: RunDescription, _ request: AnalysisRequest, pool: WorkerPool
  ) throws -> AnalysisResults {
    var pass: AnalysisPass?
    try read { snapshot in
      let started =
        try pass
        ?? AnalysisPass(
          description, request, run: run, fields: model.schema.map(\.name), first: snapshot, pool)
      pass = started
      try started.add(snapshot)
    }
    guard let pass, pass.rows >= 2 else {
      throw AnalysisFailure.tooFewRows(run: description.name, found: pass?.rows ?? 0)
    }
    return try pass.finish(tables: FieldTable.all(of: model))
  }
}

/// The analyses of one pass, which share the sums of what they both read.
final class AnalysisPass {
  private let moments: ProbedMoments
  private let collapse: CollapseAnalysis?
  private let redundancy: RedundancyAnalysis?
  private let readsTables: Bool

  /// Starts both analyses, whose errors name the run by its folder; a first batch says what the model has.
  init(
    _ description: RunDescription, _ request: AnalysisRequest, run: String, fields: [String],
    first: Snapshot, _ pool: WorkerPool
  ) throws {
    let chosen = try request.collapse.map {
      try Representation.chosen($0.representations, of: first, run: run)
    }
    let sides = request.redundancy == nil ? [] : RedundancyAnalysis.places
    for place in sides where first.matrix(at: place) == nil {
      throw AnalysisFailure.noSuchPlace(run: run, place: place)
    }
    let representations = chosen?.representations ?? []
    // Rows are counted where nothing but the tables is looked at, too.
    let places = sides + representations.flatMap(\.places)
    let moments = ProbedMoments(
      first, places: places.isEmpty ? [.embedding] : places,
      pairs: sides.isEmpty ? [] : [(.left, .right)], pool: pool)
    self.moments = moments
    readsTables = chosen?.tables == true
    collapse = try request.collapse.map { request in
      try CollapseAnalysis(
        run: description, request, representations: representations, first: first,
        moments: moments, pool: pool)
    }
    redundancy = try request.redundancy.map { request in
      try RedundancyAnalysis(
        run: description, request, fields: fields, first: first, moments: moments)
    }
  }

  var rows: Int { moments.count }

  func add(_ snapshot: Snapshot) throws {
    moments.add(snapshot)
    try collapse?.add(snapshot)
    try redundancy?.add(snapshot)
  }

  /// What was found; the tables are read where they were asked for.
  func finish(tables: @autoclosure () -> [FieldTable]) throws -> AnalysisResults {
    AnalysisResults(
      collapse: try collapse?.finish(tables: readsTables ? tables() : []),
      redundancy: try redundancy?.finish())
  }
}
