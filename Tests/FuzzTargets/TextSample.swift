import ClickData

/// One way to read text: settings and a matching encoder.
struct TextSample {
  private let text: UntrustedInput

  private init(
    _ format: DatasetSettings.Format, label: String, delimiter: String? = nil,
    declared: [DatasetSettings.Field] = [], _ fields: [FittedField], positive: String? = nil,
    missing: [String] = []
  ) {
    var settings = DatasetSettings()
    settings.positive = positive
    settings.missing = missing
    settings.format = format
    settings.label = label
    settings.delimiter = delimiter
    settings.fields = declared
    settings.onBadRow = .skip
    settings.maxBadRows = .rows(.max)
    text = UntrustedInput(
      settings: settings, encoder: FittedEncoder(format: format, label: label, fields: fields))
  }

  func rows(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    try text.rows(bytes)
  }

  static let criteo = TextSample(
    .criteo, label: "label",
    (1...13).map { FittedField(name: "I\($0)", encoding: $0 % 2 == 0 ? .logBucket : .value) }
      + (1...26).map { FittedField(name: "C\($0)", encoding: .hash(buckets: 7 * $0)) })

  static let avazu = TextSample(
    .avazu, label: "click",
    ["hour", "weekday", "weekend", "C1", "site_id", "C21"].map {
      FittedField(name: $0, encoding: .hash(buckets: 100))
    })

  private static let rule = SequenceRule(maxLength: 3, pooling: .mean)

  static let sequence = TextSample(
    .delimited, label: "y",
    declared: [
      .init(name: "g", kind: .sequence, sequence: rule),
      .init(name: "h", kind: .sequence, sequence: rule, splitter: " "),
    ],
    [
      FittedField(name: "g", encoding: .hash(buckets: 5), sequence: rule),
      FittedField(name: "h", encoding: .hash(buckets: 7), sequence: rule),
    ])

  static let log = TextSample(
    .delimited, label: "y",
    declared: [
      .init(name: "ts", kind: .timestamp), .init(name: "g", kind: .sequence, sequence: rule),
      .init(name: "a", kind: .categorical),
    ],
    ["ts_hour", "ts_weekday", "ts_weekend", "a"].map {
      FittedField(name: $0, encoding: .hash(buckets: 9))
    } + [FittedField(name: "g", encoding: .hash(buckets: 5), sequence: rule)],
    positive: "yes", missing: ["NULL"])

  private static let features = [
    FittedField(name: "a", encoding: .hash(buckets: 9)),
    FittedField(name: "n", encoding: .value),
    FittedField(name: "g", encoding: .hash(buckets: 5), sequence: rule),
  ]

  static let libffm = TextSample(
    .libffm, label: "label",
    declared: [
      .init(name: "a", kind: .categorical), .init(name: "n", kind: .numeric),
      .init(name: "g", kind: .sequence, sequence: rule),
    ], features)

  private static let libsvm = [
    TextSample(
      .libsvm, label: "label",
      declared: [
        .init(name: "a", kind: .categorical, numbers: 1...9),
        .init(name: "n", kind: .numeric, numbers: 10...10),
        .init(name: "g", kind: .sequence, sequence: rule, numbers: 20...99),
      ], features),
    TextSample(
      .libsvm, label: "label",
      [
        FittedField(
          name: "features", encoding: .hash(buckets: 50),
          sequence: SequenceRule(maxLength: 64, pooling: .sum))
      ]),
  ]

  /// One of two ways to read it.
  static func libsvm(_ choice: UInt8) -> TextSample { libsvm[Int(choice) % libsvm.count] }

  private static let delimited: [TextSample] = [nil, ",", "\t", ";"].flatMap { delimiter in
    [FittedField.Encoding.logBucket, .value].map { encoding in
      TextSample(
        .delimited, label: "y", delimiter: delimiter,
        [
          FittedField(name: "a", encoding: .hash(buckets: 1)),
          FittedField(name: "n", encoding: encoding),
        ])
    }
  }

  /// The fields of encoded rows: an id each, and a value.
  static let cached = FittedEncoder(
    format: .delimited, label: "y",
    fields: [
      FittedField(name: "a", encoding: .hash(buckets: 9)), FittedField(name: "n", encoding: .value),
    ]
  ).schema

  /// One of eight ways to read it.
  static func delimited(_ choice: UInt8) -> TextSample { delimited[Int(choice) % delimited.count] }
}
