import ClickData

/// Batches of one pass over a split, one after another, and what is known about the pass so far.
public protocol BatchSource: AnyObject {
  /// The next batch, valid until the next call; nil at the end.
  func next() throws -> EncodedBatch?
  /// Rows handed out.
  var rowsDelivered: Int { get }
  /// Bytes read from the files, as stored.
  var bytesRead: Int { get }
  /// Bytes of all files, where that is known.
  var totalBytes: Int? { get }
  /// Seconds that the reading stage worked.
  var readSeconds: Double { get }
  /// Seconds that the encoding stage worked.
  var encodeSeconds: Double { get }
  /// Rows left out because they are bad.
  var badRows: Int { get }
  /// The first of them, a line each.
  var firstBadRows: [String] { get }
}

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
