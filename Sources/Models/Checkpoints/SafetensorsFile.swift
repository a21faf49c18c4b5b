import Foundation
import Platform

/// A file of named tensors in the safetensors format: eight bytes of header length, JSON, raw data.
///
/// Its metadata holds a checksum of the whole file; a file without one is refused.
enum SafetensorsFile {
  /// Writes tensors and metadata; the file appears whole or not at all.
  static func write(_ entries: [TensorEntry], metadata: [String: String], to path: String) throws {
    try prepare(entries, metadata: metadata, for: path).commit()
  }

  /// Writes tensors and metadata to a file beside a path, which `commit` then replaces.
  static func prepare(
    _ entries: [TensorEntry], metadata: [String: String], for path: String
  ) throws -> AtomicFile {
    precondition(metadata[FileChecksum.key] == nil, "SafetensorsFile: \(FileChecksum.key) is taken")
    let metadata = metadata.merging([FileChecksum.key: FileChecksum.blank]) { $1 }
    let header = try SafetensorsHeader(entries, metadata: metadata).json()
    guard header.count <= SafetensorsHeader.maximumSize else {
      throw CheckpointFailure.tooManyTensors(path: path, bytes: header.count)
    }
    let file = try AtomicFile(path)
    let checksum = FileChecksum()
    func write(_ bytes: UnsafeRawBufferPointer) throws {
      checksum.add(bytes)
      try file.write(bytes)
    }
    try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try write($0) }
    try header.withUnsafeBytes { try write($0) }
    for entry in entries { try entry.write(write) }
    guard let digits = FileChecksum.digits(in: header) else {
      preconditionFailure("SafetensorsFile: the header has no place for its checksum")
    }
    try Data(checksum.digits().utf8).withUnsafeBytes {
      try file.rewrite($0, at: MemoryLayout<UInt64>.size + digits.lowerBound)
    }
    try file.sync()
    return file
  }

  /// Fills the entries' memory from a file that has exactly these tensors; returns its metadata.
  ///
  /// No memory is changed unless the checksum and every name, type and shape agree, and `accept`
  /// does not throw. The file may have further tensors if their names are ignored.
  @discardableResult
  static func read(
    into entries: [TensorEntry], from path: String,
    accept: ([String: String]) throws -> Void = { _ in },
    ignoring isIgnored: (String) -> Bool = { _ in false }
  ) throws -> [String: String] {
    let file = try SafetensorsReader(path)
    try accept(file.metadata)
    return try read(into: entries, from: file, path, ignoring: isIgnored)
  }

  /// The same from a file that is open.
  @discardableResult
  static func read(
    into entries: [TensorEntry], from file: SafetensorsReader, _ path: String,
    ignoring isIgnored: (String) -> Bool = { _ in false }
  ) throws -> [String: String] {
    for entry in entries { try check(entry, against: file.header, path) }
    let extras = Set(file.header.tensors.keys).subtracting(entries.map(\.name))
    if let extra = extras.filter({ !isIgnored($0) }).min() {
      throw CheckpointFailure.mismatch(
        path: path, tensor: extra, expected: "no such tensor", found: "one")
    }
    for entry in entries {
      guard let tensor = file.header.tensors[entry.name] else { continue }
      let start = file.dataStart + tensor.data_offsets[0]
      try entry.read { try file.read($0, at: start + $1) }
    }
    return file.metadata
  }

  private static func check(
    _ entry: TensorEntry, against header: SafetensorsHeader, _ path: String
  ) throws {
    let expected = "\(entry.type.rawValue) \(entry.shape)"
    guard let tensor = header.tensors[entry.name] else {
      throw CheckpointFailure.mismatch(
        path: path, tensor: entry.name, expected: expected, found: "none")
    }
    guard tensor.dtype == entry.type.rawValue, tensor.shape == entry.shape else {
      throw CheckpointFailure.mismatch(
        path: path, tensor: entry.name, expected: expected,
        found: "\(tensor.dtype) \(tensor.shape)")
    }
  }
}
