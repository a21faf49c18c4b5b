import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

private func predictions(to path: String) throws -> Metrics {
  let model = CTRModel(
    schema: LearnableRows.schema, settings: ModelSettings(), batchCapacity: 64, seed: 1,
    pool: WorkerPool(threads: 1))
  let writer = try PredictionWriter(path)
  let metrics = try Evaluator(model).evaluate(
    LearnableRows.Pass(rows: 500, batchSize: 64, seed: 2), split: "test"
  ) { try writer.write($0, logits: $1) }
  try writer.commit()
  return metrics
}

/// Writes `rows` lines of criteo's layout whose click depends on C1.
private func writeCriteo(_ path: String, rows: Int, seed: UInt64) throws {
  var text = ""
  for number in 0..<rows {
    let row = LearnableRows.row(number, seed: seed)
    let integers = (1...13).map { $0 == 1 ? "\(row.b)" : "" }
    let categories = (1...26).map { $0 == 1 ? "a\(row.a)" : "b\(row.b)" }
    text += ([row.clicked ? "1" : "0"] + integers + categories).joined(separator: "\t") + "\n"
  }
  try AtomicFile.write(text, to: path)
}

/// The part of `result.json` that the test reads.
private struct Result: Decodable {
  struct Scores: Decodable {
    let AUC, logloss: Double?
    let rows, positives: Int
  }
  struct Pass: Decodable {
    let rows, bad_rows: Int
  }
  struct Counts: Decodable {
    let total: Int
    let tensors: [String: Int]
  }
  let valid, test: Scores
  let data: [String: Pass]
  let parameters: Counts
  let optimizer: String
  let seconds: [String: Double]
  let peak_memory_bytes: Int
}

@Suite struct RunFolderTests {
  @Test func predictionsReadBackToTheSameBits() throws {
    let folder = try TemporaryFolder()
    let metrics = try predictions(to: folder.file("p.csv"))
    let lines = try String(contentsOfFile: folder.file("p.csv"), encoding: .utf8)
      .split(separator: "\n")
    #expect(lines[0] == "row,label,logit,probability")
    #expect(lines.count == 501)
    var accumulator = MetricsAccumulator()
    let logit = Matrix(rows: 1, columns: 1)
    var seen: Set<Int> = []
    for line in lines.dropFirst() {
      let columns = line.split(separator: ",")
      let row = try #require(Int(columns[0]))
      let value = try #require(Scalar(columns[2]))
      seen.insert(row)
      #expect((columns[1] == "1") == LearnableRows.row(row, seed: 2).clicked)
      #expect(Float(columns[3]) == Float(1 / (1 + exp(-Double(value)))))
      logit[0, 0] = value
      var label: Float = columns[1] == "1" ? 1 : 0
      try accumulator.add(logits: logit.view, labels: &label)
    }
    #expect(seen == Set(0..<500))
    #expect(accumulator.metrics() == metrics)
  }

  @Test func gzippedPredictionsHoldTheSameText() throws {
    let folder = try TemporaryFolder()
    _ = try predictions(to: folder.file("p.csv"))
    _ = try predictions(to: folder.file("p.csv.gz"))
    let gunzip = Process()
    gunzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gunzip.arguments = ["gzip", "-d", folder.file("p.csv.gz"), "-c"]
    let pipe = Pipe()
    gunzip.standardOutput = pipe
    try gunzip.run()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    gunzip.waitUntilExit()
    #expect(gunzip.terminationStatus == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("p.csv"))) == text)
  }

  @Test func predictionsThatAreNotCommittedLeaveNothing() throws {
    let folder = try TemporaryFolder()
    do { _ = try PredictionWriter(folder.file("p.csv")) }
    #expect(folder.files.isEmpty)
  }

  @Test func jsonKeepsItsOrderAndItsNumbers() throws {
    let value = JSONValue.object([
      ("z", .number(0.1)), ("a", .optional(nil)), ("n", .number(.nan)),
      ("t", .text("a\"\\\n\u{1}é")), ("l", .array([.integer(1), .boolean(true)])),
    ])
    #expect(
      value.description
        == #"{"z": 0.1, "a": null, "n": null, "t": "a\"\\\n\u0001é", "l": [1, true]}"#)
    for text in [value.description, value.pretty] {
      let read = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(read["t"] as? String == "a\"\\\n\u{1}é")
    }
    let smallest = Double.leastNonzeroMagnitude
    for number: Double in [1e-300, 1 / 3, smallest, 1.7976931348623157e308, -0.25] {
      #expect(Double(JSONValue.number(number).description) == number)
    }
  }

  @Test func beginningAgainRemovesTheFilesOfAnEarlierRun() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.file("run"))
    try folder.begin(configuration: "a: 1\n")
    for path in [folder.resultPath, folder.metricsPath, folder.bestPath] {
      try AtomicFile.write("old", to: path)
    }
    try folder.begin(configuration: "a: 2\n")
    #expect(temporary.files == ["run/config.yaml"])
    #expect(try String(contentsOfFile: folder.configurationPath, encoding: .utf8) == "a: 2\n")
  }

  @Test func aRunFromFilesToResultWritesItsFolder() throws {
    let temporary = try TemporaryFolder()
    var data = DatasetSettings()
    for (number, split) in ["train", "valid", "test"].enumerated() {
      try writeCriteo(
        temporary.file("\(split).tsv"), rows: number == 0 ? 3000 : 800, seed: UInt64(number + 1))
    }
    data.train = [temporary.file("train.tsv")]
    data.valid = [temporary.file("valid.tsv")]
    data.test = [temporary.file("test.tsv")]
    var training = TrainingSettings()
    training.batchSize = 100
    training.epochs = 3
    training.learningRate = 0.01
    training.embeddingUpdate = .lazy
    let dataset = try Dataset(settings: data)
    let encoder = try dataset.fit()
    let pool = WorkerPool(threads: 2)
    let model = CTRModel(
      schema: encoder.schema, settings: ModelSettings(), batchCapacity: training.batchSize,
      seed: 1, pool: pool)
    let folder = RunFolder(temporary.file("run"))
    try folder.begin(configuration: "run: files\n")
    let trainer = Trainer(
      model, settings: training,
      data: TrainingData(dataset, encoder: encoder, settings: training), folder: folder, pool: pool)
    let record = try trainer.train()
    try folder.write(
      RunResult(
        name: "files", record: record, parameters: model.parameters,
        optimizer: trainer.optimizer.semantics, seed: training.seed, threads: pool.threads,
        blas: OpenBLAS.description, version: "test"))

    let first = try #require(record.evaluations.first?.metrics.logloss)
    let last = try #require(record.valid?.logloss)
    #expect(last <= first && last < 0.56)
    #expect(try #require(record.test?.auc) > 0.77)
    #expect(
      temporary.files.filter { $0.hasPrefix("run/") } == [
        "run/checkpoint/best.safetensors", "run/checkpoint/data.json",
        "run/checkpoint/last.safetensors", "run/checkpoint/seen_rows.safetensors",
        "run/config.yaml", "run/metrics.jsonl",
        "run/result.json",
      ])
    let result = try JSONDecoder().decode(
      Result.self, from: Data(contentsOf: URL(fileURLWithPath: folder.resultPath)))
    #expect(result.test.AUC == record.test?.auc && result.test.rows == 800)
    #expect(result.valid.logloss == record.valid?.logloss)
    let train = try #require(result.data["train"])
    #expect(train.rows == 3000 && train.bad_rows == 0)
    #expect(result.parameters.total == model.parameters.reduce(0) { $0 + $1.count })
    #expect(result.parameters.tensors["first_order.bias"] == 1)
    #expect(
      Set(result.seconds.keys) == ["read", "encode", "compute", "update", "evaluate", "total"])
    #expect(result.peak_memory_bytes > 1_000_000)
    #expect(result.optimizer.contains("embedding_update lazy"))
  }
}
