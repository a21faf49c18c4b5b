import Models
import TestSupport
import Testing

@testable import Analysis

extension RecordedRun {
  /// A run of these settings, whose name begins with its seed.
  static func example(
    seed: Int, _ settings: [(key: String, value: String)] = [], name: String? = nil
  ) -> RecordedRun {
    let paradigm = settings.first { $0.key == "model.paradigm" }?.value
    let backbone = settings.first { $0.key == "model.backbone" }?.value
    let texts = settings.map { "\($0.key)=\($0.value)" }.joined(separator: "-")
    let name = name ?? "\(seed)-\(texts)"
    return RecordedRun(
      RunDescription(
        name: name, paradigm: paradigm.flatMap { Paradigm(rawValue: $0) } ?? .generative,
        backbone: backbone.flatMap { BackboneKind(rawValue: $0) } ?? .fm, epoch: 2),
      folder: "runs/\(name)", seed: "\(seed)", settings: settings)
  }

  /// The same run with the AUC of validation rows at the ends of its epochs.
  func evaluated(_ auc: [Double], metric: String = "AUC") -> RecordedRun {
    var run = self
    run.evaluations += auc.enumerated().map { index, value in
      Evaluation(
        split: "valid", step: 10 * (index + 1), epoch: index + 1, values: [metric: value])
    }
    return run
  }
}

@Suite struct RunArmsTests {
  private func runs(_ values: [(String, [String])], seeds: [Int] = [1, 2]) -> [RecordedRun] {
    let settings = values.reduce([[("model.embedding_dim", "4")]]) { settings, axis in
      settings.flatMap { setting in axis.1.map { setting + [(axis.0, $0)] } }
    }
    return settings.flatMap { setting in seeds.map { .example(seed: $0, setting) } }
  }

  @Test func runsThatDifferInTheirSeedsAloneAreOneArm() {
    let arms = RunArms(
      runs([("model.paradigm", ["discriminative", "generative"])], seeds: [3, 1, 2]),
      grouping: .mean)
    #expect(arms.series.map(\.label) == ["discriminative", "generative"])
    #expect(arms.arms.map { $0.runs.map(\.seed) } == [["3", "1", "2"], ["3", "1", "2"]])
    #expect(arms.seedSentence == "Means over n = 3 seeds (1, 2, 3), ± one standard deviation.")
    #expect(arms.shared.map(\.key) == ["model.embedding_dim"])
    #expect(arms.sharedSentence == "All runs: embedding_dim 4.")
  }

  /// Counting a run twice would halve the variance of its mean.
  @Test func aSecondRunOfASeedIsNoFurtherSeed() {
    let arms = RunArms(
      [1, 2, 1].enumerated().map { .example(seed: $1, name: "run\($0)") }, grouping: .mean)
    #expect(arms.arms.map { $0.runs.count } == [2, 1])
    #expect(arms.series.map(\.label) == ["fm generative (1)", "fm generative (2)"])
    #expect(
      arms.seedSentence
        == "Means over n = 1 to 2 seeds (1, 2), ± one standard deviation where n > 1.")
  }

  @Test func labelsSayWhatDiffersAndNoMore() {
    // The learning rate goes with the dimension, so the label needs one of them.
    let runs = [("4", "0.1"), ("16", "0.3"), ("8", "0.2")].map { dimension, rate in
      RecordedRun.example(
        seed: 1,
        [
          ("model.backbone", "fm"), ("model.embedding_dim", dimension),
          ("training.learning_rate", rate),
        ])
    }
    let arms = RunArms(runs, grouping: .mean)
    #expect(arms.series.map(\.label) == ["embedding_dim=4", "embedding_dim=8", "embedding_dim=16"])
    #expect(arms.alongside == ["training.learning_rate"])
    #expect(
      arms.alongsideSentence
        == "Runs that differ in a label differ in training.learning_rate as well.")
    #expect(arms.seedSentence == "Single runs of seed 1.")
  }

  /// A discriminative model has no γ: that is no further difference to name.
  @Test func aKeyWithoutEffectInSomeRunsIsNoDifference() {
    let runs = [
      RecordedRun.example(seed: 1, [("model.paradigm", "discriminative")]),
      .example(seed: 1, [("model.paradigm", "generative"), ("model.encoder.gamma", "1")]),
    ]
    let arms = RunArms(runs, grouping: .mean)
    #expect(arms.series.map(\.label) == ["discriminative", "generative"] && arms.alongside.isEmpty)
  }

  @Test func keysThatEndInTheSameAreWritten() {
    let runs = [("1", "2"), ("2", "1"), ("1", "1")].map {
      RecordedRun.example(
        seed: 1, [("features.a.buckets", $0), ("features.b.buckets", $1)])
    }
    #expect(
      RunArms(runs, grouping: .mean).series.map(\.label)[0]
        == "features.a.buckets=1 features.b.buckets=1")
  }

  @Test func everyRunCanBeAnArmThatIsLabelledByItsSeed() {
    let arms = RunArms(runs([], seeds: [7, 8]), grouping: .each)
    #expect(arms.series.map(\.label) == ["seed=7", "seed=8"])
    #expect(arms.arms.allSatisfy { $0.runs.count == 1 })
  }

  @Test func aFactorIsInNoLabelAndOrdersItsArms() {
    let arms = RunArms(
      runs([
        ("model.encoder.gamma", ["10", "0.5", "2"]),
        ("model.paradigm", ["discriminative", "generative"]),
      ]), grouping: .mean, factor: "model.encoder.gamma")
    #expect(arms.series.map(\.label) == ["discriminative", "generative"])
    for series in arms.series {
      #expect(series.arms.map { $0.number("model.encoder.gamma") } == [0.5, 2, 10])
    }
  }

  /// Thirty runs of every kind: colours and dashes identify a curve within its panel.
  @Test(arguments: [
    [("model.backbone", 5), ("model.paradigm", 2), ("model.encoder.gamma", 3)],
    [("training.learning_rate", 30)], [("training.optimizer", 30)],
    [("training.learning_rate", 6), ("training.embedding_regularizer", 5)],
    [("model.backbone", 9), ("model.paradigm", 2)], [("model.paradigm", 2)],
    [("training.optimizer", 5), ("dataset.source", 6)],
  ])
  func inNoPanelTwoSeriesLookTheSame(axes: [(String, Int)]) {
    let words = [
      "model.backbone": BackboneKind.allCases.map(\.rawValue),
      "model.paradigm": Paradigm.allCases.map(\.rawValue),
      "training.optimizer": (0..<30).map { "rule\($0)" },
      "dataset.source": (0..<6).map { "d\($0)" },
    ]
    let arms = RunArms(
      runs(
        axes.map { key, count in
          (key, (0..<count).map { words[key]?[$0] ?? "\(Double($0 + 1) / 10)" })
        }), grouping: .mean)
    #expect(arms.series.count == axes.reduce(1) { $0 * $1.1 })
    let styles = SeriesStyles(arms)
    #expect(styles.panels.flatMap(\.series).sorted() == Array(arms.series.indices))
    for (title, members) in styles.panels {
      let looks = members.map { "\(styles.shades[styles.shade[$0]]) \(arms.series[$0].paradigm)" }
      #expect(Set(looks).count == looks.count && looks.count <= 8, "\(title ?? "")")
    }
    // One label, one look, in all panels together.
    let labels = Dictionary(grouping: arms.series.indices) { styles.labels[$0] }
    for same in labels.values {
      #expect(Set(same.map { styles.shades[styles.shade[$0]].light }).count == 1)
    }
    let looks = Dictionary(grouping: arms.series.indices) {
      "\(styles.shades[styles.shade[$0]]) \(arms.series[$0].paradigm)"
    }
    if styles.colour == nil {
      #expect(looks.values.allSatisfy { Set($0.map { styles.labels[$0] }).count <= 5 })
    }
  }

  @Test func anOrderedFactorHasOrderedColours() {
    let arms = RunArms(
      runs([("model.encoder.gamma", ["0.1", "1", "6", "0.01"])]), grouping: .mean)
    let styles = SeriesStyles(arms)
    #expect(styles.colour == "model.encoder.gamma")
    #expect(arms.series.indices.map { styles.shade[$0] } == [0, 1, 2, 3])
    #expect(
      styles.shades[..<4].map(\.light) == (0..<4).map { Palette.ordered(Double($0) / 3).light })
  }
}
