import LinearAlgebra

/// A model's weights in a file, under PyTorch's names and shapes.
public enum Checkpoint {
  /// Writes a model's parameters and what its layers have gathered, with free text beside them.
  public static func save(
    _ model: CTRModel, metadata: [String: String], to path: String
  ) throws {
    try SafetensorsFile.write(entries(of: model), metadata: metadata, to: path)
  }

  /// Reads a model's parameters and what its layers had gathered, and returns the metadata.
  ///
  /// Names, types and shapes must be exactly theirs; where one is not, nothing is changed.
  @discardableResult
  public static func load(into model: CTRModel, from path: String) throws -> [String: String] {
    try SafetensorsFile.read(into: entries(of: model), from: path)
  }

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

  private static func entries(of model: CTRModel) -> [TensorEntry] {
    model.parameters.map(\.tensorEntry) + model.statistics.map(\.tensorEntry)
  }
}

extension Parameter {
  fileprivate var tensorEntry: TensorEntry {
    TensorEntry(name: name, scalars: value, shape: shape)
  }
}

extension RunningStatistic {
  fileprivate var tensorEntry: TensorEntry {
    TensorEntry(name: name, scalars: value, shape: [value.count])
  }
}

extension TensorEntry {
  /// The elements of a matrix that outlives the entry.
  fileprivate init(name: String, scalars: Matrix, shape: [Int]) {
    self.init(
      name: name, type: MemoryLayout<Scalar>.size == 4 ? .float32 : .float64, shape: shape,
      bytes: UnsafeMutableRawBufferPointer(
        start: scalars.base, count: scalars.count * MemoryLayout<Scalar>.size))
  }
}
