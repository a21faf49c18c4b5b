import ClickData
import Models

/// The weights with which training begins: those of a run whose vocabularies may have grown since.
public struct WarmStart {
  /// The run.
  let folder: RunFolder
  /// Its fields, whose tables may have fewer rows than those of the model.
  let schema: [FieldSchema]
  /// Whether training goes on with that run's optimizer state, which is that of its last weights.
  let hasOptimizerState: Bool
  /// Throws where the metadata of weights are refused.
  let accept: ([String: String]) throws -> Void

  /// Describes the weights of a run with some fields.
  public init(
    folder: RunFolder, schema: [FieldSchema], optimizerState: Bool,
    accept: @escaping ([String: String]) throws -> Void
  ) {
    self.folder = folder
    self.schema = schema
    hasOptimizerState = optimizerState
    self.accept = accept
  }
}

extension Trainer {
  /// Begins with the weights of another run instead of those that were drawn.
  ///
  /// New rows of tables keep their drawn values; their optimizer state is that of a row that was
  /// never updated. With optimizer state, steps are counted on from those of that run.
  public func begin(from start: WarmStart) throws {
    let tables = EarlierTables(of: model, schema: start.schema)
    // Values may change only while no update is deferred.
    optimizer.flush()
    if start.hasOptimizerState {
      let path = start.folder.path(of: .last)
      let metadata = try tables.loadCheckpoint(
        state: optimizer.state, from: path, accept: start.accept)
      state.earlierSteps = try TrainingState(metadata, path: path).optimizerSteps
    } else {
      try tables.loadWeights(
        from: start.folder.path(of: .best), seenRows: start.folder.seenRowsPath,
        accept: start.accept)
    }
    try leader.valuesWereLoaded()
    optimizer.resume(steps: state.optimizerSteps)
  }
}
