import LinearAlgebra

/// A model's weights in a file, under PyTorch's names and shapes.
public enum Checkpoint {
  /// Writes the values of parameters, in float as trained, with free text beside them.
  public static func save(
    _ parameters: [Parameter], metadata: [String: String], to path: String
  ) throws {
    try SafetensorsFile.write(parameters.map(\.tensorEntry), metadata: metadata, to: path)
  }

  /// Reads the values of parameters and returns the metadata.
  ///
  /// Names, types and shapes must be exactly theirs; where one is not, nothing is changed.
  @discardableResult
  public static func load(
    into parameters: [Parameter], from path: String
  ) throws -> [String: String] {
    try SafetensorsFile.read(into: parameters.map(\.tensorEntry), from: path)
  }

  /// The text beside the weights.
  public static func metadata(of path: String) throws -> [String: String] {
    try SafetensorsFile.metadata(of: path)
  }
}

extension Parameter {
  fileprivate var tensorEntry: TensorEntry {
    TensorEntry(
      name: name, type: MemoryLayout<Scalar>.size == 4 ? .float32 : .float64, shape: shape,
      bytes: UnsafeMutableRawBufferPointer(
        start: value.base, count: count * MemoryLayout<Scalar>.size))
  }
}
