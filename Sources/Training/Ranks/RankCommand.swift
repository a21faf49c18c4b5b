import ClickData
import Cluster
import Foundation
import Models

/// What rank 0 tells the other ranks to do with it.
enum RankCommand: UInt8, BitwiseCopyable {
  /// Make a model with these fields, and its optimizer.
  case model
  /// Take a step with this batch.
  case step
  /// Compute the logits of this batch.
  case evaluate
  /// Replace weights, statistics and the optimizer's state by those of rank 0, which follow.
  case replace
  /// Tell the memory that this process has used.
  case measure
  /// Stop: the work is done.
  case end
}

/// What a step is taken with, beside its batch.
struct StepOrder: BitwiseCopyable {
  /// The steps taken before.
  let steps: Int
  let learningRate: Double
  /// The sum of the weights of the batch's rows.
  let weight: Double
}

/// What a model is made from.
struct ModelOrder: Codable {
  let configuration: String
  let schema: [FieldSchema]

  init(configuration: String, schema: [FieldSchema]) {
    self.configuration = configuration
    self.schema = schema
  }

  /// The order that `append` has appended.
  init(_ message: inout MessageReader) throws {
    let length = Int(message.element(Int64.self))
    self = try JSONDecoder().decode(Self.self, from: Data(message.text(length).utf8))
  }

  func append(to message: MessageBuffer) throws {
    let text = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    message.append(Int64(text.utf8.count))
    message.append(text)
  }
}
