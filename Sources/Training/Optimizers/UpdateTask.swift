/// A fixed unit of work: consecutive rows of one parameter, or slots of its touched rows.
struct UpdateTask {
  let parameter: Int
  let rows: Range<Int>

  /// Elements of a tile, whose value, gradient and moments fit in a core's first cache.
  static let tileElements = 1024
  private static let tilesPerTask = 16

  /// Rows of a tile, each of `width` elements: if possible, a multiple of a kernel's chunk.
  static func tileRows(width: Int) -> Int {
    let most = max(1, tileElements / width)
    // `width · multiple` is a multiple of 64.
    let multiple = 64 >> min(6, width.trailingZeroBitCount)
    return most < multiple ? most : most / multiple * multiple
  }

  /// Cuts parameters into tasks; the cuts depend on their shapes alone.
  static func tasks(
    _ parameters: [OptimizedParameter], rows: (OptimizedParameter) -> Int
  ) -> [UpdateTask] {
    parameters.indices.flatMap { index in
      chunks(of: rows(parameters[index]), width: parameters[index].width).map {
        UpdateTask(parameter: index, rows: $0)
      }
    }
  }

  /// Cuts rows of `width` elements into the chunks of tasks.
  static func chunks(of rows: Int, width: Int) -> [Range<Int>] {
    let size = tileRows(width: width) * tilesPerTask
    return stride(from: 0, to: rows, by: size).map { $0..<min(rows, $0 + size) }
  }
}

/// A fixed unit of work: the same slots of every parameter whose rows share cache lines.
///
/// A row's first-order weight and its embedding can be stored with the same slot number: one thread
/// changes both while the cache line is at hand.
struct JointUpdateTask {
  let parameters: [Int]
  let rows: Range<Int>

  /// Cuts all parameters, by the widest rows that share lines; the cuts depend on shapes alone.
  static func tasks(_ parameters: [OptimizedParameter]) -> [JointUpdateTask] {
    let groups = Dictionary(grouping: parameters.indices) { parameters[$0].cacheLineOwner }
    return parameters.enumerated().flatMap { index, parameter -> [JointUpdateTask] in
      guard let group = groups[parameter.cacheLineOwner], group.first == index else { return [] }
      let width = group.map { parameters[$0].width }.max() ?? 1
      return UpdateTask.chunks(of: parameter.gradientRows, width: width).map {
        JointUpdateTask(parameters: group, rows: $0)
      }
    }
  }
}

extension OptimizedParameter {
  /// The object whose cache lines hold the rows: the field's slot numbers, or the parameter itself.
  fileprivate var cacheLineOwner: ObjectIdentifier {
    guard let touched, parameter.storage?.isBesideSlot == true else {
      return ObjectIdentifier(parameter)
    }
    return ObjectIdentifier(touched)
  }
}
