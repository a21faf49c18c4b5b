import LinearAlgebra
import Models

/// How redundant the two operands of the first interaction are: `sfg analyze redundancy`.
public struct RedundancyAnalysis: ModelAnalysis {
  /// The name of its subcommand and of its folder.
  public static let name = "redundancy"
  /// The help text of its subcommand.
  public static let abstract =
    "Plot the Pearson correlations between the two sides of the interactions."

  /// Creates the analysis.
  public init() {}

  /// The moments of the two operands and between them; the rows of both are dumped.
  public func plan(_ run: AnalysedRun, first: Snapshot) throws -> AnalysisPlan {
    for place in [ProbePoint.left, .right] where first.matrix(at: place) == nil {
      throw AnalysisFailure.noSuchPlace(run: run.folder, place: place)
    }
    return AnalysisPlan(pairs: [(.left, .right)], dumps: [(.left, "left"), (.right, "right")])
  }

  /// Starts a pass.
  public func begin(_ run: AnalysedRun, first: Snapshot, moments: ProbedMoments) throws
    -> any AnalysisPass
  {
    let (backbone, paradigm) = (run.description.backbone, run.description.paradigm)
    guard let operands = backbone.operands(in: paradigm) else {
      throw AnalysisFailure.noSuchPlace(run: run.folder, place: .left)
    }
    return RedundancyPass(run: run, operands: operands, moments: moments)
  }

  /// The report on the results of all runs.
  ///
  /// Throws `FigureFailure` if the heat map cannot be drawn.
  public func report(on results: [RedundancyResult]) throws -> any AnalysisReport {
    try RedundancyReport(results)
  }
}

/// Correlates the operands of one run.
private struct RedundancyPass: AnalysisPass {
  let run: AnalysedRun
  let operands: OperandNames
  let moments: ProbedMoments

  func finish() throws -> any AnalysisResult {
    let cross = moments.cross(.left, .right)
    for (name, side) in [(operands.left, cross.left), (operands.right, cross.right)] {
      if let column = side.firstNonFiniteColumn {
        throw AnalysisFailure.notFinite(run: run.description.name, matrix: name, column: column)
      }
    }
    let left = 0..<run.fields.count
    let right = operands.rightFields.range(of: run.fields.count)
    func matrix(
      _ moments: CrossMoments, _ left: Range<Int>, _ right: Range<Int>
    ) -> RedundancyMatrix {
      RedundancyMatrix(
        moments.correlation, left: left, right: right,
        constantRows: moments.left.constants, constantColumns: moments.right.constants)
    }
    return RedundancyResult(
      run: run.description, rows: cross.count, fields: run.fields, operands: operands,
      between: matrix(cross, left, right),
      withinLeft: matrix(moments.cross(.left, .left), left, left),
      withinRight: matrix(moments.cross(.right, .right), right, right),
      constantLeft: cross.left.constants.count, constantRight: cross.right.constants.count)
  }
}

/// The correlations between and within the operands of one run.
public struct RedundancyResult: AnalysisResult {
  /// The run.
  public var run: RunDescription
  /// The number of rows.
  public let rows: Int
  /// The names of the fields, in the order of their blocks.
  public let fields: [String]
  /// The names of the operands.
  public let operands: OperandNames
  /// The left operand against the right one.
  public let between: RedundancyMatrix
  /// The left operand against itself.
  public let withinLeft: RedundancyMatrix
  /// The right operand against itself.
  public let withinRight: RedundancyMatrix
  /// The number of constant dimensions of the left operand, whose pairs are left out.
  public let constantLeft: Int
  /// The number of constant dimensions of the right operand.
  public let constantRight: Int

  /// The three matrices by name, in the order of reports.
  public var matrices: [(name: String, matrix: RedundancyMatrix)] {
    [("between", between), ("within_left", withinLeft), ("within_right", withinRight)]
  }

  /// The matrices without copies of the first, as where both operands are the raw embedding.
  var distinctMatrices: [(name: String, matrix: RedundancyMatrix)] {
    matrices.filter { $0.name == "between" || $0.matrix != between }
  }

  /// Whether both operands are the embedding, so that all three matrices are one.
  var hasOneOperand: Bool { between == withinLeft && between == withinRight }

  /// The number of constant dimensions in each operand of the matrix of a name.
  func constants(of name: String) -> [Int] {
    switch name {
    case "within_left": [constantLeft]
    case "within_right": [constantRight]
    default: [constantLeft, constantRight]
    }
  }

  /// The operands that the matrix of a name compares.
  func meaning(of name: String) -> String {
    switch name {
    case "within_left": "\(operands.left) with itself"
    case "within_right": "\(operands.right) with itself"
    default: "\(operands.left) with \(operands.right)"
    }
  }
}
