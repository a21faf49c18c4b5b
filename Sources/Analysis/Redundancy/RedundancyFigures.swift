import Models

/// The figures of a redundancy report.
struct RedundancyFigures {
  /// More runs than these would make a picture of tens of megabytes.
  static let drawnRuns = 4

  /// All cells of the matrices of the first runs, as a PNG file.
  let heatMap: [UInt8]
  /// The mean |r| of every pair of fields between the operands, of all runs, as SVG.
  let fieldMap: String

  /// Draws the figures; throws `FigureFailure` if cairo reports an error.
  init(_ results: [RedundancyResult]) throws {
    heatMap = try HeatMap(Self.panels(of: Array(results.prefix(Self.drawnRuns)))).png()
    fieldMap =
      FieldMap(
        results.map { result in
          let matrix = result.between
          return FieldMap.Panel(
            title: result.run.name, leftFields: matrix.leftFields.map { result.fields[$0] },
            rightFields: matrix.rightFields.map { result.fields[$0] },
            leftTitle: result.operands.left, rightTitle: result.operands.right,
            offset: matrix.leftFields.lowerBound - matrix.rightFields.lowerBound,
            means: matrix.fieldMeans)
        }
      ).svg
  }

  /// A row of three matrices per run; where all runs have one operand, one row of all runs.
  static func panels(of results: [RedundancyResult]) -> [[HeatMap.Panel]] {
    guard results.contains(where: { !$0.hasOneOperand }) else {
      let panels = results.map { panel($0, "between", $0.between) }
      return panels.count < 4 ? [panels] : [Array(panels[..<2]), Array(panels[2...])]
    }
    return results.map { result in result.matrices.map { panel(result, $0, $1) } }
  }

  private static func panel(
    _ result: RedundancyResult, _ name: String, _ matrix: RedundancyMatrix
  ) -> HeatMap.Panel {
    let operands = result.operands
    return HeatMap.Panel(
      title: result.run.name,
      subtitle:
        "\(result.run.backbone.rawValue), \(result.run.paradigm.rawValue): "
        + (name == "between" ? "between the operands" : "\(result.meaning(of: name))"),
      leftFields: matrix.leftFields.map { result.fields[$0] },
      rightFields: matrix.rightFields.map { result.fields[$0] },
      leftTitle: name == "within_right" ? operands.right : operands.left,
      rightTitle: name == "within_left" ? operands.left : operands.right,
      matrix: matrix.correlation)
  }
}
