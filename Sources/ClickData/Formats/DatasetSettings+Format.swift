extension DatasetSettings {
  /// Throws `DataFailure.settings` where the settings contradict one another or their format.
  public func check() throws {
    try checkMembers()
    try inputFormat.check()
  }

  /// The number of fields; nil if a header determines it.
  public var fieldCount: Int? {
    switch format {
    case .criteo, .avazu, .libsvm:
      try? inputFormat.schema(header: { [] }).fields.count
    case .delimited, .libffm:
      fields.isEmpty
        ? nil : fields.reduce(0) { $0 + ($1.kind == .timestamp ? $1.timeParts.count : 1) }
    }
  }

  var inputFormat: any InputFormat {
    switch format {
    case .criteo: CriteoFormat()
    case .avazu: AvazuFormat(weight: weight)
    case .delimited: DelimitedFormat(self)
    case .libffm: FeatureFormat(libffm: fields)
    case .libsvm: FeatureFormat(libsvm: fields)
    }
  }
}
