/// A JSON value whose objects keep their members in the order given.
public indirect enum JSONValue: Equatable, Sendable {
  /// An object's member.
  public struct Member: Equatable, Sendable {
    let name: String
    let value: JSONValue
  }

  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// An integer.
  case integer(Int)
  /// A number, written so that it reads back to the same bits; `null` if it is not finite.
  case number(Double)
  /// A string.
  case text(String)
  /// A list of values.
  case array([JSONValue])
  /// An object.
  case members([Member])

  /// An object with members in the order given.
  public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .members(members.map { Member(name: $0.0, value: $0.1) })
  }

  /// A number, or `null` if it is nil.
  public static func optional(_ number: Double?) -> JSONValue {
    number.map { .number($0) } ?? .null
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value on one line.
  public var description: String { text(indent: nil) }

  /// The value over several lines, indented by two spaces per level.
  public var pretty: String { text(indent: 0) }

  private func text(indent: Int?) -> String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .text(let value): Self.quoted(value)
    case .array(let values):
      Self.enclose(
        "[", values.map { $0.text(indent: indent.map { $0 + 1 }) }, "]",
        values.contains(where: \.hasParts) ? indent : nil)
    case .members(let members):
      Self.enclose(
        "{",
        members.map {
          "\(Self.quoted($0.name)): \($0.value.text(indent: indent.map { $0 + 1 }))"
        }, "}", indent)
    }
  }

  /// Whether it is an array or an object; an array of plain values stays on one line.
  private var hasParts: Bool {
    switch self {
    case .array, .members: true
    default: false
    }
  }

  private static func enclose(
    _ opening: String, _ items: [String], _ closing: String, _ indent: Int?
  ) -> String {
    guard let indent, !items.isEmpty else {
      return opening + items.joined(separator: ", ") + closing
    }
    let margin = String(repeating: "  ", count: indent)
    return "\(opening)\n\(margin)  " + items.joined(separator: ",\n\(margin)  ")
      + "\n\(margin)\(closing)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
