import Foundation
import TestSupport
import Testing

/// Training from cached rows has the same bits as training from text.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct CacheCommandTests {
  @Test func aCacheChangesNoBitsAndIsReused() throws {
    let tiny = try TinyRun(trained: false)
    let text = try tiny.sfg("train --config tiny.yaml --output off/run --set dataset.cache=off")
    let first = try tiny.sfg("train --config tiny.yaml --output runs/first/")
    let second = try tiny.sfg("train --config tiny.yaml --output runs/second")
    let elsewhere = try tiny.sfg(
      "train --config tiny.yaml --output other/run --set dataset.cache=rows")
    for outcome in [text, first, second, elsewhere] { #expect(outcome.status == 0) }
    #expect(!text.errors.contains("cache"))
    #expect(first.errors.contains("cache: writing train rows to runs/.sfg-cache/train-"))
    #expect(first.errors.contains(" train rows from runs/.sfg-cache/train-"))
    #expect(!second.errors.contains("cache: writing"))
    #expect(second.errors.contains(" train rows from runs/.sfg-cache/train-"))
    #expect(elsewhere.errors.contains("writing train rows to rows/train-"))

    for name in ["checkpoint/best.safetensors", "checkpoint/seen_rows.safetensors"] {
      let expected = try tiny.bytes("runs/first/\(name)")
      #expect(try tiny.bytes("runs/second/\(name)") == expected)
    }
    // The configurations, which are in the headers, differ in the cache folder: compare the rest.
    let expected = try weights(tiny, "off/run")
    for run in ["runs/first", "runs/second", "other/run"] {
      #expect(try weights(tiny, run) == expected)
      #expect(try results(tiny, run) == results(tiny, "off/run"))
    }
    let eval = try tiny.sfg("eval --run runs/first --json")
    #expect(eval.status == 0 && eval.errors.isEmpty)
  }

  @Test func oneEpochWritesNoCacheByDefault() throws {
    let tiny = try TinyRun(trained: false)
    let run = try tiny.sfg("train --config tiny.yaml --output runs/one --set training.epochs=1")
    #expect(run.status == 0 && !run.errors.contains("cache"))
    #expect(!tiny.exists("runs/.sfg-cache"))
  }

  @Test func aCacheThatCannotBeWrittenIsReportedInOneLine() throws {
    let tiny = try TinyRun(trained: false)
    let run = try tiny.sfg("train --config tiny.yaml --output run --set dataset.cache=tiny.yaml")
    #expect(run.status == 0)
    #expect(run.errors.contains("cache: not caching train rows: tiny.yaml/train-"))
    #expect(run.errors.contains(": cannot read: not a directory\n"))
  }

  /// The weights of the best checkpoint, without the header, which contains the configuration.
  private func weights(_ tiny: TinyRun, _ run: String) throws -> Data {
    let bytes = try tiny.bytes("\(run)/checkpoint/best.safetensors")
    let header = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
    return bytes.dropFirst(8 + header)
  }

  private func results(_ tiny: TinyRun, _ run: String) throws -> NSDictionary {
    let result = try tiny.json("\(run)/result.json")
    return NSDictionary(
      dictionary: result.filter { ["valid", "test", "best", "data", "steps"].contains($0.key) })
  }
}
