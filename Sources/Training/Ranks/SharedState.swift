import Cluster
import LinearAlgebra
import Models

/// Gives every rank the values of rank 0: parameters, statistics, the rows that training touched
/// and the optimizer's state.
struct SharedState {
  private let model: CTRModel
  private let optimizer: any Optimizer
  private let collectives: any Collectives
  private let message = MessageBuffer()

  /// Bytes of a message.
  private static let messageBytes = 8 << 20

  init(_ model: CTRModel, _ optimizer: any Optimizer, _ collectives: any Collectives) {
    self.model = model
    self.optimizer = optimizer
    self.collectives = collectives
  }

  /// Replaces everything; on rank 0, where others have changed the values, no update may have been
  /// deferred then.
  func replace() throws {
    defer { optimizer.valuesChanged() }
    guard collectives.ranks > 1 else { return }
    if collectives.rank > 0 { optimizer.flush() }
    for tensor in Checkpoint.tensors(of: model) + optimizer.state {
      let values = tensor.values
      try replace(values.rows, bytesPerRow: values.columns * MemoryLayout<Scalar>.stride) {
        UnsafeMutableRawPointer(values.row($0))
      }
    }
    for touched in model.touchedRows {
      try replace(touched.tableRows, bytesPerRow: 1) { UnsafeMutableRawPointer(touched.seen + $0) }
      if collectives.rank > 0 { touched.seenWasReplaced() }
    }
  }

  /// Replaces rows of bytes.
  private func replace(
    _ rows: Int, bytesPerRow: Int, _ row: (Int) -> UnsafeMutableRawPointer
  ) throws {
    let most = max(1, Self.messageBytes / max(bytesPerRow, 1))
    for start in stride(from: 0, to: rows, by: most) {
      let part = start..<min(start + most, rows)
      message.clear()
      if collectives.rank == 0 {
        for index in part {
          message.append(
            contentsOf: UnsafeBufferPointer(
              start: row(index).assumingMemoryBound(to: UInt8.self), count: bytesPerRow
            ).span)
        }
      }
      try collectives.broadcast(message, from: 0)
      guard collectives.rank > 0 else { continue }
      var reader = MessageReader(message)
      for index in part {
        reader.copy(bytesPerRow, to: row(index).assumingMemoryBound(to: UInt8.self))
      }
    }
  }
}
