import ArgumentParser
import ClickData
import Configuration
import Models
import Platform

extension Split: ExpressibleByArgument {}
extension DatasetSettings.BadRowPolicy: ExpressibleByArgument {}

extension ConfigurationOverride: ExpressibleByArgument {
  /// Parses the argument of `--set`; nil if it is not KEY=VALUE.
  public init?(argument: String) { self.init(argument) }
}

/// Configuration files with overrides from the command line.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Configuration of the run, in YAML; several files merge in order, later ones win.",
      valueName: "file"), completion: .yaml)
  var config: [String]

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set one key, such as model.embedding_dim=16; may be repeated.", valueName: "key=value"),
    completion: .override)
  var overrides: [ConfigurationOverride] = []

  /// Reads the files and those that they extend, and applies the overrides.
  func read() throws -> RunConfiguration {
    try RunConfiguration(given: config, overrides: overrides)
  }
}

/// What happens to bad rows, where that differs from training.
struct BadRowOptions: ParsableArguments {
  @Option(
    help: "What to do with bad rows: fail, or skip and count them. (default: as in training)")
  var onBadRow: DatasetSettings.BadRowPolicy?

  /// Runs `body`, whose failure by a bad row advises what this command has an option for.
  func advising<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let failure as DataFailure where failure.isBadRow {
      throw BadRow(finding: failure.finding)
    }
  }

  /// A bad row, in a command without `--set`.
  private struct BadRow: Failure {
    let finding: String
    var status: FailureStatus { .badData }
    var description: String { "\(finding); repair the row or add --on-bad-row skip" }
  }
}

/// The rows that a model is evaluated on: a split of its data, or other files.
struct EvaluationOptions: ParsableArguments {
  @Option(help: "Split of the run's data to evaluate. (default: test)")
  var split: Split?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files to evaluate instead, in the run's format; \"-\" is standard input (eval only).",
      valueName: "file"), completion: .file())
  var data: [String] = []

  @Option(
    help: ArgumentHelp(
      "Share of the negatives that the rows of --data still have. (default: 1)",
      valueName: "share"))
  var negativeRate: Double?

  @OptionGroup var badRows: BadRowOptions

  func validate() throws {
    if let negativeRate {
      guard negativeRate > 0, negativeRate <= 1 else {
        throw ValidationError(
          "'--negative-rate' takes a number above 0 and at most 1, found \(negativeRate).")
      }
      guard !data.isEmpty else {
        throw ValidationError(
          "'--negative-rate' describes the rows of '--data'; those of a split are described by "
            + "dataset.negative_rate and dataset.sampled_splits.")
      }
    }
    guard split != nil, !data.isEmpty else { return }
    throw ValidationError("'--split' and '--data' are mutually exclusive; give one of them.")
  }

  /// The split, or the files, as results name them.
  var name: String { data.isEmpty ? "\(split ?? .test)" : data.joined(separator: ", ") }
}

/// The folders of runs, given by position or by `--run`.
struct RunsOption: ParsableArguments {
  @Argument(help: ArgumentHelp("Folders of runs.", valueName: "run"), completion: .run)
  var given: [String] = []

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Folder of a run; may be repeated, to compare runs.", valueName: "dir"),
    completion: .run)
  var named: [String] = []

  /// The folders, those given by position first.
  var runs: [String] { given + named }

  func validate() throws {
    for run in given { try FolderOption.check(run, "run") }
    for run in named { try FolderOption.check(run, "--run") }
  }
}

/// The number of compute threads.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of compute threads; results do not depend on it. (default: the processors available)")
  )
  var threads: Int?

  func validate() throws {
    guard let threads, !(1...1024).contains(threads) else { return }
    throw ValidationError("'--threads' takes a number from 1 to 1024, found \(threads).")
  }

  /// The requested number, or that of the processors available to this process.
  var count: Int { threads ?? Machine.processors }

  /// Starts the threads.
  func makePool() -> WorkerPool { WorkerPool(threads: count) }
}

/// The check of all options that take a folder.
enum FolderOption {
  /// Refuses an empty path, which would become the root of the file system.
  static func check(_ path: String, _ option: String) throws {
    guard path.isEmpty else { return }
    throw ValidationError("'\(option)' takes the path of a folder, found an empty string.")
  }
}

/// A number of bytes such as `800M`, `24GB` or `1.5GiB`, in powers of 1000, or of 1024 with an i.
struct ByteCount: ExpressibleByArgument, Equatable {
  let bytes: Int

  init?(argument: String) {
    let number = argument.prefix { $0.isNumber || $0 == "." }
    var unit = argument.dropFirst(number.count).lowercased()[...]
    if unit.hasSuffix("b") { unit = unit.dropLast() }
    let isBinary = unit.hasSuffix("i")
    if isBinary { unit = unit.dropLast() }
    let units = ["", "k", "m", "g", "t"]
    guard let power = units.firstIndex(of: String(unit)), let value = Double(number),
      !(isBinary && power == 0)
    else { return nil }
    let scaled = (0..<power).reduce(value) { scaled, _ in scaled * (isBinary ? 1024 : 1000) }
    guard scaled >= 1, let bytes = Int(exactly: scaled.rounded()) else { return nil }
    self.bytes = bytes
  }
}
