import Foundation
import Platform
import TestSupport
import Testing

/// Sequence fields from the file to the run: in columns `a|b|c`, in libffm and in libsvm.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct SequenceCommandTests {
  /// The formats of the rows, and the declaration of their fields.
  enum Shape: String, CaseIterable {
    case delimited, libffm, libsvm

    var fields: String {
      switch self {
      case .delimited: "[user, {name: genres, type: sequence, pooling: sum, max_len: 4}]"
      case .libffm: "[user, {name: genres, type: sequence, max_len: 4}]"
      case .libsvm:
        "[{name: user, first: 0, last: 39}, {name: genres, type: sequence, max_len: 4, first: 40, last: 60}]"
      }
    }

    func line(_ row: Row) -> String {
      let genres = row.genres.map { "\($0)" }
      return switch self {
      case .delimited: "\(row.label),\(row.user),\(genres.joined(separator: "|"))"
      case .libffm:
        (["\(row.label) 0:\(row.user):1"] + genres.map { "1:\($0):1" }).joined(separator: " ")
      case .libsvm:
        (["\(row.label) \(row.user):1"] + genres.map { "\($0):1" }).joined(separator: " ")
      }
    }
  }

  struct Row {
    var label: Int
    var user: Int
    var genres: [Int]
  }

  /// Rows whose label depends on whether they contain certain genres.
  static let rows: [Row] = {
    let random = CounterRandom(seed: 3, stream: 1)
    return (0..<900).map { row in
      let draw = { (place: Int, bound: Int) in
        random.integer(UInt64(row * 16 + place), below: bound)
      }
      let genres = (0..<draw(0, 5)).map { 40 + draw(1 + $0, 20) }
      let isLiked = genres.contains { $0 < 45 }
      return Row(
        label: draw(10, 10) < (isLiked ? 8 : 2) ? 1 : 0, user: draw(11, 40), genres: genres)
    }
  }()

  private static let train =
    "train --config c.yaml --quiet --set training.checkpoint_minutes=1e-9 "
    + "--set training.eval_steps=5 --set training.early_stop_patience=50"

  private func run(_ shape: Shape) throws -> TinyRun {
    let tiny = try TinyRun(trained: false)
    let header = shape == .delimited ? ["label,user,genres"] : []
    let lines = header + Self.rows.map(shape.line)
    _ = try tiny.folder.write("rows.txt", lines.map { $0 + "\n" }.joined())
    _ = try tiny.folder.write(
      "c.yaml",
      """
      dataset:
        format: \(shape.rawValue)
        source: rows.txt
        split: {train: 0.6, valid: 0.2, test: 0.2, seed: 1}
        fields: \(shape.fields)
      features: {categorical: {encoding: vocabulary, min_count: 1}}
      model: {backbone: deepfm, paradigm: generative, embedding_dim: 4, hidden_units: [8]}
      training: {batch_size: 64, epochs: 6, learning_rate: 1.0e-2, embedding_update: lazy}
      """)
    return tiny
  }

  @Test(arguments: Shape.allCases)
  func aRunLearnsFromSequencesWithTheSameBitsForAnyThreads(shape: Shape) throws {
    let tiny = try run(shape)
    for threads in 1...4 {
      let outcome = try tiny.sfg("\(Self.train) --output run\(threads) --threads \(threads)")
      #expect(outcome.status == 0, "\(outcome.errors)")
      for file in ["best", "last"] {
        #expect(
          try tiny.bytes("run\(threads)/checkpoint/\(file).safetensors")
            == tiny.bytes("run1/checkpoint/\(file).safetensors"), "\(threads) threads")
      }
    }
    let test = try #require(try tiny.json("run1/result.json")["test"] as? [String: Any])
    #expect(try #require(test["AUC"] as? Double) > 0.7)
    let eval = try tiny.sfg("eval --run run1 --json")
    let found = try JSONSerialization.jsonObject(with: Data(eval.output.utf8)) as? [String: Any]
    #expect(found?["AUC"] as? Double == test["AUC"] as? Double, "\(eval.errors)")
    for command in ["inspect --config c.yaml", "analyze collapse --run run1"] {
      let outcome = try tiny.sfg(command)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test func aKilledRunResumesToTheSameBytes() throws {
    let tiny = try run(.libffm)
    #expect(try tiny.sfg("\(Self.train) --output whole").status == 0)
    let line = "\(Self.train) --output killed --resume".split(separator: " ").map(String.init)
    let running = try SFGBinary.start(line, in: tiny.folder.path)
    try running.wait { tiny.exists("killed/checkpoint/last.safetensors") }
    running.kill()
    _ = try running.outcome()
    let last = try tiny.sfg("\(Self.train) --output killed --resume")
    #expect(last.status == 0, "\(last.errors)")
    for file in ["best", "last"] {
      #expect(
        try tiny.bytes("killed/checkpoint/\(file).safetensors")
          == tiny.bytes("whole/checkpoint/\(file).safetensors"))
    }
  }
}
