import Analysis
import ArgumentParser
import ClickData
import Testing

@testable import Configuration
@testable import sfg

@Suite struct CommandLineTests {
  /// The command of a line, with its options.
  private func parse<Command: ParsableCommand>(
    _ line: String, as type: Command.Type
  ) throws -> Command {
    try #require(try SFG.parseAsRoot(words(line)) as? Command)
  }

  /// The exit status of a line that the parser refuses; nil if it accepts the line.
  private func status(_ line: String) -> Int32? {
    do {
      _ = try SFG.parseAsRoot(words(line))
      return nil
    } catch {
      return ExitStatus.ending(for: error)?.status
    }
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  @Test func trainTakesItsOptions() throws {
    let train = try parse(
      "train --config a.yaml --set model.gamma=2 --set run=b=c --output runs/x --threads 3 --quiet",
      as: TrainCommand.self)
    #expect(train.configuration.config == ["a.yaml"])
    #expect(train.configuration.overrides.map(\.names) == [["model", "gamma"], ["run"]])
    #expect(train.configuration.overrides.map(\.value) == ["2", "b=c"])
    #expect(train.output == "runs/x")
    #expect(train.threads.count == 3)
    #expect(train.quiet)
  }

  @Test func severalConfigurationsMayFollowOneOptionOrSeveral() throws {
    for line in ["train --config a.yaml b.yaml --quiet", "train --config a.yaml --config b.yaml"] {
      #expect(try parse(line, as: TrainCommand.self).configuration.config == ["a.yaml", "b.yaml"])
    }
    #expect(status("train --quiet") == 64)
  }

  @Test func theDefaultNumberOfThreadsIsTheNumberOfCores() throws {
    let train = try parse("train --config a.yaml", as: TrainCommand.self)
    #expect(train.threads.count >= 1)
    #expect(!train.quiet)
    #expect(!train.dryRun && !train.resume && train.memoryLimit == nil)
    #expect(try parse("train --config a.yaml --dry-run", as: TrainCommand.self).dryRun)
  }

  @Test func resumingAndAMemoryLimitAreOptions() throws {
    let train = try parse(
      "train --config a.yaml --resume --memory-limit 1.5GiB", as: TrainCommand.self)
    #expect(train.resume && train.memoryLimit?.bytes == 1_610_612_736)
    #expect(status("train --config a.yaml --resume --dry-run") == 64)
  }

  @Test func byteCountsHaveDecimalAndBinaryUnits() {
    let read = [
      "1": 1, "800M": 800_000_000, "24GB": 24_000_000_000, "2kib": 2048, "1T": 1_000_000_000_000,
    ]
    for (text, bytes) in read { #expect(ByteCount(argument: text)?.bytes == bytes, "\(text)") }
    for text in ["", "G", "-1G", "1X", "1iB", "0", "1e30", "99999999999T", "1.2.3M", "nan"] {
      #expect(ByteCount(argument: text) == nil, "\(text)")
    }
  }

  @Test func evalTakesSeveralFilesOrASplit() throws {
    let files = try parse(
      "eval --run runs/x --data a.gz - b.gz --predictions p.csv.gz --json --threads 1",
      as: EvalCommand.self)
    #expect(files.folder == "runs/x")
    #expect(files.rows.data == ["a.gz", "-", "b.gz"])
    #expect(files.predictions == "p.csv.gz")
    #expect(files.json)
    #expect(try parse("eval --run x --split valid", as: EvalCommand.self).rows.split == .valid)
  }

  @Test func analyzeComparesRuns() throws {
    let collapse = try parse(
      "analyze collapse --run a --run b --rows 10 --output c --dump",
      as: AnalyzeCommand.Single<CollapseOptions>.self)
    #expect(collapse.options.runs == ["a", "b"])
    #expect(collapse.options.rows == 10)
    #expect(collapse.options.split == nil && collapse.options.data.isEmpty)
    let mixed = try parse(
      "analyze collapse a --run b --data c d", as: AnalyzeCommand.Single<CollapseOptions>.self)
    #expect(mixed.options.runs == ["a", "b"] && mixed.options.data == ["c", "d"])
    #expect(try parse("compare a --run b", as: CompareCommand.self).choice.runs == ["a", "b"])
    #expect(collapse.options.folder(for: "collapse") == "c")
    #expect(collapse.options.dump)
    let redundancy = try parse(
      "analyze redundancy --run a", as: AnalyzeCommand.Single<NoOptions<RedundancyAnalysis>>.self)
    #expect(redundancy.options.rows == 50_000)
    #expect(redundancy.options.folder(for: "redundancy") == "a/analysis/redundancy")
  }

  @Test func inspectAndSynthTakeTheirOptions() throws {
    #expect(try parse("inspect --config a --set run=b --json", as: InspectCommand.self).json)
    let synth = try parse(
      "synth --preset avazu --rows 10 --seed 18446744073709551615 --first-row 5 --output a.gz "
        + "--truth t",
      as: SynthCommand.self)
    #expect(synth.preset == .avazu)
    #expect(synth.rows == 10)
    #expect(synth.seed == .max)
    #expect(synth.firstRow == 5)
    #expect(synth.output == "a.gz")
    #expect(synth.truth == "t")
  }

  @Test(arguments: [
    "trian", "train", "train --config", "train --config a --set b", "train --config a --set =1",
    "train --config a --threads 0", "train --config a --threads two", "train --config a --resum",
    "eval", "eval --run a --split tset", "eval --run a --split test --data b",
    "analyze collapse", "analyze collapse --run a --rows 1", "analyze corr --run a",
    "analyze collapse a --split test --data b", "analyze collapse a --data -",
    "compare a", "compare a b --baseline a --pair training.seed",
    "sweep", "sweep --config a --jobs 0", "sweep --config a --task 3/2",
    "sweep --config a --task 1",
    "sweep --config a --dry-run --report", "sweep --config a --report --task 1/2",
    "synth --preset criteo --rows 0 --output a", "synth --preset movielens --rows 1 --output a",
    "synth --preset criteo --rows 1 --output - --json",
  ])
  func mistakesOnTheCommandLineAreUsageErrors(line: String) {
    #expect(status(line) == 64)
  }

  @Test(arguments: ["--help", "train --help", "analyze collapse -h", "--version"])
  func helpIsNotAFailure(line: String) {
    #expect {
      var command = try SFG.parseAsRoot(words(line))
      try command.run()
    } throws: {
      ExitStatus.ending(for: $0) == nil && SFG.exitCode(for: $0) == .success
    }
  }
}
