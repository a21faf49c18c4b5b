/// RankElastor: RankMixer with full mixing, `X + RMSNorm(X)·Wᵀ + b`, and gated feed-forward layers
/// (RankElastor, KDD 2026).
///
/// The generated side is the gate's operand in the first gated unit of each block, `(S₂·y +
/// GELU(L₁·y)) ⊙ (L₂·g)` with `g` generated from the tokens `y`; discriminative, `g = y`.
final class RankElastor: RankMixer {
  override class func block(_ context: LayerContext, _ builder: ModelBuilder) -> TokenBlock {
    let settings = builder.settings.tokens
    let mixing = FullTokenMixing(context.scoped("mixing"), width: settings.width)
    let layers = TokenLayers(
      gated: context.scoped("ffn"), settings,
      source: builder.tokenSource(context.scoped("encoder")))
    return TokenBlock(context, settings, mixing: mixing, layers: layers)
  }
}
