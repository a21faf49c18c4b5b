/// A value as it was written in a configuration, with its key and the place where it stands.
struct ConfigurationNode {
  /// What was written.
  indirect enum Content {
    /// A word or number; in quotes it is a text, whatever it looks like.
    case scalar(String, quoted: Bool)
    /// Values in a row.
    case list([ConfigurationNode])
    /// Named values in the order written, each name once.
    case mapping([Member])
  }

  /// A name and its value; the name may stand elsewhere than the value, which may come from an anchor.
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

  /// Whether nothing was written: `null`, `~` or a blank.
  var isNull: Bool {
    guard case .scalar(let text, quoted: false) = content else { return false }
    return YAMLWord.nulls.contains(text)
  }

  /// Named values; empty where nothing was written, nil where it is something else.
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

  /// This with another laid over it: mappings are joined key by key, of all else the later wins.
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

  /// Where a key below this one is written, or else the nearest key above it that is.
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

  /// That the value is not what its key takes.
  func mismatch(expected: String, hint: String = "") -> ConfigurationFailure {
    ConfigurationFailure(origin, key, "found \(found), expected \(expected)\(hint)")
  }

  /// What was written, in a few words.
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
