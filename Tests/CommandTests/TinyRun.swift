import Foundation
import TestSupport
import Testing

/// A small synthetic log, a configuration, and a run trained with them.
final class TinyRun {
  let folder: TemporaryFolder

  static let configuration = """
    run: tiny
    dataset:
      format: criteo
      source: clicks.tsv.gz
      split: {train: 0.6, valid: 0.2, test: 0.2, seed: 1}
    features:
      categorical: {encoding: hash, buckets: 50}
    model: {backbone: fm, paradigm: generative, embedding_dim: 4}
    training:
      {batch_size: 256, epochs: 2, embedding_update: lazy, learning_rate: 1.0e-2, shuffle_rows: 500}
    """

  /// Generates the log, writes the configuration, and trains into `run` if `trained`.
  init(trained: Bool = true) throws {
    folder = try TemporaryFolder()
    _ = try folder.write("tiny.yaml", Self.configuration)
    let synth = try sfg("synth --preset criteo --rows 2000 --seed 1 --output clicks.tsv.gz")
    #expect(synth.status == 0, "\(synth.errors)")
    guard trained else { return }
    let train = try sfg("train --config tiny.yaml --output run --quiet")
    #expect(train.status == 0, "\(train.errors)")
  }

  /// Runs the program in the folder.
  func sfg(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func json(_ name: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: try bytes(name)) as? [String: Any])
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The paths of all files below a folder, relative to it.
  func files(below name: String) throws -> Set<String> {
    Set(
      try FileManager.default.subpathsOfDirectory(atPath: path(name)).filter {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path("\(name)/\($0)"), isDirectory: &isFolder)
          && !isFolder.boolValue
      })
  }
}
