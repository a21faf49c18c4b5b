/// A part of a file in the making: text that goes through a small buffer into a gzip member or plain bytes.
///
/// One thread fills it, another writes it out; its memory serves again for the next part.
final class SyntheticPart {
  private static let textSize = 1 << 16
  private let text = UnsafeMutablePointer<UInt8>.allocate(capacity: textSize)
  private var used = 0
  private let encoder: GzipEncoder?
  private var plain: [UInt8] = []

  /// Makes an empty part.
  init(compressed: Bool) { encoder = compressed ? GzipEncoder() : nil }

  deinit { text.deallocate() }

  /// Drops what it holds.
  func begin() {
    encoder?.begin()
    plain.removeAll(keepingCapacity: true)
  }

  /// Adds a line, written by `body`, of at most `RowText.longestRow` bytes.
  @inline(__always)
  func line<Result>(_ body: (inout RowText) -> Result) -> Result {
    if used + RowText.longestRow > Self.textSize { drain() }
    var row = RowText(at: text + used)
    let result = body(&row)
    used = row.cursor - text
    return result
  }

  /// Adds a line that is not a row.
  func line(_ string: String) {
    line { row in
      for byte in string.utf8 { row.byte(byte) }
      row.byte(UInt8(ascii: "\n"))
    }
  }

  /// Ends the part.
  func finish() {
    drain()
    encoder?.finish()
  }

  /// Lends its bytes, after `finish`.
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
