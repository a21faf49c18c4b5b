/// What captions say of the runs of a figure.
extension RunArms {
  /// The numbers of seeds that means are over, as a sentence.
  var seedSentence: String {
    let counts = Set(arms.map(\.runs.count)).sorted()
    let seeds = Set(arms.flatMap { $0.runs.map(\.seed) }).sorted {
      (Double($0) ?? 0, $0) < (Double($1) ?? 0, $1)
    }
    let names = seeds.count > 6 ? "" : " (\(seeds.joined(separator: ", ")))"
    guard let most = counts.last, most > 1 else {
      return
        "Single runs of \(seeds.count == 1 ? "seed" : "the seeds") \(seeds.joined(separator: ", "))."
    }
    let number = counts.count == 1 ? "\(most)" : "\(counts[0]) to \(most)"
    return
      "Means over n = \(number) seeds\(names), ± one standard deviation"
      + (counts[0] == 1 ? " where n > 1." : ".")
  }

  /// What all runs have in common, of the settings that readers look for first.
  var sharedSentence: String {
    let known = Self.headlines.compactMap { key in
      shared.first { $0.key == key && !["[]", "null"].contains($0.value) }
        .map { "\(Self.short(key, among: [])) \($0.value)" }
    }
    return known.isEmpty ? "" : "All runs: \(known.joined(separator: ", "))."
  }

  private static let headlines = [
    "model.backbone", "model.paradigm", "model.embedding_dim", "model.encoder.kind",
    "model.encoder.gamma", "training.optimizer", "training.learning_rate", "training.batch_size",
    "training.epochs", "dataset.source", "dataset.train",
  ]

  /// Which keys differ without a label; empty if none do.
  var alongsideSentence: String {
    guard !alongside.isEmpty else { return "" }
    let shown = alongside.prefix(6).joined(separator: ", ")
    let more = alongside.count > 6 ? " and \(alongside.count - 6) more keys" : ""
    return "Runs that differ in a label differ in \(shown)\(more) as well."
  }
}
