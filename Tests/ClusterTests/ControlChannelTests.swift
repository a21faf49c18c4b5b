import Foundation
import Platform
import Synchronization
import Testing

@testable import Cluster

/// Channels of several ranks in one process, connected over the loopback as processes are.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ControlChannelTests {
  final class Ranks: @unchecked Sendable {
    let channels: [ControlChannel]
    /// What was printed, by the rank that printed it.
    let reported = Mutex<[Int: [ClusterFailure]]>([:])
    /// The ranks that were ended, and why.
    let expired = Mutex<[Int: ClusterFailure]>([:])

    init(_ ranks: Int, _ timing: ControlChannel.Timing) throws {
      let hosts = (0..<ranks).map { "host\($0)" }
      let meeting = try Meeting()
      let joins = try (1..<ranks).map { rank in
        try BackgroundResult { try Meeting.join(meeting.invitation, rank: rank) }
      }
      let links = try meeting.accept(ranks: ranks)
      var toOthers: [Int: ControlLink] = [:]
      for (rank, link) in links.enumerated() { toOthers[rank] = link }
      var all = [toOthers]
      for join in joins { all.append([0: try join.value()]) }
      let box = Box()
      channels = try all.enumerated().map { rank, links in
        try ControlChannel(
          rank: rank, hosts: hosts, links: links, timing: timing,
          report: { failure in
            box.ranks?.reported.withLock { $0[rank, default: []].append(failure) }
          },
          expire: { failure in box.ranks?.expired.withLock { $0[rank] = failure } })
      }
      box.ranks = self
    }

    final class Box: @unchecked Sendable {
      weak var ranks: Ranks?
    }

    /// The failure that a rank throws; waits up to five seconds for it.
    func failure(of rank: Int) -> ClusterFailure? {
      for _ in 0..<500 {
        do { try channels[rank].check() } catch { return error as? ClusterFailure }
        usleep(10_000)
      }
      return nil
    }
  }

  let timing = ControlChannel.Timing(
    pulse: 0.02, limits: .init(silent: 0.4, stuck: 0.4), grace: 60, settling: 1)

  @Test(arguments: [0, 1, 3]) func aRankThatEndsIsNamedOnAllOthers(ended: Int) throws {
    let ranks = try Ranks(4, timing)
    ranks.channels[ended].sever()
    for rank in 0..<4 where rank != ended {
      #expect(ranks.failure(of: rank) == expected(ended))
    }
    // Printed once, by the first rank that is left.
    let reporter = ended == 0 ? 1 : 0
    #expect(ranks.reported.withLock { $0 } == [reporter: [expected(ended)]])
    #expect(!ranks.channels[reporter].claimReport() && ranks.channels[2].claimReport())
    #expect(!ranks.channels[2].claimReport())
  }

  /// All ranks end after a disagreement, which has been printed.
  @Test func anEndThatIsExpectedIsNotPrinted() throws {
    let ranks = try Ranks(2, timing)
    #expect(ranks.channels[0].claimReport())
    ranks.channels[1].sever()
    #expect(ranks.failure(of: 0) == expected(1))
    #expect(ranks.reported.withLock { $0.isEmpty })
  }

  func expected(_ ended: Int) -> ClusterFailure {
    ClusterFailure(rank: ended, host: "host\(ended)", reason: .ended)
  }

  /// The first failure wins, also on a rank that fails a moment later.
  @Test(arguments: [0, 2]) func aRankThatFailsIsNamedOnAllOthers(failed: Int) throws {
    let ranks = try Ranks(4, timing)
    let reason = ClusterFailure.Reason.failed(
      message: "disk full: größer", status: .badConfiguration)
    let expected = ClusterFailure(rank: failed, host: "host\(failed)", reason: reason)
    #expect(ranks.channels[failed].abandon(reason) == expected)
    #expect(ranks.channels[1].abandon(.transport(message: "later")) == expected)
    for rank in 0..<4 { #expect(ranks.failure(of: rank) == expected) }
  }

  /// Which failure is the first is decided once, by rank 0.
  @Test func ranksThatFailAtOnceThrowTheSame() throws {
    for _ in 0..<20 {
      let ranks = try Ranks(4, timing)
      let failing = try (0..<4).map { rank in
        try BackgroundResult {
          ranks.channels[rank].abandon(.failed(message: "\(rank)", status: .badData))
        }
      }
      let failures = try failing.map { try $0.value() }
      #expect(failures.allSatisfy { $0 == failures[0] }, "\(failures)")
    }
  }

  /// A connection that stays open while nothing arrives, as of a host without network.
  @Test func aSilentRankIsNamedAfterTheLimit() throws {
    let meeting = try Meeting()
    let join = try BackgroundResult { try Meeting.join(meeting.invitation, rank: 1) }
    let links = try meeting.accept(ranks: 2)
    let silent = try join.value()
    let channel = try ControlChannel(
      rank: 0, hosts: ["host0", "host1"], links: [1: try #require(links[1])], timing: timing,
      report: { _ in }, expire: { _ in })
    let stopwatch = Stopwatch()
    var failure: ClusterFailure?
    while failure == nil, stopwatch.seconds < 5 {
      do { try channel.check() } catch { failure = error as? ClusterFailure }
      usleep(10_000)
    }
    #expect(
      failure == ClusterFailure(rank: 1, host: "host1", reason: .silent(seconds: 0.4)))
    #expect(stopwatch.seconds > 0.3)
    silent.close()
    channel.sever()
  }

  @Test func ranksThatAllWaitAreStuck() throws {
    let ranks = try Ranks(2, timing)
    for channel in ranks.channels { channel.noteCall() }
    ranks.channels[0].noteCall()
    for channel in ranks.channels { channel.note(isWaiting: true) }
    let expected = ClusterFailure(rank: 1, host: "host1", reason: .stuck(seconds: 0.4))
    for rank in 0..<2 { #expect(ranks.failure(of: rank) == expected) }
  }

  /// A rank that computes longer than all limits, and one that waits for it.
  @Test func aSlowRankIsNotAFailure() throws {
    let ranks = try Ranks(2, timing)
    ranks.channels[0].note(isWaiting: true)
    usleep(1_200_000)
    for channel in ranks.channels { try channel.check() }
    for channel in ranks.channels { channel.sever() }
  }

  @Test func aClosedChannelIsNotAFailure() throws {
    let ranks = try Ranks(4, timing)
    let closing = try ranks.channels.map { channel in try BackgroundResult { channel.close() } }
    for one in closing { try one.value() }
    for channel in ranks.channels { try channel.check() }
  }

  /// The process of a rank may end before another one closes its channel.
  @Test func aRankThatClosesFirstIsNotAFailure() throws {
    let ranks = try Ranks(2, timing)
    ranks.channels[1].close()
    ranks.channels[1].sever()
    usleep(200_000)
    try ranks.channels[0].check()
    ranks.channels[0].close()
  }

  /// The thread of work may wait for a disk, or for MPI.
  @Test func aRankThatDoesNotLearnOfAFailureIsEnded() throws {
    var timing = timing
    timing.grace = 0.2
    let ranks = try Ranks(2, timing)
    let failure = ranks.channels[1].abandon(.failed(message: "m", status: .exhausted))
    let stopwatch = Stopwatch()
    while stopwatch.seconds < 5, ranks.expired.withLock({ $0.isEmpty }) { usleep(10_000) }
    // Rank 1 knows, rank 0 never asked.
    #expect(ranks.expired.withLock { $0 } == [0: failure])
  }

  @Test func everyFrameIsReadAsItWasSent() throws {
    let frames: [ControlFrame] = [
      .hello(rank: 3, token: .max), .pulse(.init(calls: 5, messages: 6, isWaiting: true)),
      .failure(rank: 2, .ended), .failure(rank: 2, .silent(seconds: 1.5)),
      .failure(rank: 2, .stuck(seconds: 2.5)), .failure(rank: 0, .transport(message: "t")),
      .failure(rank: 1, .failed(message: "größer", status: .interrupted)), .received, .goodbye,
    ]
    let message = MessageBuffer()
    for frame in frames { frame.append(to: message) }
    var start = 0
    for frame in frames {
      let rest = UnsafeRawBufferPointer(rebasing: message.bytes[start...])
      let (found, size) = try #require(try ControlFrame.first(of: rest))
      #expect(found == frame)
      #expect(try ControlFrame.first(of: .init(rebasing: rest[..<(size - 1)])) == nil)
      start += size
    }
    #expect(start == message.count)
    let noise = [UInt8](repeating: 0x47, count: 64)
    #expect(throws: ControlFrame.Unreadable.self) {
      try noise.withUnsafeBytes { try ControlFrame.first(of: $0) }
    }
  }

  /// Ranks of other hosts cannot use the loopback.
  @Test func invitationsHaveTheAddressesOfAllInterfaces() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["hostname", "-I"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let addresses = Set(text.split { " \n".contains($0) }.filter { !$0.contains(":") })
    let invited = Set(try Meeting().invitation.split(separator: " ").dropFirst(2))
    #expect(invited == addresses.union(["127.0.0.1"]))
  }

  /// Another program's port, or an old one.
  @Test func anAddressThatDoesNotAnswerIsNamed() {
    let failure = #expect(throws: MeetingFailure.self) {
      try Meeting.join("7 1 127.0.0.1", rank: 1, within: 0.2)
    }
    #expect(
      failure?.description == """
        rank 0 does not answer at 127.0.0.1, port 1; check that TCP between the hosts is not blocked
        """)
  }

  @Test func aRankThatDoesNotConnectIsNamed() throws {
    let meeting = try Meeting()
    #expect(throws: MeetingFailure.missing(rank: 1)) {
      try meeting.accept(ranks: 2, within: 0.3)
    }
  }
}
