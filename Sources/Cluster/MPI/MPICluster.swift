#if MPI
  import CMPI
  import Glibc
  import Platform

  /// Processes that `mpirun` or `srun` started, on one host or several.
  public enum MPICluster {
    /// Starts MPI and connects all ranks; called once per process, on every rank.
    ///
    /// Throws `ClusterFailure` where ranks cannot be connected. `report` prints the first failure,
    /// on one rank, from a thread of its own. The process ends with status 74 where the calling
    /// thread does not return to the collectives within 0.7 seconds after a failure: mpirun ends it
    /// soon after. It must outlive `SIGTERM`, which mpirun sends first. `partBytes` is the size of
    /// the parts of long messages.
    public static func start(
      partBytes: Int? = nil,
      report: @Sendable @escaping (ClusterFailure) -> Void = { failure in
        try? StandardStream.errors.print("Error: \(failure)")
      }
    ) throws -> any Collectives {
      guard sfg_mpi_start() >= 0 else {
        throw ClusterFailure(
          rank: 0, host: HostName.current,
          reason: .transport(message: "MPI does not support calls by several threads"))
      }
      let (rank, ranks) = (Int(sfg_mpi_rank()), Int(sfg_mpi_size()))
      guard ranks.nonzeroBitCount == 1 else {
        // The number of a batch's pieces is checked where it is known.
        throw RankCountFailure(ranks: ranks, leaves: nil)
      }
      let first = RankCollectives(
        try MPITransport(rank: rank, hosts: placeholders(ranks), control: nil))
      let hosts = try names(of: first)
      let control = try connect(first, hosts, report)
      return RankCollectives(
        try MPITransport(
          rank: rank, hosts: hosts, control: control,
          partBytes: partBytes ?? MPITransport.partBytes))
    }

    /// Hosts' names before they are known.
    private static func placeholders(_ ranks: Int) -> [String] {
      Array(repeating: HostName.current, count: ranks)
    }

    /// The names of all ranks' hosts.
    private static func names(of cluster: RankCollectives) throws -> [String] {
      let exchange = Exchange(rank: cluster.rank, ranks: cluster.ranks)
      for message in exchange.outgoing { message.append(HostName.current) }
      try cluster.exchange(exchange)
      return (0..<cluster.ranks).map { exchange.incoming(from: $0).text }
    }

    private static func connect(
      _ cluster: RankCollectives, _ hosts: [String],
      _ report: @Sendable @escaping (ClusterFailure) -> Void
    ) throws -> ControlChannel {
      do {
        let invitation = MessageBuffer()
        let meeting = cluster.rank == 0 ? try Meeting() : nil
        invitation.append(meeting?.invitation ?? "")
        try cluster.broadcast(invitation, from: 0)
        var links: [Int: ControlLink] = [:]
        if let meeting {
          for (rank, link) in try meeting.accept(ranks: cluster.ranks).enumerated() {
            links[rank] = link
          }
        } else {
          links[0] = try Meeting.join(invitation.text, rank: cluster.rank)
        }
        let rank = cluster.rank
        return try ControlChannel(
          rank: rank, hosts: hosts, links: links, report: report, expire: { _ in _exit(74) })
      } catch let failure as MeetingFailure {
        throw ClusterFailure(
          rank: cluster.rank, host: HostName.current,
          reason: .failed(message: failure.description, status: failure.status))
      }
    }
  }
#endif
