import Platform

/// Click logs with the rules by which they are read: files, splits, formats and encodings.
///
/// ```
/// let dataset = try Dataset(settings: settings, features: features)
/// let encoder = try dataset.fit()
/// let stream = try dataset.batches(of: .train, encoder: encoder, batchSize: 4096)
/// while let batch = try stream.next() { … }
/// ```
/// One thread uses a data set; the streams it opens have threads of their own.
public final class Dataset {
  /// Where the rows come from.
  public let settings: DatasetSettings
  /// How fields become ids.
  public let features: FeatureSettings

  private let files: [Split: [String]]
  private var takenPipes: Set<String> = []
  private let stamps: [String: FileStamp]
  private let caches: RowCaches?

  /// Checks the settings and expands the globs; throws `DataFailure` or `FileFailure` for files that cannot be read.
  ///
  /// Encoded rows are kept in `cache`; without one, every pass reads the text.
  public init(
    settings: DatasetSettings, features: FeatureSettings = FeatureSettings(),
    cache: CacheFolder? = nil
  ) throws {
    try settings.check()
    try features.check()
    self.settings = settings
    self.features = features
    caches = cache.map(RowCaches.init)
    let source = try SplitFiles.source(settings.source)
    let files = try Dictionary(
      uniqueKeysWithValues: Split.allCases.map { split in
        guard settings.split != nil else {
          return (split, try InputPaths.expand(settings.patterns(of: split)))
        }
        return (split, settings.share(of: split) > 0 ? source : [])
      })
    if settings.split == nil { try SplitFiles.checkApart(files) }
    self.files = files
    stamps = FileStamp.all(Set(files.values.joined()))
  }

  /// Whether the settings give a split any files, or a share of the source.
  public func has(_ split: Split) -> Bool { !paths(of: split).isEmpty }

  /// Whether a split is, in part or whole, on standard input or in a pipe and so can be read only once.
  public func readsStandardInput(_ split: Split) -> Bool {
    paths(of: split).contains(where: InputPaths.isPipe)
  }

  /// The most bytes of text that a pass over a split holds at once, read ahead of the row it has come to.
  public func readAheadBytes(of split: Split) -> Int {
    ChunkReader.mostBytes(files: paths(of: split).count)
  }

  /// Fixes how every field is encoded, with a scan of the training split where an encoding depends on it.
  ///
  /// `progress` is called now and then during the scan. Throws what the files make it throw.
  public func fit(progress: ((ReadingProgress) -> Void)? = nil) throws -> FittedEncoder {
    let (label, fields) = try plan()
    guard fields.contains(where: \.needsScan) else {
      return encoder(label, fields.map { $0.fitted(distinct: nil) })
    }
    guard !readsStandardInput(.train) else {
      throw DataFailure.settings(.standardInputScan)
    }
    return encoder(label, try inspect(.train, progress: progress).fields.map(\.field))
  }

  /// Reads a split once and says what is in it, under the encodings of the settings.
  public func inspect(_ split: Split = .train, progress: ((ReadingProgress) -> Void)? = nil) throws
    -> DataSummary
  {
    try scan(split, profile: nil, progress: progress)
  }

  /// Reads a split once, with a profile beside what every scan counts.
  func scan(
    _ split: Split, profile: DataProfile?, progress: ((ReadingProgress) -> Void)?
  ) throws -> DataSummary {
    let (label, fields) = try plan()
    let paths = try open(split)
    let chunks = ChunkReader(paths: paths)
    let badRows = BadRowLedger(settings)
    let totalBytes = InputPaths.totalBytes(paths)
    let scan = DataScan(fields, fit: EncodingFit(fields), profile: profile) { scan in
      progress?(
        ReadingProgress(
          rows: scan.rows, read: chunks.progress, totalBytes: totalBytes,
          encodeSeconds: scan.seconds, badRows: badRows.snapshot))
    }
    let reader = RowReader(
      chunks: chunks, paths: paths,
      format: TextFormat(settings, label: label, fields: fields.map(\.name)),
      sampler: sampler(split), badRows: badRows)
    let thread = chunks.start()
    defer {
      chunks.cancel()
      thread.join()
    }
    try reader.run(scan)
    guard scan.rows > 0 else { throw DataFailure.noRows(of: "dataset.\(split)") }
    return try scan.summary(badRows: badRows)
  }

  /// Opens a pass over a split.
  public func batches(
    of split: Split, encoder: FittedEncoder, batchSize: Int, order: RowOrder = .stored
  ) throws -> BatchStream {
    let format = TextFormat(settings, label: encoder.label, fields: encoder.fields.map(\.name))
    let source = rowSource(split, format: format, encoder: encoder)
    let pass: any RowPass
    switch source {
    case .cache(let cache): pass = CachedPass(cache, order: order)
    case .text(let writer):
      pass = TextPass(
        paths: try open(split), format: format, sampler: sampler(split),
        badRows: BadRowLedger(settings), encoder: encoder, order: order, writer: writer)
    }
    return BatchStream(
      pass, name: "dataset.\(split)", schema: encoder.schema, batchSize: batchSize)
  }

  private func rowSource(
    _ split: Split, format: TextFormat, encoder: FittedEncoder
  ) -> RowCaches.Source {
    let paths = paths(of: split)
    // What is no regular file cannot be told from another one.
    guard let caches, !paths.isEmpty, paths.allSatisfy({ stamps[$0] != nil }) else {
      return .text(nil)
    }
    let sampler = sampler(split)
    let recipe = CacheRecipe(
      split: split, paths: paths, format: format, sampler: sampler, encoder: encoder)
    return caches.source(
      recipe, layout: CacheLayout(RecordLayout(encoder.schema)), share: sampler?.share ?? 1
    ) { badRows in
      badRows == 0 || (settings.onBadRow == .skip && badRows <= settings.maxBadRows)
    }
  }

  private func paths(of split: Split) -> [String] { files[split] ?? [] }

  private func open(_ split: Split) throws -> [String] {
    let paths = paths(of: split)
    guard !paths.isEmpty else { throw DataFailure.settings(.noSplit("\(split)")) }
    try take(paths)
    for path in paths {
      guard let before = stamps[path], let now = FileStamp(path: path) else { continue }
      guard now.isUnwritten(since: before) else {
        throw DataFailure.changed(path: path, from: before.bytes, to: now.bytes)
      }
    }
    return paths
  }

  private func take(_ paths: [String]) throws {
    let pipes = paths.filter(InputPaths.isPipe)
    guard takenPipes.isDisjoint(with: pipes) else { throw DataFailure.standardInputTwice }
    takenPipes.formUnion(pipes)
  }

  private func sampler(_ split: Split) -> SplitSampler? {
    settings.split.map { SplitSampler($0, split: split) }
  }

  private func encoder(_ label: String, _ fields: [FittedField]) -> FittedEncoder {
    FittedEncoder(format: settings.format, label: label, fields: fields)
  }

  /// The label's column and the fields, read from the first file's header where the settings leave them open.
  func plan() throws -> (label: String, fields: [PlannedField]) {
    let (label, fields) = try declarations()
    return (label, try features.plan(fields))
  }

  private func declarations() throws -> (String, [FieldDeclaration]) {
    switch settings.format {
    case .criteo: return (CriteoLayout.label, CriteoLayout.fields)
    case .avazu: return (AvazuLayout.label, AvazuLayout.fields)
    case .delimited: break
    case .libffm, .libsvm:
      return (FeatureTable.label, declarations(of: FeatureTable.fields(of: settings)))
    }
    let declared = declarations(of: settings.fields)
    if let label = settings.label, !declared.isEmpty { return (label, declared) }
    guard let path = Split.allCases.lazy.compactMap({ self.paths(of: $0).first }).first else {
      throw DataFailure.settings(.noFiles)
    }
    guard !InputPaths.isPipe(path) else {
      throw DataFailure.settings(.standardInputFields)
    }
    return try declarations(from: try HeaderPeek.names(of: path, delimiter: settings.delimiterByte))
  }

  private func declarations(of fields: [DatasetSettings.Field]) -> [FieldDeclaration] {
    fields.map { FieldDeclaration($0, format: settings.format) }
  }

  private func declarations(from names: [String]) throws -> (String, [FieldDeclaration]) {
    let label = settings.label ?? names[0]
    guard settings.fields.isEmpty else {
      let fields = declarations(of: settings.fields)
      guard !fields.contains(where: { $0.name == label }) else {
        throw DataFailure.settings(.labelIsField(label))
      }
      return (label, fields)
    }
    let fields = names.filter { $0 != label }
    guard !fields.isEmpty else { throw DataFailure.settings(.noFields) }
    return (label, fields.map { FieldDeclaration(name: $0, kind: .categorical) })
  }
}
