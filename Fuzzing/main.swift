import FuzzTargets
import Glibc

// `fuzz TARGET [libFuzzer options and corpus folders]` runs the libFuzzer loop for one target.

/// libFuzzer as a library: it parses its options and calls `test` for each input.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

guard CommandLine.arguments.count > 1, let chosen = FuzzTarget(rawValue: CommandLine.arguments[1])
else {
  let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
  print("fuzz: expected one of \(names)")
  exit(64)
}

/// Set before the loop starts and never changed afterwards.
nonisolated(unsafe) var target = chosen
// The target's name replaces the program's, so libFuzzer sees only its own arguments.
var arguments = CommandLine.unsafeArgv + 1
var count = CommandLine.argc - 1
exit(
  runDriver(&count, &arguments) { bytes, size in
    target.run(UnsafeBufferPointer(start: bytes, count: size))
    return 0
  })
