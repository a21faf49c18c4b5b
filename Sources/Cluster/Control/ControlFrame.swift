import Platform

/// What ranks tell each other beside the messages of collectives.
enum ControlFrame: Equatable {
  /// The first frame of a connection: who connects, and the number that only ranks know.
  case hello(rank: Int, token: UInt64)
  /// A sign of life.
  case pulse(Watchdog.Pulse)
  /// A rank has failed.
  case failure(rank: Int, ClusterFailure.Reason)
  /// The failure has been received.
  case received
  /// The rank needs no further message, and will close the connection.
  case goodbye

  /// A frame is a header of fixed size and a text.
  private struct Header: BitwiseCopyable {
    var kind: UInt8 = 0
    var detail: UInt8 = 0
    var status: UInt8 = 0
    var isWaiting = false
    var length: Int32 = 0
    var first: Int64 = 0
    var second: Int64 = 0
  }

  /// The longest text that is sent: a line for a terminal.
  private static let longestText = 4000

  /// Appends the bytes of the frame to a message.
  func append(to message: MessageBuffer) {
    var header = Header()
    var text = ""
    switch self {
    case .hello(let rank, let token):
      header.kind = 0
      (header.first, header.second) = (Int64(rank), Int64(bitPattern: token))
    case .pulse(let pulse):
      header.kind = 1
      header.isWaiting = pulse.isWaiting
      (header.first, header.second) = (Int64(pulse.calls), Int64(pulse.messages))
    case .failure(let rank, let reason):
      header.kind = 2
      header.first = Int64(rank)
      switch reason {
      case .ended: header.detail = 0
      case .silent(let seconds):
        header.detail = 1
        header.second = Int64(bitPattern: seconds.bitPattern)
      case .stuck(let seconds):
        header.detail = 2
        header.second = Int64(bitPattern: seconds.bitPattern)
      case .failed(let message, let status):
        header.detail = 3
        header.status = UInt8(FailureStatus.allCases.firstIndex(of: status) ?? 0)
        text = message
      case .transport(let message):
        header.detail = 4
        text = message
      case .disagrees: preconditionFailure("ControlFrame: every rank finds a disagreement itself")
      }
    case .received: header.kind = 3
    case .goodbye: header.kind = 4
    }
    let bytes = Array(text.utf8.prefix(Self.longestText))
    header.length = Int32(bytes.count)
    message.append(header)
    message.append(contentsOf: bytes.span)
  }

  /// Reads the frame at the start of `bytes` and its size; nil if the bytes end before it does.
  ///
  /// Throws `ControlFrame.Unreadable` if these are not the bytes of a frame.
  static func first(of bytes: UnsafeRawBufferPointer) throws -> (ControlFrame, size: Int)? {
    guard bytes.count >= MemoryLayout<Header>.size else { return nil }
    let header = bytes.loadUnaligned(as: Header.self)
    guard (0...Int32(longestText)).contains(header.length) else { throw Unreadable() }
    let size = MemoryLayout<Header>.size + Int(header.length)
    guard bytes.count >= size else { return nil }
    let text = String(decoding: bytes[MemoryLayout<Header>.size..<size], as: UTF8.self)
    return (try frame(header, text), size)
  }

  private static func frame(_ header: Header, _ text: String) throws -> ControlFrame {
    let (first, second) = (Int(header.first), Int(header.second))
    switch header.kind {
    case 0: return .hello(rank: first, token: UInt64(bitPattern: header.second))
    case 1:
      return .pulse(.init(calls: first, messages: second, isWaiting: header.isWaiting))
    case 2: return .failure(rank: first, try reason(header, text))
    case 3: return .received
    case 4: return .goodbye
    default: throw Unreadable()
    }
  }

  private static func reason(_ header: Header, _ text: String) throws -> ClusterFailure.Reason {
    let seconds = Double(bitPattern: UInt64(bitPattern: header.second))
    switch header.detail {
    case 0: return .ended
    case 1: return .silent(seconds: seconds)
    case 2: return .stuck(seconds: seconds)
    case 3:
      guard Int(header.status) < FailureStatus.allCases.count else { throw Unreadable() }
      return .failed(message: text, status: FailureStatus.allCases[Int(header.status)])
    case 4: return .transport(message: text)
    default: throw Unreadable()
    }
  }

  /// Bytes that no rank sends.
  struct Unreadable: Error {}
}
