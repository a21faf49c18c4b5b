import Foundation
import Platform

/// An open safetensors file whose sizes and checksum have been checked.
///
/// Sizes are compared with the file's before any memory of theirs is allocated.
final class SafetensorsReader {
  /// Where each tensor is stored.
  let header: SafetensorsHeader
  /// The offset of the first tensor.
  let dataStart: Int

  private let path: String
  private let descriptor: Int32

  /// Opens a file; throws `FileFailure`, or `CheckpointFailure.damaged`.
  init(_ path: String) throws {
    self.path = path
    let (descriptor, status) = try RegularFile.open(path)
    self.descriptor = descriptor
    do {
      (header, dataStart) = try Self.header(descriptor, size: Int(status.st_size), path)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// The text beside the tensors, without the checksum.
  var metadata: [String: String] { header.metadata.filter { $0.key != FileChecksum.key } }

  /// Fills memory from the bytes at an offset.
  func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    try Self.read(bytes, descriptor, at: offset, path)
  }

  private static func header(
    _ descriptor: Int32, size: Int, _ path: String
  ) throws -> (SafetensorsHeader, Int) {
    func damaged(_ finding: String) -> CheckpointFailure { .damaged(path: path, finding: finding) }
    let prefix = MemoryLayout<UInt64>.size
    guard size >= prefix else { throw damaged("\(size) bytes hold no header") }
    var length: UInt64 = 0
    try withUnsafeMutableBytes(of: &length) { try read($0, descriptor, at: 0, path) }
    let headerSize = UInt64(littleEndian: length)
    guard headerSize <= UInt64(min(size - prefix, SafetensorsHeader.maximumSize)) else {
      throw damaged("a header of \(headerSize) bytes in a file of \(size)")
    }
    let dataStart = prefix + Int(headerSize)
    var json = Data(count: Int(headerSize))
    try json.withUnsafeMutableBytes { try read($0, descriptor, at: prefix, path) }
    guard let header = SafetensorsHeader(json: json, dataSize: size - dataStart) else {
      throw damaged("the header does not describe the \(size - dataStart) bytes of data")
    }
    if let key = JSONKeys.repeated(in: json) {
      throw damaged("its header contains \"\(key)\" twice")
    }
    guard let written = FileChecksum.digits(in: json) else {
      throw damaged("no \(FileChecksum.key) in its metadata")
    }
    let checksum = FileChecksum()
    withUnsafeBytes(of: length) { checksum.add($0) }
    checksum.add(header: json)
    try add(dataStart..<size, of: descriptor, to: checksum, path)
    let found = checksum.digits()
    guard json[written].elementsEqual(found.utf8) else {
      throw damaged("its bytes have the checksum \(found), not the one it holds")
    }
    return (header, dataStart)
  }

  private static func add(
    _ range: Range<Int>, of descriptor: Int32, to checksum: FileChecksum, _ path: String
  ) throws {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: chunk.count) {
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: chunk[..<min(chunk.count, range.upperBound - start)])
      try read(bytes, descriptor, at: start, path)
      checksum.add(UnsafeRawBufferPointer(bytes))
    }
  }

  private static func read(
    _ bytes: UnsafeMutableRawBufferPointer, _ descriptor: Int32, at offset: Int, _ path: String
  ) throws {
    var done = 0
    while done < bytes.count {
      let count = pread(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.last("read", path) }
      guard count > 0 else {
        throw CheckpointFailure.damaged(path: path, finding: "it ends at byte \(offset + done)")
      }
      done += count
    }
  }
}
