import Platform

/// A sweep as it is written: models, the keys that vary, what is searched and what is set.
struct SweepFile {
  /// The sweep's name, which is also that of its folder.
  let name: String
  /// `dataset` and `features`, which replace those of every model; empty if the models' stay.
  let data: ConfigurationNode
  let models: [SweepModel]
  /// The keys whose values are all trained, in the order in which they were written.
  let varied: [SweepAxis]
  let search: SweepSearch?
  /// What is set for every run.
  let settings: ConfigurationNode
  /// The key whose values are compared; nil for the models themselves.
  let compared: String?
  let analyses: SweepAnalysisSettings

  private static let keys = [
    "sweep", "data", "models", "vary", "search", "set", "compare", "analyses",
  ]
  private static let known = KnownKeys(root: keys) { name in
    keys.contains(name) || Spelling.nearest(to: name, among: keys) != nil
  }

  /// Reads a file and all files that it names; throws `ConfigurationFailure` or `FileFailure`.
  init(_ path: String) throws {
    guard let text = String(validating: try WholeFile.read(path, .configuration), as: UTF8.self)
    else { throw ConfigurationFailure(path, "", "not UTF-8 text; save it as UTF-8") }
    let quoted = BraceNames.quoted(in: text)
    let root = try YAMLText(text: quoted, source: .file(path), keys: Self.known).root()
    for member in root.members ?? [] where !Self.keys.contains(member.name) {
      let near = Spelling.nearest(to: member.name, among: Self.keys)
      throw ConfigurationFailure(
        member.origin, member.name,
        "unknown key; "
          + (near.map { "did you mean \($0)?" }
            ?? "expected one of \(Self.keys.joined(separator: ", "))"))
    }
    let folders = Self.folders(beside: path)
    name =
      try root["sweep"].map {
        try Form.text("a name without slashes", where: RunName.isValid).read($0)
      }
      ?? RunName.of([path])
    data = try Self.data(root, folders)
    models = try Self.models(root, folders)
    settings = try Self.settings(root["set"])
    varied = try (root["vary"].map { try Self.members($0) } ?? []).map(SweepAxis.init)
    search = try root["search"].map(SweepSearch.init)
    compared = try Self.compared(root["compare"], varied)
    analyses = try root["analyses"].map(SweepAnalysisSettings.init) ?? SweepAnalysisSettings()
    try checkDisjoint(root)
  }

  /// Where files are looked for: beside the sweep, beside its folder, in the present folder, and in
  /// the configurations there.
  private static func folders(beside path: String) -> [String] {
    let own = Folder.parent(of: path)
    let above = own == "." ? "." : own.contains("/") ? Folder.parent(of: own) : "."
    var folders: [String] = []
    for folder in [own, above, ".", "configs"] where !folders.contains(folder) {
      folders.append(folder)
    }
    return folders
  }

  private static func data(
    _ root: ConfigurationNode, _ folders: [String]
  ) throws -> ConfigurationNode {
    let empty = ConfigurationNode(key: "", origin: root.origin, content: .mapping([]))
    guard let node = root["data"], !node.isNull else { return empty }
    let names = try Form<[String]>.texts("the path of a configuration").read(node)
    let paths = try names.map { name in
      guard let path = SweepModel.find(name, in: folders) else {
        throw ConfigurationFailure(
          node.origin, node.key,
          "found \"\(YAMLWord.escaped(name))\", expected a file in "
            + "\(folders.joined(separator: ", "))")
      }
      return path
    }
    let data = try ConfigurationFile.read(paths, keys: .all) {
      try WholeFile.read($0, .configuration)
    }
    for member in data.members ?? [] where !["dataset", "features", "run"].contains(member.name) {
      throw ConfigurationFailure(
        member.origin, member.name,
        "found in the data of a sweep, expected dataset and features alone; move it to set: in "
          + "\(root.source)")
    }
    return data.removing("run")
  }

  private static func models(
    _ root: ConfigurationNode, _ folders: [String]
  ) throws -> [SweepModel] {
    guard let node = root["models"], !node.isNull else {
      throw ConfigurationFailure(
        root.origin, "models", "found nothing, expected names of configurations")
    }
    let names = try Form<[String]>.texts("the name of a configuration").read(node)
      .flatMap(BraceNames.expanded)
    guard !names.isEmpty else {
      throw node.mismatch(expected: "at least one name of a configuration")
    }
    let models = try names.map { try SweepModel($0, at: node, in: folders) }
    let labels = models.map(\.label)
    return zip(models, names).map { model, name in
      // Models of one name in several folders are distinguished by their folders.
      guard labels.count(where: { $0 == model.label }) > 1 else { return model }
      return model.labelled(name.split(separator: "/").joined(separator: "_"))
    }
  }

  /// What is set, whose keys may be dotted.
  private static func settings(_ node: ConfigurationNode?) throws -> ConfigurationNode {
    let empty = ConfigurationNode(key: "", origin: node?.origin ?? "", content: .mapping([]))
    return try (node.map { try members($0) } ?? []).reduce(empty) { settings, member in
      let names = member.name.split(separator: ".").map(String.init)
      return settings.overlaid(with: member.value.moved(to: member.name).nested(under: names))
    }
  }

  private static func members(_ node: ConfigurationNode) throws -> [ConfigurationNode.Member] {
    guard let members = node.members else { throw node.mismatch(expected: "a mapping") }
    return members
  }

  /// By default the paradigm, or else the first key that varies other than the seed.
  private static func compared(_ node: ConfigurationNode?, _ varied: [SweepAxis]) throws -> String?
  {
    let keys = varied.filter { $0.values.count > 1 && $0.key != SweepAxis.seed }.map(\.key)
    guard let node, !node.isNull else {
      return keys.contains(SweepAxis.paradigm) ? SweepAxis.paradigm : keys.first
    }
    let word = try Form<String>.text("a key").read(node)
    guard word != "models" else { return nil }
    guard keys.contains(word) else {
      throw node.mismatch(
        expected: (keys + ["models"]).joined(separator: " or ") + ", which vary")
    }
    return word
  }

  /// No key may be written in two places: of values that are sections, the keys within them.
  private func checkDisjoint(_ root: ConfigurationNode) throws {
    let set = settings.leaves()
    var seen: [String] = []
    for axis in varied + (search?.axes ?? []) {
      let keys = Set(axis.values.flatMap { $0.leaves(at: axis.names) }).sorted()
      func clash(_ key: String, _ other: String) -> Bool {
        key == other || key.hasPrefix("\(other).") || other.hasPrefix("\(key).")
      }
      for key in keys {
        let isSet = set.contains { clash(key, $0) }
        guard isSet || seen.contains(where: { clash(key, $0) }) else { continue }
        throw ConfigurationFailure(
          axis.values[0].origin, key,
          "found \(isSet ? "in set as well" : "twice in vary and search"), expected a key in one of "
            + "set, vary and search; remove one")
      }
      seen += keys
      guard axis.key == SweepAxis.seed, search?.axes.contains(where: { $0.key == axis.key }) == true
      else { continue }
      throw ConfigurationFailure(
        axis.values[0].origin, axis.key, "found in search, expected in vary: a seed is no setting")
    }
  }
}

extension ConfigurationNode {
  /// The dotted keys of all values that are no mappings, below some names.
  fileprivate func leaves(at names: [String] = []) -> [String] {
    guard case .mapping(let members) = content else { return [names.joined(separator: ".")] }
    return members.flatMap { $0.value.leaves(at: names + [$0.name]) }
  }
}
