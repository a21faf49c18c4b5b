/// Why a model runs forward: layers that behave differently in training read it.
public enum Pass: Equatable, Sendable {
  /// A training step, numbered from 1: dropout masks and drawn fields depend on the number.
  case training(step: Int)
  /// Evaluation: nothing is dropped, running statistics are used.
  case evaluation
}
