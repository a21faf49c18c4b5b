import Platform

/// Where generated text goes: a file that appears whole or not at all, or standard output for "-".
struct SyntheticOutput {
  /// Whether the bytes are compressed, told from the name.
  let compressed: Bool
  private let file: AtomicFile?

  /// Opens a path for writing.
  init(_ path: String) throws {
    compressed = path.hasSuffix(".gz")
    file = path == "-" ? nil : try AtomicFile(path)
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let file { return try file.write(bytes) }
    try StandardStream.output.write(bytes)
  }

  /// Makes a file durable and visible.
  func commit() throws { try file?.commit() }
}
