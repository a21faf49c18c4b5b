import Foundation

/// Copies as many bytes as a file has from memory to memory on one thread, 1 MiB at a time.
final class MemoryCopy {
  private let source: UnsafeMutableRawBufferPointer
  private let target: UnsafeMutableRawBufferPointer
  private static let block = 1 << 20

  /// Prepares to copy as many bytes as the largest file of a folder has.
  init(fileIn folder: URL) throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.fileSizeKey])
    let sizes = try files.map { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
    source = .allocate(byteCount: sizes.max() ?? 0, alignment: 64)
    source.initializeMemory(as: UInt8.self, repeating: 1)
    target = .allocate(byteCount: Self.block, alignment: 64)
    target.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    source.deallocate()
    target.deallocate()
  }

  func run() {
    for first in stride(from: 0, to: source.count, by: Self.block) {
      let part = source[first..<min(first + Self.block, source.count)]
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
    }
  }
}
