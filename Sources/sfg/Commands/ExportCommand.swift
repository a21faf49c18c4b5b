import ArgumentParser
import Configuration
import Platform
import Serving
import Training

/// Writes the best model of a run as a file that other programs evaluate.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the best model of a run for serving.")

  /// The formats of model files.
  enum Format: String, CaseIterable, ExpressibleByArgument { case onnx }

  /// What a caller of the model passes.
  enum Inputs: String, CaseIterable, ExpressibleByArgument { case ids, text }

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "dir"),
    completion: .run)
  var folder: String

  @Option(help: "Format of the file.")
  var format: Format

  @Option(help: ArgumentHelp("File to write.", valueName: "file"), completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp(
      "Pass ids and values, encoded as in encoder/fields.json, or text and numbers as in the data, "
        + "which needs a vocabulary for each categorical field."))
  var inputs = Inputs.ids

  @OptionGroup var recalibration: RecalibrationOptions

  @Flag(help: "Write the weights to FILE.data, beside the file. (default: above 2 GB)")
  var externalWeights = false

  func validate() throws {
    try FolderOption.check(folder, "--run")
    guard !["", "-"].contains(output) else {
      throw ValidationError("'--output' takes the path of a file, found \"\(output)\".")
    }
  }

  func run() throws {
    let check = try OutputCheck(runs: [folder])
    for path in [output, "\(output).data"] { try check.check(path, "--output") }
    let loaded = try LoadedRun(folder, pool: WorkerPool(threads: 1))
    let map = try recalibration.recalibration(of: loaded, ProgressLine())
    switch format {
    case .onnx: try writeONNX(of: loaded, map)
    }
  }

  private func writeONNX(of loaded: LoadedRun, _ map: Recalibration?) throws {
    let export = try ModelExport(
      loaded.model, inputs: inputs == .ids ? .ids : .text(loaded.encoder)
    ) { logits, graph in map?.graph(logits, graph) ?? logits }
    let model = loaded.configuration.model
    let paths = try export.write(
      to: output, weights: externalWeights ? .beside : .automatic,
      metadata: [
        ("sfg_version", TrainingJob.version), ("run", loaded.configuration.run),
        ("backbone", model.backbone.rawValue), ("paradigm", model.paradigm.rawValue),
        ("inputs", inputs.rawValue),
      ]
        + (loaded.model.logitShift == 0
          ? [] : [("logit_shift", "\(loaded.model.logitShift)")])
        + (map.map { [("recalibration", $0.method.rawValue)] } ?? []))
    try StandardStream.output.print(
      "wrote \(paths.joined(separator: " and ")): \(export.inputs.count) inputs, "
        + "\(Readable.count(export.weightBytes))B of weights, ONNX opset \(ModelExport.opset)")
  }
}
