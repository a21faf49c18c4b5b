import Platform

/// The program that started this process as one of several, found in the environment.
public struct Launcher: Sendable, Equatable {
  /// The command's name, such as `mpirun`.
  public let name: String
  /// The number of processes that it started.
  public let processes: Int
  /// The number of this process, from 0: what a failure before MPI has started is reported by.
  public let rank: Int

  /// Variables that a launcher sets for each process it starts: the number of processes, and its
  /// own.
  ///
  /// `SLURM_NTASKS` is not one of them: a batch script that runs one process has it too.
  private static let variables = [
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "mpirun"),  // Open MPI
    ("PMI_SIZE", "PMI_RANK", "mpiexec"),  // MPICH, Intel MPI
    ("MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK", "mpirun"),  // MVAPICH2
    ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun"),
  ]

  /// The launcher that set these variables; nil if the process was started alone.
  public init?(environment: [String: String]) {
    for (size, number, name) in Self.variables {
      guard let processes = environment[size].flatMap({ Int($0) }), processes > 1 else { continue }
      rank = environment[number].flatMap { Int($0) } ?? 0
      self.name = name
      self.processes = processes
      return
    }
    return nil
  }

  /// Whether this build can exchange messages with other processes.
  public static var isSupported: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }
}

/// A build without MPI that was started as one of several processes.
///
/// Without this check every process would train the same model and write to the same folder.
public struct LauncherFailure: Failure, Equatable {
  /// What started the processes.
  public let launcher: Launcher

  /// Describes the launcher that is not supported.
  public init(_ launcher: Launcher) { self.launcher = launcher }

  /// The command line that started the processes is at fault.
  public var status: FailureStatus { .usage }

  /// One line with the remedy.
  public var description: String {
    """
    \(launcher.name) started \(launcher.processes) processes, but this sfg was built without MPI: \
    build it with `TRAITS=MPI make build`
    """
  }
}
