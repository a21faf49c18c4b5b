/// A run as its files describe it, for figures over several runs.
public struct RecordedRun: Sendable {
  /// A line of `metrics.jsonl`.
  public struct Evaluation: Sendable {
    /// The split whose rows were evaluated or trained on.
    public let split: String
    /// The number of training steps before it.
    public let step: Int
    /// Its epoch, from 1.
    public let epoch: Int
    /// Its numbers by name.
    public let values: [String: Double]

    /// Describes a line.
    public init(split: String, step: Int, epoch: Int, values: [String: Double]) {
      self.split = split
      self.step = step
      self.epoch = epoch
      self.values = values
    }
  }

  /// The singular values of a representation, as the collapse analysis wrote them.
  public struct SpectrumRecord: Sendable {
    /// Its name, such as "encoder".
    public let representation: String
    /// The number of rows.
    public let rows: Int
    /// `ln(σ/max σ)` by rank; negative infinity for zeros.
    public let logs: [Double]
    /// The matrix that the values are of.
    public let centring: Centring
    /// The largest rank that the rows allow.
    public let attainable: Int
    /// RankMe of the uncentred matrix.
    public let rankMe: Double

    /// Describes a spectrum.
    public init(
      representation: String, rows: Int, logs: [Double], centring: Centring, attainable: Int,
      rankMe: Double
    ) {
      self.representation = representation
      self.rows = rows
      self.logs = logs
      self.centring = centring
      self.attainable = attainable
      self.rankMe = rankMe
    }
  }

  /// How reports describe it.
  public var description: RunDescription
  /// Its folder, which identifies it in errors.
  public let folder: String
  /// The random seed of its training.
  public let seed: String
  /// The values that determine what is trained, without the name and the seed, in the order of the
  /// configuration.
  public var settings: [(key: String, value: String)]
  /// The lines of `metrics.jsonl`.
  public var evaluations: [Evaluation] = []
  /// Numbers of the finished run, by name; those of its weights are of the kept ones.
  public var outcome: [String: Double] = [:]
  /// The split whose rows the outcome's metrics are of, and the number of rows of each split.
  public var heldOut: String?
  /// The number of rows of each evaluated split.
  public var rows: [String: Int] = [:]
  /// The spectra of the collapse analysis; none where it was not run.
  public var spectra: [SpectrumRecord] = []

  /// Describes a run of which only the configuration is known.
  public init(
    _ description: RunDescription, folder: String, seed: String,
    settings: [(key: String, value: String)]
  ) {
    self.description = description
    self.folder = folder
    self.seed = seed
    self.settings = settings
  }

  /// The value of a key; nil where it has no effect.
  func value(_ key: String) -> String? { settings.first { $0.key == key }?.value }

  /// The spectrum of a representation; "main" is what the encoder generates, or else the embedding.
  func spectrum(_ representation: String) -> SpectrumRecord? {
    guard representation == Self.mainRepresentation else {
      return spectra.first { $0.representation == representation }
    }
    return spectrum("encoder") ?? spectrum("embedding")
  }

  /// The representation of headlines.
  static let mainRepresentation = "main"
}
