import Platform

/// A value as it was written in a configuration, with its key and where it was written.
struct ConfigurationNode {
  /// What was written.
  indirect enum Content {
    /// A word or number; in quotes it is always a text.
    case scalar(String, quoted: Bool)
    /// A list of values.
    case list([ConfigurationNode])
    /// Named values in the order in which they were written; names are unique.
    case mapping([Member])
  }

  /// A name and its value; a value that an anchor supplies was written elsewhere than the name.
  struct Member {
    let name: String
    let origin: String
    let value: ConfigurationNode
  }

  /// The whole dotted key, such as "model.encoder"; empty for the root.
  let key: String
  /// The file and line, or the option, in which the value was written.
  let origin: String
  let content: Content

  /// The last part of the key.
  var name: String { key.split(separator: ".").last.map(String.init) ?? key }

  /// The file or option in which the value was written.
  var source: Substring { Self.source(of: origin) }

  /// An origin without the number of its line.
  static func source(of origin: String) -> Substring {
    guard let colon = origin.lastIndex(of: ":"), !origin.hasPrefix("--"),
      origin[colon...].dropFirst().allSatisfy(\.isNumber)
    else { return origin[...] }
    return origin[..<colon]
  }

  /// Whether no value was written: `null`, `~` or a blank.
  var isNull: Bool {
    guard case .scalar(let text, quoted: false) = content else { return false }
    return YAMLWord.nulls.contains(text)
  }

  /// Named values; empty if no value was written, nil for a value of another kind.
  var members: [Member]? {
    if isNull { return [] }
    guard case .mapping(let members) = content else { return nil }
    return members
  }

  /// The value of a member.
  subscript(name: String) -> ConfigurationNode? {
    members?.first { $0.name == name }?.value
  }

  /// The same without one of its members.
  func removing(_ name: String) -> ConfigurationNode {
    guard case .mapping(let members) = content else { return self }
    return ConfigurationNode(
      key: key, origin: origin, content: .mapping(members.filter { $0.name != name }))
  }

  /// This value nested under the names of its key, from the root.
  func nested(under names: [String]) -> ConfigurationNode {
    names.indices.reversed().reduce(self) { value, depth in
      ConfigurationNode(
        key: names[..<depth].joined(separator: "."), origin: origin,
        content: .mapping([Member(name: names[depth], origin: origin, value: value)]))
    }
  }

  /// This node overlaid with another: mappings are merged key by key, other values are replaced.
  func overlaid(with later: ConfigurationNode) -> ConfigurationNode {
    guard case .mapping(var members) = content, case .mapping(let others) = later.content else {
      return later
    }
    for other in others {
      if let index = members.firstIndex(where: { $0.name == other.name }) {
        members[index] = Member(
          name: other.name, origin: other.origin,
          value: members[index].value.overlaid(with: other.value))
      } else {
        members.append(other)
      }
    }
    return ConfigurationNode(key: key, origin: later.origin, content: .mapping(members))
  }

  /// Where a key below this one is written, or else the nearest written key above it.
  func origin(of dottedKey: String) -> String {
    var node = self
    var origin = self.origin
    for name in dottedKey.split(separator: ".") {
      guard let member = node.members?.first(where: { $0.name == name }) else { break }
      origin = member.origin
      node = member.value
    }
    return origin
  }

  /// The failure that the value is not what its key accepts.
  func mismatch(expected: String, hint: String = "") -> ConfigurationFailure {
    ConfigurationFailure(origin, key, "found \(found), expected \(expected)\(hint)")
  }

  /// A short description of what was written.
  private var found: String {
    switch content {
    case .list: "a list"
    case .mapping: "a mapping"
    case .scalar where isNull: "nothing"
    case .scalar(let text, quoted: false) where YAMLWord.number(text) != nil: text
    case .scalar(let text, quoted: false): "\"\(YAMLWord.escaped(text))\""
    case .scalar(let text, quoted: true): "the text \"\(YAMLWord.escaped(text))\""
    }
  }
}

/// Why a configuration cannot be used: where it was written, which key, what was found and what was
/// expected.
public struct ConfigurationFailure: Failure, Equatable {
  /// The file and line, such as "demo.yaml:12", or the option, such as "--set model.gamma=2".
  public let origin: String
  /// The whole dotted key; empty if the problem is with the file.
  public let key: String
  /// What was found, what was expected, what to do.
  public let problem: String

  init(_ origin: String, _ key: String, _ problem: String) {
    self.origin = origin
    self.key = key
    self.problem = problem
  }

  /// The failure in one line.
  public var description: String {
    [origin, key, problem].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// Always a bad configuration.
  public var status: FailureStatus { .badConfiguration }
}
