import Platform

extension Dataset {
  /// The training rows as parts, in their order: the files, or, where one source is split by a
  /// time, its days in UTC.
  ///
  /// Days are found in a pass over the source. Throws `PartsWithoutTime` where it is split by a
  /// column of another kind.
  public func trainingParts(
    progress: ((ReadingProgress) -> Void)? = nil
  ) throws -> [DataPart] {
    guard let boundaries = try splitBoundaries(progress: progress) else {
      return files.paths(of: .train).map(DataPart.init(path:))
    }
    guard boundaries.kind == .time, let last = boundaries.lastTrainingKey else {
      throw PartsWithoutTime(column: boundaries.by, kind: boundaries.order)
    }
    var paths: [Int: [String]] = [:]
    for path in files.paths(of: .train) {
      var days: Set<Int> = []
      var previous: Int?
      _ = try readKeys(of: boundaries.by, in: [path], progress) { key in
        guard key <= last else { return }
        let day = DataPart.day(of: key)
        if day != previous { days.insert(day) }
        previous = day
      }
      for day in days { paths[day, default: []].append(path) }
    }
    var previous: Int?
    return paths.keys.sorted().map { day in
      defer { previous = day }
      return DataPart(day: day, after: previous, paths: paths[day] ?? [])
    }
  }
}

/// A source that has no days, because it is split by a column of another kind than a time.
public struct PartsWithoutTime: Failure, Equatable {
  let column: String
  let kind: String

  /// The configuration contradicts the data.
  public var status: FailureStatus { .badConfiguration }

  /// The failure in one line.
  public var description: String {
    "dataset.split.by: the column \"\(Excerpt.of(column))\" is compared as a \(kind), expected a "
      + "time: training.progressive trains day by day; declare it in dataset.fields with type: "
      + "timestamp, or list one file per day in dataset.train"
  }
}
