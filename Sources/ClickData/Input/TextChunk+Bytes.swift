extension TextChunk {
  /// A whole file's text that is in memory already.
  convenience init(copying bytes: UnsafeBufferPointer<UInt8>) {
    self.init(capacity: bytes.count)
    if let first = bytes.baseAddress { self.bytes.update(from: first, count: bytes.count) }
    count = bytes.count
    startsFile = true
    endsFile = true
  }
}
