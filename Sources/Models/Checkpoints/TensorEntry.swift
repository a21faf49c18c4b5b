import LinearAlgebra

/// A matrix of a checkpoint by name: a model's, or an optimizer's history.
public struct StateTensor {
  /// The name in checkpoints.
  public let name: String
  /// The shape in the file.
  public let shape: [Int]
  /// The numbers, row by row; their owner keeps them alive.
  public let values: MatrixView

  /// Names some numbers; `shape` has as many elements as `values`.
  public init(name: String, shape: [Int], values: MatrixView) {
    precondition(
      shape.reduce(1, *) == values.rows * values.columns,
      "StateTensor \(name): shape \(shape) for \(values.rows)×\(values.columns)")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// One tensor of a safetensors file: rows of bytes, at a stride, in memory that its owner keeps
/// alive.
struct TensorEntry {
  /// The safetensors name of an element's type.
  enum ElementType: String, Codable {
    case float32 = "F32"
    case float64 = "F64"
    case bool = "BOOL"

    /// The type of a `Scalar`.
    static var scalar: Self { MemoryLayout<Scalar>.size == 4 ? .float32 : .float64 }

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
  private let start: UnsafeMutableRawPointer
  private let rows: Int
  private let rowBytes: Int
  /// The bytes from the start of one row to the next.
  private let stride: Int

  /// An entry over numbers.
  init(_ tensor: StateTensor) {
    let size = MemoryLayout<Scalar>.size
    name = tensor.name
    type = .scalar
    shape = tensor.shape
    start = UnsafeMutableRawPointer(tensor.values.base)
    rows = tensor.values.rows
    rowBytes = tensor.values.columns * size
    stride = tensor.values.stride * size
  }

  /// An entry over booleans of one byte.
  init(name: String, flags: UnsafeMutablePointer<UInt8>, count: Int) {
    self.name = name
    type = .bool
    shape = [count]
    start = UnsafeMutableRawPointer(flags)
    rows = 1
    rowBytes = count
    stride = count
  }

  /// Bytes in the file.
  var byteCount: Int { rows * rowBytes }

  /// Passes all bytes to `body` in the order of the file, in chunks of about a megabyte unless rows
  /// are contiguous.
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

  /// Fills the rows from chunks that `body` reads, each at an offset from the start of the tensor.
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

  /// Visits about a megabyte of rows at a time, with memory in which they are contiguous.
  private func forEachPack(_ body: (Range<Int>, UnsafeMutableRawPointer) throws -> Void) rethrows {
    let packRows = max(1, (1 << 20) / rowBytes)
    let pack = UnsafeMutableRawPointer.allocate(byteCount: packRows * rowBytes, alignment: 64)
    defer { pack.deallocate() }
    for first in Swift.stride(from: 0, to: rows, by: packRows) {
      try body(first..<min(rows, first + packRows), pack)
    }
  }
}
