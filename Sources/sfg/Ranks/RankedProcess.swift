import Cluster
import Foundation
import Platform
import Training

/// This process as one of several that `mpirun` or a similar program started.
///
/// Rank 0 does what one process would do, with its files; the others follow it. A failure of any
/// rank ends all of them, with one line.
struct RankedProcess {
  private let launcher: Launcher

  /// Nil where the process was started alone.
  init?() {
    guard let launcher = Launcher(environment: ProcessInfo.processInfo.environment) else {
      return nil
    }
    self.launcher = launcher
  }

  /// Connects all ranks, and runs `lead` on rank 0 and `follow` on the others.
  ///
  /// Returns on all ranks after success, and throws where the user has interrupted the work;
  /// otherwise the process ends.
  func run(
    lead: (any Collectives) throws -> Void, follow: (any Collectives) throws -> Void
  ) throws {
    // mpirun sends it as soon as one process has ended: the one that reports the failure goes on.
    Interruption.outliveLauncher()
    let ranks: any Collectives
    do {
      ranks = try connect()
    } catch {
      // All ranks find it, and one prints it.
      guard launcher.rank == 0 else { _exit(ExitStatus.number(of: .usage)) }
      throw error
    }
    ExitStatus.endOthers = { failure in
      Self.end(ranks, ranks.abandon(with: failure.description, status: failure.status))
    }
    var interruption: (any Failure)?
    do {
      try ranks.running {
        try ranks.agree(on: "version", TrainingJob.version)
        guard ranks.rank == 0 else { return try follow(ranks) }
        do {
          try lead(ranks)
        } catch let failure as any Failure where failure.status == .interrupted {
          interruption = failure
        }
        try RankLeader.end(over: ranks)
      }
    } catch let failure as ClusterFailure {
      Self.end(ranks, failure)
    }
    ExitStatus.endOthers = nil
    if let interruption { throw interruption }
  }

  private func connect() throws -> any Collectives {
    #if MPI
      return try MPICluster.start()
    #else
      throw LauncherFailure(launcher)
    #endif
  }

  private static func end(_ ranks: any Collectives, _ failure: ClusterFailure) -> Never {
    if ranks.claimReport(of: failure) {
      try? StandardStream.errors.print(ExitStatus.line(for: failure))
    }
    // MPI would wait for a rank that is gone if it were ended as usual.
    _exit(ExitStatus.number(of: failure.status))
  }
}
