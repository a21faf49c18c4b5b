import LinearAlgebra
import Models
import Platform

/// Finds how many directions a representation uses, from rows that arrive in batches.
public final class CollapseAnalysis {
  private let run: RunDescription
  private let fields: [String]
  private let moments: MomentAccumulator
  private let columns: Int
  private let pool: WorkerPool
  private let dump: NpyRows?

  /// Starts an analysis of rows of `columns` numbers, an equal share of them for each field.
  ///
  /// Rows are also written to `dump`, as npy, where it is given.
  public init(
    run: RunDescription, fields: [String], columns: Int, pool: WorkerPool, dump: String? = nil
  ) throws {
    precondition(
      !fields.isEmpty && columns % fields.count == 0,
      "CollapseAnalysis: \(columns) columns for \(fields.count) fields")
    self.run = run
    self.fields = fields
    self.columns = columns
    self.pool = pool
    moments = MomentAccumulator(columns: columns, pool: pool)
    self.dump = try dump.map { try NpyRows($0, columns: columns) }
  }

  /// Adds rows of the representation: a `[rows, columns]` view.
  public func add(_ representation: MatrixView) throws {
    moments.add(representation)
    try dump?.append(representation)
  }

  /// Decomposes what was added, and the fields' tables.
  ///
  /// Throws `AnalysisFailure`, and `FileFailure` where the dump cannot be written.
  public func finish(tables: [FieldTable]) throws -> CollapseResult {
    try dump?.commit()
    let moments = moments.finish()
    guard moments.count >= 2 else {
      throw AnalysisFailure.tooFewRows(run: run.name, found: moments.count)
    }
    if let column = moments.columns.firstNonFiniteColumn {
      let dimension = columns / fields.count
      throw AnalysisFailure.notFinite(
        run: run.name, matrix: "representation", field: fields[column / dimension],
        dimension: column % dimension)
    }
    let covariance = moments.covariance
    let gram = try decomposed("Gram matrix") { try SingularValues.of(moments.gram) }
    return CollapseResult(
      run: run, rows: moments.count, covariance: covariance,
      spectrum: Spectrum(
        try decomposed("covariance") { try SingularValues.of(covariance) }),
      uncentred: Spectrum(gram.map { ($0 * Double(moments.count)).squareRoot() }),
      constantDimensions: moments.columns.constantColumns, fields: try spectra(of: tables))
  }

  /// The tables' spectra, a table a thread.
  private func spectra(of tables: [FieldTable]) throws -> [FieldSpectrum] {
    let monitor = Monitor()
    var results = [Result<FieldSpectrum, any Error>?](repeating: nil, count: tables.count)
    pool.run(tables.count) { index in
      let result = Result { try tables[index].spectrum() }
      monitor.locked { results[index] = result }
    }
    return try results.enumerated().compactMap { index, result in
      try decomposed("embedding table of field \(tables[index].name)") { try result?.get() }
    }
  }

  private func decomposed<Value>(_ matrix: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let failure as DecompositionFailure {
      throw AnalysisFailure.decomposition(run: run.name, matrix: matrix, failure)
    }
  }
}

/// What a `CollapseAnalysis` found in one run.
public struct CollapseResult: Sendable {
  /// The run.
  public var run: RunDescription
  /// Rows analysed.
  public let rows: Int
  /// The biased covariance of the representation.
  public let covariance: DoubleMatrix
  /// The singular values of the covariance: information abundance is that of this spectrum, as the authors'.
  public let spectrum: Spectrum
  /// The singular values of the representation itself, uncentred: RankMe is that of this spectrum.
  public let uncentred: Spectrum
  /// Dimensions that never change.
  public let constantDimensions: Int
  /// The embedding tables, in the order of the fields.
  public let fields: [FieldSpectrum]

  /// Dimensions of the representation.
  public var dimensions: Int { spectrum.values.count }
  /// How many of the covariance's largest singular values reach 98 % of their sum.
  public var dimensionsFor98Percent: Int { spectrum.count(reaching: 0.98) }
}
