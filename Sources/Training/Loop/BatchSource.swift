import ClickData
import Models

/// The batches of one pass over a split.
public protocol BatchSource: AnyObject {
  /// The next batch, valid until the next call; nil at the end.
  func next() throws -> EncodedBatch?
  /// How far the pass has come.
  var progress: ReadingProgress { get }
  /// The share of the negatives that the rows still have; 1 unless they were sampled.
  var negativeRate: Double { get }
}

extension BatchSource {
  /// All negatives.
  public var negativeRate: Double { 1 }
}

extension BatchStream: BatchSource {}

extension TrainingSettings {
  /// What evaluations read of a row: its label, and the group that it belongs to.
  public var evaluationReading: RowReading { .labelled(values: group.map { [$0] } ?? []) }
}

/// The splits of a run; each call opens a new pass.
public struct TrainingData {
  /// Opens the training rows of an epoch, counted from 0.
  let train: (_ epoch: Int) throws -> any BatchSource
  /// Opens the validation rows; nil without such rows.
  let valid: (() throws -> any BatchSource)?
  /// Opens the test rows; nil without such rows.
  let test: (() throws -> any BatchSource)?
  /// The number of training rows; nil where no pass has counted them.
  var trainRows: Int?
  /// Whether validation rows select weights and end training.
  var selects = true
  /// The files that are read, as far as they are known; nil where rows come from elsewhere.
  var record: () -> DataRecord? = { nil }
}

extension TrainingData {
  /// The validation rows that are evaluated while the model is trained.
  var validation: (() throws -> any BatchSource)? { selects ? valid : nil }

  /// The splits of a data set, the training rows in the order of the settings.
  ///
  /// `trainRows` is the number of training rows, if a scan has counted them. With a `part`, only
  /// its rows train.
  public init(
    _ dataset: Dataset, encoder: FittedEncoder, settings: TrainingSettings, trainRows: Int? = nil,
    part: DataPart? = nil, selects: Bool = true
  ) {
    func stored(_ split: Split) -> (() throws -> any BatchSource)? {
      guard dataset.has(split) else { return nil }
      return {
        try dataset.batches(
          of: split, encoder: encoder, batchSize: settings.batchSize,
          reading: settings.evaluationReading)
      }
    }
    self.init(
      train: { epoch in
        try dataset.batches(
          of: .train, part: part, encoder: encoder, batchSize: settings.batchSize,
          order: settings.shuffle
            ? .shuffled(seed: settings.seed, epoch: epoch, bufferRows: settings.shuffleRows)
            : .stored)
      }, valid: stored(.valid), test: stored(.test),
      trainRows: trainRows, selects: selects, record: { dataset.record })
  }
}
