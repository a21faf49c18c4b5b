import Glibc

/// A connection between rank 0 and another rank for frames.
final class ControlLink {
  /// The socket; negative once it is closed.
  private(set) var descriptor: Int32
  private let output = MessageBuffer()
  private var input: [UInt8] = []

  /// Takes over a connected socket.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
  }

  deinit { close() }

  /// Closes the connection.
  func close() {
    guard descriptor >= 0 else { return }
    Glibc.close(descriptor)
    descriptor = -1
  }

  /// Sends a frame, unless the peer is gone.
  func send(_ frame: ControlFrame) {
    guard descriptor >= 0 else { return }
    output.clear()
    frame.append(to: output)
    let bytes = output.bytes
    // A peer that reads nothing is given up long before the memory of the socket is full.
    _ = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Whether frames may still arrive.
  enum State {
    case open
    /// The process closed its end, or ended.
    case closed
    /// The network does not reach the host.
    case lost
  }

  /// Passes all frames that have arrived to `body`.
  func receive(_ body: (ControlFrame) -> Void) -> State {
    var state = descriptor >= 0 ? State.open : .closed
    var chunk = [UInt8](repeating: 0, count: 8192)
    reading: while state == .open {
      let count = read(descriptor, &chunk, chunk.count)
      if count > 0 {
        input.append(contentsOf: chunk[..<count])
        continue
      }
      switch (count, errno) {
      case (0, _): state = .closed
      case (_, EAGAIN), (_, EINTR): break reading
      case (_, ETIMEDOUT), (_, EHOSTUNREACH), (_, ENETUNREACH), (_, ENETDOWN): state = .lost
      default: state = .closed
      }
    }
    do {
      try takeFrames(body)
      return state
    } catch {
      // Not a rank of this program.
      return .closed
    }
  }

  private func takeFrames(_ body: (ControlFrame) -> Void) throws {
    var start = 0
    try input.withUnsafeBytes { bytes in
      while let (frame, size) = try ControlFrame.first(of: .init(rebasing: bytes[start...])) {
        start += size
        body(frame)
      }
    }
    input.removeFirst(start)
  }
}
