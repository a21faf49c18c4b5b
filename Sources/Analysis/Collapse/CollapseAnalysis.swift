import LinearAlgebra
import Models
import Platform

/// How many directions of its space a model uses: `sfg analyze collapse`.
public struct CollapseAnalysis: ModelAnalysis {
  /// The name of its subcommand and of its folder.
  public static let name = "collapse"
  /// The help text of its subcommand.
  public static let abstract =
    "Plot the singular-value spectra of embeddings (dimensional collapse)."

  private let representations: [String]
  private let centring: Centring

  /// Creates the analysis of all representations and of the embedding tables.
  public init() { self.init(representations: []) }

  /// Creates the analysis of named representations, "tables" for the embedding tables; all if
  /// empty.
  public init(representations: [String], centring: Centring = .covariance) {
    self.representations = representations
    self.centring = centring
  }

  /// The places of the representations; the rows of each unstacked one are dumped.
  public func plan(_ run: AnalysedRun, first: Snapshot) throws -> AnalysisPlan {
    let representations = try chosen(run, first).representations
    return AnalysisPlan(
      places: representations.flatMap(\.places),
      dumps: representations.filter { $0.places.count == 1 }.map {
        ($0.places[0], "representation-\($0.name)")
      })
  }

  /// Starts a pass.
  public func begin(_ run: AnalysedRun, first: Snapshot, moments: ProbedMoments) throws
    -> any AnalysisPass
  {
    let (representations, tables) = try chosen(run, first)
    let factors = moments.operands.map { StreamingQR(columns: first.matrix(at: $0)?.columns ?? 0) }
    return CollapsePass(
      run: run, centring: centring, representations: representations, readsTables: tables,
      moments: moments, factors: centring == .raw ? factors : [],
      distinct: DistinctValues(run.model))
  }

  /// The report on the results of all runs.
  public func report(on results: [CollapseResult]) -> any AnalysisReport { CollapseReport(results) }

  private func chosen(_ run: AnalysedRun, _ first: Snapshot) throws
    -> (representations: [Representation], tables: Bool)
  {
    try Representation.chosen(representations, of: first, run: run.folder)
  }
}

/// Sums what the spectra of one run need.
private struct CollapsePass: AnalysisPass {
  let run: AnalysedRun
  let centring: Centring
  let representations: [Representation]
  let readsTables: Bool
  let moments: ProbedMoments
  /// One per distinct matrix if the spectra are of the matrices themselves, otherwise none.
  let factors: [StreamingQR]
  var distinct: DistinctValues

  mutating func add(_ snapshot: Snapshot) throws {
    distinct.add(snapshot.batch, rows: snapshot.rows)
    guard !factors.isEmpty else { return }
    // A model computes some matrices when they are read, on the same pool.
    let matrices = moments.operands.map(snapshot.matrix)
    _ = try run.pool.all(factors.count) { index in
      if let matrix = matrices[index] { try factors[index].add(matrix) }
    }
  }

  func finish() throws -> any AnalysisResult {
    // The moments sum their last rows on the pool: complete them before its threads decompose.
    let found = representations.map { Moments.stacked($0.places.map(moments.moments)) }
    // Stacked and single representations read the same factors on several threads: settle first.
    _ = try run.pool.all(factors.count) { index in
      try decomposed("\(moments.operands[index])") { try factors[index].settle() }
    }
    let spectra = try run.pool.all(found.count) { try spectrum(of: representations[$0], found[$0]) }
    let tables = readsTables ? run.tables() : []
    let fields = try run.pool.all(tables.count) { index in
      try decomposed("embedding table of field \(tables[index].name)") {
        try tables[index].spectrum(centring)
      }
    }
    return CollapseResult(
      run: run.description, centring: centring, representations: spectra,
      fields: fields.sorted {
        ($0.rowsSeen, $0.tableRows, $0.name) < ($1.rowsSeen, $1.tableRows, $1.name)
      })
  }

  private func spectrum(of representation: Representation, _ moments: Moments) throws
    -> RepresentationSpectrum
  {
    let name = representation.name
    if let column = moments.columns.firstNonFiniteColumn {
      throw AnalysisFailure.notFinite(run: run.description.name, matrix: name, column: column)
    }
    let covariance = moments.covariance
    let gram = try decomposed("Gram matrix of \(name)") {
      try SingularValues.ofSymmetric(moments.gram)
    }
    let roots = Spectrum(gram.map { ($0 * Double(moments.count)).squareRoot() })
    let own = try decomposed(name) { try rawSpectrum(of: representation) } ?? roots
    let spectrum =
      switch centring {
      case .covariance:
        Spectrum(
          try decomposed("covariance of \(name)") { try SingularValues.ofSymmetric(covariance) })
      case .raw: own
      }
    return RepresentationSpectrum(
      name: name, rows: moments.count, covariance: covariance, centring: centring,
      spectrum: spectrum, own: own, constantDimensions: moments.columns.constants.count,
      attainable: attainable(representation, moments))
  }

  /// The largest rank that the rows allow the matrix of the spectrum, whatever the weights.
  private func attainable(_ representation: Representation, _ moments: Moments) -> Int {
    let columns = moments.columns.means.count
    let isOneMatrix = Set(representation.places.map(self.moments.index)).count == 1
    let rows = isOneMatrix ? moments.count / representation.places.count : moments.count
    let bound =
      isOneMatrix
      ? AttainableRank(run.model, fields: distinct.varieties).bound(at: representation.places[0])
      : nil
    switch centring {
    case .covariance: return min(columns, max(rows - 1, 0), bound ?? columns)
    // The mean is one more direction.
    case .raw: return min(columns, rows, bound.map { $0 + 1 } ?? columns)
    }
  }

  /// The singular values of the uncentred rows, exact to `ε·σ₁`; nil without factors.
  private func rawSpectrum(of representation: Representation) throws -> Spectrum? {
    guard !factors.isEmpty else { return nil }
    let parts = representation.places.map { factors[moments.index(of: $0)] }
    guard parts.count > 1 else { return Spectrum(try parts[0].singularValues()) }
    let whole = StreamingQR(columns: parts[0].columns)
    for part in parts { try whole.add(part) }
    return Spectrum(try whole.singularValues())
  }

  private func decomposed<Value>(_ matrix: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let failure as DecompositionFailure {
      throw AnalysisFailure.decomposition(run: run.description.name, matrix: matrix, failure)
    }
  }
}

extension FieldTable {
  /// The spectra of the touched rows.
  ///
  /// Throws `DecompositionFailure`.
  fileprivate func spectrum(_ centring: Centring) throws -> FieldSpectrum {
    let factor = StreamingQR(columns: table.columns)
    for row in seen { try factor.add(table.row(Int(row))) }
    let own = Spectrum(try factor.singularValues())
    return FieldSpectrum(
      name: name, tableRows: table.rows, rowsSeen: seen.count, centring: centring,
      spectrum: centring == .raw ? own : try covarianceSpectrum(), own: own)
  }

  /// `σ(covariance) = σ(E − Ē)² / n`.
  private func covarianceSpectrum() throws -> Spectrum {
    let count = Double(max(seen.count, 1))
    var means = [Double](repeating: 0, count: table.columns)
    for row in seen {
      let values = table.row(Int(row))
      for column in means.indices { means[column] += Double(values[column]) }
    }
    for column in means.indices { means[column] /= count }
    let factor = StreamingQR(columns: table.columns)
    for row in seen { try factor.add(table.row(Int(row)), minus: means) }
    return Spectrum(try factor.singularValues().map { $0 * $0 / count })
  }
}

extension WorkerPool {
  /// The results of `body(0) … body(count - 1)`, in order; throws the first error in that order.
  fileprivate func all<Value>(_ count: Int, _ body: (Int) throws -> Value) throws -> [Value] {
    let monitor = Monitor()
    var results = [Result<Value, any Error>?](repeating: nil, count: count)
    run(count) { index in
      let result = Result { try body(index) }
      monitor.locked { results[index] = result }
    }
    return try results.compactMap { try $0?.get() }
  }
}
