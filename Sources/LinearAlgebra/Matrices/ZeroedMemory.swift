import Glibc
import Platform

/// Zeroed memory that occupies pages only once they are touched, and a count of its bytes.
public enum ZeroedMemory {
  /// Counts bytes on behalf of one `measure`, on the thread that runs it.
  private final class Ledger: @unchecked Sendable {
    @TaskLocal static var current: Ledger?
    var bytes = 0
  }

  /// Allocates `count` zeros of a type for which these are a valid value; without memory, the
  /// program ends with status 71.
  public static func allocate<Element: BitwiseCopyable>(
    _ count: Int, of type: Element.Type = Element.self
  ) -> UnsafeMutablePointer<Element> {
    let capacity = max(count, 1)
    let memory = allocate(bytes: capacity * MemoryLayout<Element>.stride)
    return memory.bindMemory(to: type, capacity: capacity)
  }

  /// Frees what `allocate` returned.
  public static func free(_ memory: UnsafeMutableRawPointer) {
    let mapped = (memory - headerBytes).load(as: Int.self)
    if mapped > 0 {
      munmap(memory - smallPage, mapped)
    } else {
      Glibc.free(memory - headerBytes)
    }
  }

  /// Returns the result of `work` and the bytes it allocated here, including those freed since.
  public static func measure<Result>(
    _ work: () throws -> Result
  ) rethrows -> (result: Result, bytes: Int) {
    let ledger = Ledger()
    let result = try Ledger.$current.withValue(ledger, operation: work)
    return (result, ledger.bytes)
  }

  static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    Ledger.current?.bytes += bytes
    guard let memory = bytes < hugePage ? heap(bytes) : ownPages(bytes) else {
      Exhaustion.exit(refused: bytes)
    }
    return memory
  }

  private static let hugePage = 1 << 21
  private static let smallPage = Int(getpagesize())
  /// Bytes in front of a block; they store the bytes mapped for it, or 0 for a heap block.
  private static let headerBytes = 64

  private static func heap(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let block = calloc(headerBytes + bytes, 1) else { return nil }
    block.storeBytes(of: 0, as: Int.self)
    return block + headerBytes
  }

  /// Maps separate pages, huge ones if possible: these spare most TLB misses in large tables.
  ///
  /// The first two megabytes stay in small pages, of which a short batch touches few.
  private static func ownPages(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let whole = (bytes + smallPage - 1) & -smallPage
    // The header has a page of its own, so that the block starts at a huge page.
    let mapped = smallPage + whole
    let reserved = mapped + hugePage
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let start = mmap(nil, reserved, PROT_READ | PROT_WRITE, flags, -1, 0),
      start != MAP_FAILED
    else { return nil }
    let memory = (start + smallPage).alignedUp(toMultipleOf: hugePage)
    let unused = memory - smallPage - start
    if unused > 0 { munmap(start, unused) }
    if unused < hugePage { munmap(memory + whole, hugePage - unused) }
    madvise(memory + hugePage, whole - hugePage, Int32(MADV_HUGEPAGE))
    (memory - headerBytes).storeBytes(of: mapped, as: Int.self)
    return memory
  }
}
