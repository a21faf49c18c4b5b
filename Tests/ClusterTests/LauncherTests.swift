import Cluster
import Testing

@Suite struct LauncherTests {
  @Test(arguments: [
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "mpirun"), ("PMI_SIZE", "PMI_RANK", "mpiexec"),
    ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun"),
  ])
  func launchersAreFoundInTheEnvironment(size: String, rank: String, name: String) throws {
    let launcher = try #require(Launcher(environment: [size: "4", rank: "2"]))
    #expect(launcher.name == name && launcher.processes == 4 && launcher.rank == 2)
    #expect(
      LauncherFailure(launcher).description == """
        \(name) started 4 processes, but this sfg was built without MPI: build it with \
        `TRAITS=MPI make build`
        """)
    #expect(LauncherFailure(launcher).status == .usage)
  }

  /// A batch script of Slurm has `SLURM_NTASKS`, but runs once.
  @Test func aProcessStartedAloneHasNoLauncher() {
    #expect(Launcher(environment: ["SLURM_NTASKS": "4", "PATH": "/bin"]) == nil)
    #expect(Launcher(environment: ["OMPI_COMM_WORLD_SIZE": "1"]) == nil)
    #expect(Launcher(environment: ["OMPI_COMM_WORLD_SIZE": "many"]) == nil)
  }
}
