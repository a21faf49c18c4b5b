import ClickData
import Configuration
import Models
import Platform
import Training

/// A reader of untrusted bytes, as a function of bytes: it reads them or refuses them with one
/// sentence.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Gzip members, or plain bytes.
  case gzip
  /// Frames of zstd.
  case zstd
  /// Streams of bzip2.
  case bzip2
  /// Streams of xz.
  case xz
  /// Criteo's columns.
  case criteo
  /// Avazu's header, columns and hours.
  case avazu
  /// Delimited text with quotes; the first byte selects a numeric encoding and a delimiter.
  case delimited
  /// Delimited text whose columns hold several values.
  case sequence
  /// Delimited text with times, JSON lists, missing tokens and labels that the settings specify.
  case log
  /// Features with their fields: a category, a number and a sequence.
  case libffm
  /// Features in ranges; the first byte selects several fields or one sequence of all features.
  case libsvm
  /// A configuration.
  case yaml
  /// The value of one key on the command line.
  case override
  /// A checkpoint's header and metadata.
  case safetensors
  /// The state of training in a checkpoint's metadata.
  case training
  /// A run's `encoder/fields.json`.
  case encoder
  /// The document beside a file of encoded rows, a NUL byte, and the file: an npy array.
  case cache

  /// Targets share tables and a file, so only one input is read at a time.
  private nonisolated(unsafe) static let turn = Monitor()

  /// Passes bytes to the reader; traps if it throws an error that is not a `Failure`.
  public func run(_ bytes: UnsafeBufferPointer<UInt8>) { Self.turn.locked { read(bytes) } }

  private func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    do {
      switch self {
      case .gzip, .zstd, .bzip2, .xz:
        _ = try UntrustedInput.decompressedSize(
          of: ScratchFile.shared.holding(bytes), limit: 1 << 22)
      case .criteo: _ = try TextSample.criteo.rows(bytes)
      case .avazu: _ = try TextSample.avazu.rows(bytes)
      case .delimited: _ = try TextSample.delimited(bytes.first ?? 0).rows(bytes)
      case .sequence: _ = try TextSample.sequence.rows(bytes)
      case .log: _ = try TextSample.log.rows(bytes)
      case .libffm: _ = try TextSample.libffm.rows(bytes)
      case .libsvm: _ = try TextSample.libsvm(bytes.first ?? 0).rows(bytes)
      case .yaml:
        let configuration = try RunConfiguration(
          yaml: String(decoding: bytes, as: UTF8.self), name: "fuzz.yaml")
        try Self.checkWriting(of: configuration)
      case .override:
        guard let change = ConfigurationOverride(String(decoding: bytes, as: UTF8.self)) else {
          return
        }
        _ = try RunConfiguration(yaml: "", name: "fuzz.yaml", overrides: [change])
      case .safetensors: _ = try Checkpoint.metadata(of: ScratchFile.shared.holding(bytes))
      case .training: try UntrustedState.resume(String(decoding: bytes, as: UTF8.self))
      case .encoder: _ = try FittedEncoder(contentsOf: ScratchFile.shared.holding(bytes))
      case .cache:
        let manifest = UnsafeBufferPointer(rebasing: bytes.prefix { $0 != 0 })
        let rows = UnsafeBufferPointer(rebasing: bytes.dropFirst(manifest.count + 1))
        _ = try UntrustedInput.cachedRows(
          of: TextSample.cached, manifest: manifest, path: ScratchFile.shared.holding(rows))
      }
    } catch is CacheProblem {
      // The rows are read from their text instead, and the reason is logged.
    } catch let failure as any Failure {
      let sentence = "\(failure)"
      precondition(!sentence.isEmpty, "\(self): a failure without a sentence")
    } catch {
      preconditionFailure("\(self): threw \(error), which is not a Failure")
    }
  }

  /// A written configuration must read back as the same configuration.
  private static func checkWriting(of configuration: RunConfiguration) throws {
    let written = configuration.yaml
    let again = try RunConfiguration(yaml: written, name: "written.yaml")
    precondition(
      again == configuration, "yaml: what was written reads back differently:\n\(written)")
  }
}
