import Foundation
import TestSupport
import Testing

/// `sfg sweep` on a small log: runs, tables, resuming, tasks and failures.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence), .serialized) struct SweepCommandTests {
  private static let sweep = """
    sweep: tiny_sweep
    models: [lr, fm_{dis,gen}]
    vary: {training.seed: [1, 2]}
    compare: models
    search: {model.encoder.gamma: [0.1, 1]}
    set: {training.epochs: 2}
    """

  private func prepare(_ sweep: String = Self.sweep) throws -> TinyRun {
    let tiny = try TinyRun(trained: false)
    let base = TinyRun.configuration.replacing(
      "backbone: fm, paradigm: generative, embedding_dim: 4", with: "embedding_dim: 2")
    _ = try tiny.folder.write("base.yaml", base)
    _ = try tiny.folder.write("lr.yaml", "extends: base.yaml\nmodel: {backbone: lr}\n")
    _ = try tiny.folder.write("fm_dis.yaml", "extends: base.yaml\nmodel: {backbone: fm}\n")
    _ = try tiny.folder.write(
      "fm_gen.yaml", "extends: fm_dis.yaml\nmodel: {paradigm: generative}\n")
    _ = try tiny.folder.write("s.yaml", sweep)
    return tiny
  }

  private let tables = ["table.md", "table.tex", "table.csv", "summary.json", "report.html"]

  /// Each process would train the same runs in the same folder; one prints the refusal.
  @Test func severalProcessesAreRefusedUnlessTheyAreParts() throws {
    let tiny = try prepare()
    let path = tiny.folder.path
    for (rank, line) in [
      (
        0,
        "Error: mpirun started 2 processes, but 'sfg sweep' is one process with several threads: "
          + "start it without mpirun\n"
      ), (1, ""),
    ] {
      let run = try SFGBinary.shell(
        "OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=\(rank) $SFG sweep --config s.yaml --output t",
        in: path)
      #expect(run.status == 64 && !tiny.exists("t"), "\(run.errors)")
      #expect(run.errors == line, "\(run.errors)")
    }
    let part = try SFGBinary.shell(
      "SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=0 $SFG sweep --config s.yaml --output t --task 1/3",
      in: path)
    #expect(part.status == 0 && tiny.exists("t/lr-seed=1"), "\(part.errors)")
  }

  @Test func aSweepTrainsWhatTrainTrainsAndWritesItsTables() throws {
    let tiny = try prepare()
    let dry = try tiny.sfg("sweep --config s.yaml --output out --dry-run")
    #expect(dry.status == 0 && !tiny.exists("out"), "\(dry.errors)")
    #expect(dry.output.contains("cells: 12, of which 4 train the same as another\nruns: 7;"))
    let sweep = try tiny.sfg("sweep --config s.yaml --output out --jobs 2")
    #expect(sweep.status == 0, "\(sweep.errors)")
    for table in tables { #expect(tiny.exists("out/\(table)"), "\(table)") }
    #expect(try tiny.text("out/table.csv").split(separator: "\n").count == 4)
    #expect(tiny.exists("out/fm_dis-seed=1/analysis/redundancy/summary.json"))
    // The bits are those of a run on its own.
    let name = "fm_gen-gamma=0.1-seed=1"
    let alone = try tiny.sfg("train --config out/cells/\(name).yaml --output alone --quiet")
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(
      try tiny.bytes("alone/checkpoint/best.safetensors")
        == tiny.bytes("out/\(name)/checkpoint/best.safetensors"))
    #expect(!tiny.exists("out/\(name)/checkpoint/last.safetensors"))
    // A finished sweep trains nothing, and writes the same tables.
    let table = try tiny.text("out/table.csv")
    let weights = try tiny.bytes("out/\(name)/result.json")
    let again = try tiny.sfg("sweep --config s.yaml --output out")
    #expect(again.status == 0 && !again.errors.contains("trained "), "\(again.errors)")
    let report = try tiny.sfg("sweep --config s.yaml --output out --report")
    #expect(report.status == 0 && report.output == again.output)
    #expect(try tiny.text("out/table.csv") == table)
    #expect(try tiny.bytes("out/\(name)/result.json") == weights)
    try refusals(tiny)
  }

  private func refusals(_ tiny: TinyRun) throws {
    let changed = Self.sweep.replacing("epochs: 2}", with: "epochs: 2, training.batch_size: 128}")
    _ = try tiny.folder.write("other.yaml", changed)
    let other = try tiny.sfg("sweep --config other.yaml --output out")
    #expect(other.status == 78)
    #expect(
      other.errors == "Error: out/lr-seed=1: holds a run of another configuration: found "
        + "\"batch_size: 256\", expected \"batch_size: 128\"; choose another --output, or remove the "
        + "folder\n")
    #expect(try tiny.sfg("sweep --config s.yaml --output none --report").status == 66)
    #expect(try tiny.sfg("sweep --config missing.yaml").status == 66)
  }

  /// A report of something else is no report of the sweep, and stays.
  @Test func aFolderThatIsNoSweepsIsRefused() throws {
    let tiny = try prepare()
    try FileManager.default.createDirectory(
      atPath: tiny.path("analysis"), withIntermediateDirectories: true)
    try "mine".write(toFile: tiny.path("analysis/report.html"), atomically: true, encoding: .utf8)
    for option in ["", " --report", " --dry-run"] {
      let sweep = try tiny.sfg("sweep --config s.yaml --output analysis\(option)")
      #expect(sweep.status == 64)
      #expect(
        sweep.errors
          == "Error: analysis: found \"report.html\" and no cells of a sweep, expected a new "
          + "folder or that of a sweep; choose another --output\n")
    }
    #expect(try tiny.text("analysis/report.html") == "mine")
    #expect(try tiny.files(below: "analysis") == ["report.html"])
  }

  @Test func tasksShareAFolderAndTheLastOneWritesTheTables() throws {
    let tiny = try prepare()
    let line = "\"$SFG\" sweep --config s.yaml --output out --threads 1 --task"
    let tasks = try SFGBinary.shell("\(line) 1/2 & \(line) 2/2 && wait $!", in: tiny.folder.path)
    #expect(tasks.status == 0, "\(tasks.errors)")
    for table in tables { #expect(tiny.exists("out/\(table)"), "\(table)") }
    let whole = try tiny.sfg("sweep --config s.yaml --output whole")
    #expect(whole.status == 0, "\(whole.errors)")
    let name = "fm_gen-gamma=1-seed=1/checkpoint/best.safetensors"
    #expect(try tiny.bytes("out/\(name)") == tiny.bytes("whole/\(name)"))
    // Speeds differ between the two; AUC and Logloss do not.
    func metrics(_ folder: String) throws -> [[String]] {
      try tiny.text("\(folder)/table.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).prefix(12).map(String.init)
      }
    }
    #expect(try metrics("out") == metrics("whole"))
  }

  @Test func aFailedRunIsRecordedAndTheOthersGoOn() throws {
    let tiny = try prepare(
      "models: [lr, fm_dis]\nvary: {training.batch_size: [256, 2e9]}\ncompare: models\n"
        + "set: {training.epochs: 1}\n")
    let sweep = try tiny.sfg("sweep --config s.yaml --output out --jobs 2")
    #expect(sweep.status == 70)
    let last = try #require(sweep.errorLines.last)
    #expect(
      last.hasPrefix("Error: sweep: 2 runs failed, the first of them lr-batch_size=2e9: memory: "),
      "\(sweep.errors)")
    #expect(last.hasSuffix("; the same command tries again"))
    #expect(try tiny.text("out/logs/lr-batch_size=2e9.failed").hasPrefix("memory: "))
    #expect(tiny.exists("out/fm_dis-batch_size=256/result.json") && tiny.exists("out/table.md"))
    #expect(try tiny.text("out/report.html").contains("Runs that failed"))
  }

  @Test func anInterruptedSweepGoesOnToTheSameBits() throws {
    let long = Self.sweep.replacing("epochs: 2", with: "epochs: 6")
    let tiny = try prepare(long)
    let running = try SFGBinary.start(
      ["sweep", "--config", "s.yaml", "--output", "out"], in: tiny.folder.path)
    let checkpoint = "out/fm_dis-seed=1/checkpoint/last.safetensors"
    try running.wait { tiny.exists(checkpoint) }
    running.interrupt()
    let outcome = try running.outcome()
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(
      outcome.errorLines.last
        == "Error: sweep: interrupted; all runs are saved, and the same command continues")
    #expect(!tiny.exists("out/table.md"))
    let second = try tiny.sfg("sweep --config s.yaml --output out")
    #expect(second.status == 0, "\(second.errors)")
    let alone = try tiny.sfg("train --config out/cells/fm_dis-seed=1.yaml --output alone --quiet")
    #expect(alone.status == 0)
    #expect(
      try tiny.bytes("alone/checkpoint/best.safetensors")
        == tiny.bytes("out/fm_dis-seed=1/checkpoint/best.safetensors"))
  }

  /// A signal while the tables are made stops them; the runs are there, and a second call goes on.
  @Test func anInterruptionOfTheAnalysesEndsWithItsStatus() throws {
    let tiny = try prepare()
    let running = try SFGBinary.start(
      ["sweep", "--config", "s.yaml", "--output", "out", "--jobs", "1"], in: tiny.folder.path)
    try running.wait { tiny.exists("out/fm_dis-seed=1/analysis/collapse") }
    running.interrupt()
    let outcome = try running.outcome()
    #expect(outcome.status == 130, "\(outcome.errors)")
    #expect(
      outcome.errorLines.last
        == "Error: sweep: interrupted; all runs are saved, and the same command continues")
    let second = try tiny.sfg("sweep --config s.yaml --output out")
    #expect(second.status == 0 && !second.errors.contains("trained "), "\(second.errors)")
    #expect(tiny.exists("out/table.md"))
  }

  /// Analyses take longer than the training of small models; a sweep of metrics alone needs none.
  @Test func analysesAreLeftOutOrReadAsManyRowsAsTheSweepSays() throws {
    let tiny = try prepare("models: [fm_gen]\nset: {training.epochs: 1}\nanalyses: none\n")
    func sweep() throws {
      let outcome = try tiny.sfg("sweep --config s.yaml --output out")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try sweep()
    #expect(!tiny.exists("out/fm_gen/analysis"))
    func cell(_ name: String) throws -> String {
      let lines = try tiny.text("out/table.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      return String(lines[1][try #require(lines[0].firstIndex(of: name[...]))])
    }
    #expect(try cell("embedding_rankme").isEmpty)
    #expect(try Double(cell("rows_per_cpu_second")) ?? 0 > 0)
    for rows in [40, 60, 50_000] {
      _ = try tiny.folder.write(
        "s.yaml", "models: [fm_gen]\nset: {training.epochs: 1}\nanalyses: {rows: \(rows)}\n")
      try sweep()
      let summary = try tiny.json("out/fm_gen/analysis/redundancy/summary.json")
      let result = try tiny.json("out/fm_gen/result.json")
      let valid = try #require((result["valid"] as? [String: Any])?["rows"] as? Int)
      #expect((summary["runs"] as? [[String: Any]])?.first?["rows"] as? Int == min(rows, valid))
      #expect(try Double(cell("embedding_rankme")) ?? 0 > 0)
    }
  }

  @Test func theComparedModelHasNoSecondColumnOfItsName() throws {
    let tiny = try prepare(
      "models: [lr]\nvary: {model: [{backbone: lr}, {backbone: fm}]}\nset: {training.epochs: 1}\n"
        + "analyses: none\n")
    let outcome = try tiny.sfg("sweep --config s.yaml --output out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try tiny.text("out/table.md").hasPrefix("| model | variant | n |"))
  }

  @Test func halvingGivesUpCandidatesAndRemovesTheirCheckpoints() throws {
    let tiny = try prepare(
      "models: [fm_dis]\nsearch: {training.learning_rate: [1e-5, 1e-2, 1e-4, 1e-3], "
        + "halving: {epochs: 1, factor: 4}}\nset: {training.epochs: 3}\n")
    let sweep = try tiny.sfg("sweep --config s.yaml --output out")
    #expect(sweep.status == 0, "\(sweep.errors)")
    let epochs = try ["1e-5", "1e-2", "1e-4", "1e-3"].map {
      try #require(try tiny.json("out/fm_dis-learning_rate=\($0)/result.json")["epochs"] as? Int)
    }
    #expect(epochs.sorted().prefix(3) == [1, 1, 1])
    #expect(try tiny.files(below: "out").allSatisfy { !$0.hasSuffix("last.safetensors") })
    // The survivor is the same as if it had been trained at once.
    let best = try #require(epochs.indices.max { epochs[$0] < epochs[$1] })
    let name = "fm_dis-learning_rate=\(["1e-5", "1e-2", "1e-4", "1e-3"][best])"
    #expect(epochs[best] > 1)
    #expect(
      try tiny.sfg("train --config out/cells/\(name).yaml --output alone --quiet").status == 0)
    #expect(
      try tiny.bytes("alone/metrics.jsonl").count > 0
        && tiny.bytes("alone/checkpoint/best.safetensors")
          == tiny.bytes("out/\(name)/checkpoint/best.safetensors")
    )
  }
}
