import Platform

/// Combines what the file of a sweep lists, and merges cells of the same effective configuration.
struct SweepCells {
  private(set) var groups: [SweepGroup] = []
  private(set) var runs: [SweepRun] = []
  /// The combinations that were written.
  private(set) var count = 0

  private let file: SweepFile
  /// The runs by what they train.
  private var known: [String: SweepRun] = [:]
  /// The names that runs may not have: those of the other folders of a sweep.
  private var names: Set = ["cells", "logs", "encoders"]

  /// One value of a key.
  private struct Choice {
    let axis: SweepAxis
    let value: ConfigurationNode

    var sweepValue: SweepValue { SweepValue(key: axis.key, text: value.inline) }

    static func all(_ axis: SweepAxis) -> [Choice] {
      axis.values.map { Choice(axis: axis, value: $0) }
    }
  }

  /// Throws `ConfigurationFailure` where a cell is not a valid configuration.
  init(_ file: SweepFile) throws {
    self.file = file
    let points = file.varied.filter { $0.key != SweepAxis.seed }.reduce([[]]) { points, axis in
      points.flatMap { point in Choice.all(axis).map { point + [$0] } }
    }
    for model in file.models {
      for point in points { try add(model, point) }
    }
  }

  private mutating func add(_ model: SweepModel, _ point: [Choice]) throws {
    let axes = file.search?.axes ?? []
    let seeds = file.varied.first { $0.key == SweepAxis.seed }
    let choices = seeds.map { Choice.all($0).map { [$0] } } ?? [[]]
    var group = SweepGroup(model: model.label, values: [], candidates: [])
    for indices in file.search?.candidates ?? [[]] {
      let searched = zip(axes, indices).map { Choice(axis: $0, value: $0.values[$1]) }
      let effective = try (point + searched).filter {
        try hasEffect($0, among: point + searched, of: model)
      }
      let keys = Set(effective.map(\.axis.key))
      func kept(_ choices: [Choice]) -> [SweepValue] {
        choices.filter { keys.contains($0.axis.key) }.map(\.sweepValue)
      }
      count += choices.count
      let candidate = SweepCandidate(
        values: kept(searched),
        runs: try choices.map { try run(of: model, effective, seed: $0.first) })
      let isNew = !group.candidates.contains { $0.runs == candidate.runs }
      group = SweepGroup(
        model: model.label, values: kept(point),
        candidates: group.candidates + (isNew ? [candidate] : []))
    }
    if !groups.contains(group) { groups.append(group) }
  }

  /// Whether any other value of a key would train something else.
  private func hasEffect(
    _ choice: Choice, among choices: [Choice], of model: SweepModel
  ) throws -> Bool {
    let texts = try Choice.all(choice.axis).map { other in
      let changed = choices.map { $0.axis.key == choice.axis.key ? other : $0 }
      return try RunConfiguration(unchecked: node(model, changed), name: "").effectiveKeys
    }
    // A key with a single value is part of the name, so that adding a value renames no run.
    guard texts.count == 1 else { return Set(texts).count > 1 }
    return try RunConfiguration(unchecked: node(model, choices), name: "").reads(choice.axis.key)
  }

  /// What is written for a model, some values and what is set for every run.
  private func node(_ model: SweepModel, _ choices: [Choice]) throws -> ConfigurationNode {
    let chosen = choices.reduce(file.settings) { node, choice in
      node.overlaid(with: choice.value.nested(under: choice.axis.names))
    }
    let root = try model.root(beside: chosen)
    let own =
      (file.data.members ?? []).isEmpty ? root : root.removing("dataset").removing("features")
    return own.overlaid(with: file.data).overlaid(with: chosen)
  }

  /// The run of a cell: a known one with the same effective configuration, or a new one.
  private mutating func run(
    of model: SweepModel, _ choices: [Choice], seed: Choice?
  ) throws -> SweepRun {
    let all = choices + (seed.map { [$0] } ?? [])
    let node = try node(model, all)
    let name = unique(Self.name(model.label, all.map(\.sweepValue)))
    var configuration = try RunConfiguration(checked: node, name: name)
    configuration.run = name
    // Last checkpoints are kept only where more epochs may follow.
    if node["training"]?["keep_last"] == nil { configuration.training.keepLast = false }
    let key = configuration.effectiveKeys
    if let run = known[key] { return run }
    names.insert(name)
    let run = SweepRun(name: name, seed: seed?.value.inline, configuration: configuration)
    known[key] = run
    runs.append(run)
    return run
  }

  private func unique(_ name: String) -> String {
    guard names.contains(name) else { return name }
    return (2...).lazy.map { "\(name)-\($0)" }.first { !names.contains($0) } ?? name
  }

  /// The longest name of a folder, which leaves room for those that are made beside it.
  private static let longestName = 180

  /// The name of a folder: the model, then what varies, as in `fm-paradigm=generative-seed=2021`.
  ///
  /// A key is shortened to its last part, unless another one ends in the same.
  private static func name(_ model: String, _ values: [SweepValue]) -> String {
    let ends = values.map { $0.key.split(separator: ".").last.map(String.init) ?? $0.key }
    let parts = zip(values, ends).map { value, end in
      "\(ends.count(where: { $0 == end }) > 1 ? value.key : end)=\(value.text)"
    }
    let name = ([model] + parts).joined(separator: "-").map { character in
      character.isASCII
        && (character.isLetter || character.isNumber || "=,._+-".contains(character))
        ? character : "_"
    }
    guard name.count > longestName else { return String(name) }
    return String(name.prefix(longestName - 17)) + "-" + ShortHash.text(of: parts.joined())
  }
}
