import CXXHash
import Foundation

/// XXH3-64 of a whole checkpoint file, in whose metadata it stands as 16 hexadecimal digits.
///
/// While it is computed those digits read as zeros, so one checksum covers header, tensors and padding.
final class FileChecksum {
  /// The key in the metadata.
  static let key = "xxh3-64"
  /// What stands in the digits' place while the checksum is computed.
  static let blank = String(repeating: "0", count: 16)

  private var state: UnsafeMutableRawPointer?

  /// Starts without bytes.
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

  /// Where the digits stand in a header's JSON; nil where there are none.
  ///
  /// Inside a text the quotes would be escaped, so this cannot be part of one.
  static func digits(in header: Data) -> Range<Int>? {
    guard let found = header.range(of: Data("\"\(key)\":\"".utf8)),
      found.upperBound + blank.count <= header.endIndex
    else { return nil }
    return found.upperBound..<found.upperBound + blank.count
  }
}
