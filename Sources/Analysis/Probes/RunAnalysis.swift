import ClickData
import LinearAlgebra
import Models
import Platform

extension ModelProbe {
  /// Analyses the collapse of the encoder's output (the raw embedding where nothing is generated) and of the
  /// embedding tables.
  public func collapse(
    of description: RunDescription, pool: WorkerPool, dump: String? = nil
  ) throws -> CollapseResult {
    var analysis: CollapseAnalysis?
    try read([.generated]) { matrices in
      let started =
        try analysis
        ?? CollapseAnalysis(
          run: description, fields: model.schema.map(\.name), columns: matrices[0].columns,
          pool: pool, dump: dump)
      analysis = started
      try started.add(matrices[0])
    }
    guard let analysis else { throw AnalysisFailure.tooFewRows(run: description.name, found: 0) }
    return try analysis.finish(tables: FieldTable.all(of: model))
  }

  /// Analyses how strongly the two operands of the first interaction repeat one another.
  public func redundancy(
    of description: RunDescription, operands: OperandNames = OperandNames(), pool: WorkerPool,
    dump: (left: String, right: String)? = nil
  ) throws -> RedundancyResult {
    var analysis: RedundancyAnalysis?
    try read([.left, .right]) { matrices in
      let started =
        try analysis
        ?? RedundancyAnalysis(
          run: description, fields: model.schema.map(\.name), operands: operands,
          columns: matrices[0].columns, pool: pool, dump: dump)
      analysis = started
      try started.add(left: matrices[0], right: matrices[1])
    }
    guard let analysis else { throw AnalysisFailure.tooFewRows(run: description.name, found: 0) }
    return try analysis.finish()
  }
}
