import Foundation
import Platform
import TestSupport
import Testing

/// The compiler of the launcher.
private enum Compiler {
  static let isThere =
    ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/clang") } ?? false
}

/// The launcher of portable programs, compiled as `make portable` does, with shell scripts in the
/// places of the programs.
@Suite(.enabled(if: Compiler.isThere, "no clang on the PATH")) struct ProgramLauncherTests {
  private static let levels = ["x86-64-v4", "x86-64-v3"]

  /// The levels that this processor runs, the best one first.
  private static let supported: [String] = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let flags = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    let words = Set(flags.split(separator: " ").map(String.init))
    let second = words.isSuperset(of: ["avx2", "fma", "bmi1", "bmi2", "f16c", "abm", "movbe"])
    let first = words.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
    return (first && second ? ["x86-64-v4"] : []) + (second ? ["x86-64-v3"] : [])
  }()

  /// A folder with a launcher, `bin/sfg`, and programs that print their level and arguments.
  private func installed(_ levels: [String] = Self.levels) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    for name in ["bin", "libexec/sfg"] {
      try files.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    let compiled = try SFGBinary.shell(
      "clang -O2 -Wall -Wextra -Werror -o bin/sfg \(SFGBinary.package.path)/Sources/Launcher/main.c",
      in: folder.path)
    #expect(compiled.status == 0, "\(compiled.errors)")
    for level in levels {
      let path = try folder.write(
        "libexec/sfg/sfg-\(level)", "#!/bin/sh\necho \(level) \"$#\" \"$2\"\nexit 65\n")
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    return folder
  }

  private func run(
    _ folder: TemporaryFolder, cpu: String? = nil, program: String = "bin/sfg"
  ) throws -> SFGBinary.Outcome {
    let setting = cpu.map { "export SFG_CPU='\($0)'" } ?? "unset SFG_CPU"
    return try SFGBinary.shell("\(setting); ./\(program) train 'a b'", in: folder.path)
  }

  @Test(.enabled(if: !supported.isEmpty, "this processor has no AVX2"))
  func theBestProgramTakesThePlaceOfTheLauncher() throws {
    let folder = try installed()
    for cpu in [nil, "", "native"] {
      let outcome = try run(folder, cpu: cpu)
      #expect(outcome.output == "\(Self.supported[0]) 2 a b\n", "\(outcome.errors)")
      #expect(outcome.status == 65)
    }
    // As packages do: a link on the PATH.
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/link", withDestinationPath: "bin/sfg")
    #expect(try run(folder, program: "link").output == "\(Self.supported[0]) 2 a b\n")
  }

  @Test func aLowerLevelCanBeChosenAndAHigherOneIsRefused() throws {
    let folder = try installed()
    for level in Self.levels {
      let outcome = try run(folder, cpu: level)
      if Self.supported.contains(level) {
        #expect(outcome.output == "\(level) 2 a b\n", "\(outcome.errors)")
      } else {
        #expect(outcome.status == 64 && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("which \(level) needs; unset SFG_CPU"))
      }
    }
  }

  @Test func unknownLevelsAndMissingProgramsAreOneLine() throws {
    let unknown = try run(installed(), cpu: "avx2")
    #expect(unknown.status == 64)
    #expect(
      unknown.errors
        == "Error: SFG_CPU: found \"avx2\", expected native, x86-64-v4, x86-64-v3\n")
    guard let level = Self.supported.first else { return }
    let folder = try installed([])
    let missing = try run(folder)
    #expect(missing.status == 66 && missing.errorLines.count == 1)
    #expect(missing.errors.hasPrefix("Error: "))
    #expect(
      missing.errors.hasSuffix(
        "/libexec/sfg/sfg-\(level): cannot start: No such file or directory; "
          + "keep bin/ and libexec/ of sfg together\n"))
  }

  /// Emulated, because no test machine lacks AVX2.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-x86_64"),
      "no /usr/bin/qemu-x86_64; install qemu-user"))
  func otherProcessorsGetTheirProgramOrOneLine() throws {
    let folder = try installed()
    func emulate(_ processor: String) throws -> SFGBinary.Outcome {
      try SFGBinary.shell(
        "unset SFG_CPU; qemu-x86_64 -cpu \(processor) bin/sfg train 'a b'", in: folder.path)
    }
    #expect(try emulate("Haswell").output == "x86-64-v3 2 a b\n")
    let old = try emulate("Nehalem")
    #expect(old.status == 71)
    // The emulator warns of what it lacks itself.
    #expect(
      old.errorLines.filter { !$0.hasPrefix("qemu") } == [
        "Error: this processor lacks AVX2, which sfg needs here; "
          + "build it on this machine with make build"
      ])
  }
}
