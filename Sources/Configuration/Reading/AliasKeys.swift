/// Finds aliases in keys, which are refused: to compare keys, the YAML library follows every alias
/// in them, and aliases of aliases multiply exponentially.
///
/// They are found in the text, before it is parsed. In a text with anchors, what looks like an
/// alias within quotes or in a comment after a value counts as one.
enum AliasKeys {
  /// The line, counted from 1, of a key that is an alias or may contain one; nil if there is none.
  static func line(in text: String) -> Int? {
    var scan = Scan()
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() { scan.read(Array(line.utf8), number: index + 1) }
    return scan.hasAnchor ? scan.aliasKey ?? (scan.hasAlias ? scan.compoundKey : nil) : nil
  }

  private struct Scan {
    var hasAnchor = false
    var hasAlias = false
    /// The first line with `*name:`, and the first with a list, a mapping or `?` as a key.
    var aliasKey: Int?
    var compoundKey: Int?

    mutating func read(_ line: [UInt8], number: Int) {
      if isComment(line) { return }
      for (index, byte) in line.enumerated() {
        let startsWord = index == 0 || !isName(line[index - 1])
        switch byte {
        case UInt8(ascii: "&"):
          hasAnchor = hasAnchor || nameEnd(line, after: index) > index + 1
        case UInt8(ascii: "*") where startsWord:
          let end = nameEnd(line, after: index)
          guard end > index + 1 else { continue }
          hasAlias = true
          if colonFollows(line, end) { aliasKey = aliasKey ?? number }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          if colonFollows(line, index + 1) { compoundKey = compoundKey ?? number }
        case UInt8(ascii: "?") where startsWord:
          if index + 1 == line.count || isBlank(line[index + 1]) {
            compoundKey = compoundKey ?? number
          }
        default: break
        }
      }
    }

    /// Whether a line is only a comment; a line with quotes may also end a quoted text.
    private func isComment(_ line: [UInt8]) -> Bool {
      line.first { !isBlank($0) } == UInt8(ascii: "#")
        && !line.contains(UInt8(ascii: "\"")) && !line.contains(UInt8(ascii: "'"))
    }

    private func nameEnd(_ line: [UInt8], after index: Int) -> Int {
      line[(index + 1)...].firstIndex { !isName($0) } ?? line.count
    }

    private func colonFollows(_ line: [UInt8], _ index: Int) -> Bool {
      line[index...].first { !isBlank($0) } == UInt8(ascii: ":")
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func isName(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
