import ClickData
import LinearAlgebra
import Platform
import Testing

@testable import Models

@Suite struct TouchedRowTests {
  private static let line = 64 / MemoryLayout<Scalar>.size
  private let random = CounterRandom(seed: 3, stream: 8)

  /// Tables smaller than a batch, all of whose rows come up, and larger ones; several batches in a
  /// row; with and without rows behind the slots.
  @Test(arguments: [1, 2, 9, 64, 5000], [[], [3], [3, 10]])
  func rowsAreFoundOnceInTheOrderOfTheirFirstAppearance(tableRows: Int, room: [Int]) {
    let touched = TouchedRows(tableRows: tableRows, batchCapacity: 200, roomFor: room)
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

  /// On paper a model may have any size: what it would take is asked before it is known that there
  /// is not so much memory.
  @Test(arguments: [2_000_000_000, 1 << 31, 1 << 33])
  func batchesOfAnySizeCanBeThoughtOf(lookups: Int) {
    let touched = TouchedRows(tableRows: Int(UInt32.max), batchCapacity: lookups)
    #expect(touched.capacity == min(lookups, Int(UInt32.max)) && touched.slot(of: 7) == nil)
  }

  /// Once all numbers have been used up, rows of long ago are not taken for those of the batch.
  @Test(arguments: [200, 256, 257])
  func aBatchIsForgottenHoweverManyFollow(capacity: Int) {
    let touched = TouchedRows(tableRows: 300, batchCapacity: capacity)
    let range = capacity > 256 ? 512 : 256
    let ids = (0..<UInt32(capacity)).map { $0 }
    touched.find(ids, count: capacity)
    // The batch after these has the numbers of the first one.
    for _ in 1..<(1 << 32) / range { touched.clear() }
    #expect(
      (0..<300).allSatisfy {
        touched.slot(of: $0) == nil && (touched.seen[$0] == 1) == ($0 < capacity)
      })
    let others = ids.map { 299 - $0 }
    touched.find(others, count: capacity)
    #expect((0..<300).allSatisfy { touched.slot(of: $0) == others.firstIndex(of: UInt32($0)) })
  }

  /// A weight is stored behind the slots with its history, a vector without its own; others
  /// elsewhere.
  ///
  /// Finding rows changes none of them.
  @Test func rowsBehindSlotsMeetNoOthers() {
    let touched = TouchedRows(tableRows: 300, batchCapacity: 200, roomFor: [3, 5])
    let tables = [
      Parameter(name: "vector", table: touched, dimension: 5, history: 10),
      Parameter(name: "short", table: touched, dimension: 2, history: 4),
      Parameter(name: "weight", table: touched, dimension: 1, history: 2),
      Parameter(name: "another", table: touched, dimension: 1, history: 2),
    ]
    #expect(tables.map { $0.storage?.isBesideSlot } == [true, false, true, false])
    #expect(tables.map { $0.storage?.parts.count } == [2, 1, 1, 1])
    let separate = tables.map { $0.storage?.separatePart?.columns }
    #expect(separate == [10, 6, nil, 3])
    func number(_ table: Int, _ row: Int, _ column: Int) -> Scalar {
      Scalar((table * 300 + row) * 10 + column)
    }
    for (index, table) in tables.enumerated() {
      for row in 0..<300 {
        for column in 0..<table.value.columns {
          table.value[row, column] = number(index, row, column)
        }
        for column in 0..<(table.storage?.history?.columns ?? 0) {
          table.storage?.history?[row, column] = -number(index, row, column)
        }
      }
    }
    let ids = (0..<200).map { UInt32(random.integer(UInt64($0), below: 300)) }
    touched.find(ids, count: 200)
    for row in 0..<300 {
      #expect(
        touched.slot(of: row).map { Int(touched.rows[$0]) }
          == (ids.contains(UInt32(row)) ? row : nil))
    }
    touched.clear()
    for (index, table) in tables.enumerated() {
      let columns = 0..<table.value.columns
      let histories = 0..<(table.storage?.history?.columns ?? 0)
      for row in 0..<300 {
        #expect(columns.allSatisfy { table.value[row, $0] == number(index, row, $0) })
        #expect(
          histories.allSatisfy { table.storage?.history?[row, $0] == -number(index, row, $0) })
      }
    }
  }

  /// A vector and a weight stored right behind it are one longer vector; others are not joined.
  @Test func aWeightStoredBehindAVectorIsReadWithIt() throws {
    let touched = TouchedRows(tableRows: 30, batchCapacity: 20, roomFor: [5, 3])
    let (vectors, weights, elsewhere) = (
      Parameter(name: "vector", table: touched, dimension: 5, history: 10),
      Parameter(name: "weight", table: touched, dimension: 1, history: 2),
      Parameter(name: "elsewhere", table: touched, dimension: 1, history: 2)
    )
    for row in 0..<30 {
      for column in 0..<5 { vectors.value[row, column] = Scalar(10 * row + column) }
      weights.value[row, 0] = Scalar(10 * row + 5)
    }
    let ids: [UInt32] = [7, 0, 29, 7]
    func isJoined(_ first: Parameter, _ second: Parameter, _ pass: Pass = .evaluation) -> Bool {
      ids.withUnsafeBufferPointer {
        guard let ids = $0.baseAddress else { return false }
        return first.lookup(ids, with: second, pass) != nil
      }
    }
    #expect(isJoined(vectors, weights))
    #expect(!isJoined(weights, vectors) && !isJoined(vectors, elsewhere))
    #expect(!isJoined(vectors, weights, .training(step: 1)), "gathered separately")
    try ids.withUnsafeBufferPointer { buffer in
      let ids = try #require(buffer.baseAddress)
      let joined = try #require(vectors.lookup(ids, with: weights, .evaluation))
      #expect(joined.width == 6)
      for (place, row) in buffer.enumerated() {
        #expect((0..<6).allSatisfy { joined.vector(place)[$0] == Scalar(10 * Int(row) + $0) })
      }
    }
  }

  /// A weight and an embedding are stored behind the slots if one cache line holds both, else the
  /// weight alone.
  @Test(arguments: [
    (BackboneKind.fm, line - 6, [line - 6, 3]), (.deepfm, line - 4, [line - 4, 3]),
    (.fm, line - 3, [3]), (.lr, line - 6, [3]), (.dcnv2, line - 1, [line - 1]), (.dcnv2, line, []),
  ])
  func whatFitsALineIsStoredBehindItsSlot(backbone: BackboneKind, dimension: Int, numbers: [Int]) {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.embeddingDimension = dimension
    let model = CTRModel(
      schema: [FieldSchema(name: "A", kind: .category, rows: 40)], settings: settings,
      batchCapacity: 8, seed: 1, rowHistory: { 2 * $0 }, pool: WorkerPool(threads: 1))
    #expect(model.parameters.count { $0.storage?.isBesideSlot == true } == numbers.count)
    #expect(model.touchedRows[0].records.columns == 1 + numbers.reduce(0, +))
    #expect(Self.line % model.touchedRows[0].records.view.stride == 0)
  }

  /// A gathered row of any dimension fills whole cache lines or fits in one, and its padding is
  /// zeros.
  @Test(arguments: 1...40)
  func gatheredRowsCrossNoCacheLineNeedlessly(dimension: Int) {
    let touched = TouchedRows(tableRows: 50, batchCapacity: 50)
    let table = Parameter(name: "x", table: touched, dimension: dimension, history: 2 * dimension)
    table.value.view.fill(1)
    table.storage?.history?.fill(-1)
    touched.find((0..<50).map { UInt32($0) }, count: 50)
    table.fetchTouchedValues()
    table.gradient.view.fill(1)
    table.zeroGradient()
    for (view, number) in [(table.touchedValues.view, 1), (table.gradient.view, 0)] {
      #expect(Int(bitPattern: view.base) % 64 == 0 && view.stride >= dimension)
      if dimension <= Self.line { #expect(Self.line % view.stride == 0) }
      for row in 0..<50 {
        for column in 0..<view.stride {
          #expect(view.wholeRows[row, column] == (column < dimension ? Scalar(number) : 0))
        }
      }
    }
  }

  @Test(arguments: [0, 3, 20])
  func fetchedValuesAreThoseOfTheRowsTouched(history: Int) {
    let touched = TouchedRows(tableRows: 300, batchCapacity: 200)
    let table = Parameter(name: "x", table: touched, dimension: 10, history: history)
    for row in 0..<300 {
      for column in 0..<10 { table.value[row, column] = Scalar(row * 10 + column) }
    }
    table.storage?.history?.fill(-1)
    touched.find((0..<200).map { UInt32(random.integer(UInt64($0), below: 300)) }, count: 200)
    table.fetchTouchedValues()
    for slot in 0..<touched.count {
      for column in 0..<10 {
        #expect(table.touchedValues[slot, column] == Scalar(Int(touched.rows[slot]) * 10 + column))
      }
    }
  }
}
