/// One tensor of a safetensors file, over memory that its owner keeps alive: rows of bytes, some way apart.
struct TensorEntry {
  /// The safetensors name of an element's type.
  enum ElementType: String, Codable {
    case float32 = "F32"
    case float64 = "F64"
    case bool = "BOOL"

    /// Bytes of one element.
    var size: Int {
      switch self {
      case .float32: 4
      case .float64: 8
      case .bool: 1
      }
    }
  }

  let name: String
  let type: ElementType
  let shape: [Int]
  /// The first row.
  let start: UnsafeMutableRawPointer
  /// How many rows there are, the bytes of one, and the bytes from one to the next.
  let rows: Int
  let rowBytes: Int
  let stride: Int

  /// Bytes in the file.
  var byteCount: Int { rows * rowBytes }

  /// Hands out all bytes in the order of the file, in as few pieces as there can be.
  func write(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard stride != rowBytes else {
      return try body(UnsafeRawBufferPointer(start: start, count: byteCount))
    }
    try forEachPack { rows, pack in
      for (index, row) in rows.enumerated() {
        (pack + index * rowBytes).copyMemory(from: start + row * stride, byteCount: rowBytes)
      }
      try body(UnsafeRawBufferPointer(start: pack, count: rows.count * rowBytes))
    }
  }

  /// Asks for all bytes, each piece by its offset from the tensor's beginning, and puts them where they belong.
  func read(_ body: (UnsafeMutableRawBufferPointer, _ offset: Int) throws -> Void) throws {
    guard stride != rowBytes else {
      return try body(UnsafeMutableRawBufferPointer(start: start, count: byteCount), 0)
    }
    try forEachPack { rows, pack in
      let bytes = UnsafeMutableRawBufferPointer(start: pack, count: rows.count * rowBytes)
      try body(bytes, rows.lowerBound * rowBytes)
      for (index, row) in rows.enumerated() {
        (start + row * stride).copyMemory(from: pack + index * rowBytes, byteCount: rowBytes)
      }
    }
  }

  /// About a megabyte of rows at a time, with memory to lay them side by side.
  private func forEachPack(
    _ body: (Range<Int>, UnsafeMutableRawPointer) throws -> Void
  ) rethrows {
    let packRows = max(1, (1 << 20) / rowBytes)
    let pack = UnsafeMutableRawPointer.allocate(byteCount: packRows * rowBytes, alignment: 64)
    defer { pack.deallocate() }
    for first in Swift.stride(from: 0, to: rows, by: packRows) {
      try body(first..<min(rows, first + packRows), pack)
    }
  }
}
