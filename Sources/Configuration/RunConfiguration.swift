import ClickData
import Models
import Training

/// A run as its user wrote it down, with every default filled in.
public struct RunConfiguration: Equatable, Sendable {
  /// The run's name, which also names its folder.
  public var run = "run"
  /// Where rows come from.
  public var dataset = DatasetSettings()
  /// How fields become ids.
  public var features = FeatureSettings()
  /// What is trained.
  public var model = ModelSettings()
  /// How it is trained.
  public var training = TrainingSettings()
  /// The defaults.
  public init() {}
}
