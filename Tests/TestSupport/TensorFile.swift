import Foundation

/// A whole safetensors file, for comparisons: every tensor as doubles, whatever its type.
public struct TensorFile {
  /// A file that a test cannot use.
  public struct Failure: Error, CustomStringConvertible {
    /// The file, and what is wrong with it.
    public let description: String
  }

  /// The text beside the tensors.
  public let metadata: [String: String]
  private let path: String
  private let header: [String: Any]
  private let data: Data

  /// Reads a file.
  public init(_ path: String) throws {
    let file = try Data(contentsOf: URL(filePath: path))
    guard file.count >= 8 else { throw Failure(description: "\(path): no header") }
    let size = Int(file.loadElement(UInt64.self, at: 0))
    guard size <= file.count - 8,
      let header = try JSONSerialization.jsonObject(with: file[8..<8 + size]) as? [String: Any]
    else { throw Failure(description: "\(path): the header is not JSON of \(size) bytes") }
    self.path = path
    self.header = header
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    data = Data(file[(8 + size)...])
  }

  /// The names of all tensors, sorted.
  public var names: [String] { header.keys.filter { $0 != "__metadata__" }.sorted() }

  /// The shape of a tensor.
  public func shape(_ name: String) throws -> [Int] {
    guard let shape = try entry(name)["shape"] as? [Int] else { throw failure(name, "no shape") }
    return shape
  }

  /// The elements of a tensor, row by row.
  public func doubles(_ name: String) throws -> [Double] {
    let entry = try entry(name)
    guard let range = entry["data_offsets"] as? [Int], range.count == 2, range[0] <= range[1],
      range[1] <= data.count, let type = entry["dtype"] as? String
    else { throw failure(name, "no type, or outside the file") }
    let bytes = data[range[0]..<range[1]]
    switch type {
    case "F64": return bytes.elements(UInt64.self).map(Double.init(bitPattern:))
    case "F32": return bytes.elements(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case "I32": return bytes.elements(UInt32.self).map { Double(Int32(bitPattern: $0)) }
    default: throw failure(name, "type \(type)")
    }
  }

  private func entry(_ name: String) throws -> [String: Any] {
    guard let entry = header[name] as? [String: Any] else { throw failure(name, "missing") }
    return entry
  }

  private func failure(_ name: String, _ finding: String) -> Failure {
    Failure(description: "\(path): tensor \(name): \(finding)")
  }
}

extension Data {
  /// Consecutive little-endian integers.
  fileprivate func elements<Element: FixedWidthInteger>(_: Element.Type) -> [Element] {
    stride(from: 0, to: count, by: MemoryLayout<Element>.size).map {
      loadElement(Element.self, at: $0)
    }
  }

  fileprivate func loadElement<Element: FixedWidthInteger>(
    _: Element.Type, at offset: Int
  ) -> Element {
    withUnsafeBytes {
      Element(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Element.self))
    }
  }
}
