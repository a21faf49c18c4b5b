#if MPI
  import CMPI
  import Glibc
  import Platform

  /// Moves messages between processes with MPI.
  ///
  /// All calls of MPI return at once and are repeated, so that the failure of another rank, which
  /// MPI does not report, can end the waiting. One thread at a time calls MPI, under `monitor`.
  final class MPITransport: Transport, @unchecked Sendable {
    let rank: Int
    let hosts: [String]
    private let partBytes: Int
    /// Detects failures; nil while the ranks are still being connected.
    private let control: ControlChannel?
    private let clock = Stopwatch()
    private let monitor = Monitor()
    private var worker: BackgroundThread?
    // Guarded by `monitor`.
    /// Transfers that are moved while the rank computes.
    private var inBackground: [Transfer] = []
    private var isClosed = false

    /// MPI counts bytes with 32 bits; shorter parts show the watchdog the progress on slow links.
    static let partBytes = 16 << 20
    /// How long ranks may take to start, in seconds.
    private static let startLimit = 60.0
    /// How long a process outlives its last message to mpirun, in microseconds.
    ///
    /// Under load mpirun may learn of the end first, and takes the process for one that failed.
    private static let farewell: UInt32 = 100_000
    /// How often transfers are moved while the rank computes, in microseconds.
    private static let backgroundPause: UInt32 = 100

    init(rank: Int, hosts: [String], control: ControlChannel?, partBytes: Int = partBytes) throws {
      self.rank = rank
      self.hosts = hosts
      self.control = control
      self.partBytes = partBytes
      // Without a channel, ranks only exchange how to connect it.
      if control != nil { worker = try BackgroundThread { [self] in moveInBackground() } }
    }

    func note(waitingFor tag: Int?) {
      control?.note(isWaiting: tag != nil)
    }

    func start(_ transfer: Transfer) throws {
      try control?.check()
      control?.noteCall()
      let requests = MPIRequests.of(transfer)
      try monitor.locked {
        requests.reset(receives: transfer.receives.count)
        for index in transfer.receives.indices { try post(index, transfer, requests) }
        for send in transfer.sends { try post(send, transfer, requests) }
      }
    }

    func poll(_ transfer: Transfer) throws -> Bool {
      try control?.check()
      try checkStart()
      return try monitor.locked {
        guard try advance(transfer) else { return false }
        // The transfer may be reused now.
        inBackground.removeAll { $0 === transfer }
        return true
      }
    }

    func continueInBackground(_ transfer: Transfer) {
      monitor.locked {
        inBackground.append(transfer)
        monitor.signalAll()
      }
    }

    func abandon(_ reason: ClusterFailure.Reason) -> ClusterFailure {
      control?.abandon(reason) ?? ClusterFailure(rank: rank, host: hosts[rank], reason: reason)
    }

    func claimReport() -> Bool { control?.claimReport() ?? true }

    func close() throws {
      monitor.locked {
        isClosed = true
        monitor.signalAll()
      }
      worker?.join()
      try check(monitor.locked { sfg_mpi_end() })
      control?.close()
      usleep(Self.farewell)
    }

    /// Before ranks are connected only time tells that one is missing.
    private func checkStart() throws {
      guard control == nil, clock.seconds > Self.startLimit else { return }
      throw ClusterFailure(
        rank: rank, host: hosts[rank],
        reason: .transport(message: "not all ranks answered within \(Int(Self.startLimit)) s"))
    }

    /// Posts all parts of a message; one that is a whole number of parts is followed by an empty
    /// one.
    private func post(_ send: Transfer.Send, _ transfer: Transfer, _ requests: MPIRequests) throws {
      var start = 0
      var count = 0
      repeat {
        count = min(partBytes, send.bytes.count - start)
        var request = sfg_mpi_no_request()
        try check(
          sfg_mpi_send(
            send.bytes.baseAddress.map { $0 + start }, Int32(count), Int32(send.rank),
            Int32(transfer.tag), &request))
        requests.sends.append(request)
        start += count
      } while count == partBytes
    }

    /// Posts the next part of a message whose largest length is known.
    private func post(_ index: Int, _ transfer: Transfer, _ requests: MPIRequests) throws {
      let receive = transfer.receives[index]
      guard receive.buffer == nil else { return }
      let count = min(partBytes, receive.room.count - receive.received)
      try check(
        sfg_mpi_receive(
          receive.room.baseAddress.map { $0 + receive.received }, Int32(count),
          Int32(receive.rank), Int32(transfer.tag), &requests.receives[index]))
    }

    /// Moves what has arrived; true once all is sent and received.
    private func advance(_ transfer: Transfer) throws -> Bool {
      let requests = MPIRequests.of(transfer)
      var isComplete = true
      for index in transfer.receives.indices where !transfer.receives[index].isComplete {
        while try receivePart(index, transfer, requests) {}
        isComplete = isComplete && transfer.receives[index].isComplete
      }
      while let last = requests.sends.indices.last {
        guard try test(&requests.sends[last]) != nil else { return false }
        requests.sends.removeLast()
      }
      return isComplete
    }

    /// Receives a part of one message; true if it has arrived and another follows.
    private func receivePart(_ index: Int, _ transfer: Transfer, _ requests: MPIRequests) throws
      -> Bool
    {
      if let buffer = transfer.receives[index].buffer, !requests.isPosted[index] {
        let source = Int32(transfer.receives[index].rank)
        var (hasArrived, count): (Int32, Int32) = (0, 0)
        try check(sfg_mpi_probe(source, Int32(transfer.tag), &hasArrived, &count))
        guard hasArrived != 0 else { return false }
        let place = buffer.extend(by: Int(count))
        try check(
          sfg_mpi_receive(
            place, count, source, Int32(transfer.tag), &requests.receives[index]))
        requests.isPosted[index] = true
      }
      guard let count = try test(&requests.receives[index]) else { return false }
      requests.isPosted[index] = false
      transfer.receives[index].received += count
      transfer.receives[index].isComplete = count < partBytes
      guard count == partBytes else { return false }
      try post(index, transfer, requests)
      return true
    }

    /// The bytes of a complete request; nil if it is not complete.
    private func test(_ request: inout sfg_mpi_request) throws -> Int? {
      var (isComplete, count): (Int32, Int32) = (0, 0)
      try check(sfg_mpi_test(&request, &isComplete, &count))
      guard isComplete != 0 else { return nil }
      control?.noteMessage()
      return Int(count)
    }

    private func moveInBackground() {
      while true {
        let isOver = monitor.locked {
          while inBackground.isEmpty && !isClosed { monitor.wait() }
          // After a failure of any rank MPI is not called again: the memory may be gone.
          guard !isClosed, control?.isFailed != true else { return true }
          // An error is met again by the thread that waits for the transfer.
          inBackground.removeAll { (try? advance($0)) ?? true }
          return false
        }
        guard !isOver else { return }
        usleep(Self.backgroundPause)
      }
    }

    /// Makes an error of MPI this rank's failure.
    private func check(_ error: Int32) throws {
      guard error != 0 else { return }
      var text = [CChar](repeating: 0, count: Int(sfg_mpi_error_text_size) + 1)
      sfg_mpi_error_text(error, &text)
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw abandon(.transport(message: String(decoding: bytes, as: UTF8.self)))
    }
  }

  /// MPI's handles for the messages of one transfer.
  private final class MPIRequests {
    var sends: [sfg_mpi_request] = []
    var receives: [sfg_mpi_request] = []
    /// Whether the next part of a message of unknown length is being received.
    var isPosted: [Bool] = []

    func reset(receives count: Int) {
      sends.removeAll(keepingCapacity: true)
      receives.removeAll(keepingCapacity: true)
      isPosted.removeAll(keepingCapacity: true)
      for _ in 0..<count {
        receives.append(sfg_mpi_no_request())
        isPosted.append(false)
      }
    }

    /// The handles that belong to a transfer.
    static func of(_ transfer: Transfer) -> MPIRequests {
      if let requests = transfer.requests as? MPIRequests { return requests }
      let requests = MPIRequests()
      transfer.requests = requests
      return requests
    }
  }
#endif
