import Foundation
import Platform
import TestSupport
import Testing

/// For random configurations and faults at random moments, a finished run in the same folder stays
/// whole, byte for byte, or is replaced by another whole run.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct FinishedRunPropertyTests {
  /// What happens to a process that trains into the folder of a finished run.
  private enum Fault: CaseIterable {
    case kill, interrupt, terminate, badRow, divergence, fullDisk, none
  }

  /// Choices that depend on a seed alone.
  private struct Choices {
    let random: CounterRandom
    var position: UInt64 = 0

    mutating func number(below bound: Int) -> Int {
      position += 1
      return random.integer(position, below: bound)
    }

    mutating func one<Element>(of elements: [Element]) -> Element {
      elements[number(below: elements.count)]
    }
  }

  /// Seconds that all trials together take; a trial that has begun is completed.
  private static let seconds = 20.0

  @Test(arguments: [20_261_129 as UInt64])
  func aFinishedRunSurvivesEveryFault(seed: UInt64) throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.folder.write("bad.tsv", try Self.rowsWithABadOne(of: tiny))
    let disk = SmallDisk.isAllowed ? try SmallDisk(over: tiny.folder, bytes: 64 << 20) : nil
    let run = disk == nil ? "run" : "disk/run"
    let started = Date()
    var trials = 0
    var survivals = 0
    while Date().timeIntervalSince(started) < Self.seconds, trials < 60 {
      var choices = Choices(random: CounterRandom(seed: seed, stream: UInt64(trials)))
      try? FileManager.default.removeItem(atPath: tiny.path(run))
      let finished = Self.training(&choices)
      let first = try tiny.sfg("train --config tiny.yaml --output \(run) --quiet \(finished)")
      try #require(first.status == 0, "\(first.errors)")
      let before = try tiny.contents(of: run)
      // Several consecutive faults: each finds what the one before has left.
      for _ in 0..<3 {
        let (line, outcome) = try Self.trial(&choices, tiny, run, finished: finished, disk)
        let after = try tiny.contents(of: run)
        if after == before {
          survivals += 1
          continue
        }
        let isWhole = try Self.isWholeRun(tiny, run, after)
        try #require(isWhole, "seed \(seed), trial \(trials): \(line): \(outcome)")
        break
      }
      trials += 1
    }
    withExtendedLifetime(disk) {}
    #expect(trials > 0 && survivals > 0)
  }

  /// Settings that change what is written, and when.
  private static func training(_ choices: inout Choices) -> String {
    let parts = [
      choices.one(of: ["", "--set model.backbone=deepfm --set model.hidden_units=[8]"]),
      choices.one(of: ["", "--set dataset.split.valid=0 --set dataset.split.test=0.4"]),
      choices.one(of: ["", "--set training.eval_steps=3"]),
      choices.one(of: ["", "--set training.checkpoint_minutes=1e-9"]),
      choices.one(of: ["", "--set training.tensorboard=true"]),
      choices.one(of: ["", "--set training.keep_last=false"]),
      choices.one(of: [
        "",
        "--set features.categorical.encoding=vocabulary --set features.categorical.buckets=null",
      ]),
      "--set model.embedding_dim=\(2 + choices.number(below: 4))",
      "--set training.epochs=\(1 + choices.number(below: 2))",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Trains into the folder of a finished run while something happens.
  private static func trial(
    _ choices: inout Choices, _ tiny: TinyRun, _ run: String, finished: String, _ disk: SmallDisk?
  ) throws -> (line: String, outcome: String) {
    let fault = choices.one(of: Fault.allCases)
    var line = "train --config tiny.yaml --output \(run) --quiet "
    line += choices.one(of: ["--overwrite", "--overwrite", "--overwrite --resume", "--resume", ""])
    line +=
      " " + choices.one(of: [training(&choices), finished, "\(finished) --set training.epochs=5"])
    switch fault {
    case .badRow: line += " --set dataset.source=bad.tsv"
    case .divergence:
      line +=
        " --set training.optimizer=sgd --set training.learning_rate=1e6"
        + " --set training.max_gradient_norm=0 --set features.numeric.encoding=value"
    case .fullDisk: try disk?.fill(leaving: choices.number(below: 1 << 21))
    case .kill, .interrupt, .terminate, .none: break
    }
    let words = line.split(separator: " ").map(String.init)
    let running = try SFGBinary.start(words, in: tiny.folder.path)
    let moment = Double(choices.number(below: 400)) / 1000
    let signals: [Fault: Int32] = [.kill: SIGKILL, .interrupt: SIGINT, .terminate: SIGTERM]
    if let signal = signals[fault] {
      running.exits(within: moment)
      running.kill(signal)
    }
    let outcome = try running.outcome()
    try disk?.empty()
    return (line, "\(fault), status \(outcome.status), \(outcome.errors)")
  }

  /// Whether the files are all those of a finished run, which can be evaluated.
  private static func isWholeRun(
    _ tiny: TinyRun, _ run: String, _ contents: [String: Data]
  ) throws -> Bool {
    let names = ["config.yaml", "metrics.jsonl", "result.json", "encoder/fields.json"]
    let checkpoints = ["best", "seen_rows"].map { "checkpoint/\($0).safetensors" }
    guard (names + checkpoints).allSatisfy({ contents[$0] != nil }) else { return false }
    return try tiny.sfg("eval --run \(run) --split train").status == 0
  }

  /// The rows of the log with one in the middle that lacks columns.
  private static func rowsWithABadOne(of tiny: TinyRun) throws -> String {
    let text = try SFGBinary.shell("gzip -dc clicks.tsv.gz", in: tiny.folder.path).output
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[lines.count / 2] = "1\t2"
    return lines.joined(separator: "\n")
  }
}
