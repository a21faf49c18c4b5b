import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import Training

/// One golden fixture: a model, ten batches, and PyTorch's results (Scripts/reference/README.md).
public struct GoldenCase {
  /// The numbers.
  public let tensors: TensorFile
  /// The fields.
  public let schema: [FieldSchema]
  /// The model's settings.
  public let settings: ModelSettings
  /// The training's settings.
  public let training: TrainingSettings

  /// The names of all cases, sorted; empty where the folder is missing.
  public static var names: [String] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return (files ?? []).filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(12)) }
      .sorted()
  }

  /// Reads a case; prints a sentence and returns nil if its backbone does not exist.
  public init?(_ name: String) throws {
    tensors = try TensorFile("\(Self.folder)/\(name).safetensors")
    var text = GoldenSettings(case: name, tensors.metadata)
    let backbone = try text.take("backbone") { $0 }
    guard BackboneKind(rawValue: backbone) != nil else {
      print("Golden case \(name) is skipped: there is no backbone \(backbone).")
      return nil
    }
    schema = try text.schema()
    settings = try text.model(backbone)
    training = try text.training()
    try text.finish()
  }

  /// Steps, and rows of each step's batch.
  public func steps() throws -> (count: Int, rows: Int) {
    let shape = try tensors.shape("labels")
    return (shape[0], shape[1])
  }

  /// The batch of a step, from 0.
  public func batch(_ step: Int) throws -> EncodedBatch {
    let rows = try steps().rows
    let (ids, values) = (try tensors.doubles("ids"), try tensors.doubles("values"))
    let labels = try tensors.doubles("labels")
    let batch = EncodedBatch(capacity: rows, schema: schema)
    batch.rows = rows
    for row in 0..<rows {
      batch.labels[row] = Float(labels[step * rows + row])
      for field in 0..<schema.count {
        let position = (step * rows + row) * schema.count + field
        batch.ids(field)[row] = UInt32(ids[position])
        batch.values(field)?[row] = Float(values[position])
      }
    }
    for (field, description) in schema.enumerated() {
      guard let sequence = batch.sequence(field) else { continue }
      let ids = try tensors.doubles("sequence.\(description.name).ids")
      let weights = try tensors.doubles("sequence.\(description.name).weights")
      for row in 0..<rows {
        let first = (step * rows + row) * description.maxValues
        let values = (0..<Int(batch.ids(field)[row])).map {
          (id: UInt32(ids[first + $0]), weight: Float(weights[first + $0]))
        }
        batch.set(values, field: field, row: row, in: sequence)
      }
    }
    return batch
  }

  /// The model with the weights of the fixture; throws unless both have the same tensors of the
  /// same shapes.
  public func model(threads: Int = 2) throws -> CTRModel {
    let model = CTRModel(
      schema: schema, settings: settings, batchCapacity: try steps().rows, seed: 1,
      pool: WorkerPool(threads: threads))
    let shapes =
      model.parameters.map { ($0.name, $0.shape) }
      + model.statistics.map { ($0.name, [$0.value.columns]) }
    let expected = tensors.names.filter { $0.hasPrefix("before.") }.map { $0.dropFirst(7) }
    guard shapes.map(\.0).sorted() == expected.map(String.init) else {
      throw TensorFile.Failure(
        description: "the model has \(shapes.map(\.0).sorted()), the reference \(expected)")
    }
    for (name, shape) in shapes where try tensors.shape("before.\(name)") != shape {
      throw TensorFile.Failure(
        description: "\(name): \(shape), in the reference \(try tensors.shape("before.\(name)"))")
    }
    for (name, values) in Self.values(of: model) {
      for (index, number) in try tensors.doubles("before.\(name)").enumerated() {
        values.base[index] = Scalar(number)
      }
    }
    return model
  }

  /// Every number that a checkpoint holds, by name.
  public static func values(of model: CTRModel) -> [(name: String, values: Matrix)] {
    model.parameters.map { ($0.name, $0.value) } + model.statistics.map { ($0.name, $0.value) }
  }

  private static let folder = URL(filePath: #filePath)
    .appending(path: "../../ModelsTests/Fixtures/golden").standardized.path
}
