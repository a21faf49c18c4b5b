/// Reads a message from its beginning, in the order in which it was appended.
///
/// Reading past the end is a programming error: all ranks run the same version.
public struct MessageReader {
  private let message: MessageBuffer
  private var offset = 0

  /// Starts at the beginning of a message, which must not change while it is read.
  public init(_ message: MessageBuffer) { self.message = message }

  /// The next element.
  public mutating func element<Element: BitwiseCopyable>(_: Element.Type) -> Element {
    let bytes = next(MemoryLayout<Element>.size)
    return bytes.loadUnaligned(as: Element.self)
  }

  /// Copies the next elements.
  public mutating func copy<Element: BitwiseCopyable>(
    _ count: Int, to target: UnsafeMutablePointer<Element>
  ) {
    let bytes = next(count * MemoryLayout<Element>.stride)
    guard let source = bytes.baseAddress else { return }
    UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: bytes.count)
  }

  /// The next bytes as text; invalid UTF-8 is repaired.
  public mutating func text(_ count: Int) -> String {
    String(decoding: next(count), as: UTF8.self)
  }

  private mutating func next(_ size: Int) -> UnsafeRawBufferPointer {
    let end = offset + size
    precondition(
      end <= message.count, "MessageReader: \(message.count) bytes, expected at least \(end)")
    defer { offset = end }
    return UnsafeRawBufferPointer(rebasing: message.bytes[offset..<end])
  }
}
