import Foundation
import Models
import Testing

@testable import Training

/// Every number that a checkpoint holds is checked before training adds to it.
@Suite struct TrainingStateTests {
  private static let evaluation =
    #"{"collapse":{},"epoch":2,"learningRate":0.01,"metrics":{"isConstant":false,"positives":9,"#
    + #""rows":30,"auc":0.6},"rows":864,"split":"valid","step":14}"#

  private static let text =
    #"{"position":{"epoch":2,"lossSinceEvaluation":12.5,"positives":7,"rows":64,"#
    + #""rowsSinceEvaluation":60,"steps":1},"record":{"best":EVALUATION,"epochs":2,"#
    + #""evaluations":[EVALUATION],"passes":[{"badRows":3,"firstBadRows":[],"rows":800,"#
    + #""split":"train"}],"rows":864,"steps":14,"stop":"epochs"},"#
    + #""schedule":{"failures":1,"learningRate":0.02}}"#

  private func problem(_ text: String) -> String? {
    let text = text.replacing("EVALUATION", with: Self.evaluation)
    do {
      _ = try TrainingState([TrainingState.key: text], path: "last")
      return nil
    } catch {
      return "\(error)".replacing("last: damaged checkpoint: ", with: "").replacing(
        "; restore the file or train again", with: "")
    }
  }

  @Test func aStateWithinItsBoundsIsRead() { #expect(problem(Self.text) == nil) }

  @Test(arguments: [
    ("\"epoch\":2,\"l", "\"epoch\":3,\"l", nil),
    ("\"epoch\":2,\"l", "\"epoch\":4,\"l", "position.epoch is 4, expected 2 to 3"),
    (
      "\"epoch\":2,\"l", "\"epoch\":9223372036854775807,\"l",
      "position.epoch is 9223372036854775807, expected 2 to 3"
    ),
    ("\"epochs\":2", "\"epochs\":-1", "record.epochs is -1, expected 0 to 8796093022208"),
    (
      "\"epochs\":2", "\"epochs\":9223372036854775807",
      "record.epochs is 9223372036854775807, expected 0 to 8796093022208"
    ),
    ("\"positives\":7", "\"positives\":65", "position.positives is 65, expected 0 to 64"),
    ("\"positives\":7", "\"positives\":-1", "position.positives is -1, expected 0 to 64"),
    (
      "\"rowsSinceEvaluation\":60", "\"rowsSinceEvaluation\":-9223372036854775808",
      "position.rowsSinceEvaluation is -9223372036854775808, expected 0 to 864"
    ),
    ("\"rows\":64", "\"rows\":9000", "position.rows is 9000, expected 0 to 864"),
    ("\"steps\":1}", "\"steps\":15}", "position.steps is 15, expected 0 to 14"),
    ("\"steps\":14", "\"steps\":865", "record.steps is 865, expected 0 to 864"),
    (
      "\"rows\":864,\"steps", "\"rows\":-2,\"steps",
      "record.rows is -2, expected 0 to 8796093022208"
    ),
    ("\"failures\":1", "\"failures\":2", "schedule.failures is 2, expected 0 to 1"),
    ("\"badRows\":3", "\"badRows\":-3", "a pass's bad rows is -3, expected 0 to 8796093022208"),
    (
      "\"learningRate\":0.02", "\"learningRate\":-0.5",
      "a learning rate is -0.5, expected a number above 0"
    ),
    (
      "\"best\":EVALUATION", "\"best\":\(evaluation.replacing("0.6", with: "0.7"))",
      "its best evaluation is not one of its evaluations"
    ),
    ("\"rows\":64", "\"rows\":6.4", "its metadata lack the state of training"),
    (
      "\"lossSinceEvaluation\":12.5", "\"lossSinceEvaluation\":1e999",
      "its metadata lack the state of training"
    ),
  ])
  func aNumberOutOfItsRangeIsNamed(old: String, new: String, expected: String?) throws {
    try #require(Self.text.contains(old))
    #expect(problem(Self.text.replacing(old, with: new)) == expected)
  }

  @Test func clicksOfAnEvaluationAreAtMostItsRows() {
    let text = Self.text.replacing(
      "EVALUATION", with: Self.evaluation.replacing("\"positives\":9", with: "\"positives\":31"))
    #expect(problem(text) == "an evaluation's clicks is 31, expected 0 to 30")
  }
}
