import LinearAlgebra
import Platform

/// All that training needs to go on, in one file: a model's state, what its training touched, and more tensors.
public enum TrainingCheckpoint {
  /// Brings all of it to the disk beside a path, where `commit` puts it.
  public static func prepare(
    _ model: CTRModel, state: [StateTensor], metadata: [String: String], for path: String
  ) throws -> AtomicFile {
    try SafetensorsFile.prepare(entries(model, state), metadata: metadata, for: path)
  }

  /// Writes a model, the rows its training touched, and the state beside it.
  public static func save(
    _ model: CTRModel, state: [StateTensor], metadata: [String: String], to path: String
  ) throws {
    try SafetensorsFile.write(entries(model, state), metadata: metadata, to: path)
  }

  /// Reads all of it back and returns the metadata; where one tensor is not as expected, nothing is changed.
  @discardableResult
  public static func load(
    into model: CTRModel, state: [StateTensor], from path: String
  ) throws -> [String: String] {
    let metadata = try SafetensorsFile.read(into: entries(model, state), from: path)
    for touched in model.touchedRows { touched.seenWasReplaced() }
    return metadata
  }

  private static func entries(_ model: CTRModel, _ state: [StateTensor]) -> [TensorEntry] {
    Checkpoint.entries(of: model) + SeenRows.entries(of: model, prefix: "seen.")
      + state.map { TensorEntry($0.name, $0.shape, $0.values) }
  }
}
