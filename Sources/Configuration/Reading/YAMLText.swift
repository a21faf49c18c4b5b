import Yams

/// YAML text and the name that errors use for it.
struct YAMLText {
  /// Where the text comes from.
  enum Source {
    /// A file, whose lines are counted.
    case file(String)
    /// A command-line option, as it was given.
    case option(String)
  }

  let text: String
  let source: Source
  /// The keys that errors may quote at the root of a file; nil for all.
  var keys: KnownKeys?
  private let budget = Budget()

  /// A limit on the values in one text: aliases of aliases multiply exponentially.
  private final class Budget {
    static let limit = 100_000
    var left = Budget.limit
  }

  /// The values in the text, below a key; aliases are replaced by their values, merge keys are
  /// merged.
  func node(key: String = "") throws -> ConfigurationNode {
    if let line = AliasKeys.line(in: text) {
      throw ConfigurationFailure(
        origin(line: line), key, "found an alias in a key, expected a word; write the key out")
    }
    do {
      guard let root = try Yams.compose(yaml: text) else {
        return ConfigurationNode(key: key, origin: origin(nil), content: .scalar("", quoted: false))
      }
      return try convert(root, key: key)
    } catch let error as YamlError {
      throw failure(error, key: key)
    }
  }

  /// The root of a configuration; throws where the text is not one.
  func root() throws -> ConfigurationNode { try keys?.checked(node()) ?? node() }

  private func origin(_ mark: Mark?) -> String { origin(line: mark?.line) }

  private func origin(line: Int?) -> String {
    switch source {
    case .file(let name): line.map { "\(name):\($0)" } ?? name
    case .option(let option): option
    }
  }

  /// Counts one more value, or one more merged mapping or list.
  private func spend(on node: Node, key: String) throws {
    budget.left -= 1
    guard budget.left >= 0 else {
      throw ConfigurationFailure(
        origin(node.mark), key,
        "more than \(Budget.limit) values, aliases counted as often as they are used; remove some"
      )
    }
  }

  private func convert(_ node: Node, key: String) throws -> ConfigurationNode {
    try spend(on: node, key: key)
    let content: ConfigurationNode.Content
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string, quoted: scalar.style != .plain)
    case .sequence(let items):
      content = .list(
        try items.enumerated().map { try convert($0.element, key: "\(key)[\($0.offset)]") })
    case .mapping(let mapping):
      content = .mapping(try members(of: mapping, key: key))
    case .alias(let alias):
      throw ConfigurationFailure(origin(alias.mark), key, "alias of an unknown anchor")
    }
    return ConfigurationNode(key: key, origin: origin(node.mark), content: content)
  }

  /// The members of a mapping, followed by those that its merge keys add.
  private func members(of mapping: Node.Mapping, key: String) throws -> [ConfigurationNode.Member] {
    var members: [ConfigurationNode.Member] = []
    var names: Set<String> = []
    var merged: [ConfigurationNode.Member] = []
    for (name, value) in mapping {
      guard case .scalar(let scalar) = name else {
        throw ConfigurationFailure(
          origin(name.mark), key, "found a list or mapping as a key, expected a word")
      }
      if scalar.string == "<<" && scalar.style == .plain {
        merged += try mergedMembers(value, key: key)
        continue
      }
      let whole = key.isEmpty ? scalar.string : "\(key).\(scalar.string)"
      guard names.insert(scalar.string).inserted else {
        throw repeatedKey(scalar.string, below: key, at: origin(name.mark))
      }
      members.append(
        .init(
          name: scalar.string, origin: origin(name.mark), value: try convert(value, key: whole)))
    }
    // A mapping's own members win over merged ones; among merged ones, the first wins.
    return members + merged.filter { names.insert($0.name).inserted }
  }

  private func mergedMembers(_ value: Node, key: String) throws -> [ConfigurationNode.Member] {
    try spend(on: value, key: key)
    switch value {
    case .mapping(let mapping): return try members(of: mapping, key: key)
    case .sequence(let items): return try items.flatMap { try mergedMembers($0, key: key) }
    case .scalar, .alias:
      throw try convert(value, key: key.isEmpty ? "<<" : "\(key).<<")
        .mismatch(expected: "a mapping or a list of mappings to merge")
    }
  }
}

extension YAMLText {
  /// The failure that a mapping has a key twice; an unknown key may be a line of any text.
  private func repeatedKey(
    _ name: String, below key: String, at origin: String
  ) -> ConfigurationFailure {
    let problem = "written twice in one mapping; remove one"
    guard !key.isEmpty || keys?.contains(name) ?? true else {
      return ConfigurationFailure(origin, "", "a key is \(problem)")
    }
    return ConfigurationFailure(origin, key.isEmpty ? name : "\(key).\(name)", problem)
  }

  /// The parser's error, in one line.
  private func failure(_ error: YamlError, key: String) -> ConfigurationFailure {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let context = context.map { " \($0.text)" } ?? ""
      return ConfigurationFailure(place(mark), key, "not valid YAML: \(problem)\(context)")
    case .reader(let problem, let offset, _, _):
      return ConfigurationFailure(
        place(atCharacter: offset ?? 0), key, "not valid YAML: \(problem); remove the character")
    case .duplicatedKeysInMapping(let names, let context):
      return repeatedKey(names.first ?? "", below: key, at: origin(context.mark))
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return ConfigurationFailure(origin(nil), key, "not valid YAML: \(error)")
    }
  }

  private func place(_ mark: Mark) -> String {
    guard case .file(let name) = source else { return origin(mark) }
    return "\(name):\(mark)"
  }

  private func place(atCharacter offset: Int) -> String {
    guard case .file(let name) = source else { return origin(nil) }
    let lines = text.prefix(offset).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return "\(name):\(lines.count):\((lines.last?.count ?? 0) + 1)"
  }
}
