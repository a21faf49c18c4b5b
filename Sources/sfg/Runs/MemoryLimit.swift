import Foundation
import Platform

/// A model is not allocated because it needs more memory than the limit.
struct MemoryShortage: Failure, Equatable {
  /// The origin of the limit.
  enum Bound: Equatable {
    /// The memory of the machine, or of the container.
    case machine
    /// `--memory-limit`.
    case option
  }

  let needed: Int
  let available: Int
  let bound: Bound
  var status: FailureStatus { .badConfiguration }
  var description: String {
    let remedy =
      "lower model.embedding_dim, features.categorical.max_buckets or buckets, "
      + "training.batch_size or training.shuffle_rows"
    let needed = "memory: the run needs \(Readable.count(needed))B"
    let available = "\(Readable.count(available))B"
    return switch bound {
    case .machine: "\(needed), found \(available) on this machine; \(remedy)"
    case .option: "\(needed), --memory-limit is \(available); \(remedy), or raise the limit"
    }
  }
}

/// The memory available to this process.
enum MemoryLimit {
  /// Throws `MemoryShortage` if more bytes are needed than available, or than the user allows.
  static func check(_ needed: Int, limit: ByteCount? = nil) throws {
    if let limit, needed > limit.bytes {
      throw MemoryShortage(needed: needed, available: limit.bytes, bound: .option)
    }
    guard needed > bytes else { return }
    throw MemoryShortage(needed: needed, available: bytes, bound: .machine)
  }

  /// Physical memory, or the limit of the container.
  private static var bytes: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    guard let text = try? WholeFile.read("/sys/fs/cgroup/memory.max"),
      let share = Int(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace })
    else { return physical }
    return min(physical, share)
  }
}
