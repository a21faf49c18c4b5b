import Glibc
import Models
import Platform

/// One of the checkpoints in a run's folder.
public enum RunCheckpoint: Equatable, Sendable {
  /// The weights of the best evaluation.
  case best
  /// The weights from which training resumes, with the optimizer's state.
  case last
  /// The weights at the end of an epoch, counted from 1.
  case epoch(Int)

  private static let epochPrefix = "epoch-"

  /// Reads a name: `best`, `last`, `epoch-3`; nil for any other.
  public init?(_ name: String) {
    switch name {
    case "best": self = .best
    case "last": self = .last
    default:
      guard name.hasPrefix(Self.epochPrefix),
        let epoch = Int(name.dropFirst(Self.epochPrefix.count)), epoch > 0,
        name == "\(Self.epochPrefix)\(epoch)"
      else { return nil }
      self = .epoch(epoch)
    }
  }

  /// The name, which is also that of its file.
  public var name: String {
    switch self {
    case .best: "best"
    case .last: "last"
    case .epoch(let epoch): "\(Self.epochPrefix)\(epoch)"
    }
  }
}

extension RunFolder {
  /// The file of a checkpoint.
  public func path(of checkpoint: RunCheckpoint) -> String {
    "\(path)/checkpoint/\(checkpoint.name).safetensors"
  }

  /// The epochs whose weights the run keeps, ascending.
  public var keptEpochs: [Int] {
    let suffix = ".safetensors"
    let names = (try? Folder.names(in: "\(path)/checkpoint")) ?? []
    return names.compactMap { name -> Int? in
      guard name.hasSuffix(suffix),
        case .epoch(let epoch) = RunCheckpoint(String(name.dropLast(suffix.count)))
      else { return nil }
      return epoch
    }.sorted()
  }

  /// The checkpoints that the run has.
  public var checkpoints: [RunCheckpoint] {
    ([.best, .last] + keptEpochs.map { .epoch($0) }).filter { access(path(of: $0), F_OK) == 0 }
  }

  /// Reads a checkpoint's weights, and the rows that training touched, into a model.
  ///
  /// `accept` may refuse the metadata, which are returned. Throws `MissingCheckpoint` where the run
  /// has no such checkpoint.
  @discardableResult
  public func load(
    _ checkpoint: RunCheckpoint, into model: CTRModel,
    accept: ([String: String]) throws -> Void
  ) throws -> [String: String] {
    let path = path(of: checkpoint)
    guard checkpoint == .best || access(path, F_OK) == 0 else {
      throw MissingCheckpoint(run: self.path, checkpoint: checkpoint, found: checkpoints)
    }
    guard checkpoint == .best else {
      return try TrainingCheckpoint.loadWeights(into: model, from: path, accept: accept)
    }
    let metadata = try Checkpoint.load(into: model, from: path, accept: accept)
    try SeenRows.load(into: model, from: seenRowsPath)
    return metadata
  }
}

/// A checkpoint that a run does not have.
public struct MissingCheckpoint: Failure, Equatable {
  let run: String
  let checkpoint: RunCheckpoint
  let found: [RunCheckpoint]

  /// A missing file.
  public var status: FailureStatus { .missingInput }

  /// The failure in one line, with the checkpoints that there are.
  public var description: String {
    let names = found.map(\.name).joined(separator: ", ")
    let cause =
      checkpoint == .last
      ? "training.keep_last: true keeps the last one" : "training.keep: all keeps every epoch"
    return "\(run): no checkpoint \(checkpoint.name), found \(names.isEmpty ? "none" : names); "
      + "choose one of them (\(cause))"
  }
}
