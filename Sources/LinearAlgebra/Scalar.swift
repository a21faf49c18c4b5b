#if SFG_DOUBLE
  /// The element type of every model: double precision, in builds that check gradients.
  public typealias Scalar = Double
#else
  /// The element type of every model: single precision, as the reference implementations train.
  public typealias Scalar = Float
#endif
