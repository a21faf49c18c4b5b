import Glibc
import Platform

/// The bytes of one file, inflated where its first two bytes are those of gzip.
///
/// Members that follow one another are one stream; zeros after the last one are padding.
final class ByteSource {
  private enum State {
    case plain, inside, betweenMembers, padding
  }

  /// Compressed bytes used so far.
  var offset: Int { fileBytes - unread.count }

  /// The file's stamp when it was opened; nil where it is no regular file.
  let stamp: FileStamp?

  private let path: String
  private let descriptor: Int32
  private let contentHash: ContentHash?
  private let isCancelled: () -> Bool
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var unread: Range<Int> = 0..<0
  private var fileBytes = 0
  private var state = State.plain
  private let inflater = FileInflater()
  private var pending: ReadFailure?
  private static let bufferSize = 1 << 18

  /// Opens a path, or standard input for "-"; `isCancelled` is asked while a pipe has nothing to give.
  ///
  /// All bytes of the file, as stored, are added to `contentHash`.
  init(
    path: String, contentHash: ContentHash? = nil, isCancelled: @escaping () -> Bool
  ) throws(ReadFailure) {
    self.path = path
    self.contentHash = contentHash
    self.isCancelled = isCancelled
    // A FIFO that nobody writes to would otherwise block here, where nothing can cancel it.
    descriptor =
      path == InputPaths.standardInput ? 0 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    let failed = descriptor < 0 || fstat(descriptor, &status) != 0
    let failure = failed ? FileFailure.last("read", InputPaths.displayName(path)) : nil
    stamp = failed ? nil : FileStamp(status)
    buffer = .allocate(capacity: Self.bufferSize)
    if let failure { throw .file(failure) }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw .file(.isDirectory(path: InputPaths.displayName(path)))
    }
    if stamp != nil { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
    try tellFormat()
  }

  deinit {
    if descriptor > 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Fills `output` with at least one byte; 0 at the end.
  ///
  /// Bytes that came before a failure are given first, the failure at the next call.
  func read(into output: UnsafeMutableBufferPointer<UInt8>) throws(ReadFailure) -> Int {
    if let pending { throw pending }
    while true {
      if unread.isEmpty, try !refill() {
        guard state != .inside else { throw .truncated(offset: offset) }
        return 0
      }
      let written: Int
      switch state {
      case .plain: written = copy(into: output)
      case .inside: written = try inflate(into: output)
      case .betweenMembers, .padding:
        try startMember()
        written = 0
      }
      if written > 0 { return written }
    }
  }

  private func tellFormat() throws(ReadFailure) {
    while unread.count < 2, try refill() {}
    guard !unread.isEmpty, buffer[0] == 0x1f, unread.count == 1 || buffer[1] == 0x8b else { return }
    state = .inside
  }

  private func copy(into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let count = min(unread.count, output.count)
    _ = output.update(fromContentsOf: buffer[unread.prefix(count)])
    unread = unread.lowerBound + count..<unread.upperBound
    return count
  }

  private func inflate(into output: UnsafeMutableBufferPointer<UInt8>) throws(ReadFailure) -> Int {
    let inflated = inflater.inflate(.init(rebasing: buffer[unread]), into: output)
    unread = unread.lowerBound + inflated.read..<unread.upperBound
    switch inflated.outcome {
    case .more: break
    case .memberEnd: state = .betweenMembers
    case .corrupt(let reason):
      pending = .corrupt(offset: offset, reason: reason)
      if inflated.written == 0, let pending { throw pending }
    }
    return inflated.written
  }

  private func startMember() throws(ReadFailure) {
    switch buffer[unread.lowerBound] {
    case 0x1f where state == .betweenMembers:
      inflater.reset()
      state = .inside
    case 0:
      state = .padding
      unread = unread.dropFirst()
    default: throw .bytesAfterGzip(offset: offset)
    }
  }

  /// Appends bytes of the file to what is unread; false at its end.
  private func refill() throws(ReadFailure) -> Bool {
    if unread.isEmpty { unread = 0..<0 }
    while true {
      if stamp == nil, !waitForInput() { return false }
      let room = buffer[unread.upperBound...]
      let count = Glibc.read(
        descriptor, UnsafeMutableBufferPointer(rebasing: room).baseAddress, room.count)
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard count >= 0 else { throw .file(.last("read", InputPaths.displayName(path))) }
      guard count > 0 else {
        try checkUnchanged()
        return false
      }
      contentHash?.add(
        UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room.prefix(count))))
      fileBytes += count
      unread = unread.lowerBound..<unread.upperBound + count
      return true
    }
  }

  /// Throws where the file is no longer the one that was opened: rows may be lost, cut or mixed.
  private func checkUnchanged() throws(ReadFailure) {
    guard let stamp else { return }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .file(.last("read", InputPaths.displayName(path)))
    }
    guard let now = FileStamp(status), now.isUnwritten(since: stamp) else { throw .changed }
  }

  /// Waits until a pipe has bytes or is closed; false once the reading was cancelled.
  private func waitForInput() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while !isCancelled() {
      if poll(&request, 1, 50) != 0 { return true }
    }
    return false
  }
}
