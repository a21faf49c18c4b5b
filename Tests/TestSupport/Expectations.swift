import Testing

/// Fails unless both lists have the same length and each pair is within the tolerance; reports the
/// worst.
public func expectClose(
  _ actual: [Double], _ expected: [Double], _ tolerance: Tolerance, _ label: String = "values",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(label): \(actual.count) elements, expected \(expected.count)",
      sourceLocation: sourceLocation)
    return
  }
  let wrong = actual.indices.filter { !tolerance.holds(actual[$0], expected[$0]) }
  func error(_ index: Int) -> Double {
    let error = abs(actual[index] - expected[index])
    return error.isNaN ? .infinity : error
  }
  guard let worst = wrong.max(by: { error($0) < error($1) }) else { return }
  Issue.record(
    """
    \(label): \(wrong.count) of \(actual.count) differ; worst at \(worst): \
    \(actual[worst]), expected \(expected[worst]), error \(error(worst))
    """, sourceLocation: sourceLocation)
}

/// Fails unless two numbers are within the tolerance.
public func expectClose(
  _ actual: Double, _ expected: Double, _ tolerance: Tolerance, _ label: String = "value",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose([actual], [expected], tolerance, label, sourceLocation: sourceLocation)
}
