import Models
import Testing

@Suite struct ConfigurationHostileTests {
  private typealias Fixture = ConfigurationFixture

  @Test func aDashOnTheCommandLineIsStandardInput() throws {
    #expect(try Fixture.read(Fixture.data, set: ["dataset.train=-"]).dataset.train == ["-"])
    #expect(try Fixture.read(Fixture.data, set: ["dataset.train=[\"-\"]"]).dataset.train == ["-"])
  }

  /// Ten levels of ten aliases each would be 10¹⁰ values.
  @Test func aliasesThatMultiplyWithoutEndAreRefused() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<10 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let refusal = Fixture.refusal(of: yaml)
    #expect(refusal?.contains("more than 100000 values") == true, "\(refusal ?? "nothing")")
  }

  @Test func bracketsWithoutEndAreRefused() {
    for depth in [10, 100, 1000, 100_000] {
      #expect(Fixture.refusal(of: String(repeating: "[", count: depth)) != nil)
      #expect(Fixture.refusal(of: String(repeating: "a: {", count: depth)) != nil)
    }
  }
}
