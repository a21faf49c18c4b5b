import Foundation
import TestSupport
import Testing

/// The scripts that fetch public data sets, on an archive of two tiny files in a folder.
@Suite struct FetchScriptTests {
  private let folder: TemporaryFolder
  private let archive: String
  /// A zip of two files in a folder `X`: `label,a` with two rows and with one.
  private static let zip =
    "UEsDBBQAAAAAAAAAIQCWBR1qEAAAABAAAAALAAAAWC90cmFpbi5jc3ZsYWJlbCxhCjEsMgowLDMKUEsDBBQAAAAAAAAAIQDVARV2DAAA"
    + "AAwAAAAKAAAAWC90ZXN0LmNzdmxhYmVsLGEKMSwyClBLAQIUAxQAAAAAAAAAIQCWBR1qEAAAABAAAAALAAAAAAAAAAAAAACAAQAAAABY"
    + "L3RyYWluLmNzdlBLAQIUAxQAAAAAAAAAIQDVARV2DAAAAAwAAAAKAAAAAAAAAAAAAACAATkAAABYL3Rlc3QuY3N2UEsFBgAAAAACAAIA"
    + "cQAAAG0AAAAAAA=="
  private static let train = "train.csv:892e5963fb8d501c98f43ed3bf9c73dd:2"
  private static let test = "test.csv:b493ff107fdad5cadf791b7a4e86e190:1"

  init() throws {
    folder = try TemporaryFolder()
    archive = try folder.write("X.zip", Array(try #require(Data(base64Encoded: Self.zip))))
  }

  /// The status and the output of a script.
  private func run(
    _ script: String, _ arguments: String..., mirror: String = "file:///nowhere"
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = SFGBinary.package.appending(path: "Scripts/\(script)")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["FETCH_QUIET": "1", "DATASETS_URL": mirror, "PIP_NO_INDEX": "1"]
    ) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text.replacing(folder.path, with: "DIR"))
  }

  /// Fetches the test archive's files as if they were carried by a Python package, which pip finds
  /// in no index.
  private func fetchPackage(_ files: String...) throws -> (status: Int32, text: String) {
    try run("fetch-package", "x==1.0", folder.path + "/out", files[0], files[1])
  }

  private func fetch(_ files: String..., into name: String = "out") throws -> (Int32, String) {
    let (status, text) = try run(
      "fetch-dataset", "file://\(archive)", "\(folder.path)/\(name)", files[0],
      files.count > 1 ? files[1] : files[0])
    return (status, text)
  }

  @Test func anArchiveIsFetchedUnpackedAndChecked() throws {
    let passed = "DIR/out/train.csv: OK, 2 rows\nDIR/out/test.csv: OK, 1 rows\n"
    #expect(try fetch(Self.train, Self.test) == (0, "fetching file://DIR/X.zip\n" + passed))
    try FileManager.default.removeItem(atPath: archive)
    // Files that are present are not fetched again.
    #expect(try fetch(Self.train, Self.test) == (0, passed))
  }

  @Test func anInterruptedDownloadIsResumed() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
    try FileManager.default.createDirectory(
      atPath: folder.path + "/out", withIntermediateDirectories: true)
    for count in [1, 100, bytes.count - 1] {
      _ = try folder.write("out/X.zip.part", Array(bytes.prefix(count)))
      // If the first bytes were fetched again, the archive would contain them twice.
      #expect(try fetch(Self.train, Self.test).0 == 0)
      let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/out/X.zip"))
      #expect(whole == bytes)
      for file in ["X.zip", "train.csv", "test.csv"] {
        try FileManager.default.removeItem(atPath: "\(folder.path)/out/\(file)")
      }
    }
  }

  @Test func aWrongChecksumOrNumberOfRowsIsReported() throws {
    #expect(
      try fetch(Self.train, "test.csv:b493ff107fdad5cadf791b7a4e86e190:7").1.hasSuffix(
        "fetch: DIR/out/test.csv: expected 7 rows, found 1; delete it and run this again\n"))
    let (status, text) = try fetch("train.csv:b493ff107fdad5cadf791b7a4e86e190:2")
    #expect(status == 65)
    #expect(
      text == "fetch: DIR/out/train.csv: expected md5 b493ff107fdad5cadf791b7a4e86e190, "
        + "found 892e5963fb8d501c98f43ed3bf9c73dd; delete it and run this again\n")
  }

  @Test(arguments: [
    ("fetch-criteo", "x1"), ("fetch-criteo", "x4"), ("fetch-avazu", "x1"), ("fetch-avazu", "x4"),
  ])
  func withoutANetworkTheScriptsReportIt(script: String, shape: String) throws {
    // No server listens on port 9.
    let (status, text) = try run(
      script, shape, folder.path + "/none", mirror: "http://127.0.0.1:9")
    #expect(status == 69)
    #expect(text.contains("no network"))
    #expect(text.contains("http://127.0.0.1:9/reczoo/"))
    #expect(text.contains("DIR/none/"))
  }

  @Test(arguments: ["fetch-frappe", "fetch-movielens"])
  func dataSetsOfOneShapeAreFetchedIntoAFolder(script: String) throws {
    let (status, text) = try run(
      script, folder.path + "/none", mirror: "http://127.0.0.1:9")
    #expect(status == 69)
    #expect(text.contains("no network"))
    #expect(text.contains("http://127.0.0.1:9/reczoo/"))
    #expect(text.contains("DIR/none/"))
  }

  @Test func filesOfAPackageAreCopiedAndChecked() throws {
    let train = "X/train.csv:892e5963fb8d501c98f43ed3bf9c73dd"
    let test = "X/test.csv:b493ff107fdad5cadf791b7a4e86e190"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
    try FileManager.default.createDirectory(
      atPath: folder.path + "/out", withIntermediateDirectories: true)
    // A package that was saved by other means is used as it is.
    let package = try folder.write("out/X-1.0-py3-none-any.whl", Array(bytes))
    let passed = "DIR/out/X/train.csv: OK\nDIR/out/X/test.csv: OK\n"
    #expect(try fetchPackage(train, test) == (0, passed))
    // Files that are present are not fetched again.
    try FileManager.default.removeItem(atPath: package)
    #expect(try fetchPackage(train, test) == (0, passed))
    #expect(
      try fetchPackage(train, "X/test.csv:892e5963fb8d501c98f43ed3bf9c73dd").text.hasSuffix(
        "fetch: DIR/out/X/test.csv: expected md5 892e5963fb8d501c98f43ed3bf9c73dd, found "
          + "b493ff107fdad5cadf791b7a4e86e190; delete it and run this again\n"))
  }

  @Test(arguments: ["fetch-adult", "fetch-flights", "fetch-open-bandit"])
  func withoutAnIndexTheScriptsOfPackagesReportIt(script: String) throws {
    let (status, text) = try run(script, folder.path + "/none")
    #expect(status == 69)
    #expect(text.contains("fetch: "))
    #expect(text.contains("DIR/none/") || text.contains("no python3"))
  }

  @Test(arguments: ["fetch-criteo", "fetch-avazu"])
  func anUnknownShapeIsRefused(script: String) throws {
    let (status, text) = try run(script, "x9")
    #expect(status == 64)
    #expect(text.hasPrefix("\(script): expected x1"))
  }
}
