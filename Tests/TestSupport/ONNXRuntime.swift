import Foundation
import Testing

/// onnxruntime in a Python environment: the reader that exported models are compared with.
public enum ONNXRuntime {
  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// The Python; `SFG_PYTHON` is another than the one that `Scripts/setup-onnx` makes.
  public static let python =
    ProcessInfo.processInfo.environment["SFG_PYTHON"]
    ?? package.appending(path: ".venv/bin/python").path

  /// Whether the environment has the libraries.
  public static let isThere = (try? run(["-c", "import onnx, onnxruntime"]))?.status == 0
  /// Why the tests are skipped.
  public static let absence: Comment = "no onnxruntime in \(python); run Scripts/setup-onnx"

  /// Checks and evaluates every model of a folder; returns its logits and probabilities.
  ///
  /// The inputs of `NAME.onnx` are in `NAME.json`.
  public static func evaluate(_ folder: String) throws -> [String: Result] {
    let script = package.appending(path: "Scripts/reference/onnx_logits.py").path
    let outcome = try run([script, folder])
    try #require(outcome.status == 0, "\(outcome.text)")
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/results"))
    return try JSONDecoder().decode([String: Result].self, from: data)
  }

  /// What a model computes.
  public struct Result: Decodable {
    /// The logits of the rows.
    public let logit: [Double]
    /// Their probabilities.
    public let probability: [Double]
  }

  /// An input of a model: its numbers or texts row by row.
  public enum Input {
    /// Integers, and their shape.
    case integers([Int], [Int])
    /// Numbers, and their shape.
    case numbers([Double], [Int])
    /// Texts, and their shape.
    case texts([String], [Int])

    /// As in `NAME.json`; JSON has no NaN.
    public var json: [String: Any] {
      switch self {
      case .integers(let values, let shape): ["type": "int64", "shape": shape, "values": values]
      case .numbers(let values, let shape):
        [
          "type": "number", "shape": shape,
          "values": values.map { $0.isNaN ? NSNull() : $0 as Any },
        ]
      case .texts(let values, let shape): ["type": "string", "shape": shape, "values": values]
      }
    }
  }

  /// Runs Python with some arguments.
  public static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
