import ClickData
import LinearAlgebra
import Models

/// Runs a model over rows and hands out what it held at some places.
public struct ModelProbe {
  private let run: String
  let model: CTRModel
  private let rows: Int
  private let nextBatch: () throws -> EncodedBatch?

  /// Reads at most `rows` rows from a source of batches, which ends with nil; `run` names the model in errors.
  public init(
    run: String, model: CTRModel, rows: Int, nextBatch: @escaping () throws -> EncodedBatch?
  ) {
    precondition(rows > 0, "ModelProbe: rows must be positive, got \(rows)")
    self.run = run
    self.model = model
    self.rows = rows
    self.nextBatch = nextBatch
  }

  /// Calls `body` with one matrix a place for every batch, cut so that exactly `rows` rows are seen.
  ///
  /// Throws what the source and the body throw, and `AnalysisFailure` where a place does not exist.
  public func read(_ places: [ProbePoint], _ body: ([MatrixView]) throws -> Void) throws {
    var left = rows
    while left > 0, let batch = try nextBatch() {
      guard batch.rows > 0 else { continue }
      _ = model.forward(batch)
      let taken = min(left, batch.rows)
      try body(
        places.map { place in
          guard let matrix = model.matrix(at: place) else {
            throw AnalysisFailure.noSuchPlace(run: run, place: place)
          }
          return matrix.rows(0..<taken)
        })
      left -= taken
    }
  }
}
