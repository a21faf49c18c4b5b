import Foundation
import Platform

/// Why a model is not allocated: it needs more memory than this machine has.
struct MemoryShortage: Failure {
  let needed: Int
  let available: Int
  var status: FailureStatus { .badConfiguration }
  var description: String {
    "memory: the model needs \(Readable.count(needed))B, found \(Readable.count(available))B on this "
      + "machine; lower model.embedding_dim, features.categorical.max_buckets or buckets, "
      + "training.batch_size or training.shuffle_rows"
  }
}

/// The memory that this process can have.
enum MemoryLimit {
  /// Throws `MemoryShortage` where more bytes are needed than there can be.
  static func check(_ needed: Int) throws {
    guard needed > bytes else { return }
    throw MemoryShortage(needed: needed, available: bytes)
  }

  /// Physical memory, or the container's share of it.
  private static var bytes: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    guard let text = try? WholeFile.read("/sys/fs/cgroup/memory.max"),
      let share = Int(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace })
    else { return physical }
    return min(physical, share)
  }
}
