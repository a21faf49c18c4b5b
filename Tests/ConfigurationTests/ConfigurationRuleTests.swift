import ClickData
import Models
import Testing

/// Rules between keys that are each valid on their own: every error sentence, verbatim.
@Suite struct ConfigurationRuleTests {
  /// The refusal of keys below a valid data set, which is on line 1.
  private func refusal(_ yaml: String) -> String? {
    ConfigurationFixture.refusal(of: ConfigurationFixture.data + yaml)
  }

  @Test func combinationsNameTheLineOfTheKeyToChange() {
    #expect(
      refusal("model:\n  backbone: lr\n  paradigm: generative\n")
        == "demo.yaml:4: model.paradigm: found \"generative\", expected discriminative: backbone lr "
        + "has no interaction whose side could be generated")
    #expect(
      refusal("model:\n  backbone: xdeepfm\n  cin_hidden_units: []\n")
        == "demo.yaml:4: model.cin_hidden_units: found an empty list, expected at least one width: "
        + "in backbone xdeepfm fields interact only in these layers")
    #expect(
      refusal("training:\n  monitor: {AUC: 0}\n")
        == "demo.yaml:3: training.monitor: expected a weight other than 0, such as {AUC: 1}")
    #expect(
      refusal("training:\n  monitor: {GAUC: 1}\n")
        == "demo.yaml:3: training.monitor.GAUC: found 1.0, expected training.group beside it: GAUC "
        + "is the mean AUC of groups of rows; set training.group to their column, such as user_id")
  }

  @Test func batchNormalisationNeedsABatch() {
    let model = "model: {backbone: dnn, batch_norm: true}\n"
    #expect(
      refusal("\(model)training: {batch_size: 1}\n")
        == "demo.yaml:3: training.batch_size: found 1, expected at least 2 with model.batch_norm: "
        + "true: the mean of one row is the row itself, and its variance 0; raise it or set "
        + "model.batch_norm to false")
    #expect(refusal("\(model)training: {batch_size: 2}\n") == nil)
    #expect(refusal("model: {backbone: dnn}\ntraining: {batch_size: 1}\n") == nil)
  }

  @Test func progressiveTrainingHasOneEpoch() throws {
    #expect(
      refusal("training:\n  progressive: true\n  epochs: 5\n")
        == "demo.yaml:4: training.epochs: found 5, expected 1: with training.progressive: true each "
        + "file or day is evaluated, then trained on once; remove it")
    #expect(
      refusal("training:\n  progressive: true\n  keep: all\n")
        == "demo.yaml:4: training.keep: found \"all\", expected best: with training.progressive: "
        + "true vocabularies grow, and earlier weights do not belong to the encoders at the end")
    let given = try ConfigurationFixture.read(
      ConfigurationFixture.data + "training: {progressive: true}\n")
    #expect(given.training.epochs == 1)
    #expect(try ConfigurationFixture.read(given.yaml) == given)
  }

  @Test(arguments: BackboneKind.allCases)
  func keysOfOtherBackbonesMayAppearInASharedFile(backbone: BackboneKind) {
    let refused = refusal(
      """
      model:
        backbone: \(backbone.rawValue)
        encoder: {input: embedding, residual: true}
        hidden_units: [8]
        num_cross_layers: 2
        cross_bias: true
        head: linear
        cin_hidden_units: \(backbone == .xdeepfm ? "[4]" : "[]")
        linear_type: LW
        field_interaction_type: vectorized
      """)
    #expect(refused == nil)
  }

  @Test func aLibsvmRowWithoutFieldsHasNothingToInteractWith() {
    let text = "dataset: {train: a, format: libsvm}\n"
    #expect(ConfigurationFixture.refusal(of: text, set: ["model.backbone=lr"]) == nil)
    #expect(
      ConfigurationFixture.refusal(of: text, set: ["model.backbone=fm"])
        == "--set model.backbone=fm: model.backbone: found \"fm\", expected lr or dnn: without "
        + "dataset.fields all features of a libsvm row are one field, which has no other to interact "
        + "with; assign the features to fields")
  }

  @Test func sourcesOfOtherKindsAreRefused() {
    #expect(
      refusal("model: {paradigm: generative, encoder: {kind: stacked, source: own}}\n")
        == "demo.yaml:2: model.encoder.source: found \"own\", expected all: an encoder of kind "
        + "stacked generates every field from all")
    #expect(
      refusal("model: {paradigm: generative, embedding_dim: 10, encoder: {kind: self_attention}}\n")
        == "demo.yaml:2: model.embedding_dim: found 10, expected a multiple of 4: an encoder of "
        + "kind self_attention splits each vector into 4 heads")
    #expect(
      refusal(
        "model: {paradigm: generative, embedding_dim: 8, "
          + "encoder: {kind: self_attention, activation: prelu}}\n")
        == "demo.yaml:2: model.encoder.activation: found \"prelu\", expected another: an encoder of "
        + "kind self_attention ends with a ReLU, after which a slope below zero cannot be trained")
  }

  @Test func targetsThatABackboneDoesNotHaveAreRefused() {
    #expect(
      refusal("model: {backbone: fm, target: random}\n")
        == "demo.yaml:2: model.target: found \"random\", expected all: backbone fm does not "
        + "have this target; crossnet, dcnv2, dcnv2_stacked, dcnv2_stacked_parallel do")
    #expect(
      refusal("model: {backbone: dnn, target: field_masked}\n")
        == "demo.yaml:2: model.target: found \"field_masked\", expected all: backbone dnn does "
        + "not have this target; fm, deepfm, nfm, fwfm, fmfm, ipnn, crossnet, dcnv2, dcnv2_stacked, "
        + "dcnv2_stacked_parallel, xdeepfm, wukong do")
    #expect(
      refusal("model: {backbone: dcnv2, target: hard_masked, num_target: 39}\n")
        == "demo.yaml:2: model.num_target: found 39, expected at most 38: target hard_masked must "
        + "leave one of 39 fields")
    #expect(refusal("model: {backbone: dcnv2, target: hard_masked, num_target: 38}\n") == nil)
    #expect(refusal("model: {backbone: dcnv2, target: random, num_target: 39}\n") == nil)
    #expect(refusal("model: {backbone: deepfm, paradigm: discriminative, target: masked}\n") == nil)
    #expect(
      refusal("model: {use_random_predict: true}\n")
        == "demo.yaml:2: model.use_random_predict: unknown key; did you mean model.target?")
  }

  @Test func tokensThatTheEmbeddingsDoNotGiveAreRefused() {
    let rankmixer = "model: {backbone: rankmixer, embedding_dim: 10, "
    #expect(
      refusal("\(rankmixer)num_tokens: 4, token_dim: 6}\n")
        == "demo.yaml:2: model.token_dim: found 6, expected a multiple of model.num_tokens, 4: "
        + "backbone rankmixer gives every token a block of each token")
    #expect(
      refusal("\(rankmixer)tokenizer: shared, num_tokens: 16, token_dim: 16}\n")
        == "demo.yaml:2: model.num_tokens: found 16, expected a divisor of 390: tokenizer shared cuts "
        + "the 390 elements of 39 fields' embeddings into equal chunks; change it, or set "
        + "model.tokenizer to joint")
    #expect(
      refusal("\(rankmixer)tokenizer: none, num_tokens: 13, token_dim: 26}\n")
        == "demo.yaml:2: model.token_dim: found 26, expected 13 tokens × token_dim to be 390: "
        + "tokenizer none keeps the 390 elements of 39 fields' embeddings; change it, or set "
        + "model.tokenizer to joint")
    #expect(refusal("\(rankmixer)tokenizer: none, num_tokens: 13, token_dim: 30}\n") != nil)
    #expect(refusal("\(rankmixer)tokenizer: shared, num_tokens: 13, token_dim: 26}\n") == nil)
    #expect(
      refusal("model: {backbone: rankelastor, ffn_hidden_units: []}\n")
        == "demo.yaml:2: model.ffn_hidden_units: found an empty list, expected at least one width: in "
        + "backbone rankelastor tokens interact in these layers")
    #expect(
      refusal(
        "model: {backbone: rankmixer, paradigm: generative, encoder: {source: high_cardinality}}\n")
        == "demo.yaml:2: model.encoder.source: found \"high_cardinality\", expected all or own: the "
        + "vectors that backbone rankmixer generates are tokens, not fields")
  }

  @Test func termsThatAModelDoesNotHaveAreRefused() {
    #expect(
      refusal("training: {regularizers: {space_similarity: 0.5}}\n")
        == "demo.yaml:2: training.regularizers.space_similarity: found 0.5, expected 0 or "
        + "model.embedding_sets above 1: it compares sets of embeddings")
    #expect(
      refusal("training: {regularizers: {block_orthogonality: 0.5}}\n")
        == "demo.yaml:2: training.regularizers.block_orthogonality: found 0.5, expected 0 with "
        + "backbone fm: it is a term of the weights of cross layers, which crossnet and dcnv2 have")
    #expect(
      refusal("model: {backbone: lr}\ntraining: {regularizers: {decorrelation: 0.5}}\n")
        == "demo.yaml:3: training.regularizers: found terms, expected none: backbone lr has no "
        + "embeddings")
    #expect(
      refusal("training: {regularizers: {decorrelation: -1}}\n")?.hasPrefix(
        "demo.yaml:2: training.regularizers.decorrelation: found -1") == true)
  }

  @Test func aMaskOfSeveralSetsIsRefused() {
    #expect(
      refusal("model: {embedding_sets: 2, target: masked}\n")
        == "demo.yaml:2: model.target: found \"masked\", expected all with model.embedding_sets: 2: "
        + "what is hidden from one set would be shown by another")
  }

  @Test func bucketsAloneImplyHashing() throws {
    let features = try ConfigurationFixture.read(
      """
      run: hashed
      dataset: {format: criteo, train: [train.tsv]}
      features:
        categorical: {buckets: 50}
        overrides: {C1: {buckets: 7}, C2: {max_buckets: 7}}
      model: {backbone: fm}
      """
    ).features
    var automatic = AutomaticCategories()
    automatic.maxBuckets = 7
    #expect(features.categorical == .hash(buckets: 50))
    #expect(features.overrides["C1"] == .categorical(.hash(buckets: 7)))
    #expect(features.overrides["C2"] == .categorical(.auto(automatic)))
  }
}
