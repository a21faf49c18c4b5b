import ClickData
import Configuration
import Platform
import Training

/// The data of a run and their encodings.
extension TrainingJob {
  /// Fits the encodings; returns the number of training rows too, if that takes a pass over them.
  func scan(_ cancel: @escaping () -> Void) throws -> (Dataset, EncoderFile, Int?) {
    let dataset = try openDataset()
    if let encodings {
      return (dataset, try EncoderFile(contentsOf: "\(encodings)/fields.json"), nil)
    }
    let watch = Stopwatch()
    var scanned: ReadingProgress?
    let (encoder, lines) = try fit(dataset) { reading in
      scanned = reading
      line.update(TrainingReporter.progress(reading, label: "scan", seconds: watch.seconds))
      guard Interruption.isRequested else { return }
      line.clear()
      spool.remove()
      cancel()
      ExitStatus.exit(after: Interrupted(work: "train"))
    }
    describe(encoder)
    try configuration.check(fields: encoder.schema.count)
    scanned.map { reporter.report($0.badRows, beside: $0.rows, of: "train") }
    line.event(EncodingText.line(encoder))
    for text in lines { line.event(text) }
    return (dataset, EncoderFile(encoder), scanned?.rows)
  }

  /// Reports the label that was taken by default, and where the rows are divided.
  func describe(_ encoder: FittedEncoder) {
    if configuration.dataset.format == .delimited, configuration.dataset.label == nil {
      line.event(DefaultLabel.warning(encoder.label))
    }
    encoder.split.map { line.event(SplitText.line($0)) }
    for text in WeightText.lines(configuration.dataset) { line.event(text) }
  }

  /// Fits the encodings, or appends to those of the run of `--from`, which lines describe.
  private func fit(
    _ dataset: Dataset, progress: @escaping (ReadingProgress) -> Void
  ) throws -> (FittedEncoder, lines: [String]) {
    guard let source else { return (try dataset.fit(progress: progress), []) }
    let growth = try dataset.grow(source.encoder, progress: progress)
    return (growth.encoder, source.lines(growth))
  }

  /// The encodings of the run, without another scan.
  func reopen(_ work: RunFolder) throws -> (Dataset, EncoderFile, Int?) {
    (try openDataset(), try EncoderFile(contentsOf: work.fieldsPath), nil)
  }

  func openDataset() throws -> Dataset {
    let training = configuration.training
    let dataset = try Dataset(
      settings: configuration.dataset, features: configuration.features,
      cache: RunCache.folder(
        of: configuration.dataset, run: folder,
        // Runs of a sweep read the same rows.
        writes: configuration.dataset.cache != .auto || training.epochs > 1 || encodings != nil
      ) { [line] in line.event(CacheText.sentence($0)) }, spool: spool)
    SkippedFiles.report(dataset, on: line)
    let passes = training.evalSteps == nil && !training.progressive ? training.epochs : .max
    try dataset.copyPipes(passes: passes)
    return dataset
  }
}
