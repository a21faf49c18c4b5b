import LinearAlgebra
import Platform
import TestSupport
import Testing

@Suite struct LookupKernelTests {
  private static let batch = 150
  private static let tableRows = 40
  private static let widths = [1, 2, 3, 8, 10, 11, 16, 27, 40]
  private let random = CounterRandom(seed: 5, stream: 1)

  /// A table wider than its vectors, of which many rows are looked up several times.
  private func withLookup<Result>(
    width: Int, _ body: (TableLookup, Matrix, _ ids: [UInt32]) -> Result
  ) -> Result {
    let table = Matrix.random(Self.tableRows, width + 3, seed: 6)
    let ids = (0..<Self.batch).map {
      UInt32(random.integer(UInt64($0), below: Self.tableRows))
    }
    let indices = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: ids.count)
    defer { indices.deallocate() }
    _ = indices.initialize(from: ids)
    guard let first = indices.baseAddress else { preconditionFailure("no memory") }
    return withExtendedLifetime(table) {
      body(TableLookup(indices: first, rows: table.view), table, ids)
    }
  }

  private func scales() -> [Float] { (0..<Self.batch).map { Float($0 % 7) - 2.5 } }

  @Test(arguments: widths, [false, true])
  func gatherCopiesTheRowsThatAreLookedUp(width: Int, isScaled: Bool) {
    let (y, rows, scales) = (Matrix(rows: Self.batch, columns: width + 2), 20..<131, scales())
    withLookup(width: width) { lookup, table, ids in
      scales.withUnsafeBufferPointer {
        LookupKernel.gather(
          lookup, scale: isScaled ? $0.baseAddress : nil, rows: rows,
          into: y.view.columns(1..<width + 1))
      }
      for row in 0..<Self.batch {
        for column in 0..<width + 2 {
          let isWritten = rows.contains(row) && (1...width).contains(column)
          let scale = isScaled ? Scalar(scales[row]) : 1
          let expected = isWritten ? table[Int(ids[row]), column - 1] * scale : 0
          #expect(y[row, column] == expected, "\(row), \(column)")
        }
      }
    }
  }

  @Test(arguments: widths, [false, true])
  func scatterAddsToTheRowsThatAreLookedUp(width: Int, isScaled: Bool) {
    let y = Matrix.random(Self.batch, width + 2, seed: 7)
    let (rows, scales) = (20..<131, scales())
    withLookup(width: width) { lookup, table, ids in
      let expected = Matrix.random(Self.tableRows, width + 3, seed: 6)
      for row in rows {
        for column in 0..<width {
          let scale = isScaled ? Scalar(scales[row]) : 1
          expected[Int(ids[row]), column] += y[row, column + 1] * scale
        }
      }
      scales.withUnsafeBufferPointer {
        LookupKernel.scatter(
          y.view.columns(1..<width + 1), scale: isScaled ? $0.baseAddress : nil, rows: rows,
          to: lookup)
      }
      #expect(table.view.elements == expected.view.elements)
    }
  }

  @Test func anEmptyRangeChangesNothing() {
    let y = Matrix(rows: 1, columns: 3)
    withLookup(width: 3) { lookup, table, _ in
      let before = table.view.elements
      LookupKernel.gather(lookup, rows: 0..<0, into: y.view)
      LookupKernel.scatter(y.view, rows: 0..<0, to: lookup)
      #expect(table.view.elements == before && y.view.elements == [0, 0, 0])
    }
  }
}
