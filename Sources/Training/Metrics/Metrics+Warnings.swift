import Glibc
import Platform

extension Metrics {
  /// Warnings about suspicious predictions, one sentence each, with their kinds.
  ///
  /// During the first epoch an AUC near 0.5 is no reason to worry.
  public func warnings(
    of split: String, isEpochOver: Bool = true
  ) -> [(text: String, kind: String)] {
    var warnings: [(text: String, kind: String)] = []
    func add(_ sentence: String, kind: String) {
      warnings.append(("\(split): \(sentence)", "\(split) \(kind)"))
    }
    if isConstant {
      add(
        "every row got the same prediction: the model learned nothing from its fields",
        kind: "constant")
    }
    if auc == nil, positives > 0, positives < rows {
      add(
        "AUC is undefined: the clicked or the other rows all have weight 0", kind: "one class")
    } else if auc == nil {
      let missing = positives == 0 ? "clicked" : "not clicked"
      add("AUC is undefined: none of \(rows) rows was \(missing)", kind: "one class")
    } else if let auc, isEpochOver, abs(auc - 0.5) <= 0.001 {
      add(
        "AUC is \(NumberText.short(auc)), no better than chance: check the label, the fields and "
          + "the learning rate", kind: "chance")
    }
    if let entropy = self[.normalizedEntropy], isEpochOver, entropy > 1 {
      add(
        "normalised entropy is \(NumberText.short(entropy)); above 1, predicting the click rate "
          + "of these rows for all of them would be better: check the learning rate and the fields",
        kind: "entropy")
    }
    return warnings
  }

  /// The warning that negatives seem to be missing from rows that were described as complete; nil
  /// where predictions with this shift fit the click rate.
  ///
  /// The odds of a click are compared with those of the mean prediction: on rows that were sampled
  /// as the training rows were, their logarithms differ by the shift.
  public func samplingWarning(of split: String, shift: Double, negativeRate: Double) -> String? {
    guard shift < 0, negativeRate == 1, let calibration = self[.calibration], positives < rows
    else { return nil }
    let observed = Double(positives) / Double(rows)
    let predicted = calibration * observed
    guard predicted < 1, log(predicted / (1 - predicted) / (observed / (1 - observed))) < shift / 2
    else { return nil }
    return "\(split): the click rate is \(NumberText.short(observed)), the mean corrected "
      + "prediction \(NumberText.short(predicted)): if negatives were left out of these rows too, add "
      + "the split to dataset.sampled_splits, or --negative-rate to --data"
  }
}
