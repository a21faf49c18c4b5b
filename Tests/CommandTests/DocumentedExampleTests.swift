import Foundation
import TestSupport
import Testing

/// The commands of a page of the documentation, run one after another as a reader would.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct DocumentedExampleTests {
  @Test(arguments: [
    ("explain-and-calibrate", 4, "test isotonic"), ("predict-and-segments", 7, "ECE      GAUC"),
  ])
  func theCommandsOfAPageRun(name: String, count: Int, last expected: String) throws {
    let page = try String(
      contentsOf: SFGBinary.package.appending(path: "Documentation/\(name).md"), encoding: .utf8)
    let blocks = page.matches(of: /```sh\n(.*?)```/.dotMatchesNewlines()).map { String($0.1) }
    #expect(blocks.count == count)
    let folder = try TemporaryFolder()
    var last = ""
    for block in blocks {
      let outcome = try SFGBinary.shell(
        "sfg() { \"$SFG\" \"$@\"; }; set -e\n\(block)", in: folder.path)
      #expect(outcome.status == 0, "\(block)\n\(outcome.errors)")
      last = outcome.output
    }
    #expect(last.contains(expected), "\(last)")
  }
}
