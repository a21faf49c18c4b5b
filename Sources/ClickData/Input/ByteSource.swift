import Glibc
import Platform

/// The bytes of one file, inflated if its first two bytes are those of gzip.
///
/// Consecutive members are one stream; zeros after the last one are padding.
final class ByteSource {
  private enum State {
    case plain, inside, betweenMembers, padding
  }

  var offset: Int { fileBytes - unread.count }

  /// The file's stamp when it was opened; nil where it is not a regular file.
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

  /// Opens a path, or standard input for "-"; `isCancelled` is polled while a pipe has no bytes.
  ///
  /// All bytes of the file, as stored, are added to `contentHash`.
  init(
    path: String, contentHash: ContentHash? = nil, isCancelled: @escaping () -> Bool
  ) throws(ReadFailure) {
    self.path = path
    self.contentHash = contentHash
    self.isCancelled = isCancelled
    // A FIFO without a writer would otherwise block here, and could not be cancelled.
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
    try detectGzip()
  }

  deinit {
    if descriptor > 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Writes at least one byte to `output` and returns how many; 0 at the end.
  ///
  /// Bytes before a failure are returned first; the next call throws the failure.
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

  private func detectGzip() throws(ReadFailure) {
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

  /// Appends bytes of the file to the unread ones; false at its end.
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

  /// Throws where the file has changed since it was opened: rows may be lost, cut or mixed.
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
    while !isCancelled() { if poll(&request, 1, 50) != 0 { return true } }
    return false
  }
}

/// Why a file could not be read further, before the last good row is known.
enum ReadFailure: Error {
  case file(FileFailure)
  case truncated(offset: Int)
  case corrupt(offset: Int, reason: String)
  case bytesAfterGzip(offset: Int)
  case lineTooLong
  case changed

  /// Whether the file is damaged, so that the text before the failure may be wrong too.
  var isDamage: Bool {
    switch self {
    case .truncated, .corrupt, .bytesAfterGzip, .changed: true
    case .file, .lineTooLong: false
    }
  }

  /// The failure that the user reads, once the last line's number is known.
  func failure(path: String, lastRow: Int) -> any Error {
    switch self {
    case .file(let failure): failure
    case .truncated(let offset):
      DataFailure.truncatedGzip(path: path, offset: offset, lastRow: lastRow)
    case .corrupt(let offset, let reason):
      DataFailure.corruptGzip(path: path, offset: offset, lastRow: lastRow, reason: reason)
    case .bytesAfterGzip(let offset):
      DataFailure.bytesAfterGzip(path: path, offset: offset, lastRow: lastRow)
    case .lineTooLong: DataFailure.lineTooLong(path: path, line: lastRow + 1)
    case .changed: DataFailure.changedFile(path: path, lastRow: lastRow)
    }
  }
}
