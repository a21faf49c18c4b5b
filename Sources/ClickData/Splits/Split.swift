/// A part of the data with a purpose of its own.
public enum Split: String, CaseIterable, Sendable {
  /// What the model learns from.
  case train
  /// What chooses the best checkpoint.
  case valid
  /// What is reported.
  case test
}
