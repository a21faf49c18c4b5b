import LinearAlgebra

/// A model's state in a file, under PyTorch's names and shapes: its parameters and its running statistics.
public enum Checkpoint {
  /// Writes a model's state, in float as trained, with free text beside it.
  public static func save(
    _ model: CTRModel, metadata: [String: String], to path: String
  ) throws {
    try SafetensorsFile.write(entries(of: model), metadata: metadata, to: path)
  }

  /// Reads a model's state and returns the metadata.
  ///
  /// Names, types and shapes must be exactly theirs; where one is not, nothing is changed.
  @discardableResult
  public static func load(
    into model: CTRModel, from path: String
  ) throws -> [String: String] {
    try SafetensorsFile.read(into: entries(of: model), from: path)
  }

  /// The text beside the weights.
  public static func metadata(of path: String) throws -> [String: String] {
    try SafetensorsFile.metadata(of: path)
  }

  /// The model's state as tensors of a file.
  static func entries(of model: CTRModel) -> [TensorEntry] {
    model.parameters.map { TensorEntry($0.name, $0.shape, $0.flushedValue().view) }
      + model.statistics.map { TensorEntry($0.name, [$0.value.count], $0.value.view) }
  }
}

extension TensorEntry {
  /// A tensor over numbers.
  init(_ name: String, _ shape: [Int], _ values: MatrixView) {
    let size = MemoryLayout<Scalar>.size
    self.init(
      name: name, type: size == 4 ? .float32 : .float64, shape: shape,
      start: UnsafeMutableRawPointer(values.base), rows: values.rows,
      rowBytes: values.columns * size, stride: values.stride * size)
  }
}
