import ClickData
import Testing

@Suite struct EncodedBatchTests {
  /// If fields were a power of two apart, a row's ids would share a few cache sets.
  @Test(arguments: [1, 15, 16, 17, 100, 4096])
  func fieldsAreAnOddNumberOfCacheLinesApart(capacity: Int) {
    let schema = (0..<3).map { FieldSchema(name: "f\($0)", kind: .category, rows: 5) }
    let batch = EncodedBatch(capacity: capacity, schema: schema)
    #expect(UInt(bitPattern: batch.ids(0)) % 64 == 0)
    for field in 1..<3 {
      let apart = batch.ids(field) - batch.ids(field - 1)
      #expect(apart >= capacity && apart % 16 == 0 && apart / 16 % 2 == 1, "\(apart)")
      #expect(apart < capacity + 32)
    }
  }
}
