import ClickData
import Models

/// Batches of one pass over a split, one after another.
public protocol BatchSource: AnyObject {
  /// The next batch, valid until the next call; nil at the end.
  func next() throws -> EncodedBatch?
  /// How far the pass has come.
  var progress: ReadingProgress { get }
}

extension BatchStream: BatchSource {}

/// Where a run's rows come from, a new pass at each call.
public struct TrainingData {
  /// Opens the training rows of an epoch, counted from 0.
  public let train: (_ epoch: Int) throws -> any BatchSource
  /// Opens the validation rows; nil where there are none.
  public let valid: (() throws -> any BatchSource)?
  /// Opens the test rows; nil where there are none.
  public let test: (() throws -> any BatchSource)?

  /// Names the passes.
  public init(
    train: @escaping (_ epoch: Int) throws -> any BatchSource,
    valid: (() throws -> any BatchSource)?, test: (() throws -> any BatchSource)?
  ) {
    self.train = train
    self.valid = valid
    self.test = test
  }
}

extension TrainingData {
  /// The splits of a data set, the training rows in the order that the settings ask for.
  public init(_ dataset: Dataset, encoder: FittedEncoder, settings: TrainingSettings) {
    func stored(_ split: Split) -> (() throws -> any BatchSource)? {
      guard dataset.has(split) else { return nil }
      return {
        try dataset.batches(of: split, encoder: encoder, batchSize: settings.batchSize)
      }
    }
    self.init(
      train: { epoch in
        try dataset.batches(
          of: .train, encoder: encoder, batchSize: settings.batchSize,
          order: settings.shuffle
            ? .shuffled(seed: settings.seed, epoch: epoch, bufferRows: settings.shuffleRows)
            : .stored)
      }, valid: stored(.valid), test: stored(.test))
  }
}
