extension Dataset {
  /// Reads a split once and says all that `sfg inspect` prints, under the encodings of the settings.
  ///
  /// Memory is bounded: about 8 MiB for each field of more than 65,536 values, and 60 MiB beside.
  public func inspection(
    of split: Split = .train, progress: ((ReadingProgress) -> Void)? = nil
  ) throws -> Inspection {
    let profile = DataProfile(try plan().fields)
    return profile.inspection(try scan(split, profile: profile, progress: progress))
  }
}
