import LinearAlgebra
import Platform

/// A model's state in a file, under PyTorch's names and shapes: its parameters and its running
/// statistics.
public enum Checkpoint {
  /// Writes a model's state, in float as trained, with free text beside it.
  public static func save(_ model: CTRModel, metadata: [String: String], to path: String) throws {
    try SafetensorsFile.write(entries(of: model), metadata: metadata, to: path)
  }

  /// Reads a model's state and returns the metadata.
  ///
  /// The file must have exactly the model's names, types and shapes, and `accept` must not refuse
  /// the metadata; otherwise nothing is changed.
  @discardableResult
  public static func load(
    into model: CTRModel, from path: String, accept: ([String: String]) throws -> Void = { _ in }
  ) throws -> [String: String] {
    try SafetensorsFile.read(into: entries(of: model), from: path, accept: accept)
  }

  /// Reads the text beside the weights, without the weights.
  public static func metadata(of path: String) throws -> [String: String] {
    try SafetensorsReader(path).metadata
  }

  /// The checksum of the file, which is checked, as 16 hexadecimal digits.
  public static func checksum(of path: String) throws -> String {
    try SafetensorsReader(path).header.metadata[FileChecksum.key] ?? ""
  }

  fileprivate static func entries(of model: CTRModel) -> [TensorEntry] {
    tensors(of: model).map(TensorEntry.init)
  }

  /// The parameters and the running statistics.
  public static func tensors(of model: CTRModel) -> [StateTensor] {
    let parameters = model.parameters.map {
      StateTensor(name: $0.name, shape: $0.shape, values: $0.flushedValue().view)
    }
    let statistics = model.statistics.map {
      StateTensor(name: $0.name, shape: [$0.value.count], values: $0.value.view)
    }
    return parameters + statistics
  }
}

/// Which rows of each field's tables training touched; the other rows still hold their initial
/// values.
public enum SeenRows {
  /// Separates the names of fields from those of other tensors and of the metadata.
  static let prefix = "seen."

  /// Writes one boolean per table row, under "seen." and the field's name.
  public static func save(_ model: CTRModel, to path: String) throws {
    try SafetensorsFile.write(entries(of: model), metadata: [:], to: path)
  }

  /// Reads them into the model's `touchedRows`; any byte but zero is true.
  ///
  /// Files of versions before 0.2 have the fields' names alone.
  public static func load(into model: CTRModel, from path: String) throws {
    let file = try SafetensorsReader(path)
    let bare = entries(of: model, prefix: "")
    let isBare = Set(file.header.tensors.keys) == Set(bare.map(\.name))
    try SafetensorsFile.read(into: isBare ? bare : entries(of: model), from: file, path)
    for touched in model.touchedRows { touched.seenWasReplaced() }
  }

  fileprivate static func entries(
    of model: CTRModel, prefix: String = SeenRows.prefix
  ) -> [TensorEntry] {
    zip(model.tableOwners, model.touchedRows).map { field, touched in
      TensorEntry(name: prefix + field.name, flags: touched.seen, count: touched.tableRows)
    }
  }
}

/// All that training needs to resume, in one file: a model's state, the rows that training touched,
/// and an optimizer's state.
public enum TrainingCheckpoint {
  /// What the names of an optimizer's state begin with; the parameter's name follows.
  public static let statePrefix = "optimizer."

  /// Writes all of it to a file beside a path, which `commit` then replaces.
  public static func prepare(
    _ model: CTRModel, state: [StateTensor], metadata: [String: String], for path: String
  ) throws -> AtomicFile {
    try SafetensorsFile.prepare(entries(model, state), metadata: metadata, for: path)
  }

  /// Writes all of it to a path.
  public static func save(
    _ model: CTRModel, state: [StateTensor], metadata: [String: String], to path: String
  ) throws {
    try SafetensorsFile.write(entries(model, state), metadata: metadata, to: path)
  }

  /// Reads all of it and returns the metadata; if one tensor is not as expected, nothing is
  /// changed.
  @discardableResult
  public static func load(
    into model: CTRModel, state: [StateTensor], from path: String,
    accept: ([String: String]) throws -> Void = { _ in }
  ) throws -> [String: String] {
    let metadata = try SafetensorsFile.read(
      into: entries(model, state), from: path, accept: accept)
    for touched in model.touchedRows { touched.seenWasReplaced() }
    return metadata
  }

  /// Reads a model's state and the rows that training touched, without the optimizer's state, and
  /// returns the metadata.
  @discardableResult
  public static func loadWeights(
    into model: CTRModel, from path: String, accept: ([String: String]) throws -> Void = { _ in }
  ) throws -> [String: String] {
    let owners = Set(model.parameters.map { statePrefix + $0.name })
    let metadata = try SafetensorsFile.read(into: entries(model, []), from: path, accept: accept) {
      name in name.lastIndex(of: ".").map { owners.contains(String(name[..<$0])) } ?? false
    }
    for touched in model.touchedRows { touched.seenWasReplaced() }
    return metadata
  }

  private static func entries(_ model: CTRModel, _ state: [StateTensor]) -> [TensorEntry] {
    Checkpoint.entries(of: model) + SeenRows.entries(of: model)
      + state.map(TensorEntry.init)
  }
}

/// Weights belong to the encoder they were trained with, whose seal they name in their metadata.
public enum EncoderPair {
  /// The key in the metadata.
  public static let key = "encoder"

  /// The metadata of weights whose encoder has a seal.
  public static func metadata(seal: String?) -> [String: String] { seal.map { [key: $0] } ?? [:] }

  /// Throws `CheckpointFailure.otherEncoder` where weights name another encoder than the one at a
  /// path.
  ///
  /// Returns whether they name one; weights of earlier versions do not.
  @discardableResult
  public static func check(
    _ metadata: [String: String], of path: String, encoder: String, seal: String?
  ) throws -> Bool {
    guard let expected = metadata[key] else { return false }
    guard expected == seal else {
      throw CheckpointFailure.otherEncoder(
        path: path, expected: expected, encoder: encoder, found: seal ?? "none")
    }
    return true
  }
}

/// Why a checkpoint cannot be read, or not be written.
public enum CheckpointFailure: Equatable {
  /// The file does not follow its format.
  case damaged(path: String, finding: String)
  /// The file is undamaged but belongs to another model.
  case mismatch(path: String, tensor: String, expected: String, found: String)
  /// The weights were trained with an encoder of another seal.
  case otherEncoder(path: String, expected: String, encoder: String, found: String)
  /// The list of the tensors would be larger than any that is read.
  case tooManyTensors(path: String, bytes: Int)
}

extension CheckpointFailure: Failure {
  /// A damaged file is bad data; an undamaged one of another model contradicts the configuration.
  public var status: FailureStatus {
    switch self {
    case .damaged: .badData
    case .mismatch, .otherEncoder, .tooManyTensors: .badConfiguration
    }
  }

  /// The failure in one line.
  public var description: String {
    switch self {
    case .damaged(let path, let finding):
      "\(path): damaged checkpoint: \(finding); restore the file or train again"
    case .mismatch(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor): expected \(expected), found \(found); "
        + "the configuration is not the one this checkpoint was trained with"
    case .otherEncoder(let path, let expected, let encoder, let found):
      "\(path): trained with the encoder of seal \(expected), found \(found) in \(encoder); "
        + "restore the encoder folder that belongs to these weights"
    case .tooManyTensors(let path, let bytes):
      "\(path): the list of its tensors takes \(bytes) bytes, expected at most "
        + "\(SafetensorsHeader.maximumSize); use fewer fields, or shorter names"
    }
  }
}
