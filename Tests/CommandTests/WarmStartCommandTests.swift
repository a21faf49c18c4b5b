import Foundation
import TestSupport
import Testing

/// `sfg train --from`: days of a log whose values change.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct WarmStartCommandTests {
  private let folder: TemporaryFolder
  private static let train = "train --config day.yaml --quiet --set dataset.train="

  /// Four days, of whose items each has some that the day before did not have.
  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write(
      "day.yaml",
      """
      run: daily
      dataset: {format: delimited, label: y, train: 1.csv, valid: 4.csv}
      features: {categorical: {min_count: 2}}
      model: {backbone: deepfm, embedding_dim: 4, hidden_units: [8], net_dropout: 0.2}
      training:
        {batch_size: 100, epochs: 2, learning_rate: 1.0e-2, eval_steps: 3, seed: 7,
         checkpoint_minutes: 1.0e-9, early_stop_patience: 50}
      """)
    for day in 1...4 { _ = try folder.write("\(day).csv", Self.rows(day)) }
  }

  private static func rows(_ day: Int) -> String {
    (0..<900).reduce(into: "y,item,user\n") { text, row in
      let (item, user) = (8 * day + row * row % 23, row * 7 % 31)
      text += "\((item + user) % 3 == 0 ? 1 : 0),i\(item),u\(user)\n"
    }
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func sfg(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  private func files(_ run: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path(run))
    return try Dictionary(
      uniqueKeysWithValues: names.filter { $0.contains(".") }.map {
        ($0, try bytes("\(run)/\($0)"))
      })
  }

  private static let checked = [
    "checkpoint/best.safetensors", "checkpoint/last.safetensors",
    "checkpoint/seen_rows.safetensors",
    "checkpoint/from.json", "encoder/fields.json", "config.yaml",
  ]

  @Test func aRunGoesOnFromAnotherAndRecordsIt() throws {
    #expect(try sfg("\(Self.train)1.csv --output one").status == 0)
    let before = try files("one")
    let two = try SFGBinary.run(
      "train --config day.yaml --set dataset.train=2.csv --output two --from one",
      in: folder.path)
    #expect(two.status == 0, "\(two.errors)")
    #expect(
      two.errors.contains(
        "from: one/checkpoint/last.safetensors, with its optimizer state; 8 new values in the "
          + "vocabulary of 1 field\n"))
    #expect(try files("one") == before)
    let origin = try #require(
      JSONSerialization.jsonObject(with: try bytes("two/result.json")) as? [String: Any])
    let from = try #require(origin["from"] as? [String: Any])
    #expect(from["run"] as? String == "one" && from["name"] as? String == "daily")
    let weights = try #require(from["weights"] as? String)
    #expect(try bytes("one/checkpoint/last.safetensors").range(of: Data(weights.utf8)) != nil)
    let configuration = String(decoding: try bytes("two/config.yaml"), as: UTF8.self)
    #expect(
      configuration.hasPrefix(
        "# warm start: --from one (daily), checkpoint/last.safetensors, xxh3-64 \(weights), with "
          + "optimizer state\nrun: daily\n"))
    // The run is a run like any other, and the next one goes on from it.
    #expect(try sfg("eval --run two --split valid").status == 0)
    #expect(try sfg("\(Self.train)3.csv --output three --from two").status == 0)
    let best = try sfg(
      "train --config day.yaml --output four --from two --from-weights-only "
        + "--set training.optimizer=sgd")
    #expect(best.errors.contains("from: two/checkpoint/best.safetensors, without optimizer state"))
  }

  @Test func whatDoesNotBelongTogetherIsRefused() throws {
    #expect(try sfg("\(Self.train)1.csv --output one").status == 0)
    #expect(
      try sfg("\(Self.train)1.csv --output bare --set training.keep_last=false").status == 0)
    let next = "\(Self.train)2.csv --output two"
    let refusals: [(line: String, status: Int32, error: String)] = [
      (
        "\(next) --from one --set model.embedding_dim=8", 78,
        "model.embedding_dim: found 8, expected 4 as in the run of --from one, whose weights belong "
          + "to it; use its value, or train without --from"
      ),
      (
        "\(next) --from one --set features.overrides.item.encoding=hash", 78,
        "features.overrides.item.encoding: found hash, expected nothing as in the run of --from "
          + "one, whose weights belong to it; use its value, or train without --from"
      ),
      (
        "\(next) --from one --set training.optimizer=sgd", 78,
        "training.optimizer: found sgd, expected adam, whose state the run of --from one has; add "
          + "--from-weights-only to begin without it"
      ),
      (
        "\(next) --from bare", 64,
        "--from bare: no checkpoint/last.safetensors with the optimizer's state "
          + "(training.keep_last: false); add --from-weights-only to begin with its best weights"
      ),
      (
        "\(Self.train)2.csv --output one --overwrite --from ./one", 64,
        "--from ./one: is the run that this command writes; write to another folder with --output, "
          + "or continue it with --resume alone"
      ),
      ("\(next) --from none", 66, "none/config.yaml: no such file; check the path"),
    ]
    for (line, status, error) in refusals {
      let outcome = try sfg(line)
      #expect(outcome.status == status, "\(line)")
      #expect(outcome.errors == "Error: \(error)\n", "\(line)")
    }
    #expect(try sfg("\(next) --from-weights-only").status == 64)
    #expect(try sfg("\(next) --from bare --from-weights-only").status == 0)
    // Weights and encoder of different runs.
    try FileManager.default.removeItem(atPath: path("one/encoder"))
    try FileManager.default.copyItem(
      atPath: path("two/encoder"), toPath: path("one/encoder"))
    let mixed = try sfg("\(Self.train)3.csv --output three --from one")
    #expect(mixed.status == 78 && mixed.errors.contains("trained with the encoder of seal"))
    #expect(mixed.errorLines.count == 1)
    try FileManager.default.removeItem(atPath: path("two/result.json"))
    let unfinished = try sfg("\(Self.train)3.csv --output three --from two")
    #expect(unfinished.status == 64 && unfinished.errors.contains("the run has not finished"))
  }

  @Test func killedAndResumedItEndsWithTheSameBytesAndTwoThreadsToo() throws {
    #expect(try sfg("\(Self.train)1.csv --output one").status == 0)
    let next = "\(Self.train)2.csv --from one"
    #expect(try sfg("\(next) --output whole --threads 2").status == 0)
    var kills = 0
    while kills < 8 {
      let running = try SFGBinary.start(
        "\(next) --output killed --resume --threads 1".split(separator: " ").map(String.init),
        in: folder.path)
      running.exits(within: .random(in: 0.01...0.4))
      running.kill()
      kills += 1
      if try running.outcome().status == 0 { break }
    }
    // A run with a checkpoint needs no --from; one without a checkpoint must not start without it.
    let resumes = FileManager.default.fileExists(
      atPath: path("killed/checkpoint/last.safetensors"))
    let rest = resumes ? "\(Self.train)2.csv" : next
    let last = try sfg("\(rest) --output killed --resume --threads 2")
    #expect(last.status == 0, "\(last.errors)")
    for file in Self.checked {
      #expect(try bytes("killed/\(file)") == bytes("whole/\(file)"), "\(file)")
    }
  }

  @Test func resumingTakesTheSameSourceOrNone() throws {
    #expect(try sfg("\(Self.train)1.csv --output one").status == 0)
    #expect(try sfg("\(Self.train)3.csv --output other").status == 0)
    let next = "\(Self.train)2.csv --output two"
    #expect(try sfg("\(next) --from one").status == 0)
    let more = "\(next) --resume --set training.epochs=3"
    let other = try sfg("\(more) --from other")
    #expect(other.status == 64)
    #expect(
      other.errors.contains(
        "--from other: the run in two began with the weights of one, and these are others"))
    let cold = try sfg(
      "\(Self.train)1.csv --output one --resume --from other --set training.epochs=3")
    #expect(cold.errors.contains("the run in one began without another run's weights"))
    #expect(try sfg("\(more) --from one").status == 0)
    #expect(
      String(decoding: try bytes("two/config.yaml"), as: UTF8.self).hasPrefix("# warm start: "))
    // Killed before its first checkpoint, a run must not start again with drawn weights.
    for file in ["checkpoint/last.safetensors", "result.json"] {
      try FileManager.default.removeItem(atPath: path("two/\(file)"))
    }
    let lost = try sfg("\(next) --resume")
    #expect(lost.status == 64)
    #expect(
      lost.errors
        == "Error: two: began with --from one and has no checkpoint to resume from; give --from "
        + "again\n")
  }
}
