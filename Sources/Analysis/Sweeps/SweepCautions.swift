/// What a reader of a sweep's table should know before believing a difference.
struct SweepCautions {
  /// One sentence each.
  let sentences: [String]

  init(_ results: SweepResults) {
    sentences =
      Self.edges(results) + Self.oneSided(results) + Self.lastEpochs(results)
  }

  private static func name(_ key: String) -> String {
    let end = key.split(separator: ".").last.map(String.init) ?? key
    return end == "gamma" ? "γ" : end
  }

  /// Choices at an end of the values that were tried.
  private static func edges(_ results: SweepResults) -> [String] {
    var lines: [(choice: String, side: String, arms: [String])] = []
    for block in results.blocks {
      for arm in block.arms {
        for (key, value) in arm.chosen {
          let tried = (arm.tried.first { $0.key == key }?.values ?? []).compactMap(Double.init)
          guard let chosen = Double(value), Set(tried).count > 1 else { continue }
          guard chosen == tried.max() || chosen == tried.min() else { continue }
          let side = chosen == tried.max() ? "larg" : "small"
          let choice = "\(name(key)) = \(value)"
          let arm = "\(block.name) \(arm.label)"
          if let place = lines.firstIndex(where: { $0.choice == choice && $0.side == side }) {
            lines[place].arms.append(arm)
          } else {
            lines.append((choice, side, [arm]))
          }
        }
      }
    }
    return lines.map {
      "\($0.choice), the \($0.side)est value tried, was chosen for \($0.arms.joined(separator: ", ")): "
        + "a \($0.side)er one may be better."
    }
  }

  /// Values that were searched for one side of a comparison only.
  private static func oneSided(_ results: SweepResults) -> [String] {
    var keys: [String] = []
    for block in results.blocks {
      guard let first = block.arms.first else { continue }
      for arm in block.arms.dropFirst() {
        for (key, values) in arm.tried where Set(values).count > 1 {
          let other = first.tried.first { $0.key == key }?.values ?? []
          if Set(other).count < 2, !keys.contains(key) { keys.append(key) }
        }
      }
    }
    guard !keys.isEmpty else { return [] }
    let names = keys.map(name).joined(separator: ", ")
    return [
      "\(names) \(keys.count == 1 ? "was" : "were") searched for one side of a comparison only: a part "
        + "of the difference may be the choice itself."
    ]
  }

  /// Runs that were still improving when their epochs ended.
  private static func lastEpochs(_ results: SweepResults) -> [String] {
    var (last, all) = (0, 0)
    for arm in results.blocks.flatMap(\.arms) {
      guard let epochs = arm.epochs, epochs > 1 else { continue }
      all += arm.runs.count
      last += arm.runs.count { $0.bestEpoch == epochs }
    }
    guard last > 0 else { return [] }
    return [
      "In \(last) of \(all) runs the best epoch is the last one: longer training may change differences."
    ]
  }
}
