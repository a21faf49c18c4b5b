import ClickData
import Configuration
import Foundation
import Models
import Platform
import Training

/// The run of `--from`, whose weights, optimizer state and encoders a new run begins with.
///
/// Reading it changes nothing in its folder.
struct WarmSource {
  /// Keys that determine what weights and ids mean.
  private static let kept = [
    "model", "features", "dataset.format", "dataset.fields", "dataset.missing",
  ]

  let folder: RunFolder
  /// Its encoder, before it grows.
  let encoder: FittedEncoder
  let origin: RunOrigin
  private let file: EncoderFile

  /// Opens a finished run; throws where its model is not that of a configuration.
  init(_ path: String, weightsOnly: Bool, for given: RunConfiguration) throws {
    folder = RunFolder(path)
    let configuration = try RunConfiguration(file: folder.configurationPath)
    guard folder.isFinished else { throw WarmStartFailure.unfinished(run: path) }
    try Self.check(given, against: configuration, path, weightsOnly: weightsOnly)
    file = try EncoderFile(contentsOf: folder.fieldsPath)
    encoder = file.encoder
    let checkpoint = weightsOnly ? RunCheckpoint.best : .last
    guard weightsOnly || folder.hasCheckpoint else { throw WarmStartFailure.noState(run: path) }
    origin = try RunOrigin(
      folder: folder, name: configuration.run, checkpoint: checkpoint,
      optimizerState: !weightsOnly)
  }

  private static func check(
    _ given: RunConfiguration, against earlier: RunConfiguration, _ path: String,
    weightsOnly: Bool
  ) throws {
    if let (key, value, other) = given.firstDifference(from: earlier, below: kept) {
      throw WarmStartFailure.changed(
        run: path, key: key, found: value ?? "nothing", expected: other ?? "nothing")
    }
    let rules = (given.training.optimizer.rawValue, earlier.training.optimizer.rawValue)
    guard weightsOnly || rules.0 == rules.1 else {
      throw WarmStartFailure.otherOptimizer(run: path, found: rules.0, expected: rules.1)
    }
  }

  /// The weights for a trainer; they must name the encoder of the same run.
  var start: WarmStart {
    let path = folder.path(of: origin.optimizerState ? .last : .best)
    return WarmStart(
      folder: folder, schema: encoder.schema, optimizerState: origin.optimizerState
    ) { [folder, file] metadata in
      guard try !folder.check(metadata, of: path, encoder: file) else { return }
      Terminal.write(
        "warning: \(path) does not name its encoder, because an earlier version wrote it; "
          + "whether it belongs to \(folder.fieldsPath) cannot be checked\n")
    }
  }

  /// Whether two paths are one folder.
  static func areOneFolder(_ path: String, _ other: String) -> Bool {
    func real(_ path: String) -> String? {
      guard let found = realpath(path, nil) else { return nil }
      defer { free(found) }
      return String(cString: found)
    }
    return real(path).map { $0 == real(other) } ?? false
  }

  /// Where the weights are from, and how vocabularies have grown, one line each.
  func lines(_ growth: EncoderGrowth) -> [String] {
    let state = origin.optimizerState ? "with its optimizer state" : "without optimizer state"
    let added = growth.fields.reduce(0) { $0 + $1.added }
    let count = growth.fields.count { $0.added > 0 }
    return [
      "from: \(folder.path)/checkpoint/\(origin.checkpoint).safetensors, \(state); "
        + (added == 0
          ? "no vocabulary has new values"
          : "\(added) new \(added == 1 ? "value" : "values") in the "
            + (count == 1 ? "vocabulary of 1 field" : "vocabularies of \(count) fields"))
    ] + GrowthText.warnings(growth)
  }
}

/// What the terminal shows of vocabularies that have grown.
enum GrowthText {
  /// One line per field whose vocabulary has no room for all new values.
  static func warnings(_ growth: EncoderGrowth) -> [String] {
    growth.fields.filter { $0.omitted > 0 }.map { field in
      "warning: \(field.name): its vocabulary is full (max_vocabulary); \(field.omitted) new values "
        + "that occur often enough share the row of unseen values"
    }
  }
}

/// Why a run cannot begin with the weights of another one.
enum WarmStartFailure: Failure, Equatable {
  /// The run has not finished.
  case unfinished(run: String)
  /// The run has no optimizer state.
  case noState(run: String)
  /// A key that determines the model or its ids has another value.
  case changed(run: String, key: String, found: String, expected: String)
  /// The optimizer has no use for that state.
  case otherOptimizer(run: String, found: String, expected: String)
  /// A run cannot begin with its own weights.
  case itself(run: String)
  /// The run that resumes did not begin with these weights.
  case otherOrigin(run: String, expected: String?, found: String)
  /// The run that resumes has no checkpoint yet, and began with another run's weights.
  case missingOrigin(run: String, from: String)

  var status: FailureStatus {
    switch self {
    case .changed, .otherOptimizer: .badConfiguration
    case .unfinished, .noState, .itself, .otherOrigin, .missingOrigin: .usage
    }
  }

  var description: String {
    switch self {
    case .unfinished(let run):
      "--from \(run): the run has not finished; finish it with train --resume first"
    case .noState(let run):
      "--from \(run): no checkpoint/last.safetensors with the optimizer's state "
        + "(training.keep_last: false); add --from-weights-only to begin with its best weights"
    case .changed(let run, let key, let found, let expected):
      "\(key): found \(found), expected \(expected) as in the run of --from \(run), whose weights "
        + "belong to it; use its value, or train without --from"
    case .otherOptimizer(let run, let found, let expected):
      "training.optimizer: found \(found), expected \(expected), whose state the run of --from "
        + "\(run) has; add --from-weights-only to begin without it"
    case .itself(let run):
      "--from \(run): is the run that this command writes; write to another folder with --output, "
        + "or continue it with --resume alone"
    case .otherOrigin(let run, let expected?, let found):
      "--from \(found): the run in \(run) began with the weights of \(expected), and these are "
        + "others; resume without --from"
    case .otherOrigin(let run, nil, let found):
      "--from \(found): the run in \(run) began without another run's weights; "
        + "resume without --from"
    case .missingOrigin(let run, let from):
      "\(run): began with --from \(from) and has no checkpoint to resume from; give --from again"
    }
  }
}
