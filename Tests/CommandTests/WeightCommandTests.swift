import Foundation
import Platform
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct WeightCommandTests {
  private static let configuration = """
    run: w
    dataset:
      {format: delimited, label: click, source: log.csv, weight: w, cache: off,
       split: {train: 0.6, valid: 0.2, test: 0.2, seed: 1}}
    features: {categorical: {encoding: vocabulary, min_count: 1}}
    model: {backbone: fm, embedding_dim: 4}
    training: {batch_size: 64, epochs: 3, learning_rate: 2.0e-2}
    """

  /// Rows whose click depends on the user; `weight` makes the weight of each.
  private func log(_ weight: (Int) -> String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let random = CounterRandom(seed: 1, stream: 1)
    let rows = (0..<900).map { row in
      let user = random.integer(UInt64(row), below: 12)
      let isClick = random.uniform(UInt64(10_000 + row)) < (user % 3 == 0 ? 0.7 : 0.2)
      return "\(isClick ? 1 : 0),\(weight(row)),u\(user),i\(row % 7)\n"
    }
    _ = try folder.write("log.csv", "click,w,user,item\n" + rows.joined())
    _ = try folder.write("w.yaml", Self.configuration)
    return folder
  }

  private func sfg(_ line: String, in folder: TemporaryFolder) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  @Test func figuresAreOverTheWeightsThatPredictionsList() throws {
    let folder = try log { "\(Double($0 % 5) / 2)" }
    let train = try sfg("train --config w.yaml --output run", in: folder)
    #expect(train.status == 0, "\(train.errors)")
    #expect(train.errors.contains("weights: rows count with the number in column \"w\"\n"))
    #expect(train.errors.contains("encodings: 2 vocabulary"))
    #expect(train.output.contains("split  rows  clicks  weight"))
    let eval = try sfg("eval --run run --predictions p.csv --json", in: folder)
    let json = try eval.json()
    #expect(json["weight_column"] as? String == "w")
    let text = try String(contentsOfFile: "\(folder.path)/p.csv", encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "row,label,logit,probability,weight")
    var (losses, weights) = (0.0, 0.0)
    for line in lines.dropFirst() {
      let columns = line.split(separator: ",").compactMap { Double($0) }
      losses += columns[4] * log1p(exp(columns[1] == 1 ? -columns[2] : columns[2]))
      weights += columns[4]
    }
    #expect(json["rows"] as? Int == lines.count - 1)
    expectClose(try #require(json["weight"] as? Double), weights, .exact)
    expectClose(
      try #require(json["logloss"] as? Double), losses / weights,
      // The logits of the file are rounded to single precision.
      Tolerance(absolute: 1e-8, relative: 1e-8))
  }

  @Test func weightsOfOneGiveTheResultsOfNoWeights() throws {
    let folder = try log { _ in "1" }
    for (run, setting) in [("with", ""), ("without", " --set dataset.weight=null")] {
      // Without weights, the column would be a field.
      let train = try sfg(
        "train --config w.yaml --output \(run) --quiet --set dataset.fields=[user,item]\(setting)",
        in: folder)
      #expect(train.status == 0, "\(train.errors)")
      let eval = try sfg("eval --run \(run) --predictions \(run).csv", in: folder)
      #expect(eval.status == 0, "\(eval.errors)")
    }
    func lines(_ name: String) throws -> [Substring] {
      try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8).split(separator: "\n")
    }
    let with = try lines("with.csv").map {
      $0.split(separator: ",").dropLast().joined(separator: ",")
    }
    #expect(try with == lines("without.csv").map(String.init))
    func metrics(_ run: String) throws -> [String: Double] {
      let text = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(run)/result.json"))
      let result = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
      let test = try #require(result["test"] as? [String: Double])
      return test.filter { $0.key != "weight" }
    }
    #expect(try metrics("with") == metrics("without"))
  }

  @Test func aRecalibrationIsWeighted() throws {
    // Clicks of the weighted half are three times as rare as those of the other.
    let folder = try log { $0 % 2 == 0 ? "3" : "0.5" }
    #expect(try sfg("train --config w.yaml --output run --quiet", in: folder).status == 0)
    #expect(try sfg("eval --run run --recalibrate platt", in: folder).status == 0)
    let json = try sfg("eval --run run --split valid --json", in: folder).json()
    #expect(abs(try #require(json["calibration"] as? Double) - 1) < 0.01)
  }

  @Test func commandsThatCountEveryRowOnceReportIt() throws {
    let folder = try log { "\($0 % 3)" }
    #expect(try sfg("train --config w.yaml --output run --quiet", in: folder).status == 0)
    let compare = try sfg("compare run run", in: folder)
    #expect(
      compare.errors.contains("run: compare counts every row once, without its weights (w)\n"),
      "\(compare.errors)")
    let importance = try sfg("analyze importance --run run --repeats 2", in: folder)
    #expect(
      importance.errors.contains("run: analyze counts every row once, without its weights (w)\n"),
      "\(importance.errors)")
  }

  @Test(arguments: [
    (
      "dataset.weight=cost", 65 as Int32,
      "Error: log.csv:1: expected the column \"cost\" of dataset.weight in the header, found click, "
        + "w, user, item; name another column, or remove the key\n"
    ),
    (
      "dataset.weight=click", 78,
      "Error: --set dataset.weight=click: dataset.weight: expected another column than the label, "
        + "found \"click\"; name the column of the weights\n"
    ),
    (
      "dataset.weight=user", 65,
      ", column 3 (user): expected a weight from 0 to 3.4e38 (dataset.weight names its column), found "
    ),
  ])
  func aColumnThatHasNoWeightsIsRefused(setting: String, status: Int32, text: String) throws {
    let folder = try log { _ in "1" }
    let outcome = try sfg("train --config w.yaml --output run --set \(setting)", in: folder)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
  }

  @Test func aSplitWithoutAnyWeightIsRefused() throws {
    let folder = try log { _ in "0" }
    let outcome = try sfg("train --config w.yaml --output run", in: folder)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("rows have weight 0, expected one above 0"))
  }
}
