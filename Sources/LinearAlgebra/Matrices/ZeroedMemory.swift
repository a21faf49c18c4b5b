import Glibc

/// Zeros from the system, which take no memory until they are touched, and an account of how many there are.
public enum ZeroedMemory {
  /// Counts bytes on behalf of one `measure`, on the thread that runs it.
  private final class Ledger: @unchecked Sendable {
    @TaskLocal static var current: Ledger?
    var bytes = 0
  }

  /// Allocates `count` zeros of a type for which zero bytes are a value; traps where the system has none.
  public static func allocate<Element: BitwiseCopyable>(
    _ count: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutablePointer<Element> {
    let capacity = max(count, 1)
    let memory = allocate(
      bytes: capacity * MemoryLayout<Element>.stride, for: "\(count) × \(type)")
    return memory.bindMemory(to: type, capacity: capacity)
  }

  /// Gives back what `allocate` returned.
  public static func free(_ memory: UnsafeMutableRawPointer) {
    let mapped = (memory - headerBytes).load(as: Int.self)
    if mapped > 0 {
      munmap(memory - smallPageBytes, mapped)
    } else {
      Glibc.free(memory - headerBytes)
    }
  }

  /// The result of a piece of work and the bytes it allocated here, whether or not they were freed since.
  public static func measure<Result>(
    _ work: () throws -> Result
  ) rethrows -> (result: Result, bytes: Int) {
    let ledger = Ledger()
    let result = try Ledger.$current.withValue(ledger, operation: work)
    return (result, ledger.bytes)
  }

  static func allocate(bytes: Int, for purpose: @autoclosure () -> String)
    -> UnsafeMutableRawPointer
  {
    Ledger.current?.bytes += bytes
    guard let memory = bytes >= largeBytes ? map(bytes) : heap(bytes) else {
      fatalError("ZeroedMemory: the system has no \(bytes) bytes for \(purpose())")
    }
    return memory
  }

  /// In front of every block stands how many bytes were mapped for it, 0 where it came from the heap; a
  /// cache line, so that what follows is aligned as before.
  private static let headerBytes = 64

  private static func heap(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let block = calloc(headerBytes + bytes, 1) else { return nil }
    block.storeBytes(of: 0, as: Int.self)
    return block + headerBytes
  }

  /// Pages of their own, which the system zeroes when they are touched and promises nothing for before.
  ///
  /// Rows of a large table are read at random: huge pages, where the system has them, spare most of the
  /// address look-ups.
  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let whole = smallPageBytes + bytes + pageBytes
    guard let start = mmap(nil, whole, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    // A block that begins between two huge pages would have small ones at both ends; its header, in the first of
    // them, would make the system fill it. So the header has the small page before.
    let memory = (start + smallPageBytes).alignedUp(toMultipleOf: pageBytes)
    let block = memory - smallPageBytes
    if block > start { munmap(start, block - start) }
    let end = (memory + bytes).alignedUp(toMultipleOf: smallPageBytes)
    if end < start + whole { munmap(end, start + whole - end) }
    madvise(memory, bytes, Int32(MADV_HUGEPAGE))
    (memory - headerBytes).storeBytes(of: end - block, as: Int.self)
    return memory
  }

  private static let pageBytes = 1 << 21
  private static let smallPageBytes = Int(getpagesize())
  private static let largeBytes = 1 << 21
}
