import Foundation
import TestSupport
import Testing

/// Pipes that are read more than once: they are copied beside the run.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct SpoolCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // Fields from the header, a vocabulary, quantiles, two epochs: five passes.
    _ = try folder.write(
      "a.yaml",
      "run: a\ndataset: {format: delimited, train: a.csv, label: y}\n"
        + "features: {categorical: {encoding: vocabulary}, "
        + "overrides: {n: {encoding: quantile, quantiles: 4}}}\n"
        + "model: {backbone: lr}\ntraining: {epochs: 2, batch_size: 64}\n")
    _ = try folder.write(
      "a.csv",
      "y,a,n\n" + (0..<3000).map { "\($0 % 2),v\($0 * 7 % 31),\($0 * 13 % 97)\n" }.joined())
  }

  private func shell(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.shell(line, in: folder.path)
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder.path)/\(path)")
  }

  /// The metrics of a run on the rows of the file.
  private func metrics(_ run: String) throws -> [String: Any] {
    let outcome = try shell("$SFG eval --run \(run) --data a.csv --json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.json().filter { $0.key != "run" }
  }

  @Test func aPipeTrainsTheModelThatAFileTrains() throws {
    #expect(try shell("$SFG train --config a.yaml --output file").status == 0)
    let expected = try metrics("file")
    let train = "$SFG train --config a.yaml --output pipe --quiet --set dataset.train="
    for command in [
      "cat a.csv | \(train)-", "gzip -c a.csv | \(train)-", "\(train)- < a.csv",
      "\(train)<(cat a.csv)", "mkfifo f; cat a.csv > f & \(train)f",
    ] {
      let outcome = try shell("rm -rf pipe; \(command)")
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
      #expect(try NSDictionary(dictionary: metrics("pipe")).isEqual(to: expected), "\(command)")
      #expect(!exists(".sfg-spool"))
    }
  }

  @Test func theSplitsOfOneSourceMayComeFromAPipe() throws {
    let train =
      "$SFG train --config a.yaml --set dataset.train=[] --set training.epochs=1 "
      + "--set 'dataset.split={train: 0.6, valid: 0.2, test: 0.2}'"
    // A row's split depends on the name of its file.
    #expect(try shell("mkdir b && cp a.csv b/- && cp a.csv -").status == 0)
    let file = try shell("\(train) --output file --set dataset.source=b/-")
    let pipe = try shell("cat a.csv | \(train) --output pipe --set dataset.source=-")
    #expect(file.status == 0 && pipe.status == 0, "\(file.errors)\(pipe.errors)")
    #expect(
      pipe.output.replacing("run: pipe", with: "") == file.output.replacing("run: file", with: ""))
  }

  @Test func inspectReadsPipesAndLeavesNothing() throws {
    let file = try shell("$SFG inspect --config a.yaml --json")
    let pipe = try shell("cat a.csv | $SFG inspect --config a.yaml --json --set dataset.train=-")
    #expect(pipe.status == 0, "\(pipe.errors)")
    #expect(pipe.output == file.output)
    #expect(!exists("runs"))
  }

  @Test func theSpaceOfACopyIsReported() throws {
    let outcome = try shell("cat a.csv | $SFG train --config a.yaml --set dataset.train=-")
    let line = try #require(outcome.errorLines.first)
    #expect(line.hasPrefix("spool: 25.7kB of standard input in runs/.sfg-spool/a/standard-input, "))
    #expect(line.hasSuffix("B; removed when the command has finished"), "\(line)")
  }

  /// The epochs are many, so that the process is killed during them.
  @Test func aKilledRunResumesFromItsCopyAndOthersKeepIt() throws {
    let train =
      "$SFG train --config a.yaml --set dataset.train=f --set training.epochs=100000 "
      + "--set training.checkpoint_minutes=0.0001"
    let killed = try shell(
      "mkfifo f; cat a.csv > f & \(train) & run=$!; "
        + "until [ -e runs/a/checkpoint/last.safetensors ]; do sleep 0.1; done; "
        + "kill -9 $run; wait $run")
    #expect(killed.status == 137)
    #expect(exists("runs/.sfg-spool/a"))
    #expect(try shell("cat a.csv | $SFG inspect --config a.yaml --set dataset.train=-").status == 0)
    #expect(exists("runs/.sfg-spool/a"))
    // The pipe has no writer any more.
    let resumed = try shell("\(train) --resume & run=$!; sleep 2; kill $run; wait $run")
    #expect(resumed.status == 130, "\(resumed.errors)")
    let line = try #require(resumed.errorLines.first)
    #expect(line.hasPrefix("spool: reading f from runs/.sfg-spool/a/pipe-"), "\(line)")
    #expect(line.hasSuffix("B, which the interrupted run kept"), "\(line)")
    // A new run of this name starts from its own data.
    #expect(try shell("$SFG train --config a.yaml").status == 0)
    #expect(!exists("runs/.sfg-spool"))
  }

  @Test func standardInputWithoutRowsSaysWhatToDo() throws {
    let message =
      "Error: standard input: expected rows, found none; pipe the rows into the command, "
      + "those of the interrupted run if it is train --resume\n"
    for command in ["inspect", "train --quiet", "train --quiet --resume"] {
      let outcome = try shell("$SFG \(command) --config a.yaml --set dataset.train=- < /dev/null")
      #expect(outcome.status == 65 && outcome.errors == message, "\(outcome.errors)")
    }
  }

  @Test func devicesAreRefused() throws {
    for device in ["/dev/zero", "/dev/urandom", "/dev/full"] {
      let outcome = try shell("$SFG train --config a.yaml --set dataset.train=\(device)")
      #expect(outcome.status == 74)
      #expect(
        outcome.errors == "Error: \(device): cannot read: it is a terminal or another device; "
          + "pipe the rows into the command\n")
    }
  }

  @Test func aFailedRunLeavesNoCopy() throws {
    let outcome = try shell(
      "(cat a.csv; echo 1,2) | $SFG train --config a.yaml --quiet --set dataset.train=-")
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix("Error: standard input:3002: expected 3 columns, found 2"))
    #expect(!exists("runs/.sfg-spool"))
  }
}
