import Configuration
import Platform
import Training

/// Finds the runs that differ in one key.
enum RunPairs {
  /// The pairs of runs with different values of a key, given by their indices: the first has the
  /// value of the first run.
  ///
  /// Runs are paired by what varies among those of either value, such as the seed or the backbone.
  /// Throws `UnpairedRuns`.
  static func differing(
    in key: String, among paths: [String]
  ) throws -> [(first: Int, second: Int)] {
    let written = try paths.map {
      try RunConfiguration(file: RunFolder($0).configurationPath).effectiveValues
    }
    let values = written.map { $0[key] }
    guard let start = values[0], Set(values).count > 1 else {
      throw UnpairedRuns(
        finding: "--pair \(key): found \(values[0] ?? "no value") in every run, "
          + "expected a key in which the runs differ")
    }
    let varied = varying(written, by: values).subtracting([key, "run"])
    var pairs: [(first: Int, second: Int)] = []
    for second in paths.indices where values[second] != start {
      let partners = paths.indices.filter { first in
        values[first] == start
          && varied.allSatisfy { written[first][$0] == written[second][$0] }
      }
      guard partners.count == 1 else {
        let keys = varied.isEmpty ? "all else" : varied.sorted().joined(separator: ", ")
        throw UnpairedRuns(
          finding: "--pair \(key): \(paths[second]): found \(partners.count) runs with \(start) "
            + "that are the same in \(keys), expected one")
      }
      pairs.append((partners[0], second))
    }
    return pairs
  }

  /// The keys that vary among the runs of each value.
  private static func varying(
    _ written: [[String: String]], by values: [String?]
  ) -> Set<String> {
    let keys = Set(values).map { value -> Set<String> in
      let group = written.indices.filter { values[$0] == value }.map { written[$0] }
      return Set(group.flatMap(\.keys)).filter { key in Set(group.map { $0[key] }).count > 1 }
    }
    return keys.dropFirst().reduce(keys.first ?? []) { $0.intersection($1) }
  }
}

/// Runs that cannot be paired.
struct UnpairedRuns: Failure, Equatable {
  let finding: String
  var status: FailureStatus { .badConfiguration }
  var description: String { "\(finding); name the runs of the pairs, or leave out --pair" }
}
