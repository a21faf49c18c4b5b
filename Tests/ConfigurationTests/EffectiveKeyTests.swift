import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Configuration

/// Keys without an effect are those that change neither the weights of a model nor its logits.
@Suite struct EffectiveKeyTests {
  private struct Change: Sendable {
    let key: String
    let apply: @Sendable (inout ModelSettings) -> Void
  }

  private static let changes: [Change] = [
    Change(key: "embedding_dim") { $0.embeddingDimension = 8 },
    Change(key: "embedding_sets") { $0.embeddingSets = 2 },
    Change(key: "encoder.kind") { $0.encoder.kind = .stacked },
    Change(key: "encoder.activation") { $0.encoder.activation = .tanh },
    Change(key: "encoder.gamma") { $0.encoder.gamma = 3 },
    Change(key: "encoder.source") { $0.encoder.source = .own },
    Change(key: "encoder.num_source") { $0.encoder.sourceFields = 1 },
    Change(key: "encoder.rank") { $0.encoder.rank = 2 },
    Change(key: "encoder.inner_activation") { $0.encoder.innerActivation = .tanh },
    Change(key: "encoder.attention_dropout") { $0.encoder.attentionDropout = 0.9 },
    Change(key: "encoder.residual") { $0.encoder.residual.toggle() },
    Change(key: "encoder.input") { $0.encoder.input = .embedding },
    Change(key: "target") { $0.target = .masked },
    Change(key: "num_target") { $0.targetFields = 1 },
    Change(key: "hidden_units") { $0.deep.hiddenUnits = [6] },
    Change(key: "hidden_activation") { $0.deep.activation = .tanh },
    Change(key: "net_dropout") { $0.deep.dropout = 0.9 },
    Change(key: "batch_norm") { $0.deep.batchNormalization.toggle() },
    Change(key: "head") { $0.head = .linear },
    Change(key: "num_cross_layers") { $0.crossLayers = 2 },
    Change(key: "cross_dropout") { $0.crossDropout = 0.9 },
    Change(key: "cross_bias") { $0.crossBias.toggle() },
    Change(key: "num_tokens") { $0.tokens.tokens = 4 },
    Change(key: "token_dim") { $0.tokens.dimension = 8 },
    Change(key: "tokenizer") { $0.tokens.tokenizer = .shared },
    Change(key: "tokenizer_hidden_units") { $0.tokens.tokenizerUnits = [3] },
    Change(key: "tokenizer_dropout") { $0.tokens.tokenizerDropout = 0.9 },
    Change(key: "num_blocks") { $0.tokens.blocks = 1 },
    Change(key: "ffn_hidden_units") { $0.tokens.feedForwardUnits = [3] },
    Change(key: "ffn_expansion") { $0.tokens.expansion = 2 },
    Change(key: "token_norm") { $0.tokens.normalization.toggle() },
    Change(key: "num_wukong_layers") { $0.wukong.layers = 1 },
    Change(key: "fmb_features") { $0.wukong.fmbFeatures = 2 },
    Change(key: "lcb_features") { $0.wukong.lcbFeatures = 2 },
    Change(key: "fmb_rank") { $0.wukong.rank = 3 },
    Change(key: "fmb_hidden_units") { $0.wukong.fmbUnits = [] },
    Change(key: "cin_hidden_units") { $0.cinHiddenUnits = [5] },
    Change(key: "linear_type") { $0.fwfmLinear = .filv },
    Change(key: "field_interaction_type") { $0.fmfmField = .vectorized },
  ]

  private static let starts: [@Sendable (inout ModelSettings) -> Void] = [
    { _ in },
    { $0.encoder.kind = .selfAttention },
    { $0.encoder.kind = .lowRank },
    {
      $0.encoder.source = .highCardinality
      $0.encoder.sourceFields = 2
    },
    {
      $0.deep.hiddenUnits = []
      $0.deep.activation = .silu
    },
    {
      $0.target = .masked
      $0.targetFields = 2
    },
  ]

  private func text(_ settings: ModelSettings) -> String {
    var configuration = RunConfiguration()
    configuration.model = settings
    return configuration.effectiveKeys
  }

  /// The names and numbers of all parameters, and the logits of four training steps.
  private func behaviour(_ settings: ModelSettings) -> [String] {
    let schema = FieldSchema.categories([9, 7, 5, 11])
    let model = CTRModel(
      schema: schema, settings: settings, batchCapacity: 16, seed: 3,
      pool: WorkerPool(threads: 1)
    ).randomized()
    let batch = EncodedBatch.random(rows: 16, schema: schema, seed: 5)
    // A mask is drawn per step, and may hide a field of which a backbone reads one side only.
    return model.parameters.map { "\($0.name) \($0.shape)" }
      + (1...4).flatMap { step in
        let logits = model.forward(batch, .training(step: step))
        return (0..<16).map { "\(logits[$0, 0].bitPattern)" }
      }
  }

  @Test(arguments: BackboneKind.allCases)
  func aKeyHasAnEffectIfAndOnlyIfItChangesTheModel(backbone: BackboneKind) {
    for paradigm in Paradigm.allCases where paradigm == .discriminative || backbone.hasSource {
      for start in Self.starts {
        var settings = ModelSettings.tiny(backbone, paradigm) { $0.embeddingDimension = 4 }
        start(&settings)
        guard isValid(settings) else { continue }
        let before = behaviour(settings)
        for change in Self.changes {
          var changed = settings
          change.apply(&changed)
          guard changed != settings, isValid(changed) else { continue }
          #expect(
            (text(changed) != text(settings)) == (behaviour(changed) != before),
            "\(backbone) \(paradigm) \(change.key)")
        }
      }
    }
  }

  private func isValid(_ settings: ModelSettings) -> Bool {
    settings.backbone.suits(settings.target) && settings.backbone.suits(settings.encoder.source)
      && (settings.target == .all || settings.embeddingSets == 1)
      && (settings.encoder.kind == .fieldWise || settings.encoder.source == .all)
  }

  @Test func theNameOfARunHasNoEffectAndItsSeedHas() {
    var first = RunConfiguration()
    var second = first
    second.run = "other"
    #expect(first.effectiveKeys == second.effectiveKeys)
    second.training.seed += 1
    #expect(first.effectiveKeys != second.effectiveKeys)
    first.training.shuffle = false
    second = first
    second.training.shuffleRows += 1
    #expect(first.effectiveKeys == second.effectiveKeys)
  }
}
