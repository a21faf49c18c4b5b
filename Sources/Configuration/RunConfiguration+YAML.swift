extension RunConfiguration {
  /// Reads a file and those it extends, then lays overrides over them, the later over the earlier.
  ///
  /// Throws `ConfigurationFailure`, or `FileFailure` where the file itself cannot be read.
  public init(file path: String, overrides: [ConfigurationOverride] = []) throws {
    try self.init(ConfigurationFile.read(path), overrides: overrides)
  }

  /// Reads YAML text, which errors call `name`.
  public init(
    yaml: String, name: String, overrides: [ConfigurationOverride] = []
  ) throws {
    try self.init(YAMLText(text: yaml, source: .file(name)).node(), overrides: overrides)
  }

  private init(_ written: ConfigurationNode, overrides: [ConfigurationOverride]) throws {
    // An empty file is a mapping without members, over which overrides can be laid.
    let root =
      written.isNull
      ? ConfigurationNode(key: "", origin: written.origin, content: .mapping([])) : written
    guard root.members != nil else { throw root.mismatch(expected: "a mapping of sections") }
    let node = try overrides.reduce(root) { $0.overlaid(with: try $1.node()) }
    self.init()
    try KeyReader.read(node, into: &self)
    try ConfigurationRules.check(self, writtenAs: node)
    if !dataset.source.isEmpty && dataset.split == nil { dataset.split = .init() }
  }

  /// Every key with its value, as YAML; reading it gives an equal configuration.
  public var yaml: String {
    var copy = self
    var writer = KeyWriter()
    do {
      try copy.visit(&writer)
    } catch {
      preconditionFailure("RunConfiguration: writing threw \(error)")
    }
    return writer.text
  }
}
