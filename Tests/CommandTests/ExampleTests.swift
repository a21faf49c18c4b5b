import Foundation
import TestSupport
import Testing

/// The projects in `examples/`, each run as its README says.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct ExampleTests {
  private static let examples = SFGBinary.package.appending(path: "examples").path

  private static var names: [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: examples)) ?? []
    return found.filter { !$0.hasSuffix(".md") }.sorted()
  }

  @Test func thereAreThree() {
    #expect(Self.names == ["criteo_sweep", "libffm", "shop"])
  }

  @Test(arguments: names) func anExampleRunsAndChecksItself(name: String) throws {
    let folder = try TemporaryFolder()
    let python = ONNXRuntime.isThere ? "PYTHON='\(ONNXRuntime.python)' " : ""
    let outcome = try SFGBinary.shell(
      "export SFG; \(python)'\(Self.examples)/\(name)/run' \(name)", in: folder.path)
    #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    let last = try #require(outcome.output.split(separator: "\n").last)
    #expect(last.hasPrefix(ONNXRuntime.isThere || name != "shop" ? "ok" : "ok, but not served"))
  }
}
