import Glibc
import Platform

/// Blocks of less than a huge page side by side in huge pages: weights, their gradients and their moments.
///
/// In small pages each of four kilobytes costs a fault when it is first touched, and another where it is read before it
/// is written. The room of a freed block is not used again, since it would have to be cleared; a region goes back to the
/// system with its last block.
final class SharedPages: @unchecked Sendable {
  static let all = SharedPages()

  /// Regions begin at multiples of their size, so that a block's address tells its region.
  private static let regionBytes = 4 * ReservedPages.hugeBytes
  private static let lineBytes = 64

  private let monitor = Monitor()
  // Guarded by `monitor`. How many blocks each region holds; nothing is written in them, for that would touch them.
  private var blocks: [UnsafeMutableRawPointer: Int] = [:]
  /// The region that blocks are taken from, and how much of it they have taken.
  private var open: UnsafeMutableRawPointer?
  private var taken = 0

  /// Takes `bytes` zeros, no more than a region has, aligned to a cache line; nil where the system has none.
  func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
    monitor.locked {
      if open == nil || taken + bytes > Self.regionBytes {
        guard let region = Self.reserve() else { return nil }
        let closed = open
        open = region
        taken = 0
        blocks[region] = 0
        closed.map(leaveIfEmpty)
      }
      guard let open else { return nil }
      let block = open + taken
      taken += (bytes + Self.lineBytes - 1) & -Self.lineBytes
      blocks[open, default: 0] += 1
      return block
    }
  }

  /// Gives back what `take` returned; false where a block came from elsewhere.
  func giveBack(_ block: UnsafeMutableRawPointer) -> Bool {
    let region = block - (Int(bitPattern: block) & (Self.regionBytes - 1))
    return monitor.locked {
      guard let count = blocks[region] else { return false }
      blocks[region] = count - 1
      leaveIfEmpty(region)
      return true
    }
  }

  private func leaveIfEmpty(_ region: UnsafeMutableRawPointer) {
    guard region != open, blocks[region] == 0 else { return }
    blocks[region] = nil
    munmap(region, Self.regionBytes)
  }

  private static func reserve() -> UnsafeMutableRawPointer? {
    guard let region = ReservedPages.reserve(regionBytes, alignment: regionBytes) else {
      return nil
    }
    madvise(region, regionBytes, Int32(MADV_HUGEPAGE))
    return region
  }
}
