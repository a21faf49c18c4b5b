/// Generates one part of a log on one thread; its memory is reused for the next part.
final class SyntheticTask {
  let data: SyntheticPart
  let truth: SyntheticPart?
  /// The sum of the rows' losses under their true probabilities.
  private(set) var loss = 0.0
  private let writer: SyntheticWriter
  private let storage = UnsafeMutablePointer<SyntheticOutcome>.allocate(
    capacity: SyntheticLog.partRows)
  private var rows = 0

  /// `truth` is whether probabilities are compressed, nil where they are not written.
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

  /// Generates the part of `count` rows from `first`, under the given headers.
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

/// A part of a file: text that is written through a small buffer into a gzip member or plain bytes.
///
/// One thread fills it, another one writes it to the file; its memory is reused for the next part.
final class SyntheticPart {
  private static let textSize = 1 << 16
  private let text = UnsafeMutablePointer<UInt8>.allocate(capacity: textSize)
  private var used = 0
  private let encoder: GzipEncoder?
  private var plain: [UInt8] = []

  init(compressed: Bool) { encoder = compressed ? GzipEncoder() : nil }

  deinit { text.deallocate() }

  func begin() {
    encoder?.begin()
    plain.removeAll(keepingCapacity: true)
  }

  /// Adds a line, written by `body`, of at most `RowText.maxLength` bytes.
  @inline(__always)
  func line<Result>(_ body: (inout RowText) -> Result) -> Result {
    if used + RowText.maxLength > Self.textSize { drain() }
    var row = RowText(at: text + used)
    let result = body(&row)
    used = row.cursor - text
    return result
  }

  func line(_ string: String) {
    line { row in
      for byte in string.utf8 { row.byte(byte) }
      row.byte(UInt8(ascii: "\n"))
    }
  }

  func finish() {
    drain()
    encoder?.finish()
  }

  func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    if let encoder { return try body(encoder.bytes) }
    try plain.withUnsafeBytes(body)
  }

  private func drain() {
    let bytes = UnsafeRawBufferPointer(start: text, count: used)
    if let encoder { encoder.append(bytes) } else { plain.append(contentsOf: bytes) }
    used = 0
  }
}
