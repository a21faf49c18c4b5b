/// The rules by which the lines of a data set are read: which fields, in which order, from which columns.
struct TextFormat {
  var format: DatasetSettings.Format
  /// What separates the columns; nil is told from the header: a tab if it has one, else a comma.
  var delimiter: UInt8?
  var label: String
  var fields: [String]

  var hasHeader: Bool { format != .criteo }

  /// The layout of a file without a header.
  func layout() throws -> FileLayout {
    FileLayout(
      columnCount: CriteoLayout.columns.count, delimiter: 0x09, labelColumn: 0,
      fieldColumns: try fields.map { name in
        guard let column = CriteoLayout.columns.firstIndex(of: name) else {
          throw DataFailure.settings(.unknownField(name, fields: CriteoLayout.fields.map(\.name)))
        }
        return column
      },
      columnNames: CriteoLayout.columns)
  }

  /// The layout of a file with this header.
  func layout(header: UnsafeMutableBufferPointer<UInt8>, path: String, line: Int) throws
    -> FileLayout
  {
    let header = try Header(
      header, delimiter: delimiter, quotes: format == .delimited, path: path, line: line)
    switch format {
    case .criteo: return try layout()
    case .avazu:
      try header.expect(AvazuLayout.columns)
      return try header.layout(label: label, fields: fields, hour: AvazuLayout.hour)
    case .delimited: return try header.layout(label: label, fields: fields, hour: nil)
    }
  }
}
