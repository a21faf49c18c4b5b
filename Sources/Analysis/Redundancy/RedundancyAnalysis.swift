import LinearAlgebra
import Models
import Platform

/// Finds how strongly the two operands of an interaction repeat one another, and each repeats itself.
final class RedundancyAnalysis {
  private let run: RunDescription
  private let fields: [String]
  private let operands: OperandNames
  private let moments: ProbedMoments
  private let dumps: [(place: ProbePoint, file: NpyRows)]

  /// The two operands of the first interaction.
  static let places: [ProbePoint] = [.left, .right]

  /// Starts an analysis of a model's first interaction, whose moments somebody else adds to.
  ///
  /// Rows are also written as npy where the request says so.
  init(
    run: RunDescription, _ request: AnalysisRequest.Redundancy, fields: [String],
    first: Snapshot, moments: ProbedMoments
  ) throws {
    self.run = run
    self.fields = fields
    operands = request.operands
    self.moments = moments
    dumps = try zip(Self.places, ["left", "right"]).compactMap { place, name in
      let width = first.matrix(at: place)?.columns ?? 0
      return try request.dump(name).map { (place, try NpyRows($0, columns: width)) }
    }
  }

  /// Looks at a batch.
  func add(_ snapshot: Snapshot) throws {
    for (place, file) in dumps {
      if let matrix = snapshot.matrix(at: place) { try file.append(matrix) }
    }
  }

  /// Correlates what was added.
  ///
  /// Throws `AnalysisFailure`, and `FileFailure` where a dump cannot be written.
  func finish() throws -> RedundancyResult {
    for (_, file) in dumps { try file.commit() }
    let cross = moments.cross(.left, .right)
    for (name, side) in [(operands.left, cross.left), (operands.right, cross.right)] {
      if let column = side.firstNonFiniteColumn {
        throw AnalysisFailure.notFinite(run: run.name, matrix: name, column: column)
      }
    }
    return RedundancyResult(
      run: run, rows: cross.count, fields: fields, operands: operands,
      between: RedundancyMatrix(cross.correlation, fields: fields.count),
      withinLeft: RedundancyMatrix(moments.cross(.left, .left).correlation, fields: fields.count),
      withinRight: RedundancyMatrix(
        moments.cross(.right, .right).correlation, fields: fields.count),
      constantLeft: cross.left.constantColumns, constantRight: cross.right.constantColumns)
  }
}
