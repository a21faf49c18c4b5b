import LinearAlgebra
import Models

/// How a model is trained: the `training:` section of a configuration.
public struct TrainingSettings: Equatable, Sendable {
  /// The rule that computes updates from gradients.
  public enum OptimizerKind: String, CaseIterable, Sendable {
    /// Kingma and Ba, 2015.
    case adam
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    case adamW = "adamw"
    /// Duchi, Hazan and Singer, 2011.
    case adagrad
    /// Stochastic gradient descent without momentum.
    case sgd
    /// Adagrad with one accumulator per table row.
    case rowwiseAdagrad = "rowwise_adagrad"
  }

  /// Which rows of the embedding tables a step updates.
  public enum EmbeddingUpdate: String, CaseIterable, Sendable {
    /// Every row, as in FuxiCTR: moments decay and regularisation applies everywhere.
    case dense
    /// The rows that the batch touches.
    case lazy
  }

  /// Whose weights a run keeps, beside those of the last checkpoint.
  public enum KeptWeights: String, CaseIterable, Sendable {
    /// Those of the best evaluation.
    case best
    /// Those of the best evaluation and those at the end of every epoch.
    case all
  }

  /// Rows per step.
  public var batchSize = 4096
  /// The maximum number of passes over the training split.
  public var epochs = 100
  /// Whether each file of the training rows, or each day, is evaluated before it is trained on,
  /// once and in order.
  public var progressive = false
  /// The update rule.
  public var optimizer = OptimizerKind.adam
  /// Which rows of a table are updated.
  public var embeddingUpdate = EmbeddingUpdate.dense
  /// The precision of fully connected layers' products, in training and of the trained model.
  public var precision = ProductPrecision.float32
  /// The step size before any reduction.
  public var learningRate = 1e-3
  /// λ of `(λ/2)·‖E‖²` over the embedding tables.
  public var embeddingRegularizer = 0.0
  /// λ of `(λ/2)·‖W‖²` over every other weight and bias.
  public var netRegularizer = 0.0
  /// Terms of the loss against collapse.
  public var regularizers = RegularizerSettings()
  /// The global norm to which a larger gradient is scaled; 0 never clips.
  public var maxGradientNorm = 10.0
  /// Whether each epoch reads the rows in a new order.
  public var shuffle = true
  /// How many rows the shuffle holds in memory.
  public var shuffleRows = 262_144
  /// The random seed of initial weights and the order of rows.
  public var seed = 2021
  /// Steps between evaluations, in addition to one after every epoch; nil evaluates after epochs
  /// only.
  public var evalSteps: Int?
  /// Minutes between checkpoints, in addition to one at every evaluation; nil writes them at
  /// evaluations only.
  public var checkpointMinutes: Double? = 10
  /// Whose weights are kept.
  public var keep = KeptWeights.best
  /// Whether a finished run keeps its last checkpoint, from which more epochs go on.
  public var keepLast = true
  /// The column by whose values validation and test rows are grouped for GAUC; nil for none.
  public var group: String?
  /// The weights of AUC, GAUC and logloss in the sum that training should increase.
  public var monitor = Monitor()
  /// The number of consecutive evaluations without improvement after which training ends.
  public var earlyStopPatience = 2
  /// Whether an evaluation without improvement divides the learning rate by ten.
  public var reduceLearningRateOnPlateau = true
  /// Whether evaluations are also written as TensorBoard event files.
  public var tensorboard = false

  /// The objective of an evaluation: `auc·AUC + gauc·GAUC + logloss·Logloss`.
  public struct Monitor: Equatable, Sendable {
    /// The weight of the AUC.
    public var auc = 1.0
    /// The weight of the GAUC.
    public var gauc = 0.0
    /// The weight of the Logloss, negative for a loss that should fall.
    public var logloss = 0.0
    /// AUC alone.
    public init() {}
  }

  /// The defaults.
  public init() {}
}
