import Models
import Testing

extension ModelGradientTests {
  @Test(arguments: LinearTermKind.allCases, Paradigm.allCases)
  func everyLinearTermOfFwFM(linear: LinearTermKind, paradigm: Paradigm) {
    checkEveryParameter(
      model(.fwfm, paradigm) {
        $0.fwfmLinear = linear
        $0.encoder.activation = .tanh
      }, "\(linear) \(paradigm)")
  }

  @Test(arguments: ModelSettings.FmFMField.allCases, Paradigm.allCases)
  func everyKindOfMatrixOfFmFM(field: ModelSettings.FmFMField, paradigm: Paradigm) {
    checkEveryParameter(
      model(.fmfm, paradigm) {
        $0.fmfmField = field
        $0.encoder.activation = .tanh
      }, "\(field) \(paradigm)")
  }
}
