/// The pictures of a redundancy report, all runs in each.
struct RedundancyFigures {
  /// Every cell of the matrices, as a PNG file.
  let heatMap: [UInt8]
  /// The mean |r| of every pair of fields, as SVG.
  let fieldMap: String

  /// Draws them; throws `FigureFailure` where cairo refuses.
  init(_ results: [RedundancyResult]) throws {
    heatMap = try HeatMap(
      results.map { result in
        HeatMap.Panel(
          title: result.run.name,
          subtitle: "\(result.run.backbone), \(result.run.paradigm.rawValue)",
          fields: result.fields, leftTitle: result.operands.left,
          rightTitle: result.operands.right, matrix: result.between.correlation)
      }
    ).png()
    fieldMap =
      FieldMap(
        results.map { result in
          FieldMap.Panel(
            title: result.run.name, fields: result.fields, leftTitle: result.operands.left,
            rightTitle: result.operands.right, means: result.between.fieldMeans)
        }
      ).svg
  }
}
