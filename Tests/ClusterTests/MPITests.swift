import Foundation
import Testing

@testable import Cluster

/// The checks of `CollectiveTests` and faults between processes that mpirun starts.
@Suite(
  .serialized, .timeLimit(.minutes(5)), .enabled(if: MPIRun.isAvailable, MPIRun.absence)
) struct MPITests {
  /// Shared memory, and TCP as between hosts.
  @Test(arguments: [1, 2, 4], ["vader,self", "tcp,self"])
  func collectivesEqualTheirDefinitions(ranks: Int, links: String) throws {
    let run = try MPIRun(ranks, ["check"], links: links)
    #expect(run.status == 0 && run.output == "checked: \(ranks) ranks on 1 hosts\n")
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: ["kill", "exit"], [0, 1, 3])
  func aProcessThatEndsIsNamedOnce(kind: String, rank: Int) throws {
    let run = try MPIRun(4, ["fault", kind, "\(rank)", "0.\(rank + 2)"])
    #expect(run.status != 0)
    let failure = ClusterFailure(rank: rank, host: HostName.current, reason: .ended)
    #expect(run.lines == ["Error: \(failure)"])
  }

  @Test(arguments: [0, 2]) func aFailureOfOneRankIsPrintedOnce(rank: Int) throws {
    let run = try MPIRun(4, ["fault", "fail", "\(rank)", "0.2"])
    #expect(run.status == 74)
    #expect(
      run.lines == [
        """
        Error: rank \(rank) on host \(HostName.current): run/metrics.jsonl: cannot write: no space \
        left on device
        """
      ])
  }

  @Test func ranksThatDisagreeAreNamedOnce() throws {
    let run = try MPIRun(2, ["agree", "1"])
    #expect(run.status == 74)
    #expect(
      run.lines == [
        "Error: rank 1 on host \(HostName.current): version is 1.4, expected 1.5 as on rank 0"
      ])
  }

  @Test func numbersOfRanksThatAreNoPowerOfTwoAreRefused() throws {
    let run = try MPIRun(3, ["check"])
    #expect(run.status == 64)
    #expect(run.lines == ["Error: \(RankCountFailure(ranks: 3, leaves: nil))"])
  }

  /// The reporting rank computes for seconds, and learns of nothing.
  @Test func aRankThatComputesIsEndedAfterAFailure() throws {
    let run = try MPIRun(2, ["fault", "busy", "1", "0.3"])
    let failure = ClusterFailure(rank: 1, host: HostName.current, reason: .ended)
    #expect(run.lines == ["Error: \(failure)"])
  }
}

/// One run of the test program under mpirun.
struct MPIRun {
  let status: Int32
  let output: String
  let errors: String

  /// The lines of the program itself, without those of mpirun.
  var lines: [String] {
    errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("Error: ") }
  }

  /// The test program, built beside the tests.
  private static let program = Bundle.main.executableURL?.deletingLastPathComponent()
    .appending(path: "cluster-program")

  /// Whether the program was built with MPI, and mpirun is installed.
  static let isAvailable =
    Launcher.isSupported && FileManager.default.isExecutableFile(atPath: mpirun)
  private static let mpirun = "/usr/bin/mpirun"

  /// Why the tests are skipped.
  static let absence: Comment =
    "skipped: built without MPI; `TRAITS=MPI make test` builds with it"

  init(_ ranks: Int, _ arguments: [String], links: String = "vader,self") throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.mpirun)
    process.arguments =
      [
        "--allow-run-as-root", "--oversubscribe", "--mca", "btl", links, "-n", "\(ranks)",
        try #require(Self.program).path,
      ] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // Both are far smaller than a pipe.
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
