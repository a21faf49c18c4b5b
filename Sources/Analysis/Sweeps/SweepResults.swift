import Models

/// What a sweep found: models with the arms that are compared, each with its runs.
public struct SweepResults: Sendable {
  /// A finished run.
  public struct Run: Sendable {
    /// Its name.
    public var name: String
    /// Its seed, as it was written; nil where seeds do not vary.
    public var seed: String?
    /// The area under the ROC curve on held-out rows; nil if a class is missing.
    public var auc: Double?
    /// The mean loss per held-out row.
    public var logloss: Double?
    /// The epoch of the weights that were kept.
    public var bestEpoch: Int?
    /// RankMe of the embedding, the same place in both paradigms.
    public var embeddingRankMe: Double?
    /// RankMe of the source of the interactions: of what is generated, or else of the embedding.
    public var sourceRankMe: Double?
    /// The mean |r| between different dimensions of one field, and between fields.
    public var ownField: Double?
    /// The mean |r| between dimensions of different fields.
    public var crossField: Double?
    /// Training rows per second of wall time, the median over epochs.
    public var rowsPerSecond: Double?
    /// Training rows per second that processors worked, the median over epochs.
    public var rowsPerProcessorSecond: Double?

    /// A run of which nothing is known.
    public init(name: String, seed: String?) { (self.name, self.seed) = (name, seed) }
  }

  /// The runs of one model that differ in their seeds.
  public struct Arm: Sendable {
    /// The value that distinguishes it from the other arms.
    public var label: String
    /// Which side of the interactions is generated.
    public var paradigm: Paradigm
    /// The values that a search chose.
    public var chosen: [(key: String, value: String)]
    /// The values that a search tried.
    public var tried: [(key: String, values: [String])] = []
    /// The epochs that a run may train; nil where that is not known.
    public var epochs: Int?
    /// The finished runs.
    public var runs: [Run]
    /// How many runs there would be.
    public var expected: Int
    /// The difference from the block's first arm; nil for that arm, and without pairs.
    public var difference: SeedPairs?

    /// Describes an arm.
    public init(
      label: String, paradigm: Paradigm, chosen: [(key: String, value: String)], runs: [Run],
      expected: Int, difference: SeedPairs? = nil
    ) {
      self.label = label
      self.paradigm = paradigm
      self.chosen = chosen
      self.runs = runs
      self.expected = expected
      self.difference = difference
    }
  }

  /// The arms that are compared with the first of them.
  public struct Block: Sendable {
    /// The model, and what varies beside the compared key.
    public var name: String
    /// The first one is the baseline.
    public var arms: [Arm]

    /// Describes a block.
    public init(name: String, arms: [Arm]) { (self.name, self.arms) = (name, arms) }
  }

  /// A run that failed.
  public struct Problem: Sendable {
    /// Its name.
    public let run: String
    /// Why, in one line.
    public let reason: String

    /// Describes a failure.
    public init(run: String, reason: String) { (self.run, self.reason) = (run, reason) }
  }

  /// Runs that differ in a numeric key among others.
  public struct Factor: Sendable {
    /// The key.
    public let key: String
    /// The runs, of which some differ in it.
    public let runs: [RecordedRun]
    /// The split whose AUC is drawn: a searched key has no test metrics.
    public let split: String

    /// Describes a factor.
    public init(key: String, runs: [RecordedRun], split: String) {
      self.key = key
      self.runs = runs
      self.split = split
    }
  }

  /// The runs of the table as their files describe them, for figures.
  public var recorded: [RecordedRun] = []
  /// The numeric keys with at least three values.
  public var factors: [Factor] = []
  /// The sweep's name.
  public var name: String
  /// What the arms differ in, as in "paradigm".
  public var compared: String
  /// The split of the held-out rows.
  public var split: String
  /// The number of held-out rows, and of clicked ones; nil if no run has finished.
  public var rows: Int?
  /// The models.
  public var blocks: [Block]
  /// Runs that failed.
  public var problems: [Problem]
  /// Runs that have neither finished nor failed.
  public var missing: Int

  /// Gathers what a sweep found.
  public init(
    name: String, compared: String, split: String, rows: Int?, blocks: [Block],
    problems: [Problem], missing: Int
  ) {
    self.name = name
    self.compared = compared
    self.split = split
    self.rows = rows
    self.blocks = blocks
    self.problems = problems
    self.missing = missing
  }
}
