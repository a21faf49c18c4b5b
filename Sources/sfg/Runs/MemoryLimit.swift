import Foundation
import LinearAlgebra
import Platform

/// A model is not allocated because it needs more memory than a limit.
struct MemoryShortage: Failure, Equatable {
  /// The origin of the limit.
  enum Bound: Equatable, CaseIterable {
    /// The memory of the machine.
    case machine
    /// A control group, such as a container's.
    case container
    /// `ulimit -v`.
    case addressSpace
    /// `--memory-limit`.
    case option
  }

  let needed: Int
  let available: Int
  let bound: Bound

  /// A larger machine, or limit, has the memory; a configuration beyond the machine is a mistake.
  var status: FailureStatus {
    switch bound {
    case .machine, .option: .badConfiguration
    case .container, .addressSpace: .exhausted
    }
  }

  var description: String {
    let remedy =
      "lower model.embedding_dim, features.categorical.max_buckets or buckets, "
      + "training.batch_size or training.shuffle_rows"
    let needed = "memory: the run needs \(Readable.count(needed))B"
    let available = "\(Readable.count(available))B"
    return switch bound {
    case .machine: "\(needed), found \(available) on this machine; \(remedy)"
    case .container:
      "\(needed), the container's limit is \(available); \(remedy), or raise the limit"
    case .addressSpace:
      "\(needed) of addresses, ulimit -v leaves \(available); \(remedy), or --threads, "
        + "or raise the limit"
    case .option: "\(needed), --memory-limit is \(available); \(remedy), or raise the limit"
    }
  }
}

/// The memory available to this process.
struct MemoryLimit {
  var option: ByteCount?
  var machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
  var container = ControlGroups().memoryBytes
  /// Addresses that can still be mapped.
  var addresses = Machine.freeAddressSpace

  /// Throws `MemoryShortage` if a run needs more bytes than any limit.
  ///
  /// `unallocated` of them are not allocated yet; OpenBLAS reserves addresses for each thread.
  func check(_ needed: Int, unallocated: Int, threads: Int) throws {
    let bounds: [(MemoryShortage.Bound, available: Int?, needed: Int)] = [
      (.option, option?.bytes, needed), (.container, container, needed),
      (.machine, machine, needed),
      (.addressSpace, addresses, unallocated + threads * OpenBLAS.reservedBytes),
    ]
    for (bound, available, needed) in bounds {
      guard let available, needed > available else { continue }
      throw MemoryShortage(needed: needed, available: available, bound: bound)
    }
  }
}
