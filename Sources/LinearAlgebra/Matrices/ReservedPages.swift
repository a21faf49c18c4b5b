import Glibc

/// Address space from the system, whose pages are zeroed when they are touched and take no memory before.
enum ReservedPages {
  static let hugeBytes = 1 << 21
  static let smallBytes = Int(getpagesize())

  /// Reserves `lead + bytes`, whole pages both, so that what follows the lead begins at a multiple of `alignment`.
  ///
  /// Returns where the lead ends; nil where the system has no room.
  static func reserve(
    lead: Int = 0, _ bytes: Int, alignment: Int = hugeBytes
  ) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let whole = lead + bytes + alignment
    guard let start = mmap(nil, whole, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    let memory = (start + lead).alignedUp(toMultipleOf: alignment)
    let unused = memory - lead - start
    if unused > 0 { munmap(start, unused) }
    let behind = start + whole - (memory + bytes)
    if behind > 0 { munmap(memory + bytes, behind) }
    return memory
  }
}
