import Glibc
import Platform
import Synchronization

/// Tells all ranks within seconds that one has failed, whatever they are doing.
///
/// Rank 0 has a connection to each other rank. A thread sends this rank's pulse every second and
/// listens: a closed connection is a process that ended, a missing pulse a host that is gone. Rank
/// 0 passes the first failure on to all. The thread of one rank prints it at once, because the
/// thread of work may be held up within MPI, and mpirun ends all processes soon. A process whose
/// thread of work does not return to the exchange of messages within the grace period after a
/// failure is ended.
final class ControlChannel: @unchecked Sendable {
  /// How often a pulse is sent, and what may be missing for how long, in seconds.
  struct Timing {
    var pulse = 1.0
    var limits = Watchdog.Limits()
    /// How long this rank's thread of work may take to learn of a failure: mpirun ends all
    /// processes one second after the first has ended.
    var grace = 0.7
    /// How long to wait until the others have received a failure.
    var settling = 2.0
  }

  private let rank: Int
  private let hosts: [String]
  private let timing: Timing
  private let report: @Sendable (ClusterFailure) -> Void
  private let expire: @Sendable (ClusterFailure) -> Void
  private let clock = Stopwatch()
  private let monitor = Monitor()
  private var thread: BackgroundThread?
  // Written by the thread of work, read by the channel's.
  private let calls = Atomic<Int>(0)
  private let messages = Atomic<Int>(0)
  private let isWaiting = Atomic<Bool>(false)
  /// A copy of `failure != nil` that is polled.
  private let hasFailed = Atomic<Bool>(false)
  // Guarded by `monitor`.
  private var links: [Int: ControlLink]
  private var watchdog: Watchdog
  private var failure: (ClusterFailure, time: Double)?
  /// The failure of this rank that rank 0 has been told.
  private var proposal: ClusterFailure.Reason?
  private var isDelivered = false
  private var hasExpired = false
  private var isReported = false
  /// The ranks that have not received the failure yet.
  private var uninformed: Set<Int> = []
  private var departed: Set<Int> = []
  /// When this rank began to end the channel.
  private var closing: Double?

  /// Starts the thread; `links` are by rank, on other ranks than 0 only that to rank 0.
  ///
  /// `report` prints a failure. `expire` ends the process: the thread of work did not learn of the
  /// failure in time.
  init(
    rank: Int, hosts: [String], links: [Int: ControlLink], timing: Timing = Timing(),
    report: @Sendable @escaping (ClusterFailure) -> Void,
    expire: @Sendable @escaping (ClusterFailure) -> Void
  ) throws {
    self.rank = rank
    self.hosts = hosts
    self.links = links
    self.timing = timing
    self.report = report
    self.expire = expire
    watchdog = Watchdog(ranks: hosts.count, limits: timing.limits, at: clock.seconds)
    thread = try BackgroundThread { [self] in serve() }
  }

  /// Notes that a call begins; read by the watchdog.
  func noteCall() { calls.add(1, ordering: .relaxed) }

  /// Notes that a message or a part of one was moved.
  func noteMessage() { messages.add(1, ordering: .relaxed) }

  /// Notes whether the thread of work waits for messages.
  func note(isWaiting: Bool) { self.isWaiting.store(isWaiting, ordering: .relaxed) }

  /// Whether a rank has failed.
  var isFailed: Bool { hasFailed.load(ordering: .acquiring) }

  /// Throws the failure of the first rank that failed, once all ranks have received it.
  func check() throws {
    guard isFailed else { return }
    throw settled()
  }

  /// Makes a failure of this rank known, and returns the first failure.
  func abandon(_ reason: ClusterFailure.Reason) -> ClusterFailure {
    monitor.locked {
      if rank == 0 {
        record(rank, reason)
      } else {
        // Rank 0 decides which failure is the first, so that all ranks throw the same.
        proposal = reason
        links[0]?.send(.failure(rank: rank, reason))
      }
    }
    return settled()
  }

  /// Whether no failure has been printed; true once.
  func claimReport() -> Bool {
    monitor.locked {
      defer { isReported = true }
      return !isReported
    }
  }

  /// Ends the channel after the last message, without which a closed connection is a failure.
  func close() {
    monitor.locked {
      closing = clock.seconds
      for link in links.values { link.send(.goodbye) }
    }
    thread?.join()
  }

  /// Closes all connections as the end of the process would, and ends the thread.
  func sever() {
    monitor.locked {
      closing = clock.seconds
      for link in links.values { link.close() }
      departed.formUnion(links.keys)
    }
    thread?.join()
  }

  /// Waits until the others have received the failure, but not for long, and returns it.
  private func settled() -> ClusterFailure {
    let stopwatch = Stopwatch()
    while stopwatch.seconds < timing.settling,
      !monitor.locked({ failure != nil && uninformed.isEmpty })
    {
      usleep(1000)
    }
    return monitor.locked {
      // Rank 0 does not answer.
      if failure == nil, let proposal { record(rank, proposal) }
      // The process is about to end.
      while hasExpired { monitor.wait() }
      isDelivered = true
      guard let failure else { preconditionFailure("ControlChannel: no failure") }
      return failure.0
    }
  }

  /// Records the first failure and sends it on; under `monitor`.
  private func record(_ failed: Int, _ reason: ClusterFailure.Reason) {
    guard failure == nil else { return }
    failure = (ClusterFailure(rank: failed, host: hosts[failed], reason: reason), clock.seconds)
    uninformed = Set(links.keys).subtracting(departed)
    // A rank that ended or is silent does not answer.
    switch reason {
    case .ended, .silent: uninformed.remove(failed)
    case .stuck, .failed, .disagrees, .transport: break
    }
    // Other ranks than 0 learn of a failure from rank 0, or find that it is gone.
    if rank == 0 { for link in links.values { link.send(.failure(rank: failed, reason)) } }
    if let failure, failure.0.reporter == rank, !isReported {
      isReported = true
      report(failure.0)
    }
    hasFailed.store(true, ordering: .releasing)
  }

  private func serve() {
    var nextPulse = 0.0
    while true {
      awaitFrames(within: timing.pulse / 4)
      let now = clock.seconds
      let (isOver, expired) = monitor.locked { () -> (Bool, ClusterFailure?) in
        receiveFrames(at: now)
        if now >= nextPulse {
          nextPulse = now + timing.pulse
          sendPulse(at: now)
        }
        if failure == nil, closing == nil,
          let (failed, reason) = watchdog.verdict(
            on: links.keys.filter { !departed.contains($0) }.sorted(), at: now)
        {
          record(failed, reason)
        }
        let isOver =
          closing.map { time in
            // A host that is lost now is no failure: the work is done.
            departed.count == links.count || now - time > timing.settling
          } ?? false
        guard let failure, !isDelivered, !hasExpired, now - failure.time > timing.grace else {
          return (isOver, nil)
        }
        hasExpired = true
        return (isOver, failure.0)
      }
      if let expired { expire(expired) }
      if isOver { return }
    }
  }

  private func awaitFrames(within seconds: Double) {
    var entries = monitor.locked {
      links.filter { !departed.contains($0.key) }.map {
        pollfd(fd: $0.value.descriptor, events: Int16(POLLIN), revents: 0)
      }
    }
    _ = poll(&entries, nfds_t(entries.count), Int32(seconds * 1000))
  }

  private func receiveFrames(at now: Double) {
    for (peer, link) in links where !departed.contains(peer) {
      let state = link.receive { frame in
        switch frame {
        case .pulse(let pulse): watchdog.hear(pulse, of: peer, at: now)
        case .failure(let failed, let reason):
          link.send(.received)
          record(failed, reason)
          // Where the failure came from, it is known.
          uninformed.remove(peer)
        case .received: uninformed.remove(peer)
        case .goodbye: departed.insert(peer)
        case .hello: break
        }
      }
      guard state != .open, !departed.contains(peer) else { continue }
      departed.insert(peer)
      uninformed.remove(peer)
      guard closing == nil else { continue }
      // The system gives up a host that the network does not reach, often before the limit.
      record(peer, state == .lost ? .silent(seconds: watchdog.silence(of: peer, at: now)) : .ended)
    }
  }

  private func sendPulse(at now: Double) {
    let pulse = Watchdog.Pulse(
      calls: calls.load(ordering: .relaxed), messages: messages.load(ordering: .relaxed),
      isWaiting: isWaiting.load(ordering: .relaxed))
    watchdog.hear(pulse, of: rank, at: now)
    for link in links.values { link.send(.pulse(pulse)) }
  }
}
