/// A row-major matrix of doubles, whatever the element type of models: the result of statistics.
public struct DoubleMatrix: Equatable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements row by row.
  public private(set) var elements: [Double]

  /// Wraps `rows · columns` elements, row by row.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "DoubleMatrix: \(elements.count) elements for \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// Creates a matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  /// One element.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[index(row, column)] }
    set { elements[index(row, column)] = newValue }
  }

  private func index(_ row: Int, _ column: Int) -> Int {
    assert(
      row >= 0 && row < rows && column >= 0 && column < columns,
      "DoubleMatrix: (\(row), \(column)) in \(rows)×\(columns)")
    return row * columns + column
  }
}
