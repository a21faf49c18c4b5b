extension Dataset {
  /// An encoder for these data with the encodings of another one, before any value is appended.
  ///
  /// Throws `FieldsChanged` unless the data have its fields.
  public func adopt(_ encoder: FittedEncoder) throws -> FittedEncoder {
    let (label, planned) = try plan()
    _ = try planned.ordered(as: encoder)
    return FittedEncoder(
      format: settings.format, label: label, fields: encoder.fields, split: try splitBoundaries())
  }

  /// Appends the values of the training rows, or of a part of them, that an encoder lacks and that
  /// occur `min_count` times.
  ///
  /// Reads the rows once if there is a vocabulary. An automatic category that has a vocabulary
  /// keeps it, with at most `max_vocabulary` values. Throws `FieldsChanged` unless the data have
  /// the encoder's fields.
  public func grow(
    _ encoder: FittedEncoder, part: DataPart? = nil, progress: ((ReadingProgress) -> Void)? = nil
  ) throws -> EncoderGrowth {
    let (label, planned) = try plan()
    let fields = try planned.ordered(as: encoder)
    let boundaries = try splitBoundaries(progress: progress)
    var fits: [Int: VocabularyGrowth] = [:]
    for (index, field) in encoder.fields.enumerated() where field.embeddingOf == nil {
      guard case .vocabulary(let vocabulary, let minCount) = field.encoding else { continue }
      fits[index] = VocabularyGrowth(
        vocabulary, minCount: minCount, maxCount: fields[index].maxVocabulary)
    }
    var encodings: [Int: FittedField.Encoding] = [:]
    if !fits.isEmpty {
      try copyPipes(passes: .max)
      let fit = EncodingFit(fields) { fits[$0] }
      _ = try read(.train, part: part, (label, fields), fit, observer: nil, progress: progress)
      encodings = try fit.encodings(distinct: fields.map { _ in 0 })
    }
    return EncoderGrowth(
      encoder: FittedEncoder(
        format: settings.format, label: label,
        fields: zip(fields.indices, encoder.fields).map { index, field in
          FittedField(
            name: field.name,
            encoding: encodings[fields[index].owner?.index ?? index] ?? field.encoding,
            embeddingOf: field.embeddingOf, sequence: field.sequence, distinct: field.distinct)
        }, split: boundaries),
      fields: fits.sorted { $0.key < $1.key }.map { index, fit in
        .init(name: encoder.fields[index].name, added: fit.added, omitted: fit.omitted)
      }.filter { $0.added + $0.omitted > 0 })
  }
}

extension PlannedField {
  /// The maximum number of values of a vocabulary; nil if any number is allowed.
  fileprivate var maxVocabulary: Int? {
    if case .categorical(.auto(let rule)) = encoding { rule.maxVocabulary } else { nil }
  }
}
