/// What was trained, as the first table of every report.
extension HTMLTable {
  /// One row a run: paradigm, backbone and the metrics that any of the runs has.
  static func runs(_ runs: [RunDescription]) -> HTMLTable {
    var names: [String] = []
    for name in runs.flatMap({ $0.metrics.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    return HTMLTable(
      caption: "What was trained, and how it does",
      header: ["Run", "Paradigm", "Backbone"] + names,
      rows: runs.map { run in
        [.word(run.name), .word(run.paradigm.rawValue), .word(run.backbone)]
          + names.map { name in
            let value = run.metrics.first { $0.name == name }?.value
            return .number(NumberText.metric(value ?? nil))
          }
      })
  }
}

extension NumberText {
  /// A metric: whole numbers whole, others to six digits after the point, as tables of AUC are compared.
  static func metric(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    return value == value.rounded() && abs(value) >= 2 && abs(value) < 1e15
      ? grouped(Int(value)) : fixed(value, 6)
  }
}
