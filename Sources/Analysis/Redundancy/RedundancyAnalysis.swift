import LinearAlgebra
import Models
import Platform

/// Finds how strongly the two operands of an interaction repeat one another, from pairs of batches.
public final class RedundancyAnalysis {
  private let run: RunDescription
  private let fields: [String]
  private let operands: OperandNames
  private let columns: Int
  private let moments: CrossMomentAccumulator
  private let dump: (left: NpyRows, right: NpyRows)?

  /// Starts an analysis of two operands of `columns` numbers a row, an equal share of them for each field.
  ///
  /// Rows are also written to the paths in `dump`, as npy, where they are given.
  public init(
    run: RunDescription, fields: [String], operands: OperandNames = OperandNames(), columns: Int,
    pool: WorkerPool, dump: (left: String, right: String)? = nil
  ) throws {
    precondition(
      !fields.isEmpty && columns % fields.count == 0,
      "RedundancyAnalysis: \(columns) columns for \(fields.count) fields")
    self.run = run
    self.fields = fields
    self.operands = operands
    self.columns = columns
    moments = CrossMomentAccumulator(left: columns, right: columns, pool: pool)
    self.dump = try dump.map {
      (try NpyRows($0.left, columns: columns), try NpyRows($0.right, columns: columns))
    }
  }

  /// Adds rows: row `i` of one operand belongs to row `i` of the other.
  public func add(left: MatrixView, right: MatrixView) throws {
    moments.add(left: left, right: right)
    try dump?.left.append(left)
    try dump?.right.append(right)
  }

  /// Correlates what was added.
  ///
  /// Throws `AnalysisFailure`, and `FileFailure` where the dump cannot be written.
  public func finish() throws -> RedundancyResult {
    try dump?.left.commit()
    try dump?.right.commit()
    let moments = moments.finish()
    guard moments.count >= 2 else {
      throw AnalysisFailure.tooFewRows(run: run.name, found: moments.count)
    }
    for (name, side) in [(operands.left, moments.left), (operands.right, moments.right)] {
      if let column = side.firstNonFiniteColumn {
        let dimension = columns / fields.count
        throw AnalysisFailure.notFinite(
          run: run.name, matrix: name, field: fields[column / dimension],
          dimension: column % dimension)
      }
    }
    return RedundancyResult(
      run: run, rows: moments.count, fields: fields, operands: operands,
      correlation: moments.correlation, constantLeft: moments.left.constantColumns,
      constantRight: moments.right.constantColumns)
  }
}

/// What the two operands of an interaction are called in reports.
public struct OperandNames: Equatable, Sendable {
  /// The rows of the correlation matrix.
  public let left: String
  /// Its columns.
  public let right: String

  /// Names the operands.
  public init(left: String = "left operand", right: String = "right operand") {
    self.left = left
    self.right = right
  }

  /// The raw embedding beside the encoder's output: what most backbones let interact.
  public static func embedding(_ paradigm: Paradigm) -> OperandNames {
    OperandNames(
      left: "embedding",
      right: paradigm == .generative ? "generated embedding" : "embedding")
  }
}
