/// The making of one part of a log by one thread; its memory serves again for the next part.
final class SyntheticTask {
  let data: SyntheticPart
  let truth: SyntheticPart?
  /// The sum of the rows' losses under their true probabilities.
  private(set) var loss = 0.0
  private let writer: SyntheticWriter
  private let storage = UnsafeMutablePointer<SyntheticOutcome>.allocate(
    capacity: SyntheticLog.partRows)
  private var rows = 0

  /// Makes a task; `truth` says whether the probabilities are compressed, nil that they are not written.
  init(_ writer: SyntheticWriter, compressed: Bool, truth: Bool?) {
    self.writer = writer
    data = SyntheticPart(compressed: compressed)
    self.truth = truth.map { SyntheticPart(compressed: $0) }
  }

  deinit { storage.deallocate() }

  /// The labels and probabilities of the last part.
  var outcomes: UnsafeBufferPointer<SyntheticOutcome> {
    UnsafeBufferPointer(start: storage, count: rows)
  }

  /// Makes the part of `count` rows from `first`, under the headers given.
  func run(_ first: UInt64, count: Int, header: String?, truthHeader: String?) {
    data.begin()
    if let header { data.line(header) }
    rows = count
    loss = 0
    for index in 0..<count {
      let (click, probability) = data.line { writer.write(first + UInt64(index), to: &$0) }
      let outcome = SyntheticOutcome(probability: probability, click: click)
      (storage + index).initialize(to: outcome)
      loss += outcome.loss
    }
    data.finish()
    writeTruth(header: truthHeader)
  }

  private func writeTruth(header: String?) {
    guard let truth else { return }
    truth.begin()
    if let header { truth.line(header) }
    for outcome in outcomes {
      let billionths = UInt((outcome.probability * 1e9).rounded())
      truth.line { row in
        row.digits(billionths / 1_000_000_000, 1)
        row.byte(UInt8(ascii: "."))
        row.digits(billionths, 9)
        row.byte(UInt8(ascii: "\n"))
      }
    }
    truth.finish()
  }
}
