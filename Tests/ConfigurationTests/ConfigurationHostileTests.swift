import Configuration
import Models
import Testing

@Suite struct ConfigurationHostileTests {
  private typealias Fixture = ConfigurationFixture

  @Test func aDashOnTheCommandLineIsStandardInput() throws {
    #expect(try Fixture.read(Fixture.data, set: ["dataset.train=-"]).dataset.train == ["-"])
    #expect(try Fixture.read(Fixture.data, set: ["dataset.train=[\"-\"]"]).dataset.train == ["-"])
  }

  /// Ten levels of ten aliases each would be 10¹⁰ values.
  @Test func exponentiallyManyAliasesAreRefused() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<10 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let refusal = Fixture.refusal(of: yaml)
    #expect(refusal?.contains("more than 100000 values") == true, "\(refusal ?? "nothing")")
  }

  /// The YAML library would visit 2²⁹ values to compare these keys.
  @Test(arguments: [
    "*a29 : 1", "b: [*a29: 1]", "b: {*a29\t: 1}", "{x: *a29}: 1", "[*a29] : 1", "? *a29",
    "?\n  *a29",
    "\"\n  # \": 1, *a29: 2",
  ])
  func aliasesInKeysAreRefused(key: String) {
    var yaml = "a0: &a0 [x, x]\n"
    for level in 1..<30 {
      yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
    }
    let line = key.hasPrefix("\"") ? 32 : 31
    #expect(
      Fixture.refusal(of: yaml + key)
        == "demo.yaml:\(line): found an alias in a key, expected a word; write the key out")
  }

  @Test func starsMayAppearInWordsAndComments() throws {
    let configuration = try Fixture.read(
      Fixture.data + "  # *one: as in *two: [three]: ?\nrun: 2*3\n"
        + "training: {epochs: &n 7, batch_size: *n}\n")
    #expect(configuration.run == "2*3" && configuration.training.batchSize == 7)
  }

  /// Ten levels that each merge the level before ten times, without any value to count.
  @Test func exponentiallyManyMergesAreRefused() {
    var yaml = "a0: {<<: &a0 {}}\n"
    for level in 1..<10 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): {<<: &a\(level) [\(aliases)]}\n"
    }
    let refusal = Fixture.refusal(of: yaml)
    #expect(refusal?.contains("more than 100000 values") == true, "\(refusal ?? "nothing")")
  }

  @Test func deeplyNestedBracketsAreRefused() {
    for depth in [10, 100, 1000, 100_000] {
      #expect(Fixture.refusal(of: String(repeating: "[", count: depth)) != nil)
      #expect(Fixture.refusal(of: String(repeating: "a: {", count: depth)) != nil)
    }
  }
}
