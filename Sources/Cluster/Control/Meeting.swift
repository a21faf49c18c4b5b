import Glibc
import Platform

/// Connects all ranks with rank 0 over TCP, which tells at once when a process ends.
///
/// MPI itself tells nothing: receiving from a rank that is gone waits for ever.
final class Meeting {
  /// What other ranks need to connect: a number only they know, the port, and the addresses.
  private(set) var invitation: String
  private let listener: Int32
  private let token: UInt64

  /// Listens on rank 0; throws `MeetingFailure` if the system refuses.
  init() throws {
    token = UInt64.random(in: 0...UInt64.max)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    invitation = ""
    let isListening = Self.withSocketAddress(&address) {
      bind(listener, $0, size) == 0 && listen(listener, 4096) == 0
        && getsockname(listener, $0, &size) == 0
    }
    guard listener >= 0, isListening else { throw MeetingFailure.last("listen for other ranks") }
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    let port = UInt16(bigEndian: address.sin_port)
    invitation = ([String(token), String(port)] + Self.addresses).joined(separator: " ")
  }

  deinit { Glibc.close(listener) }

  /// Waits on rank 0 until all other ranks have connected, and returns their links by rank.
  func accept(ranks: Int, within seconds: Double = 20) throws -> [ControlLink?] {
    let stopwatch = Stopwatch()
    var links = [ControlLink?](repeating: nil, count: ranks)
    while let missing = links.indices.dropFirst().first(where: { links[$0] == nil }) {
      guard stopwatch.seconds < seconds else { throw MeetingFailure.missing(rank: missing) }
      guard Self.isReady(listener, Int16(POLLIN), within: 0.2) else { continue }
      let link = ControlLink(Glibc.accept(listener, nil, nil))
      guard case .hello(let rank, token) = Self.next(on: link, within: 2),
        (1..<ranks).contains(rank)
      else { continue }
      // The other side may have tried an address that leads elsewhere; the answer proves this one.
      link.send(.hello(rank: 0, token: token))
      links[rank] = link
    }
    return links
  }

  /// Connects another rank with rank 0, at the first of its addresses that answers.
  static func join(_ invitation: String, rank: Int, within seconds: Double = 20) throws
    -> ControlLink
  {
    let parts = invitation.split(separator: " ").map(String.init)
    guard parts.count > 2, let token = UInt64(parts[0]), let port = UInt16(parts[1]) else {
      preconditionFailure("Meeting: unreadable invitation \"\(invitation)\"")
    }
    let stopwatch = Stopwatch()
    repeat {
      for address in parts[2...] {
        guard let link = connect(to: address, port: port) else { continue }
        link.send(.hello(rank: rank, token: token))
        if next(on: link, within: 2) == .hello(rank: 0, token: token) { return link }
      }
      usleep(100_000)
    } while stopwatch.seconds < seconds
    throw MeetingFailure.unreachable(addresses: Array(parts[2...]), port: port)
  }

  /// The IPv4 addresses of this host; the loopback comes last, and serves ranks of the same host.
  private static var addresses: [String] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return ["127.0.0.1"] }
    defer { freeifaddrs(first) }
    var found: [String] = []
    for interface in sequence(first: first, next: { $0?.pointee.ifa_next }) {
      guard let interface, let address = interface.pointee.ifa_addr,
        address.pointee.sa_family == sa_family_t(AF_INET)
      else { continue }
      var text = [CChar](repeating: 0, count: 64)
      getnameinfo(
        address, socklen_t(MemoryLayout<sockaddr_in>.size), &text, socklen_t(text.count), nil, 0,
        NI_NUMERICHOST)
      found.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    }
    return found.filter { $0 != "127.0.0.1" } + ["127.0.0.1"]
  }

  private static func connect(to text: String, port: UInt16) -> ControlLink? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, text, &address.sin_addr) == 1 else { return nil }
    // Non-blocking from the start: an address of another network would block for minutes.
    let link = ControlLink(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    let status = withSocketAddress(&address) {
      Glibc.connect(link.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
    if status == 0 { return link }
    guard errno == EINPROGRESS, isReady(link.descriptor, Int16(POLLOUT), within: 2) else {
      return nil
    }
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(link.descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
    return error == 0 ? link : nil
  }

  /// Waits for the next frame; nil if none comes.
  private static func next(on link: ControlLink, within seconds: Double) -> ControlFrame? {
    var frame: ControlFrame?
    let stopwatch = Stopwatch()
    while frame == nil, stopwatch.seconds < seconds {
      guard isReady(link.descriptor, Int16(POLLIN), within: seconds) else { return nil }
      guard link.receive({ frame = frame ?? $0 }) == .open else { return frame }
    }
    return frame
  }

  private static func isReady(_ descriptor: Int32, _ events: Int16, within seconds: Double) -> Bool
  {
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    return poll(&entry, 1, Int32(seconds * 1000)) > 0
  }

  private static func withSocketAddress<Result>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}

/// Why ranks could not be connected with rank 0.
enum MeetingFailure: Failure, Equatable {
  /// The system refused an operation.
  case refused(operation: String, reason: String)
  /// A rank did not connect in time.
  case missing(rank: Int)
  /// No address of rank 0 answered.
  case unreachable(addresses: [String], port: UInt16)

  /// The failure that the last system call left in `errno`.
  static func last(_ operation: String) -> MeetingFailure {
    .refused(operation: operation, reason: String(cString: strerror(errno)).lowercased())
  }

  var status: FailureStatus { .inputOutput }

  var description: String {
    switch self {
    case .refused(let operation, let reason): "cannot \(operation): \(reason)"
    case .missing(let rank):
      "rank \(rank) did not connect to rank 0; check that TCP between the hosts is not blocked"
    case .unreachable(let addresses, let port):
      """
      rank 0 does not answer at \(addresses.joined(separator: ", ")), port \(port); check that \
      TCP between the hosts is not blocked
      """
    }
  }
}
