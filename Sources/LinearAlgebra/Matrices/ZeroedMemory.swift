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
  public static func free(_ memory: UnsafeMutableRawPointer) { Glibc.free(memory) }

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
    // `calloc`'s pages come zeroed from the system and cost nothing until they are touched.
    guard let memory = calloc(bytes, 1) else {
      fatalError("ZeroedMemory: the system has no \(bytes) bytes for \(purpose())")
    }
    // Rows of a large table are read at random: huge pages spare most of the address look-ups.
    if bytes >= largeBytes { adviseHugePages(memory, bytes) }
    Ledger.current?.bytes += bytes
    return memory
  }

  private static let largeBytes = 1 << 22

  /// Asks for huge pages where the system has them; it may decline, and nothing else changes.
  private static func adviseHugePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    let start = (UInt(bitPattern: memory) + page - 1) & ~(page - 1)
    let end = (UInt(bitPattern: memory) + UInt(bytes)) & ~(page - 1)
    madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), Int32(MADV_HUGEPAGE))
  }
}
