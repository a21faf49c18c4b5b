/// How a model is trained: the `training:` section of a configuration.
public struct TrainingSettings: Equatable, Sendable {
  /// The rule that turns gradients into updates.
  public enum OptimizerKind: String, CaseIterable, Sendable {
    /// Kingma and Ba, 2015.
    case adam
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    case adamW = "adamw"
    /// Duchi, Hazan and Singer, 2011.
    case adagrad
    /// Stochastic gradient descent without momentum.
    case sgd
    /// Adagrad with one number of history for each row of a table.
    case rowwiseAdagrad = "rowwise_adagrad"
  }

  /// Which rows of the embedding tables a step updates.
  public enum EmbeddingUpdate: String, CaseIterable, Sendable {
    /// Every row, every step, as FuxiCTR does: moments decay and the regulariser pulls everywhere.
    case dense
    /// The rows that the batch touches.
    case lazy
  }

  /// Rows a step.
  public var batchSize = 4096
  /// Passes over the training split, at most.
  public var epochs = 100
  /// The update rule.
  public var optimizer = OptimizerKind.adam
  /// Which rows of a table are updated.
  public var embeddingUpdate = EmbeddingUpdate.dense
  /// The step size before any reduction.
  public var learningRate = 1e-3
  /// λ of `(λ/2)·‖E‖²` over the embedding tables.
  public var embeddingRegularizer = 0.0
  /// λ of `(λ/2)·‖W‖²` over every other weight and bias.
  public var netRegularizer = 0.0
  /// The global norm to which a larger gradient is scaled; 0 never clips.
  public var maxGradientNorm = 10.0
  /// Whether rows come in a new order each epoch.
  public var shuffle = true
  /// How many rows the shuffle holds in memory.
  public var shuffleRows = 262_144
  /// Chooses initial weights and the order of rows.
  public var seed = 2021
  /// Evaluates every so many steps as well as at the end of every epoch; nil is at epochs alone.
  public var evalSteps: Int?
  /// Minutes after which a checkpoint is written between two evaluations; nil is at evaluations
  /// alone.
  public var checkpointMinutes: Double? = 10
  /// The weights of the metrics whose sum should grow: AUC and logloss.
  public var monitor = Monitor()
  /// Evaluations in a row that may fail to improve before training ends.
  public var earlyStopPatience = 2
  /// Whether an evaluation that does not improve divides the learning rate by ten.
  public var reduceLearningRateOnPlateau = true
  /// Whether evaluations are also written as TensorBoard's event files.
  public var tensorboard = false

  /// What an evaluation is judged by: `auc·AUC + logloss·Logloss`.
  public struct Monitor: Equatable, Sendable {
    /// The weight of the AUC.
    public var auc = 1.0
    /// The weight of the Logloss, negative for a loss that should fall.
    public var logloss = 0.0
    /// AUC alone.
    public init() {}
  }

  /// The defaults.
  public init() {}
}
