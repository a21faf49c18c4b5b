import Models
import Testing

@testable import Training

@Suite struct UpdateTaskTests {
  /// Each row is in one task; a weight is in its embedding's where they share cache lines.
  @Test(arguments: [false, true])
  func everyRowIsUpdatedOnceTogetherWithItsNeighbours(sharesLines: Bool) {
    let settings = UpdatedParameters.settings(.lazy)
    let fixture = UpdatedParameters(
      rows: [5000, 5], batch: 4000, history: sharesLines ? settings.rowHistory : noRowHistory)
    let parameters = fixture.parameters.map { OptimizedParameter($0, rule: Adam.self, decay: 0) }
    let tasks = JointUpdateTask.tasks(parameters)
    for (index, parameter) in parameters.enumerated() {
      let rows = tasks.filter { $0.parameters.contains(index) }.flatMap { Array($0.rows) }
      #expect(rows == Array(0..<parameter.gradientRows))
    }
    #expect(tasks.filter { $0.parameters.contains(0) }.count > 1)
    let groups = Set(tasks.map(\.parameters))
    #expect(groups == (sharesLines ? [[0, 2], [1], [3], [4]] : [[0], [1], [2], [3], [4]]))
  }
}
