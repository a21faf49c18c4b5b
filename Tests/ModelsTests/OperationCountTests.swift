import ClickData
import Platform
import TestSupport
import Testing

@testable import Models

/// Floating-point operations of a row, against their formulas.
@Suite struct OperationCountTests {
  @Test func productsAreCountedTwicePerElementAndUse() {
    let settings = ModelSettings.tiny(.xdeepfm, .generative) {
      $0.cinHiddenUnits = [4]
      $0.deep.hiddenUnits = [7]
    }
    let model = CTRModel.unallocated(
      schema: FieldSchema.categories([5, 5]), settings: settings, batchCapacity: 1,
      pool: WorkerPool(threads: 1))
    // Encoder 6×6, interaction 4×(2·2) for each of 3 elements, its output 1×4, perceptron 7×6 and
    // 1×7.
    #expect(model.productOperations == 2 * (36 + 16 * 3 + 4 + 42 + 7))
    // 2·2 products of 3 elements, and the sums of 4 maps of 3.
    #expect(model.interactionOperations == 12 + 12)
  }

  /// Of four fields of dimension 4, the pairs read three, and the encoder's weight has a row per
  /// column of all four: 16 · 12 of its 16 · 16 elements are multiplied.
  @Test(arguments: [BackboneKind.fm, .fwfm, .fmfm, .ipnn, .deepfm])
  func blocksThatNothingReadsAreNotCounted(backbone: BackboneKind) throws {
    func model(_ paradigm: Paradigm) -> CTRModel {
      CTRModel.unallocated(
        schema: FieldSchema.categories([5, 5, 5, 5]),
        settings: .tiny(backbone, paradigm) {
          $0.embeddingDimension = 4
          $0.encoder.kind = .fieldWise
        }, batchCapacity: 1, pool: WorkerPool(threads: 1))
    }
    let weight = try #require(
      model(.generative).parameters.first { $0.name == "encoder.weight" })
    #expect(weight.shape == [16, 16])
    #expect(
      model(.generative).productOperations
        == model(.discriminative).productOperations + 2 * 16 * 12)
  }

  @Test(arguments: [
    // Four fields of dimension 4: 16 columns, 6 pairs. Suffix sums, products and their sums.
    (BackboneKind.fm, 3 * 16), (.deepfm, 3 * 16), (.lr, 0), (.dnn, 0),
    // Inner products, weighted, and the linear part's.
    (.fwfm, 6 * 8 + 6 * 2 + 4 * 8), (.fmfm, 6 * 8), (.ipnn, 6 * 8),
    // Two layers: a product and a sum per column.
    (.crossnet, 2 * 2 * 16), (.dcnv2, 2 * 2 * 16), (.dcnv2Stacked, 2 * 2 * 16),
    (.dcnv2StackedParallel, 2 * 2 * 16),
    // Suffix sums, products and their sums.
    (.nfm, 3 * 16),
    // Products of the vectors of 4 fields, then of 7 vectors, with 2 columns of 4 elements.
    (.wukong, 2 * 16 * 2 + 2 * 28 * 2),
    // No product of tokens; gates of 2 tokens' 12 elements in 2 blocks.
    (.rankmixer, 0), (.rankelastor, 2 * 24),
    // 4·4 and 4·5 products of 4 elements, and the sums of 5 and 3 maps.
    (.xdeepfm, 16 * 4 + 20 * 4 + 8 * 4),
  ])
  func interactionsAreCountedByTheirFormulas(backbone: BackboneKind, operations: Int) {
    func model(_ paradigm: Paradigm) -> CTRModel {
      CTRModel.unallocated(
        schema: FieldSchema.categories([5, 5, 5, 5]),
        settings: .tiny(backbone, paradigm) {
          $0.embeddingDimension = 4
          $0.crossLayers = 2
          $0.cinHiddenUnits = [5, 3]
          $0.encoder.kind = .selfAttention
        }, batchCapacity: 1, pool: WorkerPool(threads: 1))
    }
    #expect(model(.discriminative).interactionOperations == operations)
    guard backbone.hasSource else { return }
    let hasTokens = [.rankmixer, .rankelastor].contains(backbone)
    let encoders = CrossFamilyTests.backbones.contains(backbone) || hasTokens ? 2 : 1
    // Scores and sums of ordered pairs of vectors of 4: those of 4 fields, or 2 tokens.
    let vectors = hasTokens ? 2 : 4
    let attention = encoders * vectors * vectors * 4 * 4
    #expect(model(.generative).interactionOperations == operations + attention)
    let maps = encoders * 3 * 2 * 4 * 4 * vectors
    #expect(
      model(.generative).productOperations == model(.discriminative).productOperations + maps)
  }
}
