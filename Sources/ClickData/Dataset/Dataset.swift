import Platform

/// Click logs with the rules by which they are read: files, splits, formats and encodings.
///
/// ``` let dataset = try Dataset(settings: settings, features: features) let encoder = try
/// dataset.fit() let stream = try dataset.batches(of: .train, encoder: encoder, batchSize: 4096)
/// while let batch = try stream.next() { … }
/// ``` One thread uses a data set; its streams have background threads.
public final class Dataset {
  /// Where rows come from.
  public let settings: DatasetSettings
  /// How fields become ids.
  public let features: FeatureSettings

  private let format: any InputFormat
  let files: SplitFiles
  private let caches: RowCaches?
  private let contents = ReadContents()
  /// Where the source is divided, once that is known.
  private var boundaries: SplitBoundaries?

  /// Checks the settings and expands the globs; throws `DataFailure` or `FileFailure`.
  ///
  /// Encoded rows are kept in `cache`; without one, every pass reads the text. Pipes that are read
  /// more than once are copied to `spool`; without one, reading them again throws.
  public init(
    settings: DatasetSettings, features: FeatureSettings = FeatureSettings(),
    cache: CacheFolder? = nil, spool: Spool? = nil
  ) throws {
    try settings.check()
    format = settings.inputFormat
    try features.check()
    self.settings = settings
    self.features = features
    caches = cache.map(RowCaches.init)
    files = try SplitFiles(settings, spool: spool)
  }

  /// The files of folders and globs that are not read because they have no text.
  public var filesWithoutText: [String] { files.skipped }

  /// Whether the settings give a split files, or a share of the source.
  public func has(_ split: Split) -> Bool { !files.paths(of: split).isEmpty }

  /// Copies pipes that are read in more than one pass, given the number of passes over a split.
  public func copyPipes(passes: Int) throws {
    // The splits of one source read the same files.
    guard passes > 1 || settings.split != nil else { return }
    for split in Split.allCases { try files.copyPipes(of: split) }
  }

  /// The files, with the hashes of those that have been read to their ends.
  public var record: DataRecord {
    DataRecord(
      files.regular.map { DataRecord.File(path: $0.path, stamp: $0.stamp, hash: contents[$0.path]) }
    )
  }

  /// Throws `DataFailure.otherData` where the files are not those of a run that resumes.
  public func check(_ record: DataRecord) throws {
    try record.check(against: self.record)
    contents.add(record)
  }

  /// The maximum bytes of text that a pass over a split reads ahead.
  public func readAheadBytes(of split: Split) -> Int {
    ChunkReader.maxBytes(files: files.paths(of: split).count)
  }

  /// The approximate number of rows of a split, from the start of its first file; nil for a pipe.
  public func estimatedRows(of split: Split) -> Int? {
    guard files.areRegular(split) else { return nil }
    let lines = RowCaches.estimatedLines(of: files.paths(of: split))
    return lines.map { Int(Double($0) * (sampler(split)?.share ?? 1)) }
  }

  /// Determines how fields are encoded, with a scan of the training split if an encoding needs one.
  ///
  /// With a `part`, only its rows are read. `progress` is called regularly during the scan. Throws
  /// the errors of reading files.
  public func fit(
    part: DataPart? = nil, progress: ((ReadingProgress) -> Void)? = nil
  ) throws -> FittedEncoder {
    let (label, fields) = try plan()
    let boundaries = try splitBoundaries(progress: progress)
    guard fields.contains(where: \.needsScan) else {
      if let boundaries {
        var known = ReadingProgress()
        known.rows = boundaries.rows[0]
        progress?(known)
      }
      return encoder(label, fields.fitted(distinct: nil, encodings: [:]))
    }
    try files.copyPipes(of: .train)
    let summary = try scan(.train, part: part, observer: nil, progress: progress)
    return encoder(label, summary.fields.map(\.field))
  }

  /// Reads a split once and summarises it, under the encodings of the settings.
  public func inspect(_ split: Split = .train, progress: ((ReadingProgress) -> Void)? = nil) throws
    -> DataSummary
  {
    try scan(split, observer: nil, progress: progress)
  }

  /// Reads a split once and reports all that `sfg inspect` prints.
  ///
  /// Memory is bounded: 60 MiB, and about 8 MiB for each field of more than 65,536 values.
  public func inspection(
    of split: Split = .train, progress: ((ReadingProgress) -> Void)? = nil
  ) throws -> Inspection {
    let profile = DataProfile(try plan().fields)
    return profile.inspection(try scan(split, observer: profile, progress: progress))
  }

  private func scan(
    _ split: Split, part: DataPart? = nil, observer: DataProfile?,
    progress: ((ReadingProgress) -> Void)?
  ) throws -> DataSummary {
    let plan = try plan()
    let (scan, badRows) = try read(
      split, part: part, plan, EncodingFit(plan.fields), observer: observer, progress: progress)
    return try scan.summary(badRows: badRows)
  }

  /// Reads a split once, or a part of it, and gives its values to the fits of encodings.
  func read(
    _ split: Split, part: DataPart?, _ plan: (label: String, fields: [PlannedField]),
    _ fit: EncodingFit, observer: DataProfile?, progress: ((ReadingProgress) -> Void)?
  ) throws -> (DataScan, BadRows) {
    let (label, fields) = plan
    let order = try orderColumn(of: split, in: splitBoundaries(progress: progress), part)
    let paths = try files.open(split, only: part?.paths)
    let locations = files.locations(of: paths)
    let chunks = ChunkReader(paths: locations, hashingContents: true)
    let ledger = RowLedger(settings, split: "dataset.\(split)")
    let totalBytes = InputPaths.totalBytes(locations)
    let scan = DataScan(fields, fit: fit, observer: observer) { scan in
      progress?(
        ReadingProgress(
          rows: scan.rows, bytesRead: ledger.read.bytes, totalBytes: totalBytes,
          readSeconds: chunks.progress.seconds, encodeSeconds: scan.seconds,
          badRows: ledger.badRows))
    }
    let reader = RowReader(
      chunks: chunks, paths: paths,
      format: TextFormat(settings, label: label, fields: fields.map(\.name)),
      sampler: sampler(split), order: order, ledger: ledger)
    let thread = try chunks.start()
    defer {
      chunks.cancel()
      thread.join()
    }
    try reader.run(scan)
    contents.add(chunks.contents, of: paths)
    guard scan.rows > 0 else { throw DataFailure.noRows(of: "dataset.\(split)") }
    return (scan, ledger.badRows)
  }

  /// Opens a pass over a split, or over a part of the training rows; texts beside the fields are
  /// read from the files in stored order.
  public func batches(
    of split: Split, part: DataPart? = nil, encoder: FittedEncoder, batchSize: Int,
    order: RowOrder = .stored, reading: RowReading = .training
  ) throws -> BatchStream {
    precondition(
      order == .stored || reading.columns.isEmpty, "Dataset: a shuffle does not move texts")
    let format = TextFormat(
      settings, label: encoder.label, fields: encoder.fields.map { ($0.name, $0.sequence) },
      reading: reading)
    let boundaries = try encoder.split ?? splitBoundaries()
    let pass: any RowPass
    // Encoded rows have labels and no text, and each encoder reads a part at most once.
    let source =
      part == nil && reading == .training
      ? rowSource(split, format: format, encoder: encoder, boundaries) : .text(nil)
    switch source {
    case .cache(let cache):
      contents.add(cache.manifest.files, of: files.paths(of: split))
      pass = CachedPass(cache, order: order)
    case .text(let writer):
      let paths = try files.open(split, only: part?.paths)
      pass = try TextPass(
        paths: paths, locations: files.locations(of: paths), format: format,
        sampler: sampler(split), order: orderColumn(of: split, in: boundaries, part),
        ledger: RowLedger(settings, split: "dataset.\(split)"), encoder: encoder, order: order,
        writer: writer, contents: contents)
    }
    return try BatchStream(
      pass, name: "dataset.\(split)", schema: encoder.schema, batchSize: batchSize,
      carriedColumns: reading.columns.count,
      weighted: format.weight != nil, negativeRate: settings.negativeRate(of: split))
  }

  private func rowSource(
    _ split: Split, format: TextFormat, encoder: FittedEncoder, _ boundaries: SplitBoundaries?
  ) -> RowCaches.Source {
    guard let caches, files.areRegular(split) else { return .text(nil) }
    let sampler = sampler(split)
    let recipe = CacheRecipe(
      split: split, paths: files.paths(of: split), format: format,
      rows: boundaries?.recipe(of: split) ?? sampler?.recipe ?? "all", encoder: encoder)
    return caches.source(
      recipe, layout: CacheLayout(RecordLayout(encoder.schema, weighted: settings.weight != nil)),
      share: boundaries?.share(of: split) ?? sampler?.share ?? 1
    ) { badRows, rows in
      badRows == 0
        || (settings.onBadRow == .skip && settings.maxBadRows.allows(badRows, of: badRows + rows))
    }
  }

  private func sampler(_ split: Split) -> SplitSampler? {
    settings.split.flatMap { $0.by == nil ? SplitSampler($0, split: split) : nil }
  }

  private func orderColumn(
    of split: Split, in boundaries: SplitBoundaries?, _ part: DataPart? = nil
  ) throws -> RowOrderColumn? {
    guard settings.split?.by != nil else { return nil }
    return boundaries?.order(of: split, within: part?.keys)
  }

  /// Where `split: {by: COLUMN}` divides the source, found by passes over it; nil without it.
  public func splitBoundaries(
    progress: ((ReadingProgress) -> Void)? = nil
  ) throws -> SplitBoundaries? {
    guard let shares = settings.split, let column = shares.by else { return nil }
    if let boundaries { return boundaries }
    try files.copyPipes(of: .train)
    let found = try SplitSearch {
      try self.readKeys(of: column, in: self.files.open(.train), progress, $0)
    }
    .boundaries(at: [shares.train, shares.train + shares.valid])
    guard let found, let kind = found.kind else { throw DataFailure.noRows(of: "dataset.source") }
    let ends = found.ends.map(\.rows)
    boundaries = SplitBoundaries(
      by: column, kind: kind, keys: found.ends.map(\.key),
      rows: [ends[0], ends[1] - ends[0], found.rows - ends[1]])
    return boundaries
  }

  /// Reads files of the source once and calls `body` with the key of every row.
  func readKeys(
    of column: String, in paths: [String], _ progress: ((ReadingProgress) -> Void)?,
    _ body: @escaping (OrderKey) -> Void
  ) throws -> OrderKey.Kind? {
    let (label, fields) = try plan()
    let locations = files.locations(of: paths)
    let chunks = ChunkReader(paths: locations)
    let ledger = RowLedger(settings, split: "dataset.source")
    let isTime = settings.fields.contains { $0.name == column && $0.kind == .timestamp }
    let order = RowOrderColumn(by: column, kind: isTime ? .time : nil)
    let totalBytes = InputPaths.totalBytes(locations)
    let sink = KeySink(order, body) { rows, seconds in
      progress?(
        ReadingProgress(
          rows: rows, bytesRead: ledger.read.bytes, totalBytes: totalBytes,
          readSeconds: chunks.progress.seconds, encodeSeconds: seconds, badRows: ledger.badRows))
    }
    let reader = RowReader(
      chunks: chunks, paths: paths,
      format: TextFormat(settings, label: label, fields: fields.map(\.name)), sampler: nil,
      order: order, ledger: ledger)
    let thread = try chunks.start()
    defer {
      chunks.cancel()
      thread.join()
    }
    try reader.run(sink)
    return order.kind
  }

  private func encoder(_ label: String, _ fields: [FittedField]) -> FittedEncoder {
    FittedEncoder(format: settings.format, label: label, fields: fields, split: boundaries)
  }

  /// The label's column and the fields; columns that the settings omit are those of the header.
  func plan() throws -> (label: String, fields: [PlannedField]) {
    let (label, fields) = try format.schema {
      guard let (path, location) = try files.openFirst() else {
        throw DataFailure.settings(.noFiles)
      }
      return try Header.names(of: path, at: location, settings)
    }
    return (label, try features.plan(fields))
  }
}
