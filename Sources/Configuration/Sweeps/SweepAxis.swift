/// A key with the values that it takes in a sweep.
struct SweepAxis {
  /// The names in the key, from the root.
  let names: [String]
  /// Each value as it was written, at the place of the key.
  let values: [ConfigurationNode]

  /// The whole dotted key.
  var key: String { names.joined(separator: ".") }

  /// The key of the random seed, over whose values results are averaged.
  static let seed = "training.seed"
  /// The key whose values may have a file of the model each.
  static let paradigm = "model.paradigm"

  /// Reads the values of a key: a list, or a single one.
  init(_ member: ConfigurationNode.Member) throws {
    names = try Self.names(of: member)
    guard case .list(let items) = member.value.content else {
      values = [member.value.moved(to: member.name)]
      return
    }
    guard !items.isEmpty else {
      throw ConfigurationFailure(
        member.value.origin, member.value.key, "found an empty list, expected the key's values")
    }
    values = items.map { $0.moved(to: member.name) }
  }

  /// An axis of values that were drawn.
  init(_ names: [String], _ values: [ConfigurationNode]) {
    (self.names, self.values) = (names, values)
  }

  /// The names in a dotted key; throws where it is not one of a section, unless its values are
  /// sections themselves.
  static func names(of member: ConfigurationNode.Member) throws -> [String] {
    let names = member.name.split(separator: ".", omittingEmptySubsequences: false)
    var holdsSections = false
    if case .list(let items) = member.value.content {
      holdsSections = items.allSatisfy { if case .mapping = $0.content { true } else { false } }
    }
    guard names.count > 1 || holdsSections, names.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationFailure(
        member.origin, member.value.key,
        "found \"\(YAMLWord.escaped(member.name))\", expected a whole dotted key, such as "
          + "training.learning_rate")
    }
    return names.map(String.init)
  }
}

/// A key with one of its values, as names of folders and tables show it.
public struct SweepValue: Hashable, Sendable {
  /// The whole dotted key.
  public let key: String
  /// The value as it was written, on one line.
  public let text: String

  /// Describes a value.
  public init(key: String, text: String) {
    self.key = key
    self.text = text
  }
}

extension ConfigurationNode {
  /// The same value at the place of another key.
  func moved(to key: String) -> ConfigurationNode {
    let content: Content =
      switch self.content {
      case .scalar: self.content
      case .list(let items):
        .list(items.enumerated().map { $0.element.moved(to: "\(key)[\($0.offset)]") })
      case .mapping(let members):
        .mapping(
          members.map {
            Member(
              name: $0.name, origin: $0.origin,
              value: $0.value.moved(to: key.isEmpty ? $0.name : "\(key).\($0.name)"))
          })
      }
    return ConfigurationNode(key: key, origin: origin, content: content)
  }

  /// The value on one line, for names: `400,400` for a list, `kind=stacked` for a mapping.
  var inline: String {
    switch content {
    case .scalar where isNull: "null"
    case .scalar(let text, _): text
    case .list(let items): items.map(\.inline).joined(separator: ",")
    case .mapping(let members):
      members.map { "\($0.name)=\($0.value.inline)" }.joined(separator: ",")
    }
  }
}
