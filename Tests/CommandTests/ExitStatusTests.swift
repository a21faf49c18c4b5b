import ArgumentParser
import Configuration
import Platform
import Testing

@testable import sfg

@Suite struct ExitStatusTests {
  private struct Example: Failure {
    var status: FailureStatus
    var description: String
  }

  @Test func everyStatusHasItsNumber() {
    let numbers = FailureStatus.allCases.map(ExitStatus.number(of:))
    #expect(numbers == [64, 65, 66, 70, 71, 74, 78, 130])
  }

  @Test func aFailureIsOneLine() {
    #expect(
      ExitStatus.ending(for: Example(status: .badData, description: "a.gz:3: two\nlines"))
        == .init(line: "Error: a.gz:3: two lines", status: 65))
  }

  @Test func failuresOfFilesHaveTheirStatuses() {
    #expect(
      ExitStatus.ending(for: FileFailure.missing(path: "a"))
        == .init(line: "Error: a: no such file; check the path", status: 66))
    #expect(ExitStatus.ending(for: FileFailure.isDirectory(path: "a"))?.status == 66)
    #expect(
      ExitStatus.ending(
        for: FileFailure.refused(path: "a", operation: "write", reason: "No space left on device"))
        == .init(line: "Error: a: cannot write: no space left on device", status: 74))
  }

  @Test func aBadConfigurationEndsWith78() throws {
    let error = try #require(throws: ConfigurationFailure.self) {
      try RunConfiguration(yaml: "runn: a", name: "a.yaml")
    }
    #expect(
      ExitStatus.ending(for: error)
        == .init(line: "Error: a.yaml:1: runn: unknown key; did you mean run?", status: 78))
  }

  @Test func anUnknownErrorIsInternal() {
    struct Surprise: Error {}
    #expect(
      ExitStatus.ending(for: Surprise())
        == .init(line: "Error: internal error: Surprise(); please report it", status: 70))
  }

  @Test func errorsOfTheParserAreUsageErrors() {
    let ending = ExitStatus.ending(for: ValidationError("no"))
    #expect(ending?.status == 64 && ending?.line.hasPrefix("Error: no. See '") == true)
    #expect(ExitStatus.ending(for: CleanExit.message("yes")) == nil)
  }
}
