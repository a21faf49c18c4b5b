import Foundation
import Platform

/// A file of named tensors in the safetensors format: eight bytes of header length, JSON, raw data.
enum SafetensorsFile {
  /// Writes tensors and metadata; the file appears whole or not at all.
  static func write(_ entries: [TensorEntry], metadata: [String: String], to path: String) throws {
    let header = try SafetensorsHeader(entries, metadata: metadata).json()
    let file = try AtomicFile(path)
    try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
    try header.withUnsafeBytes { try file.write($0) }
    for entry in entries { try file.write(UnsafeRawBufferPointer(entry.bytes)) }
    try file.commit()
  }

  /// Fills the entries' memory from a file that has exactly these tensors; returns its metadata.
  ///
  /// Nothing is written anywhere unless every name, type and shape agrees.
  @discardableResult
  static func read(into entries: [TensorEntry], from path: String) throws -> [String: String] {
    let (file, header, dataStart) = try open(path)
    defer { try? file.close() }
    for entry in entries { try check(entry, against: header, path) }
    if let extra = Set(header.tensors.keys).subtracting(entries.map(\.name)).min() {
      throw CheckpointFailure.mismatch(
        path: path, tensor: extra, expected: "no such tensor", found: "one")
    }
    for entry in entries {
      guard let tensor = header.tensors[entry.name] else { continue }
      var done = 0
      while done < entry.bytes.count {
        let read = pread(
          file.fileDescriptor, entry.bytes.baseAddress.map { $0 + done }, entry.bytes.count - done,
          off_t(dataStart + tensor.data_offsets[0] + done))
        guard read > 0 else { throw FileFailure.last("read", path) }
        done += read
      }
    }
    return header.metadata
  }

  /// The metadata of a file, without its tensors.
  static func metadata(of path: String) throws -> [String: String] {
    let (file, header, _) = try open(path)
    try? file.close()
    return header.metadata
  }

  private static func open(_ path: String) throws -> (FileHandle, SafetensorsHeader, Int) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.last("read", path) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFailure.last("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure.isDirectory(path: path) }
    let size = Int(status.st_size)
    var length: UInt64 = 0
    guard size >= 8, pread(descriptor, &length, 8, 0) == 8 else {
      throw CheckpointFailure.damaged(path: path, finding: "\(size) bytes hold no header")
    }
    let headerSize = UInt64(littleEndian: length)
    guard headerSize <= UInt64(min(size - 8, SafetensorsHeader.maximumSize)) else {
      throw CheckpointFailure.damaged(
        path: path, finding: "a header of \(headerSize) bytes in a file of \(size)")
    }
    let dataStart = 8 + Int(headerSize)
    try file.seek(toOffset: 8)
    let json = try file.read(upToCount: Int(headerSize)) ?? Data()
    guard let header = SafetensorsHeader(json: json, dataSize: size - dataStart) else {
      throw CheckpointFailure.damaged(
        path: path, finding: "the header does not describe the \(size - dataStart) bytes of data")
    }
    return (file, header, dataStart)
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
