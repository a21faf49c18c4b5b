/// A configuration of FuxiCTR, or of the authors' code, which is derived from it, as one of ours.
public struct FuxiCTRImport {
  /// The configuration, as YAML with the keys that were imported.
  public let yaml: String
  /// What has no equivalent, or another meaning, one line per key.
  public let remarks: [String]

  /// Imports an experiment from a folder with `dataset_config` and `model_config`.
  ///
  /// Throws `ConfigurationFailure` for what cannot be represented, and `FileFailure`.
  public init(experiment id: String, in folder: String) throws {
    let experiment = try FuxiCTRExperiment(id, in: folder)
    let data = try FuxiCTRData(FuxiCTRKeys(experiment.data))
    let keys = try FuxiCTRKeys(experiment.model)
    let model = try FuxiCTRModel(keys)
    let training = try FuxiCTRTraining(keys, group: data.group)
    keys.remarkRest()
    remarks = data.remarks + keys.remarks
    let sections = [
      ("dataset", data.dataset), ("features", data.features), ("model", model.lines),
      ("training", training.lines),
    ]
    yaml = sections.reduce("run: \(YAMLWord.written(id))\n") { text, section in
      text + "\(section.0):\n" + section.1.map { "  \($0)\n" }.joined()
    }
  }
}
