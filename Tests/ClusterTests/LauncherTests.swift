import Cluster
import Testing

@Suite struct LauncherTests {
  @Test(arguments: [
    ("OMPI_COMM_WORLD_SIZE", "mpirun"), ("PMI_SIZE", "mpiexec"), ("SLURM_STEP_NUM_TASKS", "srun"),
  ])
  func launchersAreFoundInTheEnvironment(variable: String, name: String) throws {
    let launcher = try #require(Launcher(environment: [variable: "4"]))
    #expect(launcher.name == name && launcher.processes == 4)
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
