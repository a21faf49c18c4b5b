import Glibc
import Platform

/// The bytes of one file, decompressed if its first bytes are those of a compressed format.
///
/// Consecutive members are one stream; zeros after the last one are padding.
final class ByteSource {
  private enum State {
    case plain
    /// Within a member.
    case inside(any Decompressor, Compression)
    /// After a member; where `padded`, after zeros as well.
    case between(any Decompressor, Compression, padded: Bool)
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
  /// Whether the last call filled its output, so that the decompressor may hold more.
  private var outputWasFull = false
  private var pending: ReadFailure?
  private static let bufferSize = 1 << 18

  /// Opens a path, or standard input for "-"; `isCancelled` is polled while a pipe has no bytes.
  ///
  /// All bytes of the file, as stored, are added to `contentHash`.
  convenience init(
    path: String, contentHash: ContentHash? = nil, isCancelled: @escaping () -> Bool
  ) throws(ReadFailure) {
    try self.init(stored: path, contentHash: contentHash, isCancelled: isCancelled)
    try detectCompression()
  }

  /// The same, but reads the bytes as they are stored, even if they are compressed.
  init(
    stored path: String, contentHash: ContentHash? = nil, isCancelled: @escaping () -> Bool
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
    if let problem = Self.problem(status) {
      throw .file(
        .refused(path: InputPaths.displayName(path), operation: "read", reason: problem))
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw .file(.isDirectory(path: InputPaths.displayName(path)))
    }
    if stamp != nil { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
  }

  /// Why a device is not read: a terminal has no rows, and others may never end.
  private static func problem(_ status: stat) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFBLK: "it is a device; give a file or a pipe"
    case S_IFCHR where status.st_rdev == Self.null: nil
    case S_IFCHR: "it is a terminal or another device; pipe the rows into the command"
    default: nil
    }
  }

  /// The number of `/dev/null`, which is an empty file: 1, 3.
  private static let null: dev_t = 0x103

  deinit {
    if descriptor > 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Whether the file is compressed.
  var isCompressed: Bool { if case .plain = state { false } else { true } }

  /// Writes at least one byte to `output` and returns how many; 0 at the end.
  ///
  /// Bytes before a failure are returned first; the next call throws the failure.
  func read(into output: UnsafeMutableBufferPointer<UInt8>) throws(ReadFailure) -> Int {
    if let pending { throw pending }
    while true {
      if unread.isEmpty, !outputWasFull, try !refill() {
        if case .inside(_, let compression) = state {
          throw .truncated(compression, offset: offset)
        }
        return 0
      }
      let written: Int
      switch state {
      case .plain: written = copy(into: output)
      case .inside(let decompressor, let compression):
        written = try decompress(with: decompressor, compression, into: output)
      case .between(let decompressor, let compression, let padded):
        try startMember(decompressor, compression, padded: padded)
        written = 0
      }
      if written > 0 { return written }
    }
  }

  /// Fills `output` unless the file ends before, and returns how many bytes were written.
  func fill(_ output: UnsafeMutableBufferPointer<UInt8>) throws(ReadFailure) -> Int {
    var filled = 0
    while filled < output.count {
      let count = try read(into: .init(rebasing: output[filled...]))
      guard count > 0 else { break }
      filled += count
    }
    return filled
  }

  private func detectCompression() throws(ReadFailure) {
    while unread.count < Compression.signatureLength, try refill() {}
    let start = UnsafeMutableBufferPointer(rebasing: buffer[unread])
    guard let found = Compression(detecting: UnsafeBufferPointer(start)) else { return }
    state = .inside(found.makeDecompressor(), found)
  }

  private func copy(into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let count = min(unread.count, output.count)
    _ = output.update(fromContentsOf: buffer[unread.prefix(count)])
    unread = unread.lowerBound + count..<unread.upperBound
    return count
  }

  private func decompress(
    with decompressor: any Decompressor, _ compression: Compression,
    into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(ReadFailure) -> Int {
    let result = decompressor.decompress(.init(rebasing: buffer[unread]), into: output)
    unread = unread.lowerBound + result.read..<unread.upperBound
    outputWasFull = result.written == output.count
    switch result.outcome {
    case .more: break
    case .memberEnd:
      outputWasFull = false
      state = .between(decompressor, compression, padded: false)
    case .corrupt(let reason):
      pending = .corrupt(compression, offset: offset, reason: reason)
    case .windowTooLarge: pending = .windowTooLarge(compression, offset: offset)
    case .noMemory:
      pending = .file(
        .refused(
          path: InputPaths.displayName(path), operation: "decompress",
          reason: String(cString: strerror(ENOMEM))))
    }
    if result.written == 0, let pending { throw pending }
    return result.written
  }

  private func startMember(
    _ decompressor: any Decompressor, _ compression: Compression, padded: Bool
  ) throws(ReadFailure) {
    switch buffer[unread.lowerBound] {
    case 0:
      state = .between(decompressor, compression, padded: true)
      unread = unread.dropFirst()
    case let byte where compression.startsMember(byte, afterPadding: padded):
      decompressor.reset()
      state = .inside(decompressor, compression)
    default: throw .bytesAfterMember(compression, offset: offset)
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
  case truncated(Compression, offset: Int)
  case corrupt(Compression, offset: Int, reason: String)
  case windowTooLarge(Compression, offset: Int)
  case bytesAfterMember(Compression, offset: Int)
  case foreign(ForeignFormat)
  case compressedTwice(Compression)
  case lineTooLong
  case changed

  /// Whether the file is damaged, so that the text before the failure may be wrong too.
  var isDamage: Bool {
    switch self {
    case .truncated, .corrupt, .bytesAfterMember, .changed: true
    case .file, .windowTooLarge, .foreign, .compressedTwice, .lineTooLong: false
    }
  }

  /// Whether the bytes before the failure are text.
  var followsText: Bool {
    switch self {
    case .foreign, .compressedTwice: false
    default: true
    }
  }

  /// The failure that the user reads, once the last line's number is known.
  func failure(path: String, lastRow: Int) -> any Error {
    switch self {
    case .file(let failure): failure
    case .truncated(let compression, let offset):
      DataFailure.truncated(compression, path: path, offset: offset, lastRow: lastRow)
    case .corrupt(let compression, let offset, let reason):
      DataFailure.corrupt(
        compression, path: path, offset: offset, lastRow: lastRow, reason: reason)
    case .windowTooLarge(let compression, let offset):
      DataFailure.windowTooLarge(compression, path: path, offset: offset, lastRow: lastRow)
    case .bytesAfterMember(let compression, let offset):
      DataFailure.bytesAfterMember(compression, path: path, offset: offset, lastRow: lastRow)
    case .foreign(let format): DataFailure.foreign(format, path: path)
    case .compressedTwice(let compression):
      DataFailure.compressedTwice(compression, path: path)
    case .lineTooLong: DataFailure.lineTooLong(path: path, line: lastRow + 1)
    case .changed: DataFailure.changedFile(path: path, lastRow: lastRow)
    }
  }
}
