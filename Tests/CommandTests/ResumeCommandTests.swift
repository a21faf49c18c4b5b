import Foundation
import TestSupport
import Testing

/// Training that is killed, interrupted, refused or resumed.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct ResumeCommandTests {
  /// A model with dropout and running statistics, shuffled rows, and a checkpoint after every step.
  static let train =
    "train --config tiny.yaml --quiet --set model.backbone=deepfm --set model.hidden_units=[8] "
    + "--set model.batch_norm=true --set model.net_dropout=0.2 --set training.epochs=3 "
    + "--set training.eval_steps=3 --set training.batch_size=100 "
    + "--set training.checkpoint_minutes=1e-9 --set training.early_stop_patience=50"

  private static let files = ["best", "last", "seen_rows"].map { "checkpoint/\($0).safetensors" }

  /// What two runs must have in common, by file: everything but times and the memory of the
  /// process.
  private func contents(_ tiny: TinyRun, _ run: String) throws -> [String: Data] {
    var contents = [String: Data]()
    for file in Self.files + ["config.yaml", "encoder/fields.json"] {
      contents[file] = try tiny.bytes("\(run)/\(file)")
    }
    let metrics = try tiny.text("\(run)/metrics.jsonl").split(separator: "\n").map {
      $0.replacing(#/, "samples_per_second".*/#, with: "")
    }
    contents["metrics.jsonl"] = Data(metrics.joined(separator: "\n").utf8)
    contents["result.json"] = Data(
      try tiny.text("\(run)/result.json").replacing(#/(?s)"seconds": \{.*?\}/#, with: "")
        .replacing(#/"peak_memory_bytes": \d+/#, with: "").utf8)
    return contents
  }

  private func expectSame(_ tiny: TinyRun, _ run: String, _ other: [String: Data], _ label: String)
    throws
  {
    for (file, bytes) in try contents(tiny, run) {
      #expect(bytes == other[file], "\(label): \(file) differs")
    }
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  @Test func aRunKilledThirtyTimesEndsWithTheSameBytes() throws {
    let tiny = try TinyRun(trained: false)
    let started = Date()
    let whole = try tiny.sfg("\(Self.train) --output whole")
    let seconds = max(Date().timeIntervalSince(started), 0.002)
    #expect(whole.status == 0, "\(whole.errors)")
    let expected = try contents(tiny, "whole")
    var kills = 0
    var partialWrites = 0
    while kills < 30 {
      let running = try SFGBinary.start(
        words("\(Self.train) --output killed --resume"), in: tiny.folder.path)
      running.exits(within: .random(in: 0.001...seconds))
      running.kill()
      let outcome = try running.outcome()
      guard outcome.status == -SIGKILL else {
        // It had exited before; start a new run.
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectSame(tiny, "killed", expected, "after \(kills) kills")
        try FileManager.default.removeItem(atPath: tiny.path("killed"))
        continue
      }
      kills += 1
      let hasCheckpoint = tiny.exists("killed/checkpoint")
      let names = hasCheckpoint ? try tiny.files(below: "killed/checkpoint") : []
      if names.contains(where: { $0.hasSuffix(".tmp") }) { partialWrites += 1 }
    }
    #expect(partialWrites > 0)
    let last = try tiny.sfg("\(Self.train) --output killed --resume")
    #expect(last.status == 0, "\(last.errors)")
    try expectSame(tiny, "killed", expected, "after all kills")
    #expect(try tiny.files(below: "killed").allSatisfy { !$0.hasSuffix(".tmp") })
    // The last kill may have come after the result was written.
    let output = last.output.replacing("run: killed", with: "run: whole")
    #expect(output == whole.output || output == "run: whole\n")
  }

  @Test func checkpointsHaveTheSameBytesForOneToFourThreads() throws {
    let tiny = try TinyRun(trained: false)
    for update in ["dense", "lazy"] {
      for threads in 1...4 {
        let outcome = try tiny.sfg(
          "\(Self.train) --set training.embedding_update=\(update) --output \(update)\(threads) "
            + "--threads \(threads)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        for file in Self.files {
          #expect(
            try tiny.bytes("\(update)\(threads)/\(file)") == tiny.bytes("\(update)1/\(file)"),
            "\(update), \(threads) threads: \(file) differs")
        }
      }
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU])
  func aSignalSavesAndResumingEndsWithTheSameBytes(signal: Int32) throws {
    let tiny = try TinyRun(trained: false)
    let whole = try tiny.sfg("\(Self.train) --output whole")
    #expect(whole.status == 0, "\(whole.errors)")
    let running = try SFGBinary.start(
      words("\(Self.train) --output run --resume"), in: tiny.folder.path)
    try running.wait { tiny.exists("run/checkpoint/last.safetensors") }
    running.kill(signal)
    let outcome = try running.outcome()
    // It may have exited before the signal.
    #expect(outcome.status == 130 || outcome.status == 0)
    if outcome.status == 130 {
      #expect(outcome.errorLines.count == 1 && outcome.errors.contains("interrupted after step"))
      #expect(!tiny.exists("run/result.json"))
    }
    let resumed = try tiny.sfg("\(Self.train) --output run --resume")
    #expect(resumed.status == 0, "\(resumed.errors)")
    try expectSame(tiny, "run", try contents(tiny, "whole"), "signal \(signal)")
  }

  @Test func aSignalDuringTheScanLeavesNoFiles() throws {
    let tiny = try TinyRun(trained: false)
    let synth = try tiny.sfg("synth --preset criteo --rows 200000 --seed 1 --output large.tsv")
    #expect(synth.status == 0)
    let running = try SFGBinary.start(
      words(
        "train --config tiny.yaml --output run --set dataset.source=large.tsv "
          + "--set training.epochs=999 --set features.categorical.buckets=auto"),
      in: tiny.folder.path)
    try running.wait { tiny.exists("run") }
    running.kill(SIGTERM)
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.errorLines.last == "Error: train: interrupted; nothing was kept")
    #expect(!tiny.exists("run"))
  }

  @Test func aFolderIsRefusedWhileAnotherProcessIsWritingIt() throws {
    let tiny = try TinyRun(trained: false)
    let long =
      "\(Self.train) --set training.epochs=100000 --set training.early_stop_patience=100000"
    let running = try SFGBinary.start(words("\(long) --output run"), in: tiny.folder.path)
    try running.wait { tiny.exists("run/checkpoint/last.safetensors") }
    for options in ["", " --resume"] {
      let second = try tiny.sfg("\(Self.train) --output run\(options)")
      #expect(second.status == 74)
      #expect(second.errors.contains("run: cannot write to the folder: another process is writing"))
    }
    #expect(running.isRunning)
    running.kill()
    _ = try running.outcome()
    let other = try tiny.sfg("\(Self.train) --output run --resume")
    #expect(other.status == 78, "\(other.errors)")
    #expect(
      other.errors.contains(
        #"the checkpoint was trained with "epochs: 100000", the configuration has "epochs: 3""#))
    #expect(tiny.exists("run/checkpoint/last.safetensors"))
    let restarted = try tiny.sfg("\(Self.train) --output run")
    #expect(restarted.status == 0, "\(restarted.errors)")
  }

  @Test func aDamagedCheckpointIsRefusedAndNotChanged() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.sfg("\(Self.train) --output run")
    var bytes = try tiny.bytes("run/checkpoint/last.safetensors")
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: URL(fileURLWithPath: tiny.path("run/checkpoint/last.safetensors")))
    let outcome = try tiny.sfg("\(Self.train) --output run --resume")
    #expect(outcome.status == 65)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("damaged checkpoint: "))
    #expect(try tiny.bytes("run/checkpoint/last.safetensors") == bytes)
  }

  @Test func resumingWithoutACheckpointStartsTraining() throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try tiny.sfg("train --config tiny.yaml --output run --resume")
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.hasPrefix("run: no checkpoint to resume from; training from the start\n"))
  }

  @Test func anUnwritableFolderIsReportedBeforeTheDataAreRead() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.folder.write("cut.gz", Array(try tiny.bytes("clicks.tsv.gz").prefix(40_000)))
    let outcome = try tiny.sfg(
      "train --config tiny.yaml --output /proc/none --quiet --set dataset.source=cut.gz "
        + "--set features.categorical.buckets=auto")
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("cannot make the folder"))
  }

  @Test func aRunPastTheMemoryLimitIsRefusedBeforeAnythingIsWritten() throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try tiny.sfg("train --config tiny.yaml --output run --memory-limit 1M")
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("optimizer state"))
    #expect(outcome.errors.contains("pipeline"))
    #expect(outcome.errorLines.last?.contains("--memory-limit is 1MB; lower ") == true)
    #expect(!tiny.exists("run"))
    #expect(try tiny.sfg("train --config tiny.yaml --output run --memory-limit 4GiB").status == 0)
    #expect(try tiny.sfg("train --config tiny.yaml --memory-limit 4X").status == 64)
  }
}
