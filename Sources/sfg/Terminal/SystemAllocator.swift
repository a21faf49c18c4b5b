// The linker puts these in the place of the C library's functions, for the whole program (see
// Package.swift): Swift traps and OpenBLAS spins if the system refuses memory. These functions end
// the program with one line and status 71 instead.

import Platform

@_silgen_name("__libc_malloc")
private func systemMalloc(_ bytes: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_calloc")
private func systemCalloc(_ count: Int, _ bytes: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_realloc")
private func systemRealloc(
  _ memory: UnsafeMutableRawPointer?, _ bytes: Int
) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_memalign")
private func systemMemalign(_ alignment: Int, _ bytes: Int) -> UnsafeMutableRawPointer?

@_cdecl("sfg_malloc") func mallocOrExit(_ bytes: Int) -> UnsafeMutableRawPointer? {
  guard let memory = systemMalloc(bytes) else { Exhaustion.exit(refused: bytes) }
  return memory
}

@_cdecl("sfg_calloc") func callocOrExit(_ count: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
  guard let memory = systemCalloc(count, bytes) else {
    Exhaustion.exit(refused: count.multipliedReportingOverflow(by: bytes).partialValue)
  }
  return memory
}

@_cdecl("sfg_realloc") func reallocOrExit(
  _ memory: UnsafeMutableRawPointer?, _ bytes: Int
) -> UnsafeMutableRawPointer? {
  guard let moved = systemRealloc(memory, bytes) else {
    // The C library frees the block if no bytes are requested.
    if bytes == 0 { return nil }
    Exhaustion.exit(refused: bytes)
  }
  return moved
}

@_cdecl("sfg_posix_memalign") func alignedOrExit(
  _ memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ bytes: Int
) -> Int32 {
  guard let aligned = systemMemalign(alignment, bytes) else { Exhaustion.exit(refused: bytes) }
  memory.pointee = aligned
  return 0
}
