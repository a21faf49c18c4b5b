import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct ExportCommandTests {
  private static let configuration = """
    run: shop
    dataset:
      format: delimited
      source: log.csv
      split: {train: 0.6, valid: 0.2, test: 0.2, seed: 1}
      fields:
        [user, device, visits: numeric, price: numeric, age: numeric, score: numeric,
         {name: genres, type: sequence, max_len: 3, pooling: mean},
         {name: tags, type: sequence, max_len: 3, pooling: sum},
         {name: history, type: sequence, max_len: 3, embedding_of: user}]
    features:
      categorical: {encoding: vocabulary, min_count: 2}
      numeric: {encoding: log_bucket}
      overrides:
        device: {encoding: auto}
        price: {encoding: quantile, quantiles: 5}
        age: {encoding: value}
        score: {encoding: value, scale: standard}
    model: {backbone: deepfm, paradigm: generative, embedding_dim: 4}
    training: {batch_size: 64, epochs: 3, learning_rate: 3.0e-2}
    """
  private static let header = "click,user,device,visits,price,age,score,genres,tags,history"

  private static let lists = ["genres", "tags", "history"]

  /// Numbers at the borders of their categories, blanks, unseen texts, and empty sequences.
  private static let rows = [
    "1,u1,phone,3,1.5,20,0.5,a|b,x,u2", "0,never,seen,-7.9,-3,-1e-3,1e3,never|b,x|y|z,u1|new",
    "1,,,,,,,,,", "0,u2,phone,2.0000001,2.5,0,0,a,,", "0,u3,tablet,1e19,1e9,7,-2.25,,y|y,u3",
    "1,u1,phone,9223372036854775808,4.5,20,0.5,a|b|c|d,x,", "0,Ünï,phone,-1e9,0,20,0.5,b,x,u1",
    "1,u4,phone,2,6.25,3,0,c|c,z,u1|u2|u3|u4", "0,u5,phone,1.7,3,3,0,c,,",
    "0,u5,,48,3.0001,3,0,c,q,",
  ]

  private func shop(_ change: (String) -> String = { $0 }) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let rows = (0..<400).map { row in
      let (user, price) = (row * 7 % 11, Double(row % 23) / 4)
      let genres = ["a", "b|c", "c|a|b", ""][row % 4]
      let tags = ["x", "y", "x|y|z"][row % 3]
      return "\(user % 3 == 0 ? 1 : 0),u\(user),\(row % 5 == 0 ? "tablet" : "phone"),"
        + "\(row * row % 97),\(price),\(row % 40),\(Double(row % 9) - 4),\(genres),\(tags),"
        + "u\(row % 11)|u\(row % 7)"
    }
    _ = try folder.write("log.csv", ([Self.header] + rows).joined(separator: "\n") + "\n")
    _ = try folder.write("shop.yaml", change(Self.configuration))
    let train = try SFGBinary.run(
      "train --config shop.yaml --output run --quiet", in: folder.path)
    #expect(train.status == 0, "\(train.errors)")
    _ = try folder.write("new.csv", ([Self.header] + Self.rows).joined(separator: "\n") + "\n")
    return folder
  }

  /// The logits of rows as `sfg eval` computes them.
  private func logits(
    _ data: String, _ run: String, in folder: TemporaryFolder
  ) throws -> [Double] {
    let eval = try SFGBinary.run(
      "eval --run \(run) --data \(data) --predictions p.csv", in: folder.path)
    #expect(eval.status == 0, "\(eval.errors)")
    let text = try String(contentsOfFile: "\(folder.path)/p.csv", encoding: .utf8)
    return text.split(separator: "\n").dropFirst().compactMap {
      Double($0.split(separator: ",")[2])
    }
  }

  private func export(_ options: String, in folder: TemporaryFolder) throws -> SFGBinary.Outcome {
    try SFGBinary.run("export --run run --format onnx \(options)", in: folder.path)
  }

  @Test(.enabled(if: ONNXRuntime.isThere, ONNXRuntime.absence))
  func textInputsHaveTheLogitsOfEval() throws {
    let folder = try shop()
    let expected = try logits("new.csv", "run", in: folder)
    let export = try export("--inputs text --output out/shop.onnx", in: folder)
    #expect(export.status == 0 && export.errors.isEmpty, "\(export.errors)")
    #expect(export.output.hasPrefix("wrote out/shop.onnx: 9 inputs, "))
    #expect(export.output.hasSuffix("B of weights, ONNX opset 17\n"))
    let cells = Self.rows.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    var inputs: [String: ONNXRuntime.Input] = [:]
    for (column, name) in Self.header.split(separator: ",").enumerated().dropFirst() {
      let texts = cells.map { String($0[column]) }
      switch name {
      case "user", "device": inputs[String(name)] = .texts(texts, [texts.count])
      case _ where Self.lists.contains(String(name)):
        let lists = texts.map { $0.split(separator: "|").suffix(3).map(String.init) }
        let padded = lists.flatMap { $0 + Array(repeating: "", count: 4 - $0.count) }
        inputs[String(name)] = .texts(padded, [texts.count, 4])
      default: inputs[String(name)] = .numbers(texts.map { Double($0) ?? .nan }, [texts.count])
      }
    }
    let json = try JSONSerialization.data(withJSONObject: inputs.mapValues(\.json))
    try json.write(to: URL(fileURLWithPath: "\(folder.path)/out/shop.json"))
    let result = try #require(try ONNXRuntime.evaluate("\(folder.path)/out")["shop"])
    expectClose(result.logit, expected, Tolerance(absolute: 1e-5, relative: 1e-5), "logits")
  }

  @Test(.enabled(if: ONNXRuntime.isThere, ONNXRuntime.absence))
  func theGraphHasTheCorrectionForNegativesThatWereLeftOut() throws {
    let folder = try shop {
      $0.replacing("  source: log.csv", with: "  negative_rate: 0.1\n  source: log.csv")
    }
    let export = try export("--output shop.onnx --external-weights", in: folder)
    #expect(export.status == 0, "\(export.errors)")
    let corrected = try logits("new.csv", "run", in: folder)
    _ = try SFGBinary.shell(
      "sed -i 's/negative_rate: 0.1/negative_rate: 1/' run/config.yaml", in: folder.path)
    let own = try logits("new.csv", "run", in: folder)
    expectClose(
      corrected, own.map { $0 + log(0.1) }, Tolerance(absolute: 1e-5, relative: 1e-6), "eval")
    let found = try served(Self.servedRows, run: "run", model: "shop.onnx", in: folder)
    expectClose(
      found, corrected.map { 1 / (1 + exp(-$0)) }, Tolerance(absolute: 2e-6, relative: 0), "rows")
  }

  @Test(
    .enabled(if: ONNXRuntime.isThere, ONNXRuntime.absence), arguments: ["platt", "isotonic"])
  func theGraphHasTheRecalibrationOfTheRun(method: String) throws {
    let folder = try shop()
    let raw = try logits("new.csv", "run", in: folder)
    let fit = try SFGBinary.run("eval --run run --recalibrate \(method)", in: folder.path)
    #expect(fit.status == 0, "\(fit.errors)")
    let expected = try logits("new.csv", "run", in: folder)
    #expect(zip(raw, expected).contains { abs($0 - $1) > 0.01 })
    let export = try export("--output shop.onnx --external-weights", in: folder)
    #expect(export.errors.hasPrefix("predictions are recalibrated (\(method), "))
    let found = try served(Self.servedRows, run: "run", model: "shop.onnx", in: folder)
    // Between near knots an isotonic curve is steep, and enlarges rounding errors of the logit.
    let close = Tolerance(absolute: method == "platt" ? 2e-6 : 1e-4, relative: 0)
    expectClose(found, expected.map { 1 / (1 + exp(-$0)) }, close, method)
    let own = try self.export("--output raw.onnx --external-weights --raw", in: folder)
    #expect(own.errors.isEmpty, "\(own.errors)")
    expectClose(
      try served(Self.servedRows, run: "run", model: "raw.onnx", in: folder),
      raw.map { 1 / (1 + exp(-$0)) }, Tolerance(absolute: 2e-6, relative: 0), "raw")
  }

  /// The rows as requests to the service.
  private static var servedRows: [[String: Any]] {
    let names = header.split(separator: ",").map(String.init)
    return rows.map { row in
      Dictionary<String, Any>(
        uniqueKeysWithValues: zip(
          names, row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        ).map { name, text in
          (name, lists.contains(name) ? text.components(separatedBy: "|") : text as Any)
        })
    }
  }

  @Test(.enabled(if: ONNXRuntime.isThere, ONNXRuntime.absence))
  func theServiceOfTheDocumentationHasTheProbabilitiesOfEval() throws {
    let folder = try shop()
    let expected = try logits("new.csv", "run", in: folder)
    let export = try export("--output shop.onnx --external-weights", in: folder)
    #expect(export.output.hasPrefix("wrote shop.onnx and shop.onnx.data: 14 inputs, "))
    let found = try served(Self.servedRows, run: "run", model: "shop.onnx", in: folder)
    expectClose(
      found, expected.map { 1 / (1 + exp(-$0)) }, Tolerance(absolute: 2e-6, relative: 0), "rows")
  }

  @Test(.enabled(if: ONNXRuntime.isThere, ONNXRuntime.absence))
  func theExampleOfTheDocumentationRuns() throws {
    let folder = try TemporaryFolder()
    let commands = try Self.example("sh")
    let shell = try SFGBinary.shell("sfg() { \"$SFG\" \"$@\"; }\n\(commands)", in: folder.path)
    #expect(shell.status == 0, "\(shell.errors)")
    _ = try SFGBinary.shell("gzip -dc clicks.tsv.gz | head -50 > some.tsv", in: folder.path)
    let expected = try logits("some.tsv", "runs/ads", in: folder)
    let text = try String(contentsOfFile: "\(folder.path)/some.tsv", encoding: .utf8)
    let names = (1...13).map { "I\($0)" } + (1...26).map { "C\($0)" }
    let rows = text.split(separator: "\n").map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).dropFirst()
      return Dictionary<String, Any>(uniqueKeysWithValues: zip(names, cells.map(String.init)))
    }
    let found = try served(rows, run: "runs/ads", model: "ads.onnx", in: folder)
    expectClose(
      found, expected.map { 1 / (1 + exp(-$0)) }, Tolerance(absolute: 2e-6, relative: 0), "rows")
  }

  @Test func theHashInCHasTheIdsOfTheFormat() throws {
    let folder = try TemporaryFolder()
    let main = """
      #include <stdio.h>
      int main(int count, char **texts) {
        for (int i = 1; i < count; i++)
          printf("%ld ", (long)sfg_id("C14", texts[i], strlen(texts[i]), 1000000));
      }
      """
    _ = try folder.write("hash.c", try Self.example("c") + main)
    let run = try SFGBinary.shell(
      "clang -Wall -Werror hash.c -o hash -lxxhash && ./hash '' a 68fd1e64 Ünï", in: folder.path)
    // The reference values of ids.md.
    #expect(run.output == "0 821468 347843 158455 ", "\(run.errors)")
  }

  @Test func hashedFieldsHaveNoTextInputs() throws {
    let folder = try shop {
      $0.replacing("{encoding: vocabulary, min_count: 2}", with: "{encoding: hash, buckets: 9}")
    }
    let export = try export("--inputs text --output shop.onnx", in: folder)
    #expect(export.status == 78)
    #expect(
      export.errors
        == "Error: --inputs text: field \"user\" is hashed, expected fields with vocabularies or "
        + "numbers; export with --inputs ids, or train with features.categorical.encoding: "
        + "vocabulary\n")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/shop.onnx"))
  }

  @Test func theOutputMustBeAFile() throws {
    let folder = try TemporaryFolder()
    for output in ["-", ""] {
      let export = try SFGBinary.run(
        ["export", "--run", "run", "--format", "onnx", "--output", output], in: folder.path)
      #expect(export.status == 64)
      #expect(
        export.errors.contains("'--output' takes the path of a file, found \"\(output)\"."))
    }
  }

  // MARK: The documentation

  /// The first example of a language in Documentation/how-to/serving.md.
  private static func example(_ language: String) throws -> String {
    let page = SFGBinary.package.appending(path: "Documentation/how-to/serving.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(
      separatedBy: "```\(language)\n")
    return try #require(parts.dropFirst().first?.components(separatedBy: "```\n").first)
  }

  /// The probabilities of rows that the service of the documentation computes.
  private func served(
    _ rows: [[String: Any]], run: String, model: String, in folder: TemporaryFolder
  ) throws -> [Double] {
    _ = try folder.write("service.py", try Self.example("python"))
    let json = try JSONSerialization.data(withJSONObject: rows)
    try json.write(to: URL(fileURLWithPath: "\(folder.path)/rows.json"))
    let test = """
      import json, os, sys
      os.chdir(sys.argv[1]); sys.path.insert(0, "."); sys.argv = ["", "\(run)", "\(model)"]
      import service
      print(json.dumps(service.predict(json.load(open("rows.json")))))
      """
    let outcome = try ONNXRuntime.run(["-c", test, folder.path])
    try #require(outcome.status == 0, "\(outcome.text)")
    return try JSONDecoder().decode([Double].self, from: Data(outcome.text.utf8))
  }
}
