extension Blueprint {
  /// Floating-point operations of a row's products of vectors with one another, forward: the interactions, and the
  /// weighing of fields by self-attention.
  var interactionOperations: Int {
    let dimension = settings.embeddingDimension
    let interactions =
      switch settings.backbone {
      case .lr, .dnn: 0
      // Suffix sums, and a product and a sum of each element.
      case .fm, .deepfm: 3 * width
      case .fwfm: pairs * (2 * dimension + 2) + fwfmLinearOperations
      case .fmfm: settings.fmfmField == .matrixed ? 2 * pairs * dimension : pairs * dimension
      case .ipnn: 2 * pairs * dimension
      case .crossnet, .dcnv2: settings.crossLayers * 2 * width
      case .xdeepfm: compressedOperations
      }
    return interactions + encoders * attentionOperations
  }

  private var fwfmLinearOperations: Int {
    switch settings.fwfmLinear {
    case .lw, .filv: 0
    case .felv: 2 * width
    }
  }

  /// The products `S_h ⊙ X_m` of each layer, and the sums of its maps.
  private var compressedOperations: Int {
    let maps = [schema.count] + settings.cinHiddenUnits
    return zip(maps, maps.dropFirst()).reduce(0) { sum, layer in
      sum + (width * layer.0 + settings.embeddingDimension * layer.1)
    }
  }

  private var encoders: Int {
    switch (settings.paradigm, settings.backbone) {
    case (.discriminative, _), (_, .lr), (_, .dnn): 0
    case (_, .fm), (_, .deepfm), (_, .fwfm), (_, .fmfm), (_, .ipnn): 1
    case (_, .crossnet), (_, .dcnv2): settings.crossLayers
    case (_, .xdeepfm): settings.cinHiddenUnits.count
    }
  }

  /// `⟨qᵢ, kⱼ⟩` and `aᵢⱼ·vⱼ` of all ordered pairs.
  private var attentionOperations: Int {
    switch settings.encoder.kind {
    case .fieldWise, .fieldShared, .stacked: 0
    case .selfAttention: 4 * schema.count * width
    }
  }
}
