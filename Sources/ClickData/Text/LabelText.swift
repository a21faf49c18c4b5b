import Glibc

/// Recognises labels: 0 or 1 in the ways that logs write them, or one text for a click.
///
/// Without a positive text, 1 is written `1`, `+1`, `1.0` or `true`, and 0 is written `0`, `-1`,
/// `0.0` or `false`, in capitals or not. With one, every other text is 0.
final class LabelText {
  private let positive: [UInt8]
  /// The number that the positive text represents; NaN where it is none.
  private let positiveNumber: Double
  private let missing: MissingTokens?
  /// The column's name, which a repeated header has in place of a label.
  private let name: [UInt8]

  init(_ rules: ValueRules, name: String) {
    positive = Array((rules.positive ?? "").utf8)
    positiveNumber = Self.number(positive)
    missing = rules.missing
    self.name = Array(name.utf8)
  }

  /// Replaces the text of a label by "0" or "1"; false where it is no label.
  @inline(__always)
  func normalise(_ column: Int, of columns: ColumnTable) -> Bool {
    let text = columns.starts[column]
    let count = Int(columns.counts[column])
    if positive.isEmpty, count == 1, text[0] &- 0x30 < 2 { return true }
    guard count > 0, let isClick = read(text, count) else { return false }
    // In place, because rows are compared by the bytes between their first and last column.
    text[0] = isClick ? 0x31 : 0x30
    columns.counts[column] = 1
    return true
  }

  private func read(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool? {
    guard !positive.isEmpty else { return Self.sign(text, count) ?? Self.word(text, count) }
    if Self.equals(text, count, positive) { return true }
    guard !isName(text, count), missing?.contains(text, count) != true else {
      return nil
    }
    // "1.0" is a click where the settings specify 1.
    return !positiveNumber.isNaN && NumberParser.parse(text, count) == positiveNumber
  }

  /// Whether a text is the column's name, as in the header of a file that was appended with its
  /// byte order mark.
  private func isName(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
    let isMarked = count > 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf
    return isMarked
      ? Self.equals(text + 3, count - 3, name) : Self.equals(text, count, name)
  }

  /// The label in `[+-](0|1)[.0…]`; nil for another text.
  private static func sign(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool? {
    var index = text[0] == 0x2b || text[0] == 0x2d ? 1 : 0
    guard index < count, text[index] &- 0x30 < 2 else { return nil }
    let isClick = text[index] == 0x31 && text[0] != 0x2d
    index += 1
    if index < count {
      guard text[index] == 0x2e else { return nil }
      index += 1
    }
    while index < count {
      guard text[index] == 0x30 else { return nil }
      index += 1
    }
    return isClick
  }

  private static let trueWord = Array("true".utf8)
  private static let falseWord = Array("false".utf8)

  /// The label in `true` or `false`; nil for another text.
  private static func word(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool? {
    if equals(text, count, trueWord, lowering: 0x20) { return true }
    return equals(text, count, falseWord, lowering: 0x20) ? false : nil
  }

  private static func equals(
    _ text: UnsafeMutablePointer<UInt8>, _ count: Int, _ other: [UInt8], lowering mask: UInt8 = 0
  ) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where text[index] | mask != other[index] { return false }
    return true
  }

  private static func number(_ text: [UInt8]) -> Double {
    let copy = text.withUnsafeBufferPointer(TextChunk.init(copying:))
    return NumberParser.parse(copy.bytes, copy.count)
  }
}

/// How labels and missing values are written, in any format.
struct ValueRules {
  /// The text of a click; nil where labels are 0 and 1.
  var positive: String?
  /// The texts that mean a missing value, beside the empty one.
  var missing: MissingTokens?

  init(_ settings: DatasetSettings) {
    positive = settings.positive
    missing = settings.missing.isEmpty ? nil : MissingTokens(settings.missing)
  }
}
