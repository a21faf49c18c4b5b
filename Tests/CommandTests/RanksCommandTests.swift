import Foundation
import TestSupport
import Testing

/// `sfg train` over several processes that mpirun starts: the files of one process.
@Suite(.enabled(if: SeveralProcesses.areSupported, SeveralProcesses.absence), .serialized)
struct RanksCommandTests {
  private static let configuration = """
    run: ranks
    dataset:
      format: criteo
      source: clicks.tsv.gz
      split: {train: 0.7, valid: 0.2, test: 0.1, seed: 1}
    features:
      categorical: {encoding: hash, buckets: 500}
    model: {backbone: deepfm, paradigm: generative, embedding_dim: 4, hidden_units: [16]}
    training:
      {batch_size: 4000, epochs: 2, eval_steps: 2, keep_last: true, learning_rate: 1.0e-2}
    """

  private static let mpirun = "mpirun --allow-run-as-root --oversubscribe --mca btl vader,self"

  private func prepare() throws -> TinyRun {
    let tiny = try TinyRun(trained: false)
    let synth = try tiny.sfg("synth --preset criteo --rows 12000 --seed 2 --output clicks.tsv.gz")
    #expect(synth.status == 0, "\(synth.errors)")
    _ = try tiny.folder.write("ranks.yaml", Self.configuration)
    return tiny
  }

  /// Makes training so long that it can be stopped.
  private func lengthen(_ tiny: TinyRun) throws {
    let longer = "epochs: 60, early_stop_patience: 200"
    _ = try tiny.folder.write(
      "ranks.yaml", Self.configuration.replacing("epochs: 2", with: longer))
  }

  private func train(_ tiny: TinyRun, ranks: Int, _ options: String) throws -> SFGBinary.Outcome {
    try SFGBinary.shell(
      "\(Self.mpirun) -n \(ranks) $SFG train --config ranks.yaml --threads 1 \(options)",
      in: tiny.folder.path)
  }

  /// All files of a run that do not name times.
  private func files(_ tiny: TinyRun, _ run: String) throws -> [Data] {
    let names = ["best.safetensors", "last.safetensors"].map { "\(run)/checkpoint/\($0)" }
    let lines = try tiny.text("\(run)/metrics.jsonl").split(separator: "\n").map { line in
      line.range(of: ", \"samples_per_second\"").map { line[..<$0.lowerBound] } ?? line[...]
    }
    return try names.map { try tiny.bytes($0) } + [Data(lines.joined(separator: "\n").utf8)]
  }

  @Test func ranksWriteTheFilesOfOneProcess() throws {
    let tiny = try prepare()
    let one = try tiny.sfg("train --config ranks.yaml --threads 2 --output one")
    #expect(one.status == 0, "\(one.errors)")
    let expected = try files(tiny, "one")
    for ranks in [2, 4] {
      let run = try train(tiny, ranks: ranks, "--output over\(ranks)")
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == one.output.replacing("run: one", with: "run: over\(ranks)"))
      #expect(try files(tiny, "over\(ranks)") == expected, "\(ranks) ranks")
      let found = try #require(tiny.json("over\(ranks)/result.json")["ranks"] as? [String: Any])
      #expect(found["count"] as? Int == ranks && (found["hosts"] as? [String])?.count == 1)
      #expect(found["sent_bytes"] as? Int ?? 0 > 1_000_000)
    }
    // Another command reads the run of four.
    let eval = try tiny.sfg("eval --run over4 --data clicks.tsv.gz")
    #expect(eval.status == 0, "\(eval.errors)")
  }

  @Test func otherNumbersOfProcessesAreRefusedInOneLine() throws {
    let tiny = try prepare()
    for (ranks, line) in [
      (3, "Error: 3 processes: expected a power of two, such as 2 or 4"),
      (
        8,
        "8 processes: expected 1, 2 or 4, a power of two up to the number of pieces of a batch, "
          + "which is 4"
      ),
    ] {
      let run = try train(tiny, ranks: ranks, "--output run")
      let lines = run.errorLines.filter { $0.hasPrefix("Error: ") }
      #expect(run.status == 64 && lines.count == 1, "\(run.errors)")
      #expect(lines.first?.hasSuffix(line) == true, "\(run.errors)")
      #expect(!tiny.exists("run"))
    }
  }

  /// A rank that is killed ends all, and the run goes on with another number of ranks.
  @Test(arguments: [0, 1]) func aRunWhoseRankIsKilledGoesOnWithTheSameBits(rank: Int) throws {
    let tiny = try prepare()
    try lengthen(tiny)
    let one = try tiny.sfg("train --config ranks.yaml --threads 2 --output one --quiet")
    #expect(one.status == 0, "\(one.errors)")
    let killed = try SFGBinary.shell(
      """
      \(Self.mpirun) -n 2 $SFG train --config ranks.yaml --threads 1 --output run & pid=$!
      until [ -e run/checkpoint/last.safetensors ]; do sleep 0.05; kill -0 $pid || break; done
      kill -KILL $(pgrep -P $pid | sed -n \(rank + 1)p); wait $pid
      """, in: tiny.folder.path)
    let lines = killed.errorLines.filter { $0.hasPrefix("Error: ") }
    #expect(killed.status != 0 && lines.count == 1, "\(killed.errors)")
    #expect(lines.first?.contains("the process ended unexpectedly") == true, "\(killed.errors)")
    #expect(!tiny.exists("run/result.json"))
    let resumed = try train(tiny, ranks: 4, "--output run --resume --quiet")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try files(tiny, "run") == files(tiny, "one"))
  }

  /// mpirun passes requests to stop on; rank 0 saves, and the run goes on in one process.
  ///
  /// The request goes to rank 0 itself: mpirun does not unblock signals that tests may block.
  @Test func anInterruptedRunGoesOnInOneProcess() throws {
    let tiny = try prepare()
    try lengthen(tiny)
    let one = try tiny.sfg("train --config ranks.yaml --threads 2 --output one --quiet")
    #expect(one.status == 0, "\(one.errors)")
    let stopped = try SFGBinary.shell(
      """
      \(Self.mpirun) -n 2 $SFG train --config ranks.yaml --threads 1 --output run & pid=$!
      until [ -e run/checkpoint/last.safetensors ]; do sleep 0.05; kill -0 $pid || break; done
      kill -TERM $(pgrep -P $pid | head -n 1); wait $pid
      """, in: tiny.folder.path)
    let lines = stopped.errorLines.filter { $0.hasPrefix("Error: ") }
    #expect(!tiny.exists("run/result.json"))
    #expect(stopped.status == 130 && lines.count == 1, "\(stopped.errors)")
    #expect(lines.first?.contains("--resume") == true, "\(stopped.errors)")
    let resumed = try tiny.sfg("train --config ranks.yaml --output run --resume --quiet")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try files(tiny, "run") == files(tiny, "one"))
  }

  /// What only one process finds is printed once, with its place.
  @Test func badInputIsReportedOnce() throws {
    let tiny = try prepare()
    _ = try tiny.folder.write("clicks.tsv.gz", "no gzip\n")
    let run = try train(tiny, ranks: 2, "--output run")
    let lines = run.errorLines.filter { $0.hasPrefix("Error: ") }
    #expect(run.status == 65 && lines.count == 1, "\(run.errors)")
    #expect(lines.first?.contains("clicks.tsv.gz") == true, "\(run.errors)")
  }
}

/// Whether the tests can start several processes.
enum SeveralProcesses {
  static let areSupported: Bool = {
    #if MPI
      SFGBinary.isThere && FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")
    #else
      false
    #endif
  }()
  static let absence: Comment =
    "skipped: built without MPI; `make build test TRAITS=MPI` builds with it"
}
