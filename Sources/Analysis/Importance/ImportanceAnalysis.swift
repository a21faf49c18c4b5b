import Models
import Platform

/// How much worse a model predicts if a field is permuted among the rows: `sfg analyze importance`.
///
/// Permutation importance (Breiman, 2001), on a sample of the rows read: the AUC that is lost, and
/// the Logloss that is added, if the model reads each row with the field of another row. The field
/// keeps its distribution but loses its relation to the click and to the other fields.
public struct ImportanceAnalysis: ModelAnalysis {
  /// The name of its subcommand and of its folder.
  public static let name = "importance"
  /// The help text of its subcommand.
  public static let abstract =
    "Measure how much AUC and Logloss each field is worth, by permuting it among the rows."

  private let repeats: Int
  private let sample: Int
  private let seed: Int

  /// Creates the analysis with five permutations per field of a sample of 20,000 rows.
  public init() { self.init(repeats: 5, sample: 20_000, seed: 0) }

  /// Creates the analysis with `repeats` permutations, at least 2, of at most `sample` rows.
  public init(repeats: Int, sample: Int, seed: Int) {
    precondition(repeats >= 2 && sample >= 2, "ImportanceAnalysis: \(repeats) × \(sample)")
    self.repeats = repeats
    self.sample = sample
    self.seed = seed
  }

  /// Reads nothing but the rows themselves.
  public func plan(_ run: AnalysedRun, first: Snapshot) -> AnalysisPlan { AnalysisPlan() }

  /// Starts a pass.
  public func begin(_ run: AnalysedRun, first: Snapshot, moments: ProbedMoments)
    -> any AnalysisPass
  {
    ImportancePass(
      run: run, repeats: repeats, seed: seed, batchSize: first.batch.capacity,
      sample: SampledRows(run.model.schema, capacity: sample, seed: seed))
  }

  /// The report on the results of all runs.
  public func report(on results: [ImportanceResult]) -> any AnalysisReport {
    ImportanceReport(results)
  }
}

/// Samples the rows of one run, then permutes the fields of the sample one after another.
private struct ImportancePass: AnalysisPass {
  let run: AnalysedRun
  let repeats: Int
  let seed: Int
  let batchSize: Int
  var sample: SampledRows

  mutating func add(_ snapshot: Snapshot) { sample.add(snapshot.batch, rows: snapshot.rows) }

  func finish() throws -> any AnalysisResult {
    let rows = PermutedRows(sample, model: run.model, batchSize: batchSize)
    var done = 0
    let total = (1 + run.fields.count * repeats) * sample.count
    func advance(_ rows: Int) throws {
      try run.report(AnalysisProgress(label: ImportanceAnalysis.name, rows: done, of: total))
      done += rows
    }
    let base = try rows.scores(beforeBatch: advance)
    let fields = try run.fields.indices.map { field in
      let found = try rows.scores(
        permuting: field, orders: orders(of: field), beforeBatch: advance)
      return FieldImportance(name: run.fields[field], base, permuted: found)
    }
    return ImportanceResult(
      run: run.description, rows: sample.count, rowsRead: sample.rowsRead,
      positives: sample.clicked.count { $0 }, repeats: repeats, auc: base.auc,
      logloss: base.logloss, fields: fields)
  }

  /// The permutations of a field, the same in every run with as many rows.
  private func orders(of field: Int) -> [[Int]] {
    (0..<repeats).map { index in
      CounterRandom(
        seed: UInt64(bitPattern: Int64(seed)), stream: UInt64(field) << 32 | UInt64(index)
      ).permutation(sample.count)
    }
  }
}

/// The importance of the fields of one run.
public struct ImportanceResult: AnalysisResult {
  /// The run.
  public var run: RunDescription
  /// The number of rows in the sample.
  public let rows: Int
  /// The number of rows that the sample was drawn from.
  public let rowsRead: Int
  /// The number of clicked rows in the sample.
  public let positives: Int
  /// The number of permutations per field.
  public let repeats: Int
  /// The area under the ROC curve on the sample; nil if a class is missing.
  public let auc: Double?
  /// The Logloss on the sample.
  public let logloss: Double
  /// The fields, in the order of the model.
  public let fields: [FieldImportance]
}

/// What a model loses without the information in one field.
public struct FieldImportance: Sendable {
  /// The field's name.
  public let name: String
  /// By how much the AUC falls; nil if a class is missing.
  public let auc: PermutationLoss?
  /// By how much the Logloss rises.
  public let logloss: PermutationLoss

  init(name: String, _ base: SampleScores, permuted: [SampleScores]) {
    self.name = name
    logloss = PermutationLoss(permuted.map { $0.logloss - base.logloss })
    auc = base.auc.map { auc in PermutationLoss(permuted.map { auc - ($0.auc ?? auc) }) }
  }

  /// Whether the losses are within noise of zero: the intervals of both metrics contain it.
  public var isNoise: Bool { (auc?.isNoise ?? true) && logloss.isNoise }
}

/// The mean loss over permutations of a field, with a 95 % interval that contains zero for 95 % of
/// the fields without information.
///
/// Without information the rows as they are are one more permutation. So the interval is that of
/// the difference between one draw and the mean of R others: `t · s · √(1 + 1/R)`, with the
/// unbiased standard deviation `s` and Student's 97.5 % point `t` for R − 1 degrees of freedom.
public struct PermutationLoss: Equatable, Sendable {
  /// The loss of each permutation.
  public let losses: [Double]
  /// Their mean with its interval.
  public let estimate: Comparison.Estimate

  init(_ losses: [Double]) {
    let count = Double(losses.count)
    let mean = losses.reduce(0, +) / count
    let squares = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.losses = losses
    estimate = Comparison.Estimate(
      mean,
      within: Significance.studentBound(degrees: count - 1)
        * (squares / (count - 1) * (1 + 1 / count)).squareRoot())
  }

  /// Whether the interval contains zero.
  var isNoise: Bool { estimate.lower <= 0 && estimate.upper >= 0 }
}
