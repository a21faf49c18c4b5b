import ClickData
import Models
import Platform
import Training

/// The configuration of a run, with every default filled in.
public struct RunConfiguration: Equatable, Sendable {
  /// The run's name, which is also the name of its folder.
  public var run = RunName.fallback
  /// Where rows come from.
  public var dataset = DatasetSettings()
  /// How fields become ids.
  public var features = FeatureSettings()
  /// What is trained.
  public var model = ModelSettings()
  /// How it is trained.
  public var training = TrainingSettings()
  /// The defaults.
  public init() {}

  /// Reads a regular file and those it extends, then applies overrides; a later one wins over an
  /// earlier one.
  ///
  /// Throws `ConfigurationFailure`, or `FileFailure` if the file itself cannot be read.
  public init(file path: String, overrides: [ConfigurationOverride] = []) throws {
    try self.init(
      ConfigurationFile.read([path], keys: .all) { try WholeFile.read($0, .configuration) },
      overrides: overrides, name: RunName.of([path]))
  }

  /// Reads the files that a user names, which may be pipes: they are merged in their order, then
  /// overrides apply.
  public init(given paths: [String], overrides: [ConfigurationOverride] = []) throws {
    try self.init(
      ConfigurationFile.read(paths, keys: .all) { try WholeFile.readGiven($0, .configuration) },
      overrides: overrides, name: RunName.of(paths))
  }

  /// Reads YAML text, which errors call `name`.
  public init(yaml: String, name: String, overrides: [ConfigurationOverride] = []) throws {
    try self.init(
      YAMLText(text: yaml, source: .file(name), keys: .all).root(), overrides: overrides,
      name: RunName.fallback
    )
  }

  private init(
    _ root: ConfigurationNode, overrides: [ConfigurationOverride], name: String
  ) throws {
    let node = try overrides.reduce(root) { $0.overlaid(with: try $1.node()) }
    try self.init(checked: node, name: name)
  }

  /// Reads what was written and checks the rules between keys; `name` is that of a run without one.
  init(checked node: ConfigurationNode, name: String) throws {
    try self.init(unchecked: node, name: name)
    try ConfigurationRules.check(self, writtenAs: node)
  }

  /// Checks what depends on the number of fields, where only the data's header has it; throws
  /// `ConfigurationFailure`.
  public func check(fields: Int) throws { try ConfigurationRules.check(self, fields: fields) }

  /// Reads what was written, where each key is valid on its own.
  init(unchecked node: ConfigurationNode, name: String) throws {
    self.init()
    run = name
    do {
      try KeyReader.read(node, into: &self)
    } catch let unknown as UnknownKey {
      throw KeyAdvice.failure(unknown)
    }
    if !dataset.source.isEmpty && dataset.split == nil { dataset.split = .init() }
  }

  /// Every key with its value, as YAML that reads back as an equal configuration.
  public var yaml: String {
    var writer = KeyWriter()
    Self.visit(self, with: &writer)
    return writer.text
  }

  /// Every key that has a meaning, dotted, with its value as YAML.
  public var values: [(key: String, value: String)] {
    var lister = KeyValues()
    Self.visit(self, with: &lister)
    return lister.values
  }

  /// The first key below some sections whose value differs in another configuration, with both
  /// values; nil stands for a key that one of them does not have.
  public func firstDifference(
    from other: RunConfiguration, below sections: [String]
  ) -> (key: String, value: String?, other: String?)? {
    let (own, theirs) = (values, other.values)
    func value(_ key: String, in values: [(key: String, value: String)]) -> String? {
      values.first { $0.key == key }?.value
    }
    for (key, _) in own + theirs
    where sections.contains(where: { key == $0 || key.hasPrefix("\($0).") }) {
      let (mine, other) = (value(key, in: own), value(key, in: theirs))
      if mine != other { return (key, mine, other) }
    }
    return nil
  }

  /// The keys that are read beside the values of others, as YAML without the run's name: two
  /// configurations with equal texts train the same model with the same steps.
  var effectiveKeys: String {
    var configuration = self
    configuration.run = RunName.fallback
    var writer = KeyWriter(.effective)
    Self.visit(configuration, with: &writer)
    return writer.text
  }

  /// The keys that are read beside the values of others, dotted, with their values in YAML.
  public var effectiveValues: [String: String] {
    var path: [(margin: Int, name: String)] = []
    var values: [String: String] = [:]
    for line in effectiveKeys.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      let margin = line.count - text.count
      if !text.hasPrefix("- "), let colon = text.firstIndex(of: ":") {
        path.removeAll { $0.margin >= margin }
        path.append((margin, String(text[..<colon])))
        values[path.map(\.name).joined(separator: ".")] = String(
          text[text.index(after: colon)...].drop { $0 == " " })
      } else {
        values[path.map(\.name).joined(separator: "."), default: ""] += " \(text)"
      }
    }
    return values
  }

  /// Whether a key is read beside the values of others.
  func reads(_ key: String) -> Bool {
    var lister = KeyLister(.effective)
    Self.visit(self, with: &lister)
    return lister.keys.contains(key) || !Self.keys.contains(key)
  }

  /// Every key that may be written, dotted; FIELD represents a field's name.
  public static let keys: [String] = {
    var lister = KeyLister()
    visit(RunConfiguration(), with: &lister)
    return lister.keys
  }()

  /// Every key that may be written, with what it takes, its default and its meaning.
  public static let declarations: [KeyDeclaration] = {
    var catalogue = KeyCatalogue()
    visit(RunConfiguration(), with: &catalogue)
    return catalogue.declarations
  }()

  private static func visit(_ configuration: Self, with keys: inout some KeyVisitor) {
    var configuration = configuration
    do {
      try configuration.visit(&keys)
    } catch {
      preconditionFailure("RunConfiguration: visiting the keys threw \(error)")
    }
  }
}

extension RunConfiguration: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key(
      "run", &run,
      .text("a name without slashes", where: RunName.isValid))
    try keys.section("dataset", &dataset)
    try keys.section("features", &features)
    try keys.section("model", &model)
    try keys.section("training", &training)
  }
}
