/// One tensor of a safetensors file, over memory that its owner keeps alive.
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
  let bytes: UnsafeMutableRawBufferPointer
}
