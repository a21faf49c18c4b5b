import Models

/// Runs grouped by their settings, so that the runs of a group differ in their seeds alone.
struct RunArms {
  /// Runs of the same settings and different seeds.
  struct Arm {
    let runs: [RecordedRun]
    /// Its number among arms of the same settings, from 0: those have a run of the same seed.
    let copy: Int

    /// The value of a key, if it is a number; nil where the key has no effect.
    func number(_ key: String) -> Double? { runs[0].value(key).flatMap { Double($0) } }
  }

  /// Arms that differ in the factor alone; without a factor, a single arm.
  struct Series {
    /// What distinguishes it from the other series.
    let label: String
    let paradigm: Paradigm
    /// In ascending order of the factor.
    let arms: [Arm]

    /// The run that stands for its settings.
    var first: RecordedRun { arms[0].runs[0] }
  }

  /// In the order of the values of `keys`.
  let series: [Series]
  /// The keys in the labels, the most important one first.
  let keys: [String]
  /// Keys that differ as well, but only together with those in the labels.
  let alongside: [String]
  /// What all runs have in common.
  let shared: [(key: String, value: String)]
  /// The key that a horizontal axis shows, which is in no label.
  let factor: String?

  /// The arms of all series.
  var arms: [Arm] { series.flatMap(\.arms) }

  /// Groups runs, or makes an arm of `each`; a `factor` is left out of the labels.
  init(_ runs: [RecordedRun], grouping: SeedGrouping, factor: String? = nil) {
    self.factor = factor
    let differing = Self.differing(runs)
    let first = factor.map { [$0] } ?? []
    let others = differing.filter { $0 != factor }
    let own = factor.flatMap { Self.separating(runs, having: $0, among: others) }.map { [$0] } ?? []
    let chosen =
      own
      + Self.distinguishing(
        runs, among: others.filter { !own.contains($0) }, after: own + first)
    let seeds = grouping == .each && Set(runs.map(\.seed)).count > 1
    let keys = chosen + (seeds ? [Self.seedKey] : [])
    self.keys = keys
    alongside = differing.filter { $0 != factor && !chosen.contains($0) }
    shared = (runs.first?.settings ?? []).filter { !differing.contains($0.key) }
    let arms = Self.grouped(runs, grouping)
    let ordered = Self.ordered(arms.map(\.runs), by: keys + first).map { arms[$0] }
    var groups: [(place: [String?], arms: [Arm])] = []
    for arm in ordered {
      let hasFactor = factor.map { arm.runs[0].value($0) != nil } ?? true
      let place = keys.map { Self.value(arm.runs[0], $0) } + ["\(arm.copy) \(hasFactor)"]
      if factor != nil, let index = groups.firstIndex(where: { $0.place == place }) {
        groups[index].arms.append(arm)
      } else {
        groups.append((place, [arm]))
      }
    }
    series = zip(groups, Self.labels(groups.map(\.arms), keys)).map { group, label in
      Series(
        label: label, paradigm: group.arms[0].runs[0].description.paradigm, arms: group.arms)
    }
  }

  /// The key of seeds in labels of single runs.
  static let seedKey = "training.seed"

  /// The keys whose values differ among runs, the most important ones first.
  private static func differing(_ runs: [RecordedRun]) -> [String] {
    var keys: [String] = []
    for key in runs.flatMap({ $0.settings.map(\.key) }) where !keys.contains(key) {
      keys.append(key)
    }
    let values = runs.map {
      Dictionary($0.settings.map { ($0.key, $0.value) }) { first, _ in first }
    }
    // Whether a key has an effect depends on another key, which differs then.
    let found = keys.filter { key in Set(values.compactMap { $0[key] }).count > 1 }
    return found.indices.sorted { (rank(found[$0]), $0) < (rank(found[$1]), $1) }.map { found[$0] }
  }

  private static func rank(_ key: String) -> Int {
    switch key {
    case "model.backbone": 0
    case "model.paradigm": 1
    case _ where key.hasPrefix("model."): 2
    case _ where key.hasPrefix("training."): 3
    case _ where key.hasPrefix("features."): 4
    case _ where key.hasPrefix("dataset."): 5
    // The epoch of a checkpoint.
    default: 6
    }
  }

  /// The first key that separates runs in which a factor has an effect from the others; nil where
  /// it has one in all of them.
  private static func separating(
    _ runs: [RecordedRun], having factor: String, among keys: [String]
  ) -> String? {
    let (with, without) = (
      runs.filter { $0.value(factor) != nil }, runs.filter { $0.value(factor) == nil }
    )
    guard !with.isEmpty, !without.isEmpty else { return nil }
    return keys.first { key in
      Set(with.map { $0.value(key) }).isDisjoint(with: without.map { $0.value(key) })
    }
  }

  /// The first keys that, together with those before them, distinguish more runs.
  private static func distinguishing(
    _ runs: [RecordedRun], among keys: [String], after first: [String]
  ) -> [String] {
    func classes(_ keys: [String]) -> Int { Set(runs.map { run in keys.map(run.value) }).count }
    var chosen = first
    for key in keys where classes(chosen + [key]) > classes(chosen) { chosen.append(key) }
    return Array(chosen.dropFirst(first.count))
  }

  /// Runs of the same settings and different seeds; a second run of a seed begins another group.
  private static func grouped(
    _ runs: [RecordedRun], _ grouping: SeedGrouping
  ) -> [Arm] {
    var groups: [(settings: [String], runs: [RecordedRun], copy: Int)] = []
    for run in runs {
      let settings = run.settings.flatMap { [$0.key, $0.value] }
      let same = groups.indices.filter { groups[$0].settings == settings }
      let free = same.first { index in
        grouping == .mean && !groups[index].runs.contains { $0.seed == run.seed }
      }
      if let free {
        groups[free].runs.append(run)
      } else {
        let copies = same.count { index in groups[index].runs.contains { $0.seed == run.seed } }
        groups.append((settings, [run], copies))
      }
    }
    return groups.map { Arm(runs: $0.runs, copy: $0.copy) }
  }

  /// The order of groups by the values of keys: numbers ascending, words as they are met.
  private static func ordered(_ groups: [[RecordedRun]], by keys: [String]) -> [Int] {
    let places = keys.map { key -> [Double] in
      let values = groups.map { value($0[0], key) }
      let numbers = values.map { $0.flatMap { Double($0) } }
      guard zip(values, numbers).contains(where: { $0 != nil && $1 == nil }) else {
        return numbers.map { $0 ?? -.infinity }
      }
      return values.map { value in Double(values.firstIndex(of: value) ?? 0) }
    }
    return groups.indices.sorted { first, second in
      for place in places where place[first] != place[second] {
        return place[first] < place[second]
      }
      return first < second
    }
  }

  /// The value of a key, or the seed.
  static func value(_ run: RecordedRun, _ key: String) -> String? {
    key == seedKey ? run.seed : run.value(key)
  }

  /// The values of keys, each behind the last part of its key unless it explains itself.
  static func label(_ run: RecordedRun, _ keys: [String]) -> String {
    keys.compactMap { key in
      value(run, key).map { value in
        ["model.backbone", "model.paradigm"].contains(key)
          ? value : "\(short(key, among: keys))=\(value)"
      }
    }.joined(separator: " ")
  }

  /// The last part of a key, unless another one ends in the same.
  static func short(_ key: String, among keys: [String]) -> String {
    func end(_ key: String) -> String { key.split(separator: ".").last.map(String.init) ?? key }
    return keys.count { end($0) == end(key) } > 1 ? key : end(key)
  }

  /// Labels that are all different: of equal ones the names of the runs, or numbers.
  private static func labels(_ series: [[Arm]], _ keys: [String]) -> [String] {
    let runs = series.map { $0[0].runs[0] }
    let labels = runs.map { label($0, keys) }
    guard labels.allSatisfy(\.isEmpty) else {
      return RunLabels.labels(labels.map { $0.isEmpty ? "base" : $0 }, trimming: .nothing)
    }
    let single = series.allSatisfy { $0.count == 1 && $0[0].runs.count == 1 }
    return RunLabels.labels(
      runs.map { run in
        single
          ? run.description.name
          : "\(run.description.backbone.rawValue) \(run.description.paradigm.rawValue)"
      }, trimming: single ? .sharedWords : .nothing)
  }
}

/// Whether runs that differ in their seeds alone are drawn as one mean.
public enum SeedGrouping: String, CaseIterable, Sendable {
  /// Their mean, with what they vary by.
  case mean
  /// Every run.
  case each
}
