import Foundation
import LinearAlgebra
import Platform
import Testing

/// The programs of `make portable`, each of which this processor can run.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct PortableProgramTests {
  /// `SFG_PORTABLE` names another folder than that of `make portable`.
  private static let folder =
    ProcessInfo.processInfo.environment["SFG_PORTABLE"]
    ?? SFGBinary.package.appending(path: ".build/portable").path
  private static let launcher = "\(folder)/bin/sfg"
  private static let isThere = FileManager.default.isExecutableFile(atPath: launcher)
  private static let absence: Comment =
    "no program at \(launcher); build it with make portable"

  private static let kernels = ["x86-64-v3": "AVX2", "x86-64-v4": "AVX-512"]

  /// The levels that the launcher accepts on this processor.
  private static let levels = kernels.keys.sorted().filter { level in
    let outcome = try? SFGBinary.shell("SFG_CPU=\(level) \(launcher) --version", in: "/")
    return outcome?.status == 0
  }

  private func run(_ line: String, _ level: String, in tiny: TinyRun) throws -> SFGBinary.Outcome {
    try SFGBinary.shell("SFG_CPU=\(level) \(Self.launcher) \(line)", in: tiny.folder.path)
  }

  @Test func theVersionNamesTheKernels() throws {
    let tiny = try TinyRun(trained: false)
    let version = try tiny.sfg("--version").output
    #expect(version.hasSuffix("(\(InstructionSet.name))\n"), "\(version)")
    let run = try TinyRun()
    let kernels = try #require(run.json("run/result.json")["kernels"] as? [String: Any])
    #expect(kernels["instructions"] as? String == InstructionSet.name)
    #expect(kernels["processor"] as? String == Machine.processorModel)
  }

  @Test(.enabled(if: isThere, absence))
  func eachProgramHasItsKernels() throws {
    let tiny = try TinyRun(trained: false)
    try #require(!Self.levels.isEmpty)
    for level in Self.levels {
      let kernels = try #require(Self.kernels[level])
      #expect(try run("--version", level, in: tiny).output.hasSuffix("(\(kernels))\n"))
    }
  }

  /// No program needs a Swift toolchain where it runs.
  @Test(.enabled(if: isThere, absence))
  func programsNeedNoSwift() throws {
    let libraries = try SFGBinary.shell(
      "ldd \(Self.folder)/libexec/sfg/* \(Self.launcher)", in: "/")
    #expect(libraries.status == 0 && libraries.output.contains("libc.so"))
    #expect(!libraries.output.contains("swift") && !libraries.output.contains("Foundation"))
  }

  /// All kernels give the bits of the program under test: weights, metrics and predictions.
  @Test(.enabled(if: isThere, absence), arguments: ["fm", "deepfm", "dcnv2"])
  func allKernelsTrainTheSameBits(backbone: String) throws {
    let tiny = try TinyRun(trained: false)
    let train =
      "train --config tiny.yaml --set model.backbone=\(backbone) "
      + "--set model.hidden_units=[70,30] --quiet --output"
    #expect(try tiny.sfg("\(train) run").status == 0)
    let weights = try tiny.bytes("run/checkpoint/best.safetensors")
    for level in Self.levels {
      let outcome = try run("\(train) \(level)", level, in: tiny)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try tiny.bytes("\(level)/checkpoint/best.safetensors") == weights, "\(level)")
      let kernels = try #require(tiny.json("\(level)/result.json")["kernels"] as? [String: Any])
      #expect(kernels["instructions"] as? String == Self.kernels[level])
    }
  }

  /// A run that was interrupted on one kind of CPU continues on another with the same bits.
  @Test(.enabled(if: isThere && levels.count > 1, absence))
  func aRunResumesWithOtherKernels() throws {
    let tiny = try TinyRun(trained: false)
    let train = "train --config tiny.yaml --quiet --output"
    for (folder, start) in [("a", 0), ("b", 1)] {
      let levels = [Self.levels[start], Self.levels[1 - start]]
      let first = try run("\(train) \(folder) --set training.epochs=1", levels[0], in: tiny)
      #expect(first.status == 0, "\(first.errors)")
      let resumed = try run("\(train) \(folder) --resume", levels[1], in: tiny)
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
    #expect(
      try tiny.bytes("a/checkpoint/best.safetensors")
        == tiny.bytes("b/checkpoint/best.safetensors"))
  }
}
