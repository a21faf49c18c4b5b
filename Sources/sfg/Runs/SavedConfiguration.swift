import Configuration
import Models
import Training

/// The configuration that a checkpoint was trained with.
struct SavedConfiguration {
  /// The checkpoint's metadata.
  let metadata: [String: String]
  private let path: String
  private let text: String
  /// Nil where this version does not read it.
  private let configuration: RunConfiguration?

  /// Reads the metadata of a checkpoint.
  init(of path: String) throws {
    self.path = path
    metadata = try Checkpoint.metadata(of: path)
    text = metadata["config"] ?? ""
    configuration = try? RunConfiguration(yaml: text, name: path)
  }

  /// Whether a configuration has more epochs than that of the checkpoint.
  func isExtended(by given: RunConfiguration) -> Bool {
    configuration.map { given.training.epochs > $0.training.epochs } ?? false
  }

  /// Throws `TrainingFailure.otherConfiguration` unless training may go on from the checkpoint with
  /// a configuration: the same, with as many epochs or more.
  ///
  /// Keys that are newer than the checkpoint have their defaults in it.
  func check(_ given: RunConfiguration) throws {
    var expected = configuration
    expected?.training.keepLast = given.training.keepLast
    if isExtended(by: given) { expected?.training.epochs = given.training.epochs }
    let texts = [expected?.yaml ?? text, given.yaml]
    guard texts[0] != texts[1] else { return }
    let lines = texts.map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    func line(_ lines: [Substring], _ index: Int) -> String {
      index < lines.count ? "\"\(lines[index].drop { $0 == " " })\"" : "no such line"
    }
    let count = max(lines[0].count, lines[1].count)
    let index = (0..<count).first { line(lines[0], $0) != line(lines[1], $0) } ?? 0
    throw TrainingFailure.otherConfiguration(
      path: path, checkpoint: line(lines[0], index), given: line(lines[1], index))
  }
}
