import ClickData
import Configuration
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

/// The files in `configs/` by their relative paths, without sweeps and those called `base.yaml`,
/// which others extend.
private enum Project {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../configs").standardized.path

  static let files: [String] =
    (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
    .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("base.yaml") && !$0.hasPrefix("sweeps/") }
    .sorted()

  static func read(_ file: String) throws -> RunConfiguration {
    try RunConfiguration(file: "\(folder)/\(file)")
  }

  /// The fields of a configuration with tables of seven rows.
  static func schema(_ configuration: RunConfiguration) -> [FieldSchema] {
    let kinds: [FieldSchema.Kind] =
      switch configuration.dataset.format {
      case .criteo: Array(repeating: .category, count: 39)
      case .avazu: Array(repeating: .category, count: 24)
      case .delimited, .libffm, .libsvm:
        configuration.dataset.fields.map { field in
          field.kind == .numeric && configuration.features.numeric == .value ? .value : .category
        }
      }
    return kinds.enumerated().map { FieldSchema(name: "F\($0)", kind: $1, rows: 7) }
  }
}

/// Every configuration of the project, one at a time because some models are large.
@Suite(.serialized) struct ConfigurationProjectTests {
  private static let dataSets = ["criteo_x1", "avazu_x4"]
  private static let paired = BackboneKind.allCases.filter(\.hasSource)

  @Test func everyBackboneHasItsFilesForBothDataSets() {
    for dataSet in Self.dataSets {
      let expected =
        Self.paired.flatMap { ["\($0.rawValue)_dis", "\($0.rawValue)_gen"] } + ["lr", "dnn"]
      #expect(
        Project.files.filter { $0.hasPrefix(dataSet) }
          == expected.map { "\(dataSet)/\($0).yaml" }.sorted())
    }
  }

  @Test(arguments: Project.files)
  func everyModelTakesAStep(file: String) throws {
    let settings = try Project.read(file)
    let schema = Project.schema(settings)
    #expect([3, 10, 14, 22, 24, 25, 39].contains(schema.count))
    let batch = EncodedBatch.random(rows: 4, schema: schema, seed: 1)
    let model = CTRModel(
      schema: schema, settings: settings.model, batchCapacity: batch.rows, seed: 1,
      pool: WorkerPool(threads: 2))
    let gradient = Matrix(rows: batch.rows, columns: 1)
    try withExtendedLifetime((model, gradient)) {
      let loss = BinaryCrossEntropy.forward(
        logits: model.forward(batch, .training(step: 1)), labels: batch.labels,
        gradient: gradient.view)
      try #require(loss.isFinite)
      model.backward(gradient.view)
      for parameter in model.parameters {
        // For a table, the rows that the batch touched.
        let sum = parameter.gradient.view.elements.reduce(0.0) { $0 + Double($1.magnitude) }
        #expect(sum.isFinite, "\(parameter.name)")
      }
    }
  }

  @Test(arguments: dataSets, paired)
  func theParadigmsDifferInParadigmEncoderAndCrossDropoutAlone(
    dataSet: String, backbone: BackboneKind
  ) throws {
    var discriminative = try Project.read("\(dataSet)/\(backbone.rawValue)_dis.yaml")
    let generative = try Project.read("\(dataSet)/\(backbone.rawValue)_gen.yaml")
    #expect(discriminative.model.backbone == backbone)
    #expect(discriminative.model.paradigm == .discriminative)
    #expect(generative.model.paradigm == .generative)
    #expect(discriminative.model.crossDropout == 0)
    discriminative.run = generative.run
    discriminative.model.paradigm = generative.model.paradigm
    discriminative.model.encoder = generative.model.encoder
    discriminative.model.crossDropout = generative.model.crossDropout
    #expect(discriminative == generative)
  }

  @Test(arguments: dataSets)
  func everyFileOfADataSetNamesItsRunAndSharesTheDataAndTheSeed(dataSet: String) throws {
    let first = try Project.read("\(dataSet)/lr.yaml")
    for file in Project.files where file.hasPrefix(dataSet) {
      let configuration = try Project.read(file)
      #expect("\(file)" == "\(dataSet)/\(configuration.run.dropFirst(dataSet.count + 1)).yaml")
      #expect(configuration.run.hasPrefix("\(dataSet)_"))
      #expect(configuration.dataset == first.dataset)
      #expect(configuration.features == first.features)
      #expect(configuration.model.embeddingDimension == first.model.embeddingDimension)
      #expect(configuration.training.seed == first.training.seed)
      #expect(configuration.training.batchSize == first.training.batchSize)
      #expect(configuration.training.embeddingUpdate == .dense)
    }
  }
}
