import Foundation
import Platform
import TestSupport
import Testing

@testable import Configuration

/// Sweeps written by a test, with three models and data.
struct SweepFixture {
  static let files: KeyValuePairs = [
    "data.yaml": "dataset: {train: clicks.tsv, valid: v.tsv, test: t.tsv}\n",
    "models/base.yaml": "dataset: {train: other.tsv}\nfeatures: {numeric: {encoding: quantile}}\n"
      + "model: {embedding_dim: 4}\n",
    "models/lr.yaml": "extends: base.yaml\nrun: old_lr\nmodel: {backbone: lr}\n",
    "models/fm_dis.yaml": "extends: base.yaml\nmodel: {backbone: fm}\n",
    "models/fm_gen.yaml":
      "extends: fm_dis.yaml\nmodel: {paradigm: generative, encoder: {gamma: 7, residual: true}}\n",
    "models/dcnv2.yaml": "extends: base.yaml\nmodel: {backbone: dcnv2, hidden_units: [5]}\n",
  ]

  /// Reads a sweep, `sweeps/s.yaml`, beside these files.
  static func read(_ yaml: String) throws -> Sweep {
    let folder = try TemporaryFolder()
    for (name, text) in files { try AtomicFile.write(text, to: "\(folder.path)/\(name)") }
    let path = "\(folder.path)/sweeps/s.yaml"
    try AtomicFile.write(yaml, to: path)
    return try Sweep(file: path)
  }

  /// The error sentence of a sweep, without its folder; nil if it is valid.
  static func refusal(of yaml: String) -> String? {
    do {
      _ = try read(yaml)
      return nil
    } catch {
      return "\(error)".replacing(/[^ ]*\/sweeps\/s.yaml/, with: "s.yaml")
        .replacing(/sweeps, [^ ,]*,/, with: "sweeps, ..,")
        .replacing(/[^ ,]*\/(?=data.yaml|models|sweeps)/, with: "")
    }
  }
}
