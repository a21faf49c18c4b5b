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

  /// Passes all frames that have arrived to `body`; false once the peer has closed the connection.
  func receive(_ body: (ControlFrame) -> Void) -> Bool {
    var isOpen = descriptor >= 0
    var chunk = [UInt8](repeating: 0, count: 8192)
    while isOpen {
      let count = read(descriptor, &chunk, chunk.count)
      if count > 0 {
        input.append(contentsOf: chunk[..<count])
      } else if count < 0 && (errno == EAGAIN || errno == EINTR) {
        break
      } else {
        isOpen = false
      }
    }
    do {
      try takeFrames(body)
      return isOpen
    } catch {
      // Not a rank of this program.
      return false
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
