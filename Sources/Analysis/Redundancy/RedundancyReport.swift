import Foundation
import LinearAlgebra
import Platform

/// The files of `sfg analyze redundancy`: the matrix, a table, a summary, a heat map and a page.
public enum RedundancyReport {
  /// Writes the report on some runs.
  ///
  /// Throws `FileFailure`, and `FigureFailure` where cairo cannot draw.
  public static func write(_ results: [RedundancyResult], to folder: String) throws {
    let files = ReportFolder(folder, runs: results.map(\.run.name))
    let results = results.indices.map { index in
      var result = results[index]
      result.run.name = files.labels[index]
      return result
    }
    for (index, result) in results.enumerated() {
      try NpyFile.write(result.correlation, to: files.file("correlation", "npy", run: index))
    }
    try fieldTable(results).write(to: files.file("fields.csv"))
    try AtomicFile.write(summary(results).pretty + "\n", to: files.file("summary.json"))
    let picture = try heatMap(results).png()
    let file = try AtomicFile(files.file("heatmap.png"))
    try picture.withUnsafeBytes { try file.write($0) }
    try file.commit()
    let encoded = Data(picture).base64EncodedString()
    try AtomicFile.write(
      RedundancyPage(results, picture: encoded).text, to: files.file("report.html"))
  }

  /// Everything the report says in numbers.
  public static func summary(_ results: [RedundancyResult]) -> JSONValue {
    .object([
      ("analysis", .text("redundancy")),
      ("runs", .array(results.map(summary))),
    ])
  }

  private static func summary(_ result: RedundancyResult) -> JSONValue {
    .object(
      result.run.json + [
        ("rows", .integer(result.rows)),
        ("left", .text(result.operands.left)),
        ("right", .text(result.operands.right)),
        ("fields", .integer(result.fields.count)),
        ("dimensions", .integer(result.dimensions)),
        ("mean_off_diagonal", .optional(result.meanOffDiagonal)),
        ("mean_off_own_field", .optional(result.meanOffOwnField)),
        ("share_above_0.1", .optional(result.share(above: 0.1))),
        ("share_above_0.5", .optional(result.share(above: 0.5))),
        ("constant_left", .integer(result.constantLeft)),
        ("constant_right", .integer(result.constantRight)),
        (
          "most_redundant_pairs",
          .array(
            result.mostRedundantPairs(10).map {
              .object([
                ("left", .text($0.left)), ("right", .text($0.right)),
                ("mean_abs_r", .number($0.meanMagnitude)),
              ])
            })
        ),
      ])
  }

  /// One line a run and left field, one column a right field: the mean |r| of their block.
  static func fieldTable(_ results: [RedundancyResult]) -> CSVTable {
    var names: [String] = []
    var known = Set<String>()
    for name in results.flatMap(\.fields) where known.insert(name).inserted { names.append(name) }
    var table = CSVTable(header: ["run", "field"] + names)
    for result in results {
      let columns = Dictionary(
        result.fields.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      for (row, field) in result.fields.enumerated() {
        table.append(
          [.text(result.run.name), .text(field)]
            + names.map { name in
              columns[name].map { .number(result.fieldMeans[row, $0]) } ?? .empty
            })
      }
    }
    return table
  }

  static func heatMap(_ results: [RedundancyResult]) -> HeatMap {
    HeatMap(
      results.map { result in
        HeatMap.Panel(
          title: result.run.name,
          subtitle: "\(result.run.backbone), \(result.run.paradigm.rawValue)",
          fields: result.fields, leftTitle: result.operands.left,
          rightTitle: result.operands.right, matrix: result.correlation)
      })
  }
}
