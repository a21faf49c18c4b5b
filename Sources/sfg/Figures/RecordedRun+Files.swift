import Analysis
import Configuration
import Foundation
import Models
import Platform
import Training

extension RecordedRun {
  /// Reads what the files of a run report, at some weights; what is not there is left out.
  ///
  /// Throws an error about a missing or damaged configuration, or `UnfinishedRun` where there are
  /// no metrics yet.
  static func read(_ path: String, checkpoint: RunCheckpoint = .best) throws -> RecordedRun {
    let folder = RunFolder(path)
    let configuration = try RunConfiguration(file: folder.configurationPath)
    let result = RunDocument(folder.resultPath)
    let best = result?.object("best")
    let epoch: Int? =
      switch checkpoint {
      case .best: best?.number("epoch").map { Int($0) } ?? result?.number("epochs").map { Int($0) }
      case .last: result?.number("epochs").map { Int($0) }
      case .epoch(let epoch): epoch
      }
    var run = RecordedRun(
      RunDescription(
        name: checkpoint.label(ofRun: configuration.run), paradigm: configuration.model.paradigm,
        backbone: configuration.model.backbone, epoch: epoch),
      folder: path, seed: "\(configuration.training.seed)", settings: settings(configuration))
    if case .epoch(let epoch) = checkpoint {
      run.settings.append((RunFigure.epochKey, "\(epoch)"))
    }
    run.evaluations = try evaluations(folder)
    run.read(result, bestStep: best?.number("step").map { Int($0) })
    let name = checkpoint == .best ? "" : "/\(checkpoint.name)"
    run.read(collapse: RunDocument("\(path)/analysis\(name)/collapse/summary.json"))
    run.read(redundancy: RunDocument("\(path)/analysis\(name)/redundancy/summary.json"))
    return run
  }

  /// Keys that change no number of a run, or are its seed.
  private static let ignored: Set = [
    "run", "training.seed", "training.keep", "training.keep_last", "training.tensorboard",
    "training.checkpoint_minutes", "dataset.cache",
  ]

  /// The values that determine what is trained, in the order of the configuration.
  private static func settings(_ configuration: RunConfiguration) -> [(key: String, value: String)]
  {
    let effective = Set(configuration.effectiveValues.keys)
    return configuration.values.filter {
      effective.contains($0.key) && !ignored.contains($0.key)
    }
  }

  private static func evaluations(_ folder: RunFolder) throws -> [Evaluation] {
    let text = String(
      decoding: try WholeFile.read(folder.metricsPath, .metrics), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      guard let document = RunDocument(text: String(line)), let split = document.text("split"),
        let step = document.number("step"), let epoch = document.number("epoch")
      else { return nil }
      let isSteps = document.text("span") == "steps"
      return Evaluation(
        split: isSteps ? "\(split) steps" : split, step: Int(step), epoch: Int(epoch),
        values: document.numbers.filter { !["step", "epoch", "rows"].contains($0.key) })
    }
  }

  private mutating func read(_ result: RunDocument?, bestStep: Int?) {
    for split in ["valid", "test"] {
      guard let metrics = result?.object(split) else { continue }
      heldOut = split
      rows[split] = metrics.number("rows").map { Int($0) }
      for (name, value) in metrics.numbers where !["rows", "positives"].contains(name) {
        outcome["\(split)/\(name)"] = value
      }
    }
    outcome["best_epoch"] = description.epoch.map(Double.init)
    outcome["parameters"] = result?.object("parameters")?.number("total")
    let kept = evaluations.last { $0.split == "valid" && $0.step == bestStep }
    for (name, value) in kept?.values ?? [:] where !["AUC", "logloss", "GAUC"].contains(name) {
      outcome[name] = value
    }
    let speeds = evaluations.filter { $0.split == "train" }.compactMap {
      $0.values["samples_per_second"]
    }
    outcome["samples_per_second"] = speeds.isEmpty ? nil : speeds.sorted()[speeds.count / 2]
  }

  private mutating func read(collapse summary: RunDocument?) {
    guard let found = summary?.objects("runs").first else { return }
    let centring = found.text("spectrum_of").flatMap { Centring(rawValue: $0) } ?? .covariance
    let names = found.objects("representations").compactMap { $0.text("representation") }
    spectra = found.objects("representations").compactMap { place in
      guard let name = place.text("representation"), let rows = place.number("rows"),
        let rankMe = place.number("rankme")
      else { return nil }
      // Layers that are stacked count each row once per layer.
      let layers = max(1, names.count { $0.hasPrefix("\(name).") })
      let logs = place.list("log_normalized").map { $0 ?? -.infinity }
      return SpectrumRecord(
        representation: name, rows: Int(rows) / layers, logs: logs, centring: centring,
        attainable: place.number("attainable_rank").map { Int($0) } ?? logs.count, rankMe: rankMe)
    }
    let main =
      found.objects("representations").first { $0.text("representation") == "encoder" }
      ?? found.objects("representations").first { $0.text("representation") == "embedding" }
    for name in ["rankme", "effective_rank", "information_abundance"] {
      outcome[name] = main?.number(name)
    }
    outcome["embedding_rankme"] =
      found.objects("representations").first { $0.text("representation") == "embedding" }?
      .number("rankme")
  }

  private mutating func read(redundancy summary: RunDocument?) {
    let between = summary?.objects("runs").first?.object("between")
    outcome["own_field_mean_abs_r"] = between?.number("mean_own_field")
    outcome["cross_field_mean_abs_r"] = between?.number("mean_off_own_field")
  }
}

/// A JSON object of a run's files, of which any member may be missing.
struct RunDocument {
  private let members: [String: Any]

  private init(_ members: [String: Any]) { self.members = members }

  /// Parses an object; nil where it is none.
  init?(text: String) {
    guard let found = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { return nil }
    members = found
  }

  /// Reads a file; nil where it is missing or no object.
  init?(_ path: String) {
    guard let bytes = try? WholeFile.read(path, .result) else { return nil }
    self.init(text: String(decoding: bytes, as: UTF8.self))
  }

  func text(_ name: String) -> String? { members[name] as? String }
  func number(_ name: String) -> Double? { Self.number(members[name]) }
  func object(_ name: String) -> RunDocument? {
    (members[name] as? [String: Any]).map(RunDocument.init)
  }
  func objects(_ name: String) -> [RunDocument] {
    ((members[name] as? [[String: Any]]) ?? []).map(RunDocument.init)
  }
  /// A list of numbers, some of which may be null.
  func list(_ name: String) -> [Double?] { ((members[name] as? [Any]) ?? []).map(Self.number) }
  /// All members that are numbers.
  var numbers: [String: Double] { members.compactMapValues(Self.number) }

  /// Foundation gives truth values as numbers too.
  private static func number(_ value: Any?) -> Double? {
    guard !(value is Bool && "\(value ?? "")".first.map { "tf".contains($0) } == true) else {
      return nil
    }
    return (value as? NSNumber)?.doubleValue
  }
}
