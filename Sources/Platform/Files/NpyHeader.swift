/// The header of a file in numpy's format: the type and the shape of the array after it.
///
/// It consists of a magic number, the version, the header's length and a Python dictionary padded
/// with spaces, so that the array starts at a multiple of 64 bytes. The version is 1.0, or 2.0 if
/// the dictionary is longer than 64 KiB.
public enum NpyHeader {
  /// The bytes before the array; their number is the same for all shapes of one rank.
  ///
  /// `type` is a Python expression such as `'<f4'`, in ASCII.
  public static func bytes(type: String, shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)" }.joined(separator: ", ")
    let text =
      "{'descr': \(type), 'fortran_order': False, 'shape': (\(sizes)\(shape.count == 1 ? "," : "")), }"
    // Padded for the largest sizes, so that the header can be rewritten in place.
    let widest = text.utf8.count - sizes.utf8.count + shape.count * 21
    let isLong = widest + 10 + 64 > 0xffff
    let prefix = isLong ? 12 : 10
    let total = (prefix + widest + 1 + 63) / 64 * 64
    let length = total - prefix
    let lengthBytes = (0..<(isLong ? 4 : 2)).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
    let padding = [UInt8](repeating: UInt8(ascii: " "), count: length - 1 - text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [isLong ? 2 : 1, 0] + lengthBytes + Array(text.utf8)
      + padding + [UInt8(ascii: "\n")]
  }

  /// A string as a Python expression in ASCII.
  public static func literal(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x27, 0x5c: result += "\\\(scalar)"
      case 0x20..<0x7f: result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return result + "'"
  }
}
