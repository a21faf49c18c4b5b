import ClickData
import Glibc
import TestSupport
import Testing

@Suite struct SettingsTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write("t.csv", "y,a,b\n1,p,q\n")
  }

  private func found(
    _ change: (inout DatasetSettings, inout FeatureSettings) -> Void
  ) -> String {
    var settings = Sample.delimited([path])
    var features = Sample.fixed
    change(&settings, &features)
    return sentence { _ = try Dataset(settings: settings, features: features).fit() }
  }

  @Test func filesAndSharesMustFitTogether() {
    #expect(
      found { settings, _ in settings.train = [] }
        == "dataset: expected train or source, found neither; name the files to read")
    #expect(
      found { settings, _ in settings.source = [path] }
        == "dataset.source: given together with dataset.train; remove one or set it to null")
    #expect(
      found { settings, _ in (settings.train, settings.source) = ([], [path]) }
        == "dataset.source: expected dataset.split beside it; add its shares")
    #expect(
      found { settings, _ in settings.split = .init() }
        == "dataset.split: expected dataset.source beside it; name the files, or remove the split")
    for (train, sum) in [(0.5, "0.7"), (.nan, "nan"), (-0.1, "0.1")] {
      #expect(
        found { settings, _ in
          (settings.train, settings.source, settings.split) = ([], [path], .init())
          settings.split?.train = train
        } == "dataset.split: expected shares of 0 or more that sum to 1, found train \(train), "
          + "valid 0.1 and test 0.1, a sum of \(sum)")
    }
  }

  @Test func columnsMustBePossible() {
    #expect(
      found { settings, _ in settings.delimiter = "||" }
        == "dataset.delimiter: expected one ASCII character that is no quote, digit or line end, "
        + "found \"||\"")
    #expect(
      found { settings, _ in settings.fields = [.init(name: "y", kind: .numeric)] }
        == "dataset.fields: expected fields without the label, found \"y\"; remove it")
    #expect(
      found { settings, _ in
        settings.fields = [.init(name: "a", kind: .numeric), .init(name: "a", kind: .numeric)]
      } == "dataset.fields: expected each field once, found \"a\" twice; remove one")
  }

  @Test func overridesMustFitTheirFields() {
    #expect(
      found { _, features in features.overrides["c"] = .numeric(.value) }
        == "features.overrides: expected a field of the data, found \"c\"; the fields are a, b")
    #expect(
      found { settings, features in
        settings.format = .criteo
        features.overrides["C3"] = .numeric(.value)
      } == "features.overrides.C3: expected a categorical encoding, found a numeric one; "
        + "the field holds text")
    #expect(
      found { _, features in features.overrides["a"] = .categorical(.hash(buckets: 0)) }
        == "features.overrides.a.buckets: expected 1 to 4294967294 buckets, found 0")
    #expect(
      found { _, features in features.categorical = .autoHash(maxBuckets: -1) }
        == "features.categorical.max_buckets: expected 1 to 4294967294 buckets, found -1")
  }

  @Test func pipesAreReadOnceWithoutASpool() throws {
    let message =
      "standard input and pipes can be read only once, and this would be a second pass; "
      + "write it to a file and give that"
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(found { settings, _ in settings.train = [pipe] } == message)
    #expect(
      sentence {
        let dataset = try Dataset(settings: Sample.criteo([pipe]), features: Sample.fixed)
        let encoder = try dataset.fit()
        _ = try dataset.batches(of: .train, encoder: encoder, batchSize: 8)
        _ = try dataset.batches(of: .train, encoder: encoder, batchSize: 8)
      } == message)
  }
}
