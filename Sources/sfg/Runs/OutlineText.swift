import Cluster
import LinearAlgebra
import Models
import Training

/// The text of a dry run: the model, its operations, and the memory that training needs.
enum OutlineText {
  /// One line per kind of tables, one per other parameter, and the totals.
  static func table(_ model: CTRModel) -> String {
    var table = TextTable(["parameter": .left, "shape": .left, "elements": .right])
    let tables = model.parameters.filter { $0.touched != nil }
    for group in groups(of: tables) {
      let rows = group.tables.reduce(0) { $0 + $1.shape[0] }
      let count = group.tables.reduce(0) { $0 + $1.count }
      table.add(
        "\(group.name).*.weight (\(group.tables.count) tables)",
        shape([rows] + group.tables[0].shape.dropFirst()), "\(count)")
    }
    for parameter in model.parameters where parameter.touched == nil {
      table.add(parameter.name, shape(parameter.shape), "\(parameter.count)")
    }
    table.add("total", "", "\(model.parameterCount)")
    let (products, interactions) = (model.productOperations, model.interactionOperations)
    return """
      data: \(model.schema.count) fields, \(model.schema.reduce(0) { $0 + $1.rows }) table rows
      \(table)
      forward per row: \(Readable.count(products + interactions))FLOP, of which products with weight matrices \
      \(Readable.count(products))FLOP, interactions of vectors \(Readable.count(interactions))FLOP; training per row: \
      \(Readable.count(3 * (products + interactions)))FLOP
      not counted: lookups, biases, activations, normalisation, dropout, the optimizer
      """
  }

  /// The memory that training needs, in one line.
  static func line(_ need: MemoryNeed) -> String {
    "memory: \(Readable.count(need.total))B, of which "
      + "parameters \(Readable.count(need.parameters))B, "
      + "optimizer state \(Readable.count(need.optimizerState))B, "
      + "gradients and activations \(Readable.count(need.gradients + need.activations))B, "
      + "pipeline \(Readable.count(need.pipeline))B, evaluation \(Readable.count(need.evaluation))B, "
      + "program \(Readable.count(need.program))B"
  }

  /// The disk space of weights that are kept after every epoch.
  static func keptEpochs(bytes: Int, _ epochs: Int) -> String {
    "checkpoints: training.keep: all stores about \(Readable.count(bytes))B per epoch, up to "
      + "\(Readable.count(bytes * epochs))B for \(epochs) epochs"
  }

  /// The processes that train.
  static func ranks(_ collectives: any Collectives) -> String {
    let hosts = Set(collectives.hosts).count
    let place = hosts == 1 ? "one host" : "\(hosts) hosts"
    return "ranks: \(collectives.ranks) processes on \(place); each computes its pieces of every "
      + "batch, and this one reads and writes all files"
  }

  /// Products whose instructions this processor lacks.
  static func emulated(_ precision: ProductPrecision) -> String {
    "warning: training.precision: this processor has no instructions for \(precision.rawValue); "
      + "the same bits are computed without them, slower than in float32"
  }

  /// Tables by the part of the model that they belong to, in the model's order.
  private static func groups(of tables: [Parameter]) -> [(name: String, tables: [Parameter])] {
    var groups: [(name: String, tables: [Parameter])] = []
    for table in tables {
      let owner = String(table.name.prefix { $0 != "." })
      if groups.last?.name == owner {
        groups[groups.count - 1].tables.append(table)
      } else {
        groups.append((owner, [table]))
      }
    }
    return groups
  }

  private static func shape(_ extents: [Int]) -> String {
    extents.map { "\($0)" }.joined(separator: " × ")
  }
}
