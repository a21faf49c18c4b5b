/// DCN V2, stacked and parallel: `logit += head([MLP_s(X_L) ; MLP(x)])`, where `X_L` is CrossNet
/// V2's (Wang et al., 2021; FuxiCTR's `stacked_parallel`).
///
/// The generated side is that of the cross layers; `MLP` reads the raw embedding in both paradigms.
/// Both perceptrons have the same widths. Without hidden layers it is CrossNet V2.
final class StackedParallelDCNv2: DCNv2 {
  override class func crossNetwork(_ builder: ModelBuilder) -> CrossNetwork {
    builder.stackedCrossNetwork()
  }
}
