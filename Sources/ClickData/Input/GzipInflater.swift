/// Inflates members of a gzip stream, one after the other, in pieces of any size.
protocol GzipInflater: AnyObject {
  init()

  /// Prepares for the next member.
  func reset()

  /// Inflates from `input` into `output`, as far as either goes.
  func inflate(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Inflated
}

/// What one call to an inflater used of its input, wrote to its output, and came to.
struct Inflated {
  /// How the call ended.
  enum Outcome {
    /// It wants more input or more room.
    case more
    /// A member ended, and its checksum and length were right.
    case memberEnd
    /// The bytes are no gzip data.
    case corrupt(reason: String)
  }

  let read: Int
  let written: Int
  let outcome: Outcome
}

#if ISAL
  /// The inflater that files are read with.
  typealias FileInflater = ISALInflater
#else
  /// The inflater that files are read with.
  typealias FileInflater = ZlibInflater
#endif
