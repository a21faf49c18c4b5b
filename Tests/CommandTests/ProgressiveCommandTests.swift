import Foundation
import TestSupport
import Testing

/// `training.progressive`: every day is evaluated before it is trained on.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct ProgressiveCommandTests {
  private let folder: TemporaryFolder
  private static let train = "train --config day.yaml --quiet --set training.progressive=true"

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write(
      "day.yaml",
      """
      run: daily
      dataset: {format: delimited, label: y, train: [day1.csv, day2.csv, day3.csv]}
      features: {categorical: {min_count: 2}}
      model: {backbone: deepfm, embedding_dim: 4, hidden_units: [8], net_dropout: 0.2}
      training: {batch_size: 100, learning_rate: 1.0e-2, shuffle: false, checkpoint_minutes: 1.0e-9}
      """)
    for day in 1...3 { _ = try folder.write("day\(day).csv", Self.rows(day)) }
  }

  /// Some items and users of each day did not occur the day before.
  private static func rows(_ day: Int, header: String = "y,item,user", time: Bool = false)
    -> String
  {
    (0..<700).reduce(into: "\(header)\n") { text, row in
      let (item, user) = (8 * day + row * row % 23, row * 7 % 31)
      text += "\((item * user + day) % 3 == 0 ? 1 : 0),i\(item),u\(user + day)"
      text += time ? ",2024-05-\(10 + day)T\(10 + row % 14):00:00\n" : "\n"
    }
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func sfg(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  private func days(_ run: String) throws -> [[String: Any]] {
    let result = try JSONSerialization.jsonObject(with: bytes("\(run)/result.json"))
    return try #require((result as? [String: Any])?["progressive"] as? [[String: Any]])
  }

  private static let files = [
    "checkpoint/best.safetensors", "checkpoint/last.safetensors",
    "checkpoint/seen_rows.safetensors",
    "encoder/fields.json", "encoder/1_item.txt", "encoder/2_user.txt", "progressive.csv",
  ]

  /// The bytes of the tensors, without the header.
  private func tensors(_ run: String) throws -> Data {
    let data = try bytes("\(run)/checkpoint/last.safetensors")
    let header = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
    return data.dropFirst(8 + header)
  }

  @Test func itIsAChainOfWarmStartsEachEvaluatedOnTheNextDay() throws {
    let run = try sfg("\(Self.train) --output run")
    #expect(run.status == 0, "\(run.errors)")
    let days = try days("run")
    #expect(days.map { $0["day"] as? String } == ["day1.csv", "day2.csv", "day3.csv"])
    #expect(days[0]["AUC"] is NSNull)
    for day in 1...3 {
      let from = day > 1 ? " --from chain\(day - 1)" : ""
      let link = try sfg(
        "train --config day.yaml --quiet --set training.epochs=1 --output chain\(day) "
          + "--set dataset.train=day\(day).csv\(from)")
      #expect(link.status == 0, "\(link.errors)")
      guard day < 3 else { break }
      let eval = try sfg("eval --run chain\(day) --data day\(day + 1).csv --json").json()
      for metric in ["AUC", "logloss", "calibration"] {
        #expect(eval[metric] as? Double == days[day][metric] as? Double, "day \(day + 1) \(metric)")
      }
      #expect(days[day]["day_rows"] as? Int == 700)
    }
    #expect(try tensors("run") == tensors("chain3"))
    #expect(try bytes("run/encoder/1_item.txt") == bytes("chain3/encoder/1_item.txt"))
    #expect(run.output.hasPrefix("day       rows       AUC"))
    let table = run.output.split(separator: "\n").prefix(4).map { $0.prefix(8) }
    #expect(table == ["day     ", "day1.csv", "day2.csv", "day3.csv"])
    let lines = String(decoding: try bytes("run/metrics.jsonl"), as: UTF8.self)
      .split(separator: "\n").filter { $0.contains(#""split": "progressive""#) }
    #expect(lines.count == 2)
    let csv = String(decoding: try bytes("run/progressive.csv"), as: UTF8.self)
    #expect(csv.split(separator: "\n").count == 4)
    // The model is one like any other.
    #expect(try sfg("eval --run run --data day3.csv").status == 0)
  }

  @Test func laterDaysChangeNothingBeforeThem() throws {
    #expect(try sfg("\(Self.train) --output one").status == 0)
    _ = try folder.write("day3.csv", Self.rows(9))
    #expect(try sfg("\(Self.train) --output two").status == 0)
    let (one, two) = (try days("one"), try days("two"))
    #expect(one[1] as NSDictionary == two[1] as NSDictionary)
    #expect(one[2]["AUC"] as? Double != two[2]["AUC"] as? Double)
  }

  @Test func killedAndResumedItEndsWithTheSameBytesAndTwoThreadsToo() throws {
    for encoding in ["auto", "hash --set features.categorical.buckets=20"] {
      let run =
        "\(Self.train) --set features.categorical.encoding=\(encoding)"
        + (encoding == "auto" ? "" : " --set features.categorical.min_count=null")
      let whole = try sfg("\(run) --output whole --threads 2")
      #expect(whole.status == 0, "\(whole.errors)")
      for _ in 0..<12 {
        let running = try SFGBinary.start(
          "\(run) --output killed --resume --threads 1".split(separator: " ").map(String.init),
          in: folder.path)
        running.exits(within: .random(in: 0.02...0.6))
        running.kill()
        if try running.outcome().status == 0 { break }
      }
      let last = try sfg("\(run) --output killed --resume --threads 2")
      #expect(last.status == 0, "\(last.errors)")
      for file in Self.files where encoding == "auto" || !file.hasSuffix(".txt") {
        #expect(try bytes("killed/\(file)") == bytes("whole/\(file)"), "\(encoding): \(file)")
      }
      #expect(!FileManager.default.fileExists(atPath: path("killed/checkpoint/encoder")))
      for name in ["whole", "killed"] {
        try FileManager.default.removeItem(atPath: path(name))
      }
    }
  }

  /// A process may be killed between the checkpoint that names the grown encoder and the exchange.
  @Test func anEncoderThatWasNotExchangedIsTheOneThatTheCheckpointNames() throws {
    #expect(try sfg("\(Self.train) --output whole").status == 0)
    let running = try SFGBinary.start(
      "\(Self.train) --output run".split(separator: " ").map(String.init), in: folder.path)
    let last = path("run/checkpoint/last.safetensors")
    try running.wait { FileManager.default.fileExists(atPath: last) }
    running.interrupt()
    _ = try running.outcome()
    guard !FileManager.default.fileExists(atPath: path("run/result.json")) else { return }
    // As it is before the exchange: the encoder of the checkpoint beside it, another in its place.
    try FileManager.default.moveItem(
      atPath: path("run/encoder"), toPath: path("run/checkpoint/encoder"))
    try FileManager.default.copyItem(
      atPath: path("whole/encoder"), toPath: path("run/encoder"))
    let resumed = try sfg("\(Self.train) --output run --resume")
    #expect(resumed.status == 0, "\(resumed.errors)")
    for file in Self.files {
      #expect(try bytes("run/\(file)") == bytes("whole/\(file)"), "\(file)")
    }
  }

  @Test func aDayWithoutRowsIsLeftOutWithALine() throws {
    _ = try folder.write("day0.csv", "y,item,user\n")
    _ = try folder.write("day2.csv", "y,item,user\n")
    let run = try SFGBinary.run(
      "train --config day.yaml --output run --set training.progressive=true "
        + "--set dataset.train=[day0.csv,day1.csv,day2.csv,day3.csv]", in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    for day in [0, 2] { #expect(run.errors.contains("\nday\(day).csv: no rows; left out\n")) }
    #expect(try days("run").map { $0["day_rows"] as? Int } == [0, 700, 0, 700])
    #expect(run.errors.contains("encodings are fitted to day1.csv"))
  }

  @Test func daysOfOneSourceAreItsPartsAndFromEvaluatesTheFirstToo() throws {
    for day in [1, 2, 4] {
      _ = try folder.write(
        "part\(day).csv", Self.rows(day, header: "y,item,user,ts", time: true))
    }
    let source =
      "--set dataset.train=null --set dataset.source=part*.csv --set dataset.split.by=ts "
      + "--set dataset.split.train=1 --set dataset.split.valid=0 --set dataset.split.test=0 "
      + "--set dataset.fields=[item,user]"
    let run = try SFGBinary.run(
      "train --config day.yaml --output run --set training.progressive=true \(source)",
      in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("2024-05-13: no rows; left out\n"))
    #expect(
      try days("run").map { $0["day"] as? String } == ["2024-05-11", "2024-05-12", "2024-05-14"])
    let next = try sfg("\(Self.train) \(source) --output next --from run")
    #expect(next.status == 0, "\(next.errors)")
    #expect(try days("next").allSatisfy { $0["AUC"] is Double })
  }
}
