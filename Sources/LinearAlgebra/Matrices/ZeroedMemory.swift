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
    let block = memory - headerBytes
    let mapped = block.load(as: Int.self)
    if mapped > 0 {
      munmap(block, mapped)
    } else {
      Glibc.free(block)
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
    let whole = bytes + headerBytes
    let mapped = bytes >= largeBytes ? whole : 0
    guard let block = mapped > 0 ? map(whole) : calloc(whole, 1) else {
      fatalError("ZeroedMemory: the system has no \(bytes) bytes for \(purpose())")
    }
    block.storeBytes(of: mapped, as: Int.self)
    return block + headerBytes
  }

  /// In front of every block stands how many bytes were mapped for it, 0 where it came from the heap; a
  /// cache line, so that what follows is aligned as before.
  private static let headerBytes = 64

  /// Pages of their own, which the system zeroes when they are touched and promises nothing for before.
  ///
  /// Rows of a large table are read at random: huge pages, where the system has them, spare most of the
  /// address look-ups.
  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let whole = bytes + pageBytes
    guard let start = mmap(nil, whole, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    // A block that begins between two huge pages would have small ones at both ends.
    let block = start.alignedUp(toMultipleOf: pageBytes)
    if block > start { munmap(start, block - start) }
    let end = (block + bytes).alignedUp(toMultipleOf: smallPageBytes)
    if end < start + whole { munmap(end, start + whole - end) }
    madvise(block, bytes, Int32(MADV_HUGEPAGE))
    return block
  }

  private static let pageBytes = 1 << 21
  private static let smallPageBytes = Int(getpagesize())
  private static let largeBytes = 1 << 21
}
