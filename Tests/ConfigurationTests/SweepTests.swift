import Foundation
import Models
import Testing

@testable import Configuration

@Suite struct SweepTests {
  private let paper = """
    sweep: paper
    data: data.yaml
    models: [models/{lr,fm}, models/dcnv2]
    vary:   {model.paradigm: [discriminative, generative], training.seed: [1, 2]}
    search: {model.encoder.gamma: [0.1, 1]}
    set:    {training.batch_size: 1024}
    """

  @Test func cellsOfTheSameEffectiveConfigurationAreOneRun() throws {
    let sweep = try SweepFixture.read(paper)
    #expect(sweep.name == "paper" && sweep.compared == "model.paradigm")
    #expect(sweep.cells == 3 * 2 * 2 * 2)
    // LR has no paradigm and no encoder; a discriminative model has no encoder.
    #expect(
      sweep.runs.map(\.name) == [
        "lr-seed=1", "lr-seed=2",
        "fm-paradigm=discriminative-seed=1", "fm-paradigm=discriminative-seed=2",
        "fm-paradigm=generative-gamma=0.1-seed=1", "fm-paradigm=generative-gamma=0.1-seed=2",
        "fm-paradigm=generative-gamma=1-seed=1", "fm-paradigm=generative-gamma=1-seed=2",
        "dcnv2-paradigm=discriminative-seed=1", "dcnv2-paradigm=discriminative-seed=2",
        "dcnv2-paradigm=generative-gamma=0.1-seed=1", "dcnv2-paradigm=generative-gamma=0.1-seed=2",
        "dcnv2-paradigm=generative-gamma=1-seed=1", "dcnv2-paradigm=generative-gamma=1-seed=2",
      ])
    #expect(sweep.groups.map(\.candidates.count) == [1, 1, 2, 1, 2])
    #expect(
      sweep.groups.map { $0.text(of: "model.paradigm") ?? "-" } == [
        "-", "discriminative", "generative", "discriminative", "generative",
      ])
  }

  @Test func eachRunHasTheModelsFileTheDataAndWhatIsSet() throws {
    let sweep = try SweepFixture.read(paper)
    for run in sweep.runs {
      #expect(run.configuration.run == run.name)
      #expect(run.configuration.dataset.train == ["clicks.tsv"])
      #expect(run.configuration.features == .init(), "features of the model's file are replaced")
      #expect(run.configuration.training.batchSize == 1024)
      #expect(!run.configuration.training.keepLast)
    }
    func model(_ name: String) throws -> ModelSettings {
      try #require(sweep.runs.first { $0.name == name }).configuration.model
    }
    let generative = try model("fm-paradigm=generative-gamma=0.1-seed=1")
    #expect(generative.paradigm == .generative && generative.encoder.residual, "from fm_gen.yaml")
    #expect(generative.encoder.gamma == 0.1 && generative.embeddingDimension == 4)
    #expect(try model("fm-paradigm=discriminative-seed=2").encoder.residual == false)
    #expect(try model("lr-seed=1").paradigm == .discriminative)
  }

  @Test func dataOfTheModelsStayWithoutData() throws {
    let sweep = try SweepFixture.read("models: models/lr\nset: {training: {keep_last: true}}\n")
    #expect(sweep.runs.map(\.configuration.dataset.train) == [["other.tsv"]])
    #expect(sweep.name == "s" && sweep.runs[0].configuration.training.keepLast)
    #expect(sweep.runs[0].name == "lr")
  }

  @Test func addingValuesRenamesNoRun() throws {
    let few = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm_gen]\nvary: {training.seed: [1]}\n"
        + "search: {model.encoder.gamma: [2]}\n")
    let more = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm_gen]\nvary: {training.seed: [0, 1]}\n"
        + "search: {model.encoder.gamma: [2, 3]}\n")
    #expect(few.runs.allSatisfy(more.runs.contains))
  }

  @Test func modelsThatTrainTheSameShareTheirRuns() throws {
    let sweep = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm_dis, models/fm_gen]\n"
        + "set: {model.paradigm: discriminative}\nvary: {training.seed: [1, 2]}\n")
    #expect(sweep.groups.map(\.model) == ["fm_dis", "fm_gen"])
    #expect(sweep.runs.map(\.name) == ["fm_dis-seed=1", "fm_dis-seed=2"])
    #expect(sweep.compared == nil)
  }

  @Test func listsAndMappingsCanVary() throws {
    let sweep = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/dcnv2]\nvary: {model.hidden_units: [[8, 8], [4]]}\n")
    #expect(sweep.runs.map(\.name) == ["dcnv2-hidden_units=8,8", "dcnv2-hidden_units=4"])
    #expect(sweep.runs.map(\.configuration.model.deep.hiddenUnits) == [[8, 8], [4]])
    let encoders = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm_gen]\n"
        + "vary: {model.encoder: [{kind: stacked, gamma: 6}, {source: own}]}\n")
    #expect(
      encoders.runs.map(\.name) == [
        "fm_gen-encoder=kind=stacked,gamma=6", "fm_gen-encoder=source=own",
      ])
    #expect(encoders.runs.map(\.configuration.model.encoder.residual) == [true, true])
  }

  /// Values that are sections are merged with what is set beside them, key by key.
  @Test func wholeModelsCanVaryBesideKeysThatAreSet() throws {
    let sweep = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm]\n"
        + "vary: {model: [{paradigm: discriminative}, {paradigm: generative, encoder: {gamma: 2}}]}\n"
        + "set: {model.embedding_dim: 3, model.encoder.residual: false}\n")
    #expect(
      sweep.runs.map(\.name) == [
        "fm-model=paradigm=discriminative", "fm-model=paradigm=generative,encoder=gamma=2",
      ])
    #expect(sweep.runs.map(\.configuration.model.embeddingDimension) == [3, 3])
    #expect(sweep.runs[1].configuration.model.encoder.gamma == 2)
    #expect(sweep.runs[1].configuration.model.encoder.residual == false)
    #expect(sweep.compared == "model")
    func refusal(_ lines: String) -> String? {
      SweepFixture.refusal(
        of:
          "data: data.yaml\nmodels: [models/fm_gen]\nvary: {model: [{encoder: {gamma: 2}}]}\n\(lines)"
      )
    }
    let rest = "expected a key in one of set, vary and search; remove one"
    #expect(
      refusal("set: {model.encoder.gamma: 1}")
        == "s.yaml:3: model.encoder.gamma: found in set as well, \(rest)")
    #expect(
      refusal("search: {model.encoder.gamma: [1, 2]}")
        == "s.yaml:4: model.encoder.gamma: found twice in vary and search, \(rest)")
    #expect(
      refusal("search: {model.encoder: [{kind: stacked}]}") == nil, "other keys of a section")
  }

  @Test func analysesCanBeLeftOutAndTheirRowsSet() throws {
    func settings(_ line: String) throws -> SweepAnalysisSettings {
      try SweepFixture.read("data: data.yaml\nmodels: [models/lr]\n\(line)\n").analyses
    }
    #expect(try settings("") == SweepAnalysisSettings())
    #expect(try settings("").isOn && settings("").rows == 50_000)
    #expect(try !settings("analyses: none").isOn)
    #expect(try settings("analyses: {rows: 300}").rows == 300)
    for (line, found) in [
      ("analyses: some", "analyses: found \"some\", expected none, or a mapping with rows"),
      ("analyses: {rows: 1}", "analyses.rows: found 1, expected a whole number of at least 2"),
      ("analyses: {row: 5}", "analyses.row: unknown key; expected none, or a mapping with rows"),
    ] {
      let yaml = "data: data.yaml\nmodels: [models/lr]\n\(line)\n"
      #expect(SweepFixture.refusal(of: yaml) == "s.yaml:3: \(found)")
    }
  }

  @Test func samplesAreSeededAndInTheirRanges() throws {
    func rates(_ seed: Int) throws -> [Double] {
      try SweepFixture.read(
        "data: data.yaml\nmodels: [models/fm_dis]\nsearch:\n  samples: 20\n  seed: \(seed)\n"
          + "  training.learning_rate: {log: [1e-6, 1e-3]}\n  model.embedding_dim: {integer: [2, 4]}\n"
      ).runs.map(\.configuration.training.learningRate)
    }
    let first = try rates(1)
    #expect(first.count == 20 && Set(first).count == 20)
    #expect(first.allSatisfy { (1e-6...1e-3).contains($0) })
    // Uniform in the logarithm: about half of them are below the geometric mean.
    #expect((5...15).contains(first.count { $0 < 3.16e-5 }))
    #expect(try rates(1) == first)
    #expect(try rates(2) != first)
    let dimensions = try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm_dis]\nsearch: {samples: 40, "
        + "model.embedding_dim: {integer: [2, 4]}}\n")
    #expect(Set(dimensions.runs.map(\.configuration.model.embeddingDimension)) == [2, 3, 4])
  }

  @Test(arguments: [
    ("", "s.yaml: models: found nothing, expected names of configurations"),
    ("modls: [a]", "s.yaml:1: modls: unknown key; did you mean models?"),
    (
      "data: data.yaml\nmodels: [models/nfm]",
      "s.yaml:2: models: found \"models/nfm\", expected the name of a file NAME.yaml, or of a pair "
        + "NAME_dis.yaml and NAME_gen.yaml, in sweeps, .., ., configs"
    ),
    (
      "data: data.yaml\nmodels: [models/fm]",
      "s.yaml:2: models: fm has a file per paradigm; add model.paradigm to vary, or name fm_dis or "
        + "fm_gen"
    ),
    (
      "data: data.yaml\nmodels: [models/lr]\nvary: {trainig.seed: [1]}",
      "s.yaml:3: trainig: unknown key; did you mean training?"
    ),
    (
      "data: data.yaml\nmodels: [models/lr]\nvary: {seed: [1]}",
      "s.yaml:3: vary.seed: found \"seed\", expected a whole dotted key, such as "
        + "training.learning_rate"
    ),
    (
      "data: data.yaml\nmodels: [models/lr]\nvary: {training.seed: [1]}\nset: {training: {seed: 2}}",
      "s.yaml:3: training.seed: found in set as well, expected a key in one of set, vary and search; "
        + "remove one"
    ),
    (
      "data: data.yaml\nmodels: [models/lr]\nvary: {training.seed: [x]}",
      "s.yaml:3: training.seed: found \"x\", expected a whole number of at least 0"
    ),
    (
      "data: data.yaml\nmodels: [models/fm_gen]\nvary: {model.target: [random]}",
      "s.yaml:3: model.target: found \"random\", expected all: backbone fm does not have this target; "
        + "crossnet, dcnv2, dcnv2_stacked, dcnv2_stacked_parallel do"
    ),
    (
      "data: data.yaml\nmodels: [models/lr]\nsearch: {training.learning_rate: {log: [1e-5, 1e-3]}}",
      "s.yaml:3: search.training.learning_rate: found a range, expected a list of values; a range needs "
        + "search.samples, such as 20"
    ),
    (
      "data: data.yaml\nmodels: [models/lr]\nsearch: {samples: 2, training.learning_rate: {log: [0, 1]}}",
      "s.yaml:3: search.training.learning_rate.log: found 0 to 1, expected the lower end first, above 0"
    ),
    (
      "data: models/lr.yaml\nmodels: [models/lr]",
      "models/lr.yaml:3: model: found in the data of a sweep, expected dataset and features alone; "
        + "move it to set: in s.yaml"
    ),
  ])
  func aMistakeIsOneLine(yaml: String, sentence: String) {
    #expect(SweepFixture.refusal(of: yaml) == sentence)
  }

  @Test func halvingMultipliesEpochsUpToThoseOfTheRun() {
    #expect(SweepHalving(epochs: 1, factor: 3).rungs(of: 10) == [1, 3, 9, 10])
    #expect(SweepHalving(epochs: 4, factor: 2).rungs(of: 4) == [4])
    #expect(SweepHalving(epochs: 2, factor: 2).rungs(of: 8) == [2, 4, 8])
    #expect([1, 2, 3, 4, 9].map(SweepHalving(epochs: 1, factor: 3).survivors) == [1, 1, 1, 2, 3])
  }

  @Test(arguments: ["criteo_x1", "avazu_x4"])
  func theSweepsOfThePaperAreValid(dataSet: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../configs/sweeps").standardized.path
    func sweep(_ name: String) throws -> Sweep { try Sweep(file: "\(folder)/\(name).yaml") }
    // LR once, eight backbones in both paradigms; three seeds.
    #expect(try sweep("\(dataSet)_main").runs.count == 3 * (1 + 2 * 8))
    let sizes = [
      "gamma": 3 * 4 * 5, "embedding_size": 3 * 4 * 2 * 5, "activation": 3 * 4 * 5, "source": 3 * 4,
      "encoder": dataSet == "criteo_x1" ? 3 * 4 : 3 * 5, "target": 3 * 5,
    ]
    for (name, runs) in sizes {
      #expect(try sweep("\(dataSet)_\(name)").runs.count == runs, "\(name)")
    }
    #expect(try sweep("demo").runs.count == 3 * (1 + 2 * (1 + 2)))
  }

  @Test func theSweepsOfTheFindingsAreValid() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../configs/sweeps/findings").standardized.path
    let texts = try FileManager.default.contentsOfDirectory(atPath: folder).map {
      ("\(folder)/\($0)", try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8))
    }
    let sweeps = texts.filter { $0.1.contains("\nsweep: ") }
    #expect(!sweeps.isEmpty)
    for (path, text) in sweeps {
      let sweep = try Sweep(file: path)
      #expect(path == "\(folder)/\(sweep.name).yaml")
      // Their pages compare at the same number of epochs.
      #expect(Set(sweep.runs.map(\.configuration.training.epochs)).count == 1, "\(path)")
      #expect(text.hasPrefix("# "))
    }
  }

  @Test func bracesAreQuotedOutsideQuotes() {
    #expect(
      BraceNames.quoted(in: "[a/{b,c}_x, \"d{e}\"] # {f}") == "[\"a/{b,c}_x\", \"d{e}\"] # {f}")
    #expect(BraceNames.quoted(in: "vary: {k: [1]}") == "vary: {k: [1]}")
    #expect(BraceNames.expanded("a/{b, c}{d,e}") == ["a/bd", "a/be", "a/cd", "a/ce"])
  }
}
