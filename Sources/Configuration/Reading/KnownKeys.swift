/// The keys by which a configuration is distinguished from other files, of which no error quotes a
/// line.
struct KnownKeys: Sendable {
  /// The keys of the root.
  let root: [String]
  /// Whether a key is one of a configuration, perhaps misspelt or in another section.
  let contains: @Sendable (String) -> Bool

  /// Returns the root of a file, an empty mapping where nothing is written; throws where it is not
  /// that of a configuration.
  func checked(_ root: ConfigurationNode) throws -> ConfigurationNode {
    let expected = "expected a mapping with some of \(self.root.joined(separator: ", "))"
    guard let members = root.members else {
      let found = if case .list = root.content { "a list" } else { "a text" }
      throw ConfigurationFailure(
        root.origin, "", "not a configuration: found \(found), \(expected)")
    }
    guard members.isEmpty || members.contains(where: { contains($0.name) }) else {
      throw ConfigurationFailure(
        root.origin, "", "not a configuration: found none of its keys, \(expected)")
    }
    return root.isNull
      ? ConfigurationNode(key: "", origin: root.origin, content: .mapping([])) : root
  }
}
