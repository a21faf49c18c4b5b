/// The columns of the files, before their rows are read.
extension Dataset {
  /// The label's column where the settings name none, so that the header's first one is taken.
  ///
  /// Nil where the settings or the format decide. Throws as reading the first file's header does.
  public func defaultLabel() throws -> String? {
    guard settings.format == .delimited, settings.label == nil else { return nil }
    return try plan().label
  }

  /// Throws `DataFailure.noColumn` where the files of a split lack a column that is to be read.
  ///
  /// Pipes are not checked, because they can be read only once.
  public func check(
    _ reading: RowReading, of split: Split, encoder: FittedEncoder
  ) throws {
    guard !reading.columns.isEmpty, files.areRegular(split) else { return }
    _ = try batches(of: split, encoder: encoder, batchSize: 1, reading: reading).next()
  }
}
