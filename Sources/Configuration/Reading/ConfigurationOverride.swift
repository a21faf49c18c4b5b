/// One key of a configuration set from outside the file: `--set model.embedding_dim=16`.
public struct ConfigurationOverride: Equatable, Sendable {
  /// The names in the key, from the root.
  let names: [String]
  /// The value, in YAML.
  let value: String

  /// Splits "KEY=VALUE"; nil if there is no "=" or a part of the dotted key is empty.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    names = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
    value = String(text[text.index(after: equals)...])
    guard names.allSatisfy({ !$0.isEmpty }) else { return nil }
  }

  /// The value, nested under the names of its key.
  func node() throws -> ConfigurationNode {
    let key = names.joined(separator: ".")
    let origin = "--set \(key)=\(YAMLWord.escaped(value))"
    guard names != ["extends"] else {
      throw ConfigurationFailure(origin, key, "cannot be set; name it in the file")
    }
    // A lone "-" begins a list in YAML, but means standard input on a command line.
    let node =
      value == "-"
      ? ConfigurationNode(key: key, origin: origin, content: .scalar(value, quoted: true))
      : try YAMLText(text: value, source: .option(origin)).node(key: key)
    return node.nested(under: names)
  }
}
