import Foundation

/// The JSON header of a safetensors file: where each tensor is stored, and free text beside them.
struct SafetensorsHeader {
  /// Type, shape and position of one tensor; offsets count from the end of the header.
  struct Tensor: Codable, Equatable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  /// The largest header that is read; a file that declares a larger one is damaged.
  static let maximumSize = 64 << 20

  private static let metadataKey = "__metadata__"
  private(set) var tensors: [String: Tensor]
  private(set) var metadata: [String: String]

  /// Stores tensors contiguously, in the given order.
  init(_ entries: [TensorEntry], metadata: [String: String]) {
    var offset = 0
    tensors = [:]
    for entry in entries {
      tensors[entry.name] = Tensor(
        dtype: entry.type.rawValue, shape: entry.shape,
        data_offsets: [offset, offset + entry.byteCount])
      offset += entry.byteCount
    }
    self.metadata = metadata
  }

  /// Reads a header's JSON; nil if it is not one, or its tensors do not divide `dataSize` bytes
  /// among them, without overlap or gap.
  init?(json: Data, dataSize: Int) {
    guard
      let root = try? JSONDecoder().decode([String: Entry].self, from: json)
    else { return nil }
    tensors = [:]
    metadata = [:]
    for (name, entry) in root {
      switch entry {
      case .metadata(let values): metadata = values
      case .tensor(let tensor):
        guard tensor.fits(in: dataSize) else { return nil }
        tensors[name] = tensor
      }
    }
    guard Self.areContiguous(tensors.values.map(\.data_offsets), dataSize) else { return nil }
  }

  private static func areContiguous(_ ranges: [[Int]], _ dataSize: Int) -> Bool {
    var end = 0
    for range in ranges.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard range[0] == end else { return false }
      end = range[1]
    }
    return end == dataSize
  }

  /// The header as JSON with sorted keys, padded with spaces to eight bytes.
  func json() throws -> Data {
    var root = tensors.mapValues(Entry.tensor)
    if !metadata.isEmpty { root[Self.metadataKey] = .metadata(metadata) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(root)
    json.append(contentsOf: repeatElement(0x20, count: (8 - json.count % 8) % 8))
    return json
  }

  private enum Entry: Codable {
    case tensor(Tensor)
    case metadata([String: String])

    init(from decoder: Decoder) throws {
      if decoder.codingPath.last?.stringValue == SafetensorsHeader.metadataKey {
        self = .metadata(try [String: String](from: decoder))
      } else {
        self = .tensor(try Tensor(from: decoder))
      }
    }

    func encode(to encoder: Encoder) throws {
      switch self {
      case .tensor(let tensor): try tensor.encode(to: encoder)
      case .metadata(let values): try values.encode(to: encoder)
      }
    }
  }
}

extension SafetensorsHeader.Tensor {
  /// Whether the offsets are ordered, inside the file, and span the bytes that type and shape need.
  fileprivate func fits(in dataSize: Int) -> Bool {
    guard data_offsets.count == 2, let type = TensorEntry.ElementType(rawValue: dtype),
      data_offsets[0] >= 0, data_offsets[0] <= data_offsets[1], data_offsets[1] <= dataSize
    else { return false }
    var bytes = type.size
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return false }
      bytes = product
    }
    return data_offsets[1] - data_offsets[0] == bytes
  }
}
