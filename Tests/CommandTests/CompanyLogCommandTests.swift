import Foundation
import TestSupport
import Testing

/// Default settings on a synthetic log with ids, prices, counts, times, lists and quoted commas.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct CompanyLogCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(rows: Int, seed: Int, to name: String) throws {
    let process = Process()
    process.executableURL = SFGBinary.package.appending(path: "Scripts/company-log")
    process.arguments = ["\(rows)", "\(seed)", "\(folder.path)/\(name)"]
    process.standardOutput = Pipe()
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private func area(_ features: String) throws -> Double {
    _ = try folder.write(
      "log.yaml",
      """
      dataset:
        format: delimited
        source: log.csv.gz
        label: click
        fields:
          [user, item, kind, brand, device, campaign, price: numeric, age: numeric, visits: numeric,
           balance: numeric, rating: numeric, {name: tags, type: sequence, max_len: 6},
           {name: history, type: sequence, max_len: 6, embedding_of: item}]
      \(features)
      model: {embedding_dim: 8}
      training: {batch_size: 512, epochs: 6, embedding_update: lazy}
      """)
    let train = try SFGBinary.run(
      "train --config log.yaml --output run --quiet --set dataset.cache=off", in: folder.path)
    #expect(train.status == 0, "\(train.errors)")
    let eval = try SFGBinary.run("eval --run run --json", in: folder.path)
    try FileManager.default.removeItem(atPath: "\(folder.path)/run")
    return try eval.json()["AUC"] as? Double ?? 0
  }

  @Test func theSameSeedWritesTheSameBytes() throws {
    for (name, seed) in [("a.csv.gz", 1), ("b.csv.gz", 1), ("c.csv.gz", 2)] {
      try write(rows: 300, seed: seed, to: name)
    }
    #expect(try bytes("a.csv.gz") == bytes("b.csv.gz"))
    #expect(try bytes("a.csv.gz") != bytes("c.csv.gz"))
  }

  @Test func defaultEncodingsReachTheBestHandPickedOnes() throws {
    try write(rows: 60_000, seed: 1, to: "log.csv.gz")
    let automatic = try area("")
    for (categorical, numeric) in [
      ("hash, buckets: auto", "log_bucket"), ("vocabulary, min_count: 2", "log_bucket"),
      ("vocabulary, min_count: 2", "quantile, quantiles: 50"),
      ("vocabulary, min_count: 2", "value, scale: standard"),
    ] {
      let other = try area(
        "features: {categorical: {encoding: \(categorical)}, numeric: {encoding: \(numeric)}}")
      #expect(automatic >= other - 0.0005, "\(categorical), \(numeric)")
    }
  }
}
