import ClickData
import TestSupport
import Testing

@testable import Models

/// A batch may have any number of rows up to the capacity: the last one of an epoch is shorter.
@Suite struct BatchCapacityTests {
  /// Tables too large to repeat rows in a batch: what repeated rows reserve could hide a missing
  /// reservation.
  private static let schema = FieldSchema.categories(
    Array(repeating: RepeatedEmbeddings.maxRows + 1, count: 3))

  /// Sums over 1100 rows are taken in two k-blocks of 550 terms, over 1000 in one.
  @Test(arguments: ModelSettings.variants)
  func aStepOfEveryShorterBatchFindsRoom(backbone: BackboneKind, paradigm: Paradigm) {
    let model = CTRModel.tiny(backbone, paradigm, schema: Self.schema, capacity: 1100) {
      $0.embeddingDimension = 10
      $0.deep.hiddenUnits = [40, 40]
    }
    for rows in [1000, 1100, 1024, 1] {
      let logits = model.step(.random(rows: rows, schema: Self.schema, seed: 5)).logits
      #expect(logits.count == rows && logits.allSatisfy(\.isFinite))
      model.zeroGradients()
    }
  }
}
