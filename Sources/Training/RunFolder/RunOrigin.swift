import Foundation
import Models
import Platform

/// The weights with which a run began: `checkpoint/from.json`.
public struct RunOrigin: Codable, Equatable, Sendable {
  /// The folder of the run that they are from, as it was given.
  public let run: String
  /// That run's name.
  public let name: String
  /// The checkpoint, `best` or `last`.
  public let checkpoint: String
  /// The checkpoint's `xxh3-64`.
  public let weights: String
  /// Whether training began with that run's optimizer state, too.
  public let optimizerState: Bool

  private enum CodingKeys: String, CodingKey {
    case run, name, checkpoint, weights
    case optimizerState = "optimizer_state"
  }

  /// Describes the weights of a run; throws where the checkpoint is damaged.
  public init(
    folder: RunFolder, name: String, checkpoint: RunCheckpoint, optimizerState: Bool
  ) throws {
    run = folder.path
    self.name = name
    self.checkpoint = checkpoint.name
    weights = try Checkpoint.checksum(of: folder.path(of: checkpoint))
    self.optimizerState = optimizerState
  }

  /// Reads the file of a run; nil where the run began with drawn weights.
  init?(contentsOf path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, .result)
    } catch FileFailure.missing {
      return nil
    }
    guard let origin = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else {
      throw CheckpointFailure.damaged(
        path: path, finding: "expected the weights that the run began with, found other text")
    }
    self = origin
  }

  /// The members of `result.json` and of the file.
  var json: JSONValue {
    .object([
      ("run", .text(run)), ("name", .text(name)), ("checkpoint", .text(checkpoint)),
      ("weights", .text(weights)), ("optimizer_state", .boolean(optimizerState)),
    ])
  }

  /// A comment of one line for `config.yaml`.
  public var comment: String {
    let state = optimizerState ? "with" : "without"
    return "# warm start: --from \(PrintableText.of(run)) (\(name)), "
      + "checkpoint/\(checkpoint).safetensors, xxh3-64 \(weights), \(state) optimizer state\n"
  }
}
