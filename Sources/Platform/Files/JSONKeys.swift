import Foundation

/// Finds keys that are repeated in an object of a JSON text.
///
/// Decoders keep one of the values without a word, and two readers may keep different ones.
public enum JSONKeys {
  /// The first key that its object holds twice; nil if there is none.
  ///
  /// The text must be valid JSON, such as one that a decoder has read.
  public static func repeated(in text: some Collection<UInt8>) -> String? {
    text.withContiguousStorageIfAvailable { scan($0) } ?? Array(text).withUnsafeBufferPointer(scan)
  }

  private static func scan(_ text: UnsafeBufferPointer<UInt8>) -> String? {
    /// The keys of each object that is open; nil for an array.
    var open: [Set<String>?] = []
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "{"): open.append([])
      case UInt8(ascii: "["): open.append(nil)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: "\""):
        let end = endOfString(text, from: index)
        if isKey(text, endingAt: end), !open.isEmpty, var keys = open[open.count - 1] {
          let key = string(text[index..<end])
          // Taken out first, so that the set is not copied.
          open[open.count - 1] = nil
          guard keys.insert(key).inserted else { return key }
          open[open.count - 1] = keys
        }
        index = end - 1
      default: break
      }
      index += 1
    }
    return nil
  }

  /// The index after the closing quote.
  private static func endOfString(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index < text.count, text[index] != UInt8(ascii: "\"") {
      index += text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, text.count)
  }

  private static func isKey(_ text: UnsafeBufferPointer<UInt8>, endingAt end: Int) -> Bool {
    text[end...].first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } == UInt8(ascii: ":")
  }

  /// A string in quotes, with its escapes replaced: a key may be written in several ways.
  private static func string(_ quoted: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    if quoted.contains(UInt8(ascii: "\\")),
      let decoded = try? JSONDecoder().decode(String.self, from: Data(quoted))
    {
      return decoded
    }
    return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
  }
}
