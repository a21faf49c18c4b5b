#if ISAL
  import CISAL

  /// The inflater of Intel's ISA-L: two to three times as fast as zlib's, with the same bytes and the same checks.
  final class ISALInflater: GzipInflater {
    private let state: UnsafeMutablePointer<inflate_state>

    init() {
      state = .allocate(capacity: 1)
      isal_inflate_init(state)
      // The gzip wrapper, with its checksum and length verified.
      state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }

    deinit { state.deallocate() }

    func reset() { isal_inflate_reset(state) }

    func inflate(
      _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Inflated {
      state.pointee.next_in = input.baseAddress
      state.pointee.avail_in = UInt32(input.count)
      state.pointee.next_out = output.baseAddress
      state.pointee.avail_out = UInt32(output.count)
      let status = isal_inflate(state)
      return Inflated(
        read: input.count - Int(state.pointee.avail_in),
        written: output.count - Int(state.pointee.avail_out),
        outcome: outcome(of: status))
    }

    private func outcome(of status: Int32) -> Inflated.Outcome {
      switch status {
      case ISAL_DECOMP_OK, ISAL_END_INPUT:
        state.pointee.block_state == ISAL_BLOCK_FINISH ? .memberEnd : .more
      case ISAL_INVALID_BLOCK: .corrupt(reason: "invalid block")
      case ISAL_INVALID_SYMBOL: .corrupt(reason: "invalid symbol")
      case ISAL_INVALID_LOOKBACK: .corrupt(reason: "invalid distance too far back")
      case ISAL_INVALID_WRAPPER: .corrupt(reason: "incorrect header check")
      case ISAL_UNSUPPORTED_METHOD: .corrupt(reason: "unknown compression method")
      case ISAL_INCORRECT_CHECKSUM: .corrupt(reason: "incorrect data check")
      default: .corrupt(reason: "ISA-L status \(status)")
      }
    }
  }
#endif
