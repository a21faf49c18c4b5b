/// A message: bytes in memory that grows to its largest use and is then reused.
///
/// Used by one thread at a time.
public final class MessageBuffer {
  /// The number of bytes in the message.
  public private(set) var count = 0
  private var memory: UnsafeMutableRawBufferPointer

  /// Creates an empty message.
  public init() { memory = .allocate(byteCount: 64, alignment: Self.alignment) }

  deinit { memory.deallocate() }

  /// Enough for vectors of any width.
  private static let alignment = 64

  /// Empties the message; its memory stays.
  public func clear() { count = 0 }

  /// Appends the bytes of one element.
  public func append<Element: BitwiseCopyable>(_ element: Element) {
    let end = extend(by: MemoryLayout<Element>.size)
    end.storeBytes(of: element, as: Element.self)
  }

  /// Appends the bytes of all elements.
  public func append<Element: BitwiseCopyable>(contentsOf elements: Span<Element>) {
    elements.withUnsafeBytes { bytes in
      let end = extend(by: bytes.count)
      if let source = bytes.baseAddress { end.copyMemory(from: source, byteCount: bytes.count) }
    }
  }

  /// Appends the UTF-8 bytes of a text.
  public func append(_ text: String) {
    for byte in text.utf8 { append(byte) }
  }

  /// Appends `count` elements whose bytes `body` writes in place.
  public func append<Element: BitwiseCopyable, Result>(
    _ count: Int, of _: Element.Type, _ body: (inout MutableSpan<Element>) throws -> Result
  ) rethrows -> Result {
    let end = extend(by: count * MemoryLayout<Element>.stride)
    let elements = UnsafeMutableBufferPointer(
      start: end.assumingMemoryBound(to: Element.self), count: count)
    var span = elements.mutableSpan
    return try body(&span)
  }

  /// Passes the whole message as elements of one type, of which it must hold a whole number.
  public func withElements<Element: BitwiseCopyable, Result>(
    _: Element.Type, _ body: (Span<Element>) throws -> Result
  ) rethrows -> Result {
    let stride = MemoryLayout<Element>.stride
    precondition(
      count % stride == 0,
      "MessageBuffer: \(count) bytes are not a whole number of elements of \(stride) bytes")
    let elements = UnsafeRawBufferPointer(rebasing: memory[..<count])
      .assumingMemoryBound(to: Element.self)
    return try body(elements.span)
  }

  /// The message as text; invalid UTF-8 is repaired.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes of the message, valid until it grows.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// Memory for `size` bytes, whatever the message held.
  func room(_ size: Int) -> UnsafeMutableRawBufferPointer {
    clear()
    return UnsafeMutableRawBufferPointer(start: extend(by: size), count: size)
  }

  /// Grows the message by `size` bytes and returns the address of the first one.
  func extend(by size: Int) -> UnsafeMutableRawPointer {
    let start = count
    if start + size > memory.count { grow(to: start + size) }
    count = start + size
    guard let base = memory.baseAddress else { preconditionFailure("MessageBuffer: no memory") }
    return base + start
  }

  /// At least doubles the memory, so that appending costs constant time on average.
  private func grow(to size: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(size, 2 * memory.count), alignment: Self.alignment)
    larger.copyMemory(from: bytes)
    memory.deallocate()
    memory = larger
  }
}
