import ClickData
import Models
import TestSupport
import Testing

@testable import Serving

@Suite struct InputNameTests {
  @Test(arguments: [["a", "logit"], ["probability"], ["I1.value", "I1"]])
  func inputsAndOutputsHaveDifferentNames(names: [String]) throws {
    let schema = names.map {
      FieldSchema(name: $0, kind: $0 == "I1" ? .value : .category, rows: 2)
    }
    let model = CTRModel.tiny(.lr, schema: schema)
    let failure = #expect(throws: ExportFailure.self) { try ModelExport(model, inputs: .ids) }
    let shared = names.contains("I1") ? "I1.value" : names[names.count - 1]
    #expect(
      failure?.description
        == "two inputs or outputs of the graph would be called \"\(shared)\"; "
        + "rename one of the fields")
  }

  @Test func theInputsAreInTheOrderOfTheFields() throws {
    let model = CTRModel.tiny(.fm, .generative, schema: FieldSchema.sequences)
    let export = try ModelExport(model, inputs: .ids)
    #expect(export.inputs == ["C0", "G", "G.weight", "I1", "I1.value", "H", "H.weight", "C1"])
  }
}
