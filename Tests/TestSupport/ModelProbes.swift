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
  /// The logits of a batch, copied while the model that owns them is alive.
  public func logits(_ batch: EncodedBatch) -> [Double] {
    withExtendedLifetime(self) { forward(batch).doubles }
  }

  /// The values at a probe point in the last forward pass, copied while the model that owns them is
  /// alive.
  public func values(at point: ProbePoint) -> [Double]? {
    withExtendedLifetime(self) { matrix(at: point)?.doubles }
  }
}
