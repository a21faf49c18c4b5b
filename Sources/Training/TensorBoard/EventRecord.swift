/// TensorBoard's events as records of a TFRecord file: `tensorflow.Event` messages in frames.
enum EventRecord {
  /// The first event of a file.
  static func version(time: Double) -> [UInt8] {
    var message = ProtocolMessage(time: time)
    message.add(3, "brain.Event:2")
    return framed(message.bytes)
  }

  /// Training starts at a step: TensorBoard discards earlier events of this step and later ones.
  static func start(time: Double, step: Int) -> [UInt8] {
    var status = ProtocolMessage()
    status.add(1, 1)
    var message = ProtocolMessage(time: time)
    message.add(2, step)
    message.add(7, status)
    return framed(message.bytes)
  }

  /// Values at a step, each tagged with its chart.
  static func scalars(
    _ scalars: [(tag: String, value: Double)], time: Double, step: Int
  ) -> [UInt8] {
    var summary = ProtocolMessage()
    for scalar in scalars {
      var value = ProtocolMessage()
      value.add(1, scalar.tag)
      value.add(2, Float(scalar.value))
      summary.add(1, value)
    }
    var message = ProtocolMessage(time: time)
    message.add(2, step)
    message.add(5, summary)
    return framed(message.bytes)
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

/// A protocol buffer message under construction.
private struct ProtocolMessage {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// An event starts with its time.
  init(time: Double) {
    tag(1, wire: 1)
    withUnsafeBytes(of: time.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ field: Int, _ number: Int) {
    tag(field, wire: 0)
    variable(UInt64(number))
  }

  mutating func add(_ field: Int, _ number: Float) {
    tag(field, wire: 5)
    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtocolMessage) { add(field, message.bytes) }

  private mutating func add(_ field: Int, _ content: [UInt8]) {
    tag(field, wire: 2)
    variable(UInt64(content.count))
    bytes += content
  }

  private mutating func tag(_ field: Int, wire: Int) { variable(UInt64(field << 3 | wire)) }

  /// Seven bits per byte, the lowest first; the top bit marks that more follow.
  private mutating func variable(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
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
