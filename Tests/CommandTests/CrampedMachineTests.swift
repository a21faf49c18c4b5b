import Foundation
import Platform
import TestSupport
import Testing

/// Training under limits of the system: it succeeds, or ends with one line and a documented status.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct CrampedMachineTests {
  private static let train = "train --config tiny.yaml --quiet --set dataset.cache=off"

  /// Runs the program under a limit; a hang ends with status 137.
  private func outcome(
    under limit: String, _ line: String, in tiny: TinyRun, user: String = "",
    program: String = "$SFG"
  ) throws -> SFGBinary.Outcome {
    try SFGBinary.shell(
      "timeout -s KILL 60 \(user) bash -c 'ulimit \(limit); exec \(program) \(line)'",
      in: tiny.folder.path)
  }

  private func expectOneLine(
    _ outcome: SFGBinary.Outcome, statuses: Set<Int32>, under limit: String
  ) {
    #expect(statuses.contains(outcome.status), "\(limit): \(outcome.status) \(outcome.errors)")
    guard outcome.status != 0 else { return }
    #expect(outcome.errorLines.count == 1, "\(limit): \(outcome.errors)")
    // Status 127 is that of the system, which cannot load the libraries.
    let isOurs = outcome.errors.hasPrefix("Error: ")
    #expect(isOurs || outcome.status == 127, "\(limit): \(outcome.errors)")
  }

  @Test func anyLimitOfAddressSpaceEndsWithSuccessOr71() throws {
    let tiny = try TinyRun(trained: false)
    let random = CounterRandom(seed: 24, stream: 0)
    var statuses: Set<Int32> = []
    for run in 0..<12 {
      let kilobytes = 100_000 << (run % 5)
      let limit = "-v \(kilobytes + random.integer(UInt64(run), below: kilobytes))"
      let threads = 1 + run % 4
      let outcome = try outcome(
        under: limit, "\(Self.train) --output run\(run) --threads \(threads)", in: tiny)
      expectOneLine(outcome, statuses: [0, 71, 127], under: limit)
      statuses.insert(outcome.status)
    }
    #expect(statuses.isSuperset(of: [0, 71]))
  }

  @Test func aNeedBeyondTheAddressSpaceIsRefusedBeforeTraining() throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try outcome(under: "-v 250000", "\(Self.train) --output run", in: tiny)
    #expect(outcome.status == 71)
    let sentence =
      #/Error: memory: the run needs \S+B of addresses, ulimit -v leaves \S+B; lower model.embedding_dim, .*, or --threads, or raise the limit\n/#
    #expect(outcome.errors.wholeMatch(of: sentence) != nil, "\(outcome.errors)")
    #expect(!tiny.exists("run"))
  }

  @Test(arguments: [0, 1, 8, 60, 100_000])
  func anyLimitOfFileSizeEndsWithSuccessOr74(blocks: Int) throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try outcome(under: "-f \(blocks)", "\(Self.train) --output run", in: tiny)
    expectOneLine(outcome, statuses: [0, 74], under: "-f \(blocks)")
    if blocks < 60 {
      #expect(outcome.errors.contains(": cannot write: file too large"), "\(outcome.errors)")
    }
  }

  @Test(arguments: [3, 4, 5, 6, 8, 12])
  func anyLimitOfOpenFilesEndsWithSuccessOr74(files: Int) throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try outcome(under: "-n \(files)", "\(Self.train) --output run", in: tiny)
    expectOneLine(outcome, statuses: [0, 74, 127], under: "-n \(files)")
  }

  @Test(arguments: [64, 100, 1000])
  func trainingDoesNotDependOnTheStackLimit(kilobytes: Int) throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try outcome(under: "-s \(kilobytes)", "\(Self.train) --output run", in: tiny)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  // Root has no limit of processes, so another user runs the program.
  @Test(
    .enabled(if: getuid() == 0, "only root can run the program as another user"),
    arguments: [1, 2, 3, 4, 5, 8])
  func anyLimitOfThreadsEndsWithSuccessOr71(threads: Int) throws {
    let tiny = try TinyRun(trained: false)
    chmod(tiny.folder.path, 0o777)
    // The user need not have access to the folder of the package.
    try FileManager.default.copyItem(atPath: SFGBinary.path, toPath: tiny.path("program"))
    let outcome = try outcome(
      under: "-u \(threads)", "\(Self.train) --output run --threads 4", in: tiny,
      user: "setpriv --reuid=64321 --clear-groups", program: "./program")
    expectOneLine(outcome, statuses: [0, 71], under: "-u \(threads)")
    guard outcome.status == 71 else { return }
    #expect(
      outcome.errors
        == "Error: threads: the system refused to start one (resource temporarily unavailable); "
        + "raise its limits (ulimit -u and -v, the container's), or lower --threads\n")
  }
}
