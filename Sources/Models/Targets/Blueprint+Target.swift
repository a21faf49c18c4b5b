extension Blueprint {
  /// The cross network that `target` asks for.
  func crossNetwork() -> CrossNetwork {
    switch settings.target {
    case .all, .masked, .fieldMasked: CrossStack(self)
    case .random: CrossTargets(self, choosing: RandomFields.init)
    case .hardMasked: CrossTargets(self, choosing: UnmaskedFields.init)
    }
  }

  /// What everything but a source reads of the embedding: the embedding itself, or behind the mask.
  var maskedTarget: Source {
    guard let mask else { return RawSource() }
    return mask
  }

  /// The mask that `target` asks for, before everything that reads the embedding but the sources.
  func targetMask() -> TargetMask? {
    switch settings.target {
    case .all, .random, .hardMasked: nil
    case .masked: TargetMask(self, SharedMaskVector(self, named: "mask"))
    case .fieldMasked: TargetMask(self, FieldMaskVectors(self, named: "mask"))
    }
  }
}
