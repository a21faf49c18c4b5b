import Glibc

/// Copies the texts of the columns that a layout carries, one line after another.
///
/// Splitting a line changes texts in quotes in place, and reading its values changes others, so
/// each form has its own moment.
final class ColumnCarrier {
  /// The texts of the current line.
  let texts: CarriedTexts

  private let columns: [Int]
  private let form: FileLayout.Carried.Form
  private let delimiter: UInt8
  private let quotes: Bool
  /// The columns of a line that are needed.
  private let limit: Int
  private var spans: [Range<Int>] = []
  private var isCopied = false

  /// Nil where the layout carries no column.
  init?(_ layout: FileLayout) {
    guard let carried = layout.carried else { return nil }
    columns = carried.columns
    form = carried.form
    delimiter = layout.delimiter
    quotes = layout.quotes
    limit = columns.filter { $0 < layout.columnCount }.reduce(0) { max($0, $1 + 1) }
    texts = CarriedTexts(columns: columns.count)
  }

  /// Before a line is split: copies texts as they are written, if some are in quotes.
  func lineBegins(_ line: UnsafeMutableBufferPointer<UInt8>, _ table: ColumnTable) {
    texts.removeAll()
    isCopied = false
    guard form == .written, quotes, let base = line.baseAddress,
      memchr(base, 0x22, line.count) != nil
    else { return }
    findSpans(in: line)
    for column in columns {
      if column >= limit {
        texts.append(table.starts[column], Int(table.counts[column]))
      } else if column < spans.count {
        texts.append(base + spans[column].lowerBound, spans[column].count)
      } else {
        texts.append(base, 0)
      }
    }
    isCopied = true
  }

  /// After a line was split, and before its values are read.
  func lineWasSplit(_ table: ColumnTable) {
    if form == .written, !isCopied { copy(from: table) }
  }

  /// After the values of a line were read.
  func lineWasRead(_ table: ColumnTable) {
    if form == .value { copy(from: table) }
  }

  private func copy(from table: ColumnTable) {
    for column in columns { texts.append(table.starts[column], Int(table.counts[column])) }
  }

  /// Finds the columns of a line with quotes, as `ColumnTable.splitQuoted` does.
  private func findSpans(in line: UnsafeMutableBufferPointer<UInt8>) {
    spans.removeAll(keepingCapacity: true)
    var next = 0
    while spans.count < limit, next <= line.count {
      var end = next
      if next < line.count, line[next] == 0x22 {
        end += 1
        while end < line.count, line[end] != 0x22 || end + 1 < line.count && line[end + 1] == 0x22 {
          end += line[end] == 0x22 ? 2 : 1
        }
        end = min(end + 1, line.count)
      } else {
        while end < line.count, line[end] != delimiter { end += 1 }
      }
      spans.append(next..<end)
      next = end + 1
    }
  }
}
