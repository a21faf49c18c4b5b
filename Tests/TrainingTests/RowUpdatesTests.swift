import Models
import Testing

@testable import Training

@Suite struct RowUpdatesTests {
  /// Each row of each parameter is updated once; a weight's together with its embedding's where they share cache lines.
  @Test(arguments: [false, true])
  func everyRowIsUpdatedOnceBesideItsNeighbours(sharesLines: Bool) {
    let settings = UpdatedParameters.settings(.lazy)
    let fixture = UpdatedParameters(
      rows: [5000, 5], batch: 4000, history: sharesLines ? settings.rowHistory : noRowHistory)
    let parameters = fixture.parameters.map { OptimizedParameter($0, rule: Adam.self, decay: 0) }
    let updates = RowUpdates.all(of: parameters)
    for (index, parameter) in parameters.enumerated() {
      let rows = updates.filter { $0.parameters.contains(index) }.flatMap { Array($0.rows) }
      #expect(rows == Array(0..<parameter.gradientRows))
    }
    #expect(updates.filter { $0.parameters.contains(0) }.count > 1)
    let together = Set(updates.map(\.parameters))
    #expect(together == (sharesLines ? [[0, 2], [1], [3], [4]] : [[0], [1], [2], [3], [4]]))
  }
}
