import Glibc

/// The texts that mean a missing value, such as `NULL` and `\N`.
final class MissingTokens {
  private let starts: [UnsafeMutablePointer<UInt8>]
  private let counts: [Int]
  private let longest: Int
  /// Whether a token has so many bytes: most values have another length than all tokens.
  private let lengths: UInt64

  /// Prepares to recognise texts that are not empty.
  init(_ tokens: [String]) {
    let bytes = tokens.map { Array($0.utf8) }
    starts = bytes.map { token in
      let start = UnsafeMutablePointer<UInt8>.allocate(capacity: token.count)
      start.initialize(from: token, count: token.count)
      return start
    }
    counts = bytes.map(\.count)
    longest = counts.max() ?? 0
    lengths = counts.reduce(0) { $0 | 1 << UInt64(min($1, 63)) }
  }

  deinit { for start in starts { start.deallocate() } }

  /// Whether a text is one of them.
  @inline(__always)
  func contains(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    count <= longest && lengths >> UInt64(min(count, 63)) & 1 == 1 && find(text, count)
  }

  private func find(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    for index in counts.indices
    where counts[index] == count && memcmp(starts[index], text, count) == 0 {
      return true
    }
    return false
  }
}
