import LinearAlgebra
import Models
import Platform

/// Finds how many directions a model's representations use, from rows that arrive in batches.
final class CollapseAnalysis {
  private let run: RunDescription
  private let centring: Centring
  private let representations: [Representation]
  private let moments: ProbedMoments
  private let pool: WorkerPool
  /// One a distinct matrix, where the spectrum of the matrix itself is asked for.
  private let factors: [StreamingQR]
  private let dumps: [(place: ProbePoint, file: NpyRows)]

  /// Starts an analysis of some representations, whose moments somebody else adds to.
  ///
  /// The rows of each single one are also written as npy where the request says so.
  init(
    run: RunDescription, _ request: AnalysisRequest.Collapse, representations: [Representation],
    first: Snapshot, moments: ProbedMoments, pool: WorkerPool
  ) throws {
    self.run = run
    centring = request.centring
    self.representations = representations
    self.moments = moments
    self.pool = pool
    func width(_ place: ProbePoint) -> Int { first.matrix(at: place)?.columns ?? 0 }
    factors =
      centring == .raw ? moments.operands.map { StreamingQR(columns: width($0)) } : []
    dumps = try representations.filter { $0.places.count == 1 }.compactMap { representation in
      let place = representation.places[0]
      return try request.dump(representation.name).map {
        (place, try NpyRows($0, columns: width(place)))
      }
    }
  }

  /// Looks at a batch.
  func add(_ snapshot: Snapshot) throws {
    for (place, file) in dumps {
      if let matrix = snapshot.matrix(at: place) { try file.append(matrix) }
    }
    guard !factors.isEmpty else { return }
    _ = try pool.all(factors.count) { index in
      if let matrix = snapshot.matrix(at: moments.operands[index]) {
        try factors[index].add(matrix)
      }
    }
  }

  /// Decomposes what was added, and the fields' tables.
  ///
  /// Throws `AnalysisFailure`, and `FileFailure` where a dump cannot be written.
  func finish(tables: [FieldTable]) throws -> CollapseResult {
    for (_, file) in dumps { try file.commit() }
    // The last rows are summed by the pool: before its threads decompose what came of them.
    let found = representations.map { Moments.stacked($0.places.map(moments.moments)) }
    // A stacked representation and its single places read the same factors, on different threads.
    _ = try pool.all(factors.count) { index in
      try decomposed("\(moments.operands[index])") { try factors[index].settle() }
    }
    let spectra = try pool.all(found.count) { try spectrum(of: representations[$0], found[$0]) }
    let fields = try pool.all(tables.count) { index in
      try decomposed("embedding table of field \(tables[index].name)") {
        try tables[index].spectrum(centring)
      }
    }
    return CollapseResult(
      run: run, centring: centring, representations: spectra,
      fields: fields.sorted {
        ($0.rowsSeen, $0.tableRows, $0.name) < ($1.rowsSeen, $1.tableRows, $1.name)
      })
  }

  private func spectrum(of representation: Representation, _ moments: Moments) throws
    -> RepresentationSpectrum
  {
    let name = representation.name
    if let column = moments.columns.firstNonFiniteColumn {
      throw AnalysisFailure.notFinite(run: run.name, matrix: name, column: column)
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
      spectrum: spectrum, own: own, constantDimensions: moments.columns.constantColumns)
  }

  /// The singular values of the rows themselves, exact to `ε·σ₁`; nil where nobody asked for them.
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
      throw AnalysisFailure.decomposition(run: run.name, matrix: matrix, failure)
    }
  }
}

extension WorkerPool {
  /// The results of `body(0) … body(count - 1)`, in order; throws the first error there was.
  func all<Value>(_ count: Int, _ body: (Int) throws -> Value) throws -> [Value] {
    let monitor = Monitor()
    var results = [Result<Value, any Error>?](repeating: nil, count: count)
    run(count) { index in
      let result = Result { try body(index) }
      monitor.locked { results[index] = result }
    }
    return try results.compactMap { try $0?.get() }
  }
}
