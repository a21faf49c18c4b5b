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
    if SharedPages.all.giveBack(memory) { return }
    let mapped = (memory - headerBytes).load(as: Int.self)
    if mapped > 0 {
      munmap(memory - ReservedPages.smallBytes, mapped)
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
    let memory: UnsafeMutableRawPointer? =
      switch bytes {
      case ..<sharedBytes: heap(bytes)
      case ..<ReservedPages.hugeBytes: SharedPages.all.take(bytes)
      default: ownPages(bytes)
      }
    guard let memory else {
      fatalError("ZeroedMemory: the system has no \(bytes) bytes for \(purpose())")
    }
    return memory
  }

  /// Below this a block touches so few pages that sharing them gains nothing.
  private static let sharedBytes = 1 << 15
  /// In front of a block stands how many bytes were mapped for it, 0 where it came from the heap; a cache line, so that
  /// what follows is aligned as before.
  private static let headerBytes = 64

  private static func heap(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let block = calloc(headerBytes + bytes, 1) else { return nil }
    block.storeBytes(of: 0, as: Int.self)
    return block + headerBytes
  }

  /// Pages of its own, huge ones where the system has them: rows of a large table are read at random, and these spare
  /// most of the address look-ups.
  ///
  /// The first two megabytes stay in small pages: of a large buffer, ten rows touch no more than they need.
  private static func ownPages(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let (small, huge) = (ReservedPages.smallBytes, ReservedPages.hugeBytes)
    let whole = (bytes + small - 1) & -small
    // The header has a page to itself: in the block's first one it would push the block out of its alignment.
    guard let memory = ReservedPages.reserve(lead: small, whole) else { return nil }
    madvise(memory + huge, whole - huge, Int32(MADV_HUGEPAGE))
    (memory - headerBytes).storeBytes(of: small + whole, as: Int.self)
    return memory
  }
}
