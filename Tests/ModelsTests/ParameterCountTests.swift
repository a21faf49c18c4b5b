import ClickData
import Glibc
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// One of the paper's data sets: the sizes of its vocabularies (section 5) and the models trained
/// on it (section 2).
private struct DataSet {
  let name: String
  let schema: [FieldSchema]
  let dimension: Int
  /// Hidden layers of DeepFM, IPNN, xDeepFM and DCN V2.
  let hiddenUnits: [BackboneKind: [Int]]
  let crossLayers: Int
  let cinHiddenUnits: [Int]
  let normalizes: Set<BackboneKind>
  /// Discriminative and generative, as published (section 2.3).
  let published: [(backbone: BackboneKind, discriminative: Int, generative: Int)]

  static let avazu = DataSet(
    name: "Avazu",
    schema: FieldSchema.categories([
      26, 9, 9, 4051, 5461, 27, 6545, 400, 33, 820_509, 2_903_322, 7259, 7, 6, 2556, 10, 11, 434,
      6, 70, 173, 62, 9, 4,
    ]), dimension: 16,
    hiddenUnits: [
      .deepfm: [2000, 2000, 2000, 2000], .ipnn: [1000, 1000, 1000], .xdeepfm: [500, 500, 500],
      .dcnv2: [2000, 2000, 2000, 2000],
    ], crossLayers: 5, cinHiddenUnits: [276], normalizes: [],
    published: [
      (.fm, 63_773_130, 63_914_442), (.fmfm, 63_843_786, 63_985_098),
      (.deepfm, 76_551_131, 76_692_443), (.ipnn, 62_686_131, 62_827_443),
      (.xdeepfm, 64_626_659, 64_767_971), (.crossnet, 61_105_029, 61_811_589),
      (.dcnv2, 84_961_029, 85_667_589),
    ])

  static let criteo = DataSet(
    name: "Criteo",
    schema: (1...13).map { FieldSchema(name: "I\($0)", kind: .value, rows: 2) }
      + FieldSchema.categories([
        1462, 560, 413_424, 248_543, 307, 23, 12_192, 635, 5, 54_712, 5350, 409_749, 3182, 29,
        12_500, 365_811, 12, 4934, 2096, 6, 397_981, 20, 17, 88_608, 98, 64_073,
      ]), dimension: 10,
    hiddenUnits: [
      .deepfm: [400, 400, 400], .ipnn: [400, 400, 400], .xdeepfm: [400, 400, 400],
      .dcnv2: [500, 500, 500],
    ], crossLayers: 3, cinHiddenUnits: [16, 16], normalizes: [.deepfm, .ipnn],
    published: [
      (.fm, 22_953_665, 23_101_865), (.fmfm, 23_027_765, 23_175_965),
      (.deepfm, 23_433_666, 23_581_866), (.ipnn, 21_643_723, 21_791_923),
      (.xdeepfm, 23_469_552, 23_765_952), (.crossnet, 21_644_993, 22_089_593),
      (.dcnv2, 23_623_493, 24_068_093),
    ])

  func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    let settings = ModelSettings.tiny(backbone, paradigm) {
      $0.embeddingDimension = dimension
      $0.deep.hiddenUnits = hiddenUnits[backbone] ?? []
      $0.deep.batchNormalization = normalizes.contains(backbone)
      $0.crossLayers = crossLayers
      $0.cinHiddenUnits = cinHiddenUnits
      change(&$0)
    }
    return CTRModel.unallocated(
      schema: schema, settings: settings, batchCapacity: 1, pool: WorkerPool(threads: 1))
  }

  /// Elements here that the published models lack: a second row, for the missing value, in each
  /// table of a number.
  func missingRows(_ backbone: BackboneKind) -> Int {
    let hasFirstOrderTerm: Set<BackboneKind> = [.fm, .fmfm, .deepfm, .nfm, .xdeepfm]
    let width = dimension + (hasFirstOrderTerm.contains(backbone) ? 1 : 0)
    return schema.count { $0.kind == .value } * width
  }

  /// Elements that the published models count and never use, and xDeepFM's first-order bias, which
  /// they lack.
  ///
  /// Their encoder has an unused normalisation of 2 elements and, if nothing is generated, an
  /// unused tensor `[N, d, d]`. Their cross networks count `(L − 1)(N·d² + 2) + 2` more in both
  /// paradigms: fitted to the published numbers, exact on both data sets.
  func unused(_ backbone: BackboneKind, _ paradigm: Paradigm) -> Int {
    let tensor = schema.count * dimension * dimension
    let encoder = 2 + (paradigm == .discriminative ? tensor : 0)
    switch backbone {
    case .crossnet, .dcnv2: return crossLayers * encoder + (crossLayers - 1) * (tensor + 2) + 2
    case .xdeepfm: return cinHiddenUnits.count * encoder - 1
    default: return encoder
    }
  }
}

@Suite struct ParameterCountTests {
  @Test func parameterCountsAreThePublishedOnes() {
    for data in [DataSet.avazu, .criteo] {
      for (backbone, discriminative, generative) in data.published {
        for (paradigm, published) in [
          (Paradigm.discriminative, discriminative), (.generative, generative),
        ] {
          let count = data.model(backbone, paradigm).parameterCount
          #expect(
            count - data.missingRows(backbone) + data.unused(backbone, paradigm) == published,
            "\(data.name) \(backbone) \(paradigm)")
        }
      }
    }
  }

  /// FuxiCTR's total of NFM on both data sets, whose first-order term has no bias.
  @Test func nfmHasTheParametersOfFuxiCTRs() {
    for (data, units, total) in [
      (DataSet.avazu, [1000, 1000, 1000, 1000], 66_787_984),
      (.criteo, [400, 400, 400], 23_275_363),
    ] {
      let model = data.model(.nfm, .discriminative) { $0.deep.hiddenUnits = units }
      #expect(model.parameterCount - data.missingRows(.nfm) == total + 1, "\(data.name)")
    }
  }

  /// The dense parameters that RankElastor's public code has with its configurations.
  @Test func tokenNetworksHaveTheParametersOfRankElastorsCode() {
    func dense(
      _ backbone: BackboneKind, _ data: DataSet, dimension: Int, _ tokens: TokenSettings
    ) -> Int {
      let model = data.model(backbone, .discriminative) {
        $0.embeddingDimension = dimension
        $0.tokens = tokens
      }
      return model.parameters.reduce(0) { $0 + ($1.touched == nil ? $1.count : 0) }
    }
    func tokens(
      _ tokenizer: TokenSettings.Tokenizer, _ tokens: Int, _ dimension: Int, blocks: Int,
      units: Int, feedForward: [Int], normalizing: Bool
    ) -> TokenSettings {
      var settings = TokenSettings()
      (settings.tokenizer, settings.tokenizerUnits) = (tokenizer, tokenizer == .none ? [] : [units])
      (settings.tokens, settings.dimension, settings.blocks) = (tokens, dimension, blocks)
      (settings.feedForwardUnits, settings.normalization) = (feedForward, normalizing)
      return settings
    }
    let criteo10 = tokens(
      .shared, 15, 26, blocks: 1, units: 500, feedForward: [64, 64], normalizing: true)
    #expect(dense(.rankelastor, .criteo, dimension: 10, criteo10) == 1_484_093)
    let criteo20 = tokens(
      .shared, 26, 30, blocks: 1, units: 500, feedForward: [64, 64], normalizing: true)
    #expect(dense(.rankelastor, .criteo, dimension: 20, criteo20) == 3_681_981)
    let base20 = tokens(
      .shared, 26, 26, blocks: 2, units: 500, feedForward: [200, 200], normalizing: false)
    #expect(dense(.rankmixer, .criteo, dimension: 20, base20) == 3_589_071)
    let avazu16 = tokens(
      .joint, 24, 16, blocks: 4, units: 800, feedForward: [16], normalizing: true)
    #expect(dense(.rankelastor, .avazu, dimension: 16, avazu16) == 1_870_209)
    let avazu32 = tokens(.none, 24, 32, blocks: 3, units: 0, feedForward: [32], normalizing: true)
    #expect(dense(.rankelastor, .avazu, dimension: 32, avazu32) == 4_019_809)
    let avazu64 = tokens(
      .joint, 24, 64, blocks: 5, units: 800, feedForward: [64], normalizing: true)
    #expect(dense(.rankelastor, .avazu, dimension: 64, avazu64) == 25_980_289)
    let base64 = tokens(
      .shared, 24, 48, blocks: 5, units: 800, feedForward: [400, 400], normalizing: false)
    #expect(dense(.rankmixer, .avazu, dimension: 64, base64) == 26_661_281)
  }

  /// Each set has the tables, encoders and first layers of a model of its own; what follows the
  /// first layer of a perceptron that ends with the logit, and the linear term, exist once.
  @Test func setsOfEmbeddingsShareWhatFollowsTheirFirstLayers() {
    func count(_ backbone: BackboneKind, _ sets: Int) -> Int {
      DataSet.criteo.model(backbone, .generative) { $0.embeddingSets = sets }.parameterCount
    }
    let tables = DataSet.criteo.schema.reduce(0) { $0 + $1.rows } * 10
    let encoder = 390 * 390
    #expect(count(.fm, 3) == count(.fm, 1) + 2 * (tables + encoder))
    let first = (390 + 39 * 19) * 400 + 400 + 2 * 400
    #expect(
      CTRModel.unallocated(
        schema: DataSet.criteo.schema,
        settings: .tiny(.ipnn, .generative) {
          $0.embeddingDimension = 10
          $0.deep = MLPSettings(hiddenUnits: [400, 400, 400])
          $0.deep.batchNormalization = true
          $0.embeddingSets = 2
        }, batchCapacity: 1, pool: WorkerPool(threads: 1)
      ).parameterCount == count(.ipnn, 1) + tables + encoder + first)
  }

  /// A perceptron behind the cross layers replaces their states in the head.
  @Test func structuresOfDCNv2DifferByTheirPerceptrons() {
    func perceptron(_ inputs: Int) -> Int { inputs * 400 + 400 + 2 * (400 * 400 + 400) }
    func count(_ backbone: BackboneKind) -> Int {
      DataSet.criteo.model(backbone, .generative) {
        $0.deep.hiddenUnits = [400, 400, 400]
        $0.head = .linear
      }.parameterCount
    }
    let (crossnet, width) = (count(.crossnet), 39 * 10)
    #expect(count(.dcnv2) == crossnet + perceptron(width) + 400)
    #expect(count(.dcnv2Stacked) == crossnet + perceptron(width) + 400 - width)
    #expect(count(.dcnv2StackedParallel) == crossnet + 2 * perceptron(width) + 2 * 400 - width)
  }

  @Test func aModelOnPaperTakesNoMemory() {
    let (model, bytes) = ZeroedMemory.measure { DataSet.avazu.model(.dcnv2, .generative) }
    withExtendedLifetime(model) {
      // 60 M elements of the tables alone take 240 MB in float, twice that in double.
      #expect(bytes > 240_000_000)
      let size = MemoryLayout<Scalar>.size
      let values = model.parameters.reduce(0) {
        $0 + residentBytes(of: $1.value.base, count: $1.count * size)
      }
      let rows = model.touchedRows.reduce(0) {
        $0 + residentBytes(of: $1.records.base, count: $1.tableRows * $1.records.view.stride * size)
          + residentBytes(of: $1.seen, count: $1.tableRows)
      }
      #expect(values + rows < 32_000_000)
    }
  }

  /// The resident bytes of a memory range, from the kernel's map of pages.
  private func residentBytes(of memory: UnsafeMutableRawPointer, count: Int) -> Int {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let offset = Int(UInt(bitPattern: memory) % UInt(page))
    var pages = [UInt8](repeating: 0, count: (offset + count + page - 1) / page)
    guard mincore(memory - offset, offset + count, &pages) == 0 else { return .max / 1000 }
    return pages.count { $0 & 1 == 1 } * page
  }
}
