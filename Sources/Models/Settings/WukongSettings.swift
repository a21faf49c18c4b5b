/// The layers of Wukong.
public struct WukongSettings: Equatable, Sendable {
  /// The number of layers.
  public var layers = 3
  /// Vectors that a layer's factorisation machine block makes.
  public var fmbFeatures = 40
  /// Vectors that a layer's linear compression block makes.
  public var lcbFeatures = 40
  /// Columns to which the products of all pairs of vectors are projected.
  public var rank = 8
  /// Widths of the hidden layers behind these products.
  public var fmbUnits = [512, 256]
  /// The defaults, those of FuxiCTR.
  public init() {}

  /// Vectors of a row behind a layer.
  var features: Int { fmbFeatures + lcbFeatures }
}
