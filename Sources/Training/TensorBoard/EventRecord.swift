import SwiftProtobuf

/// TensorBoard's events as records of a TFRecord file: `tensorflow.Event` messages in frames.
enum EventRecord {
  /// The first event of a file.
  static func version(time: Double) -> [UInt8] {
    framed(event(time: time) { $0.fileVersion = "brain.Event:2" })
  }

  /// Training starts at a step: TensorBoard discards earlier events of this step and later ones.
  static func start(time: Double, step: Int) -> [UInt8] {
    var log = TensorBoardSessionLog()
    log.status = .start
    return framed(event(time: time, step: step) { $0.sessionLog = log })
  }

  /// Values at a step, each tagged with its chart.
  static func scalars(
    _ scalars: [(tag: String, value: Double)], time: Double, step: Int
  ) -> [UInt8] {
    var summary = TensorBoardSummary()
    for scalar in scalars {
      var value = TensorBoardSummary.Value()
      value.tag = scalar.tag
      value.simpleValue = Float(scalar.value)
      summary.value.append(value)
    }
    return framed(event(time: time, step: step) { $0.summary = summary })
  }

  private static func event(
    time: Double, step: Int = 0, _ fill: (inout TensorBoardEvent) -> Void
  ) -> [UInt8] {
    var event = TensorBoardEvent()
    event.wallTime = time
    event.step = Int64(step)
    fill(&event)
    guard let bytes: [UInt8] = try? event.serializedBytes() else {
      preconditionFailure("EventRecord: an event of more than 2 GiB")
    }
    return bytes
  }

  /// A message in its frame: length, the length's checksum, the message, its checksum.
  private static func framed(_ message: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(message.count))
    return length + littleEndian(masked(length)) + message + littleEndian(masked(message))
  }

  /// CRC-32C, rotated and offset as in TFRecord, which keeps checksums of checksums meaningful.
  private static func masked(_ bytes: [UInt8]) -> UInt32 {
    let crc = CRC32C.checksum(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

/// The cyclic redundancy check of Castagnoli's polynomial, reflected (RFC 3720, appendix B.4).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in
      rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0x82f6_3b78
    }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in
      crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
    }
  }
}
