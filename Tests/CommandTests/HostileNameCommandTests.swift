import Foundation
import TestSupport
import Testing

/// Columns of any name that a header may hold, in every file that is written.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct HostileNameCommandTests {
  static let names = [
    "__metadata__", "seen.x", "x", "x.value", "xxh3-64", "config", "encoder", "position", "row",
    "a,b", "say \"x\"", " ", "null", "~", "true", "1e3", "- a", "# c", "k: v", "../x", "/", "<<",
    "*a", "&a", "!t", "%", "[", "{", "|", ">", "@", "`", "'", "\\", "\u{1}", "\u{7f}", "é", "😀",
    "</script>", String(repeating: "n", count: 300),
  ]

  private static func quoted(_ text: String) -> String {
    let data = try? JSONEncoder().encode(text)
    return String(decoding: data ?? Data(), as: UTF8.self).replacing("\\/", with: "/")
      .replacing("\u{7f}", with: "\\u007f")
  }

  /// Three hundred rows whose click depends on the first column.
  private static func write(to folder: TemporaryFolder) throws {
    let header = names.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
    var lines = [(["y"] + header).joined(separator: ",")]
    for row in 0..<300 {
      let values = names.indices.map { "\((row * ($0 + 3)) % ($0 % 7 + 2))" }
      lines.append(([values[0]] + values).joined(separator: ","))
    }
    _ = try folder.write("rows.csv", lines.joined(separator: "\n") + "\n")
    let overrides = names.enumerated().map { index, name in
      let encoding = ["vocabulary", "hash", "quantile", "value, scale: standard"][index % 4]
      return "    \(quoted(name)): {encoding: \(encoding)}"
    }
    let fields = names.enumerated().map { index, name in
      "    - {name: \(quoted(name)), type: \(index % 4 < 2 ? "categorical" : "numeric")}"
    }
    _ = try folder.write(
      "names.yaml",
      """
      dataset:
        format: delimited
        label: y
        source: rows.csv
        split: {train: 0.6, valid: 0.2, test: 0.2, seed: 1}
        cache: rows
        fields:
      \(fields.joined(separator: "\n"))
      features:
        overrides:
      \(overrides.joined(separator: "\n"))
      model: {embedding_dim: 2, paradigm: generative}
      training: {epochs: 2, batch_size: 50, tensorboard: true}
      """)
  }

  @Test func everyNameIsWrittenAndReadBack() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder)
    func sfg(_ line: String) throws -> SFGBinary.Outcome {
      let outcome = try SFGBinary.run(line, in: folder.path)
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
      return outcome
    }
    _ = try sfg("train --config names.yaml --output run --quiet")
    // Reads all of the run's files, and the encoded rows.
    let eval = try sfg("eval --run run --json").json()
    func json(_ name: String) throws -> [String: Any] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let test = try json("run/result.json")["test"] as? [String: Any]
    #expect(eval["AUC"] as? Double == test?["AUC"] as? Double)
    let fields = try json("run/encoder/fields.json")["fields"] as? [[String: Any]]
    #expect(fields?.compactMap { $0["name"] as? String } == Self.names)
    _ = try sfg(
      "train --config run/config.yaml --output run --resume --set training.epochs=3 --quiet")
    _ = try sfg("train --config run/config.yaml --output again --quiet --set dataset.cache=off")
    for file in ["seen_rows", "best"] {
      let files = try ["run", "again"].map {
        try Data(
          contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)/checkpoint/\(file).safetensors"))
      }
      // The configurations in the metadata differ in the cache.
      #expect(file == "best" || files[0] == files[1])
    }
    _ = try sfg("analyze report --run run --rows 100 --dump")
    let collapse = try json("run/analysis/collapse/summary.json")["runs"] as? [[String: Any]]
    let analysed = collapse?.first?["fields"] as? [[String: Any]]
    #expect(Set(analysed?.compactMap { $0["field"] as? String } ?? []) == Set(Self.names))
    _ = try sfg("inspect --config names.yaml --json --report page.html")
  }
}
