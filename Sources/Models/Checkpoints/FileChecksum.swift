import CXXHash
import Foundation

/// XXH3-64 of a whole checkpoint file, stored in the file's metadata as 16 hexadecimal digits.
///
/// It is computed with zeros in place of those digits, so one checksum covers header, tensors and
/// padding.
final class FileChecksum {
  /// The key in the metadata.
  static let key = "xxh3-64"
  /// What replaces the digits while the checksum is computed.
  static let blank = String(repeating: "0", count: 16)

  private var state: UnsafeMutableRawPointer?

  /// Starts a checksum over no bytes.
  init() { state = sfg_xxh3_64_start() }

  deinit { _ = digits() }

  /// Adds bytes in the order of the file.
  func add(_ bytes: UnsafeRawBufferPointer) {
    guard let state, let base = bytes.baseAddress else { return }
    sfg_xxh3_64_add(state, base, bytes.count)
  }

  /// Adds a header with its digits blanked.
  func add(header: Data) {
    var header = header
    if let digits = Self.digits(in: header) {
      header.replaceSubrange(digits, with: Self.blank.utf8)
    }
    header.withUnsafeBytes { add($0) }
  }

  /// The checksum of everything added; nothing can be added afterwards.
  func digits() -> String {
    guard let state else { return "" }
    self.state = nil
    let text = String(sfg_xxh3_64_end(state), radix: 16)
    return String(repeating: "0", count: Self.blank.count - text.count) + text
  }

  /// The position of the digits in a header's JSON; nil if there are none.
  ///
  /// Within a string the quotes would be escaped, so the match cannot be part of one.
  static func digits(in header: Data) -> Range<Int>? {
    guard let found = header.range(of: Data("\"\(key)\":\"".utf8)),
      found.upperBound + blank.count <= header.endIndex
    else { return nil }
    return found.upperBound..<found.upperBound + blank.count
  }
}
