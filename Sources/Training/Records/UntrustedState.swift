/// Reads a state of training from text of any origin, as resuming does: the entry of fuzzing.
package enum UntrustedState {
  /// Reads a text and goes on from it by one step, one evaluation and one epoch.
  package static func resume(_ text: String) throws {
    var state = try TrainingState([TrainingState.key: text], path: "fuzz.safetensors")
    var schedule = PlateauSchedule(TrainingSettings())
    schedule.progress = state.schedule
    let rows = Int(Int32.max)
    state.record.steps += 1
    state.record.rows += rows
    state.position.add(rows: rows, positives: rows, weight: Double(rows), meanLoss: 0.7)
    _ = state.position.meanLoss
    _ = schedule.judge(value: 0.5)
    state.schedule = schedule.progress
    state.position.startAfterEvaluation()
    state.position.startNextEpoch()
    for evaluation in state.record.evaluations { _ = "\(evaluation.json)" }
    _ = try state.text()
  }
}
