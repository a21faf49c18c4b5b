import Platform

/// An experiment of FuxiCTR as its folder of configurations describes it.
///
/// `model_config.yaml` holds experiments by their id, `dataset_config.yaml` data sets by theirs;
/// folders of these names hold several files instead. `Base` is merged under an experiment.
struct FuxiCTRExperiment {
  /// The keys of the model and of its training.
  let model: ConfigurationNode
  /// The keys of the data.
  let data: ConfigurationNode

  /// Reads the experiment `id` from a folder.
  init(_ id: String, in folder: String) throws {
    let models = try Self.entries("model_config", in: folder)
    guard let own = models.first(where: { $0.name == id })?.value else {
      throw Self.missing(id, "experiment", among: models, in: "\(folder)/model_config")
    }
    let base = models.last { $0.name == "Base" }?.value
    model = base.map { $0.overlaid(with: own) } ?? own
    guard let name = model["dataset_id"], !name.isNull else {
      throw ConfigurationFailure(
        own.origin, "\(id).dataset_id", "found nothing, expected the id of a data set")
    }
    let sets = try Self.entries("dataset_config", in: folder)
    let word = try name.word()
    guard let data = sets.first(where: { $0.name == word })?.value else {
      throw Self.missing(word, "data set", among: sets, in: "\(folder)/dataset_config")
    }
    self.data = data
  }

  /// The entries of one file, or of all files of a folder.
  private static func entries(_ name: String, in folder: String) throws -> [ConfigurationNode
    .Member]
  {
    let path = "\(folder)/\(name)"
    let names = (try? Folder.names(in: path)) ?? []
    let files = names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(path)/\($0)" }
    return try (files.isEmpty ? ["\(path).yaml"] : files).flatMap { file in
      guard let text = String(validating: try WholeFile.read(file, .configuration), as: UTF8.self)
      else { throw ConfigurationFailure(file, "", "not UTF-8 text; save it as UTF-8") }
      let root = try YAMLText(text: text, source: .file(file)).node()
      guard let members = root.members else {
        throw ConfigurationFailure(file, "", "found no mapping, expected one entry per id")
      }
      return members
    }
  }

  private static func missing(
    _ id: String, _ what: String, among entries: [ConfigurationNode.Member], in path: String
  ) -> ConfigurationFailure {
    let names = entries.map(\.name).filter { $0 != "Base" }
    let near = Spelling.nearest(to: id, among: names).map { "; did you mean \($0)?" } ?? ""
    let found = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    return ConfigurationFailure(
      path, "", "no \(what) \"\(YAMLWord.escaped(id))\", found \(found)\(near)")
  }
}
