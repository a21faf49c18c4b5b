import ClickData
import LinearAlgebra
import Models

/// Runs a model over rows and hands out what it held at some places.
public struct ModelProbe {
  /// The folder of the run, which names the model in errors.
  let run: String
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

  /// Calls `body` with what the model held for every batch, cut so that exactly `rows` rows are seen.
  ///
  /// Throws what the source and the body throw.
  public func read(_ body: (Snapshot) throws -> Void) throws {
    var left = rows
    while left > 0, let batch = try nextBatch() {
      guard batch.rows > 0 else { continue }
      _ = model.forward(batch)
      let taken = min(left, batch.rows)
      try body(Snapshot(rows: taken, model.matrix))
      left -= taken
    }
  }
}

/// What a model held in its last forward pass, valid until the next one.
public struct Snapshot {
  private let rows: Int
  private let matrices: (ProbePoint) -> MatrixView?

  /// Looks matrices up by their places, and at their first `rows` rows alone.
  init(rows: Int, _ matrices: @escaping (ProbePoint) -> MatrixView?) {
    self.rows = rows
    self.matrices = matrices
  }

  /// The matrix at a place, `[rows, columns]`; nil where the model has no such place.
  public func matrix(at place: ProbePoint) -> MatrixView? { matrices(place)?.rows(0..<rows) }

  /// The places of one kind that the model has, from 0 on.
  func places(_ kind: (Int) -> ProbePoint) -> [ProbePoint] {
    var places: [ProbePoint] = []
    while matrix(at: kind(places.count)) != nil { places.append(kind(places.count)) }
    return places
  }
}
