/// DCN V2, stacked: `logit += head(MLP(X_L))`, where `X_L` is CrossNet V2's (Wang et al., 2021,
/// section 3.3).
///
/// The generated side is that of the cross layers; the perceptron reads their last state. Without
/// hidden layers it is CrossNet V2.
final class StackedDCNv2: CrossNet {
  override class func crossNetwork(_ builder: ModelBuilder) -> CrossNetwork {
    builder.stackedCrossNetwork()
  }
}
