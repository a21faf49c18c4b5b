import Testing

@testable import Configuration

@Suite struct ConfigurationSpellingTests {
  @Test func editsCountInsertionsDeletionsReplacementsAndSwaps() {
    for (source, target, edits) in [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1),
      ("abc", "xbc", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ] {
      #expect(Spelling.edits(from: source, to: target) == edits)
      #expect(Spelling.edits(from: target, to: source) == edits)
    }
  }

  @Test func onlyANearWordIsFound() {
    let words = ["batch_size", "epochs", "seed", "early_stop_patience", "lr", "fm"]
    #expect(Spelling.nearest(to: "bach_size", among: words) == "batch_size")
    #expect(Spelling.nearest(to: "Batch-Size", among: words) == "batch_size")
    #expect(Spelling.nearest(to: "batch", among: words) == "batch_size")
    #expect(Spelling.nearest(to: "patience", among: words) == "early_stop_patience")
    #expect(Spelling.nearest(to: "fmm", among: words) == "fm")
    #expect(Spelling.nearest(to: "wings", among: words) == nil)
    #expect(Spelling.nearest(to: "", among: words) == nil)
  }
}
