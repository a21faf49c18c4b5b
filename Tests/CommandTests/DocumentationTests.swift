import Configuration
import Foundation
import TestSupport
import Testing

@testable import sfg

/// The pages of the documentation as a site: links, anchors, the index, and the pages that the
/// program prints.
@Suite struct DocumentationTests {
  /// The pages of the documentation, and others with links to them.
  private static let pages =
    DocumentedPage.all
    + ["CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md", "Scripts/reference/README.md"].map(
      DocumentedPage.init)

  /// The text without code, in which brackets are no links.
  private func prose(_ page: DocumentedPage) -> String {
    page.text.replacing(
      /^ *```.*?^ *```/.dotMatchesNewlines().anchorsMatchLineEndings(), with: "")
  }

  /// The anchors that a page's headings make.
  private func anchors(_ page: DocumentedPage) -> Set<String> {
    Set(
      prose(page).matches(of: /^#+ (.*)$/.anchorsMatchLineEndings()).map { heading in
        String(heading.1).replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }.lowercased()
          .filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
          .replacing(" ", with: "-")
      })
  }

  /// The paths, relative to the package, and anchors that a page links to.
  private func links(_ page: DocumentedPage) -> [(path: String, anchor: String?)] {
    prose(page).replacing(/`[^`\n]*`/, with: "").matches(of: /\]\(([^)\s]+)\)/).compactMap { link in
      guard link.1.firstMatch(of: /^[a-z]+:/) == nil else { return nil }
      let parts = link.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let anchor = parts.count > 1 ? String(parts[1]) : nil
      guard !parts[0].isEmpty else { return (page.path, anchor) }
      let base = SFGBinary.package.appending(path: page.path).deletingLastPathComponent()
      let file = base.appending(path: String(parts[0])).standardizedFileURL.path
      return (String(file.dropFirst(SFGBinary.package.path.count + 1)), anchor)
    }
  }

  @Test func everyLinkHasATarget() {
    var count = 0
    for page in Self.pages {
      for (path, anchor) in links(page) {
        count += 1
        let file = SFGBinary.package.appending(path: path).path
        #expect(
          FileManager.default.fileExists(atPath: file), "\(page.path): \(path) does not exist")
        guard let anchor, path.hasSuffix(".md") else { continue }
        #expect(
          anchors(DocumentedPage(path)).contains(anchor),
          "\(page.path): \(path) has no heading for #\(anchor)")
      }
    }
    #expect(count > 150)
  }

  @Test func theIndexLinksToEveryPage() {
    let linked = Set(links(DocumentedPage("Documentation/README.md")).map(\.path))
    for page in DocumentedPage.all where page.path.hasPrefix("Documentation/") {
      guard page.path != "Documentation/README.md" else { continue }
      #expect(linked.contains(page.path), "Documentation/README.md does not link to \(page.path)")
    }
  }

  @Test func theREADMEIsShort() {
    #expect(DocumentedPage("README.md").text.split(separator: "\n").count <= 150)
  }

  @Test func everyKeyIsDescribed() {
    for key in RunConfiguration.declarations {
      #expect(!key.expected.isEmpty, "\(key.key): its form lacks what is expected")
      #expect(key.meaning.hasSuffix("."), "\(key.key): KeyMeanings lacks its sentence")
    }
  }

  @Test(.enabled(if: SFGBinary.isThere, SFGBinary.absence), arguments: ["keys", "commands"])
  func aPageOfTheReferenceIsWhatTheProgramPrints(name: String) throws {
    let folder = try TemporaryFolder()
    let script = SFGBinary.package.appending(path: "Scripts/reference-pages").path
    let outcome = try SFGBinary.shell("'\(script)' \"$SFG\" .", in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let printed = try String(contentsOfFile: "\(folder.path)/\(name).md", encoding: .utf8)
    #expect(
      printed == DocumentedPage("Documentation/reference/\(name).md").text,
      "Documentation/reference/\(name).md is out of date: run make reference")
  }
}

/// What shells complete, and what the program prints about itself.
@Suite struct CompletionTests {
  @Test func runsBelowRunsAndFoldersComplete() throws {
    let folder = try TemporaryFolder()
    for name in ["runs/fm", "runs/sweep/a", "other"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    for name in ["runs/fm", "runs/sweep/a"] {
      try "".write(toFile: "\(folder.path)/\(name)/config.yaml", atomically: true, encoding: .utf8)
    }
    try "".write(toFile: "\(folder.path)/runs.txt", atomically: true, encoding: .utf8)
    let root = "\(folder.path)/"
    #expect(
      RunCompletion.folders("", in: root) == ["other", "runs", "runs/fm", "runs/sweep/a"])
    #expect(RunCompletion.folders("runs/s", in: root) == ["runs/sweep", "runs/sweep/a"])
    #expect(RunCompletion.folders("o", in: root) == ["other"])
    #expect(RunCompletion.folders("\(root)o", in: "") == ["\(root)other"])
  }

  @Test(
    .enabled(if: SFGBinary.isThere, SFGBinary.absence),
    arguments: [("bash", " sfg\n"), ("zsh", "#compdef sfg\n"), ("fish", "complete -c 'sfg'")])
  func scriptsCompleteTheProgram(shell: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let script = try SFGBinary.run("--generate-completion-script \(shell)", in: folder.path)
    #expect(script.status == 0)
    #expect(script.output.contains(expected) && !script.output.contains("any-arguments"))
    for word in ["sweep", "--dry-run", "training.embedding_regularizer="] {
      #expect(script.output.contains(word.replacing("--", with: "")), "\(shell): \(word)")
    }
  }

  @Test func theVersionNamesCommitAndTraits() {
    #expect(
      BuildText.text(commit: "0123abc", traits: ["ISAL", "MPI"], kernels: "AVX2")
        == "0.2.0, commit 0123abc, with ISAL and MPI (AVX2)")
    #expect(BuildText.text(commit: "", traits: [], kernels: "AVX-512") == "0.2.0 (AVX-512)")
  }
}
