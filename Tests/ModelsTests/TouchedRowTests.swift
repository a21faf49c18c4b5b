import LinearAlgebra
import Models
import Platform
import Testing

@Suite struct TouchedRowTests {
  private let random = CounterRandom(seed: 3, stream: 8)

  /// Tables smaller than a batch, all of whose rows come up, and larger ones; several batches in a row.
  @Test(arguments: [1, 2, 9, 64, 5000])
  func rowsAreFoundOnceInTheOrderOfTheirFirstAppearance(tableRows: Int) {
    let touched = TouchedRows(tableRows: tableRows, batchCapacity: 200)
    var seen: Set<UInt32> = []
    for batch in 0..<3 {
      let ids = (0..<(200 - batch)).map {
        UInt32(random.integer(UInt64(batch * 1000 + $0), below: tableRows))
      }
      var rows: [UInt32] = []
      for id in ids where !rows.contains(id) { rows.append(id) }
      seen.formUnion(ids)
      touched.find(ids, count: ids.count)
      #expect(touched.count == rows.count)
      #expect((0..<touched.count).map { touched.rows[$0] } == rows)
      #expect(ids.indices.allSatisfy { rows[Int(touched.slots[$0])] == ids[$0] })
      #expect(
        (0..<tableRows).map { touched.slot(of: $0) }
          == (0..<UInt32(tableRows)).map { rows.firstIndex(of: $0) })
      touched.clear()
      #expect((0..<tableRows).allSatisfy { touched.slot(of: $0) == nil })
    }
    #expect(
      (0..<tableRows).map { touched.seen[$0] }
        == (0..<UInt32(tableRows)).map { seen.contains($0) ? 1 : 0 })
  }

  @Test(arguments: [0, 3, 20])
  func fetchedValuesAreThoseOfTheRowsTouched(history: Int) {
    let touched = TouchedRows(tableRows: 300, batchCapacity: 200)
    let table = Parameter(name: "x", table: touched, dimension: 10, history: history)
    for row in 0..<300 {
      for column in 0..<10 { table.value[row, column] = Scalar(row * 10 + column) }
    }
    table.history?.fill(-1)
    touched.find((0..<200).map { UInt32(random.integer(UInt64($0), below: 300)) }, count: 200)
    table.fetchTouchedValues()
    for slot in 0..<touched.count {
      for column in 0..<10 {
        #expect(table.touchedValues[slot, column] == Scalar(Int(touched.rows[slot]) * 10 + column))
      }
    }
  }

  @Test func eightRowsAreLeftAloneOnlyIfNoneIsTouched() {
    let touched = TouchedRows(tableRows: 40, batchCapacity: 4)
    touched.find([11, 39], count: 2)
    for row in 0...32 {
      #expect(
        touched.leavesAlone(eightFrom: row) == !(row...row + 7).contains { $0 == 11 || $0 == 39 })
    }
  }
}
