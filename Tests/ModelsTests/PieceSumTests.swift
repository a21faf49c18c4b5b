import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// The gradient of a batch is that of its halves, added, bit for bit.
@Suite struct PieceSumTests {
  /// Four pieces of 525 rows.
  private static let rows = 2100

  /// What is checked of a model: its gradients of a batch and of both halves.
  private func check(
    _ label: String, _ backbone: BackboneKind, _ paradigm: Paradigm,
    schema: [FieldSchema] = FieldSchema.mixed(fields: 5),
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) {
    let model = CTRModel.tiny(backbone, paradigm, schema: schema, capacity: Self.rows) {
      $0.encoder.attentionDropout = 0
      if $0.backbone == .fm || $0.backbone == .deepfm { $0.embeddingDimension = 8 }
      $0.targetFields = 2
      change(&$0)
    }.randomized()
    let batch = EncodedBatch.random(rows: Self.rows, schema: schema, seed: 5)
    let slope = Matrix.random(Self.rows, 1, seed: 9)
    func gradients(_ rows: Range<Int>) -> [[Scalar]] {
      _ = model.forward(batch.rows(rows, schema: schema), .training(step: 1))
      model.backward(slope.view.rows(rows))
      defer { model.zeroGradients() }
      return model.parameters.map { parameter in
        (0..<parameter.value.rows).flatMap { row in
          (0..<parameter.value.columns).map { parameter.gradient(row: row, column: $0) }
        }
      }
    }
    let half = Self.rows / 2
    let whole = gradients(0..<Self.rows)
    let halves = (gradients(0..<half), gradients(half..<Self.rows))
    for (index, parameter) in model.parameters.enumerated() {
      let sums = zip(halves.0[index], halves.1[index]).map(+)
      #expect(whole[index].contains { $0 != 0 }, "\(label): \(parameter.name)")
      if isSummedInDouble(parameter) {
        // Rounded once instead of twice.
        expectClose(
          whole[index].map { Double($0) }, sums.map { Double($0) },
          Tolerance(absolute: 1e-3, relative: 1e-6), "\(label): \(parameter.name)")
      } else {
        #expect(whole[index] == sums, "\(label): \(parameter.name)")
      }
    }
    withExtendedLifetime(slope) {}
  }

  /// Whether the gradient is a `ColumnSums`: exact in double, until it is rounded.
  private func isSummedInDouble(_ parameter: Parameter) -> Bool {
    parameter.touched == nil
      && (parameter.shape.count == 1 || parameter.shape[0] == 1 || parameter.name.contains("mask"))
  }

  @Test(arguments: ModelSettings.variants)
  func everyBackbone(backbone: BackboneKind, paradigm: Paradigm) {
    check("\(backbone) \(paradigm)", backbone, paradigm)
    check("\(backbone) \(paradigm) of sequences", backbone, paradigm, schema: FieldSchema.sequences)
    check("\(backbone) \(paradigm), shared tables", backbone, paradigm, schema: FieldSchema.sharing)
  }

  @Test(arguments: EncoderKind.allCases, EncoderSource.allCases)
  func everyEncoder(kind: EncoderKind, source: EncoderSource) {
    // The stacked encoder normalises by statistics of the whole batch.
    guard source == .all || kind == .fieldWise, kind != .stacked else { return }
    check("\(kind) \(source)", .fm, .generative) {
      $0.embeddingDimension = 4
      ($0.encoder.kind, $0.encoder.source, $0.encoder.sourceFields) = (kind, source, 2)
    }
  }

  @Test(arguments: [BackboneKind.fm, .fmfm, .ipnn, .dcnv2Stacked, .rankelastor])
  func everySetOfEmbeddings(backbone: BackboneKind) {
    check("two sets of \(backbone)", backbone, .generative) { $0.embeddingSets = 2 }
  }

  @Test(arguments: [BackboneKind.rankmixer, .rankelastor], TokenSettings.Tokenizer.allCases)
  func everyTokenizer(backbone: BackboneKind, tokenizer: TokenSettings.Tokenizer) {
    check("\(tokenizer) of \(backbone)", backbone, .generative) {
      $0.tokens.tokenizer = tokenizer
      ($0.tokens.tokens, $0.tokens.dimension) = backbone == .rankmixer ? (1, 15) : (3, 5)
      $0.tokens.normalization = true
    }
  }

  @Test(arguments: TargetKind.allCases, [BackboneKind.fm, .dcnv2])
  func everyTarget(target: TargetKind, backbone: BackboneKind) {
    check("\(target) of \(backbone)", backbone, .generative) { $0.target = target }
  }

  @Test(
    arguments: [LinearTermKind.lw, .felv, .filv], [ModelSettings.FmFMField.matrixed, .vectorized])
  func everyTermAndFieldMatrix(term: LinearTermKind, field: ModelSettings.FmFMField) {
    check("FwFM, \(term)", .fwfm, .generative) { $0.fwfmLinear = term }
    check("FmFM, \(field)", .fmfm, .generative) { $0.fmfmField = field }
  }

  @Test func tablesOfManyRows() {
    let schema = FieldSchema.categories([40, 3000, 20_000])
    check("FM", .fm, .discriminative, schema: schema)
    check("DCN V2", .dcnv2, .generative, schema: schema)
  }

  /// Partial sums of random pieces, in any order of their first appearance, against the tree.
  @Test(arguments: [2, 4, 16])
  func rowsOfPiecesAreAddedAsATree(pieces: Int) {
    let (slots, lookups) = (12, 300)
    let random = CounterRandom(seed: 4, stream: 1)
    let rows = PieceRows(slots: slots, lookups: lookups, pieces: pieces)
    let gradient = Matrix(rows: slots + rows.capacity, columns: 3)
    for batch in 0..<20 {
      rows.clear()
      gradient.view.fill(0)
      var started = Set<Int>()
      var sums: [[Int: [Scalar]]] = Array(repeating: [:], count: slots)
      for lookup in 0..<UInt64(lookups) {
        let position = 10_000 * UInt64(batch) + 10 * lookup
        let slot = random.integer(position, below: slots)
        let piece = random.integer(position + 1, below: pieces)
        if started.insert(slot).inserted { rows.start(UInt32(slot), in: piece) }
        let row = Int(rows.row(of: UInt32(slot), in: piece))
        for column in 0..<3 {
          let term = Scalar(random.normal(position + 2 + UInt64(column)))
          gradient[row, column] += term
          sums[slot][piece, default: [0, 0, 0]][column] += term
        }
      }
      rows.sum([gradient.view])
      func tree(_ slot: Int, _ range: Range<Int>) -> [Scalar]? {
        guard range.count > 1 else { return sums[slot][range.lowerBound] }
        let middle = (range.lowerBound + range.upperBound) / 2
        let (left, right) = (
          tree(slot, range.lowerBound..<middle), tree(slot, middle..<range.upperBound)
        )
        guard let left, let right else { return left ?? right }
        return zip(left, right).map(+)
      }
      for slot in 0..<slots {
        let expected = tree(slot, 0..<pieces) ?? [0, 0, 0]
        #expect((0..<3).map { gradient[slot, $0] } == expected)
      }
      #expect(gradient.view.rows(slots..<gradient.rows).elements.allSatisfy { $0 == 0 })
    }
  }
}
