import ClickData
import LinearAlgebra
import Models

extension Parameter {
  /// Sets every element to a standard normal number drawn from a seed.
  public func randomize(seed: UInt64) {
    let values = Matrix.random(value.rows, value.columns, seed: seed)
    withExtendedLifetime(values) { value.view.copy(from: values.view) }
  }
}

extension CTRModel {
  /// The logits of a batch, read while the model that owns them lives.
  public func logits(_ batch: EncodedBatch) -> [Double] {
    withExtendedLifetime(self) { forward(batch).doubles }
  }

  /// What a place held in the last forward, read while the model that owns it lives.
  public func values(at point: ProbePoint) -> [Double]? {
    withExtendedLifetime(self) { matrix(at: point)?.doubles }
  }
}
