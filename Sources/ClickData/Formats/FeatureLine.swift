import Glibc

/// Splits the lines of libffm and libsvm into columns.
///
/// A field's column is its feature's number, without leading zeros, or, of a numeric field, the
/// value; a sequence has its features in a list, each weighted by its value. A field without a
/// feature is blank.
final class FeatureLine: LineCutter {
  /// What a line starts with.
  enum Start {
    case label
    /// A label, or a feature, which is recognised by its colon; after spaces or not.
    case labelOrFeature
  }

  private let table: FeatureTable
  private let start: Start

  init(_ table: FeatureTable, start: Start) {
    self.table = table
    self.start = start
  }

  func expected(_ fault: FeatureFault) -> String { table.expected(fault) }

  /// Splits a line, whose features may be in any order.
  func cut(_ line: UnsafeMutableBufferPointer<UInt8>, into columns: ColumnTable) -> RowFault? {
    guard let base = line.baseAddress else { return .label }
    let end = base + line.count
    let fields = table.kinds.count
    for column in 0...fields { columns.set(column, base, 0) }
    for list in columns.lists { list.clear() }
    columns.set(fields + 1, base, line.count)
    var stop = base
    var place = 0
    switch start {
    case .label:
      stop = Self.textEnd(base, end)
      columns.set(0, base, stop - base, place: 1)
      guard stop > base else { return .label }
      place = 1
    case .labelOrFeature:
      if let first = Self.nextText(base, end) {
        let firstEnd = Self.textEnd(first, end)
        if memchr(first, 0x3a, firstEnd - first) == nil {
          columns.set(0, first, firstEnd - first, place: 1)
          stop = firstEnd
          place = 1
        }
      }
    }
    while let start = Self.nextText(stop, end) {
      stop = Self.textEnd(start, end)
      place += 1
      if let fault = take(start, stop, place, columns) {
        columns.set(fields + 2, start, stop - start, place: place)
        return fault
      }
    }
    return nil
  }

  private func take(
    _ start: UnsafeMutablePointer<UInt8>, _ stop: UnsafeMutablePointer<UInt8>, _ place: Int,
    _ columns: ColumnTable
  ) -> RowFault? {
    var next = start
    var number: UInt64 = 0
    if table.namesFields, let fault = Self.read(&number, &next, stop) { return .feature(fault) }
    var feature = next
    var found: UInt64 = 0
    if let fault = Self.read(&found, &next, stop) { return .feature(fault) }
    guard next < stop else { return .feature(.form) }
    // The text ends before the colon.
    while feature + 1 < next - 1, feature[0] == 0x30 { feature += 1 }
    let field = table.field(of: table.namesFields ? number : found)
    guard field >= 0 else { return .feature(.unknown) }
    let isSecond = columns.places[field + 1] != 0
    switch table.kinds[field] {
    case .categorical:
      guard !isSecond else { return .feature(.second(field: field)) }
      guard Self.isOne(next, stop - next) else { return .feature(.value(field: field)) }
      columns.set(field + 1, feature, next - 1 - feature, place: place)
    case .numeric, .timestamp:
      guard !isSecond else { return .feature(.second(field: field)) }
      columns.set(field + 1, next, stop - next, place: place)
    case .sequence:
      let list = columns.lists[table.lists[field]]
      guard list.count < list.capacity else { return .feature(.tooMany(field: field)) }
      let weight = Float(NumberParser.parse(next, stop - next))
      guard weight.isFinite else { return .feature(.weight(field: field)) }
      list.add(feature, next - 1 - feature, weight: weight)
    }
    return nil
  }

  /// Reads a whole number below 2⁶⁴ and a colon, after which `next` then points.
  @inline(__always)
  private static func read(
    _ number: inout UInt64, _ next: inout UnsafeMutablePointer<UInt8>,
    _ stop: UnsafeMutablePointer<UInt8>
  ) -> FeatureFault? {
    let start = next
    while next < stop, next[0] &- 0x30 < 10 {
      number = number &* 10 &+ UInt64(next[0] &- 0x30)
      next += 1
    }
    guard next > start, next < stop, next[0] == 0x3a else { return .form }
    // Numbers of up to 19 digits fit.
    if next - start > 19, !fits(start, next - start) { return .size }
    next += 1
    return nil
  }

  private static func fits(_ digits: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
    var number: UInt64 = 0
    for index in 0..<count {
      let (product, overflows) = number.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(UInt64(digits[index] &- 0x30))
      guard !overflows, !carries else { return false }
      number = sum
    }
    return true
  }

  private static func isOne(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
    count == 1 ? text[0] == 0x31 : NumberParser.parse(text, count) == 1
  }

  @inline(__always)
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  @inline(__always)
  private static func textEnd(
    _ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var next = start
    while next < end, !isBlank(next[0]) { next += 1 }
    return next
  }

  @inline(__always)
  private static func nextText(
    _ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8>? {
    var next = start
    while next < end, isBlank(next[0]) { next += 1 }
    return next < end ? next : nil
  }
}
