import Foundation
import LinearAlgebra
import Platform

/// Where the weights of a file are.
public enum WeightPlacement: Equatable, Sendable {
  /// In the file itself, unless it would have more bytes than this.
  case inside(limit: Int)
  /// In `FILE.data` beside it, in the order of the graph, for programs that map them into memory.
  case beside

  /// The default: a file may have 2 GiB.
  public static let automatic = WeightPlacement.inside(limit: 2_000_000_000)
}

/// Writes a graph as an ONNX file, and its weights into it or beside it.
struct ONNXFile {
  let graph: ONNXGraph
  let metadata: [(key: String, value: String)]

  /// Small weights stay in the file: a reader maps pages.
  private static let page = 4096

  /// Writes the file, after the weights beside it if there are any; returns the paths written.
  func write(to path: String, _ placement: WeightPlacement) throws -> [String] {
    var message = message
    let bytes = graph.weights.reduce(0) { $0 + $1.byteCount }
    let isInside =
      switch placement {
      case .inside(let limit): bytes <= limit
      case .beside: false
      }
    let dataPath = "\(path).data"
    if isInside {
      message.graph.initializer += try graph.weights.map { try $0.insideTensor() }
    } else {
      message.graph.initializer += try writeWeights(to: dataPath)
    }
    let content: Data
    do {
      content = try message.serializedData()
    } catch {
      throw ExportFailure.tooLarge(path: path)
    }
    let file = try AtomicFile(path)
    try content.withUnsafeBytes { try file.write($0) }
    try file.commit()
    return isInside ? [path] : [path, dataPath]
  }

  /// All but the weights.
  private var message: ONNXModelProto {
    var message = ONNXModelProto()
    message.irVersion = Int64(ONNXGraph.fileVersion)
    message.producerName = "sfg"
    message.opsetImport = [
      .init("", ONNXGraph.opset),
      .init(ONNXGraph.machineLearning, ONNXGraph.machineLearningOpset),
    ]
    message.metadataProps = metadata.map { .init($0.key, $0.value) }
    message.graph.name = "sfg"
    message.graph.node = graph.nodes
    message.graph.input = graph.inputs
    message.graph.output = graph.outputs
    message.graph.initializer = graph.constants
    return message
  }

  /// Writes the weights page by page; returns tensors that say where each is.
  private func writeWeights(to path: String) throws -> [ONNXTensorProto] {
    let file = try AtomicFile(path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var offset = 0
    let tensors = try graph.weights.map { weight in
      guard weight.byteCount >= Self.page else { return try weight.insideTensor() }
      let padding = (Self.page - offset % Self.page) % Self.page
      try [UInt8](repeating: 0, count: padding).withUnsafeBytes { try file.write($0) }
      offset += padding
      var tensor = weight.tensor
      tensor.dataLocation = .external
      tensor.externalData = [
        .init("location", name), .init("offset", "\(offset)"),
        .init("length", "\(weight.byteCount)"),
      ]
      try weight.write { try file.write($0) }
      offset += weight.byteCount
      return tensor
    }
    try file.commit()
    return tensors
  }
}

extension ONNXGraph.Weight {
  /// Bytes as single-precision numbers.
  var byteCount: Int { numbers.count * MemoryLayout<Float>.size }

  /// The tensor without its numbers.
  fileprivate var tensor: ONNXTensorProto { ONNXTensorProto(name: name, .float, shape) }

  fileprivate func insideTensor() throws -> ONNXTensorProto {
    var tensor = tensor
    var data = Data(capacity: byteCount)
    try write { data.append(contentsOf: $0) }
    tensor.rawData = data
    return tensor
  }

  /// Passes the numbers in row-major order, about a megabyte at a time.
  fileprivate func write(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let packRows = max(1, (1 << 18) / max(numbers.columns, 1))
    var pack: [Float] = []
    for first in stride(from: 0, to: numbers.rows, by: packRows) {
      pack.removeAll(keepingCapacity: true)
      for row in first..<min(numbers.rows, first + packRows) {
        let values = UnsafeBufferPointer(start: numbers.view.row(row), count: numbers.columns)
        pack.append(contentsOf: values.lazy.map { Float($0) })
      }
      try pack.withUnsafeBytes(body)
    }
  }
}
