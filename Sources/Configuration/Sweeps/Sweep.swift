import Training

/// A sweep's runs, each trained once, however many of its cells have the same effective
/// configuration.
public struct Sweep: Sendable {
  /// The sweep's name, which is also that of its folder.
  public let name: String
  /// What is trained and judged together, in the order of tables.
  public let groups: [SweepGroup]
  /// Every run, in the order of its first use.
  public let runs: [SweepRun]
  /// The combinations of models, values, candidates and seeds that were written.
  public let cells: Int
  /// The key whose values are compared; nil for the models themselves.
  public let compared: String?
  /// How candidates are given up early; nil trains all of them.
  public let halving: SweepHalving?
  /// The analyses of the runs of its table.
  public let analyses: SweepAnalysisSettings

  /// Reads the file of a sweep and all files that it names.
  ///
  /// Throws `ConfigurationFailure` where a cell is not a valid configuration, or `FileFailure`.
  public init(file path: String) throws { try self.init(SweepFile(path)) }

  init(_ file: SweepFile) throws {
    let cells = try SweepCells(file)
    (groups, runs, self.cells) = (cells.groups, cells.runs, cells.count)
    name = file.name
    compared = file.compared
    halving = file.search?.halving
    analyses = file.analyses
  }
}

/// One run of a sweep.
public struct SweepRun: Equatable, Sendable {
  /// The name of its folder: the model, and what varies.
  public let name: String
  /// The seed that varies, as it was written; nil where none does.
  public let seed: String?
  /// What is trained.
  public let configuration: RunConfiguration
}

/// A candidate of a search, with one run per seed; a group without a search has one.
public struct SweepCandidate: Equatable, Sendable {
  /// The searched values.
  public let values: [SweepValue]
  /// One run per seed, in the order of the seeds.
  public let runs: [SweepRun]

  /// Describes a candidate.
  public init(values: [SweepValue], runs: [SweepRun]) { (self.values, self.runs) = (values, runs) }
}

/// Runs of one model that differ in their seeds and in what is searched.
public struct SweepGroup: Equatable, Sendable {
  /// The model's name.
  public let model: String
  /// The values that vary, other than seeds.
  public let values: [SweepValue]
  /// What a search chooses from.
  public let candidates: [SweepCandidate]

  /// Describes a group.
  public init(model: String, values: [SweepValue], candidates: [SweepCandidate]) {
    (self.model, self.values, self.candidates) = (model, values, candidates)
  }

  /// The value of a key that varies; nil if it has no effect in this model.
  public func text(of key: String) -> String? { values.first { $0.key == key }?.text }
}
