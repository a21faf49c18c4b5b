/// Decompresses members of a compressed file, one after the other, in chunks of any size.
protocol Decompressor: AnyObject {
  /// Prepares for the first byte of another member.
  func reset()

  /// Decompresses from `input` into `output` until one of them ends.
  func decompress(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Decompressed
}

/// How much one call to a decompressor read and wrote, and how it ended.
struct Decompressed {
  enum Outcome {
    /// It needs more input or more room.
    case more
    /// A member ended, and its checksums match.
    case memberEnd
    /// The bytes are not data of this format.
    case corrupt(reason: String)
    /// The data refer back farther than `Compression.maxWindow`.
    case windowTooLarge
    /// The system has no memory for what the data need.
    case noMemory
  }

  let read: Int
  let written: Int
  let outcome: Outcome
}
