import ClickData
import Testing

@testable import Models

/// Every sentence with which a data set is refused, to the letter.
@Suite struct ConfigurationDatasetTests {
  @Test(arguments: [
    (
      "format: criteoo, train: a",
      "format: found \"criteoo\", expected one of criteo, avazu, delimited; did you mean criteo?"
    ),
    ("train: {a: b}", "train: found a mapping, expected a path or pattern, or a list of such"),
    ("train: [a, [b]]", "train[1]: found a list, expected a path or pattern"),
    ("train: a, cache: yes", "cache: found \"yes\", expected auto, off or a folder"),
    ("train: ''", "train: found the text \"\", expected a path or pattern"),
    ("train: a, label: click", "label: has no meaning with format: criteo; remove it"),
    ("train: a, delimiter: ','", "delimiter: has no meaning with format: criteo; remove it"),
    (
      "format: avazu, train: a, fields: [b]", "fields: has no meaning with format: avazu; remove it"
    ),
    (
      "format: delimited, train: a, delimiter: ';;'",
      "delimiter: found the text \";;\", expected one ASCII character that is no quote, digit or line end"
    ),
    ("format: delimited, train: a, fields: b", "fields: found \"b\", expected a list of columns"),
    (
      "format: delimited, train: a, fields: [{b: numerc}]",
      "fields[0].b: found \"numerc\", expected one of categorical, numeric; did you mean numeric?"
    ),
    (
      "format: delimited, train: a, fields: [b, {name: c, sort: numeric}]",
      "fields[1].sort: unknown key; expected one of name, type"
    ),
    (
      "format: delimited, train: a, fields: [{}]",
      "fields[0]: found a mapping, expected the name of a column"
    ),
    (
      "format: delimited, train: a, fields: [b, c: numeric, b]",
      "fields: lists \"b\" twice; remove one"
    ),
    (
      "format: delimited, train: a, label: c, fields: [b, c]",
      "fields: lists \"c\", which is the label; remove it"
    ),
    (
      "train: a, source: b",
      "source: given together with dataset.train (demo.yaml:1); remove one or set it to null"
    ),
    (
      "source: a, test: b",
      "source: given together with dataset.test (demo.yaml:1); remove one or set it to null"
    ),
    (
      "train: a, split: {seed: 1}",
      "split: divides source, but no source is given; name it, or remove split"
    ),
    (
      "source: a, split: {train: 0.9}",
      "split: train 0.9, valid 0.1 and test 0.1 sum to 1.1, expected 1"
    ),
    ("source: a, split: {train: 1.5}", "split.train: found 1.5, expected a number from 0 to 1"),
    (
      "source: a, split: {train: 0, valid: 0.5, test: 0.5}",
      "split.train: found 0, expected a number above 0"
    ),
    ("max_bad_rows: -1, train: a", "max_bad_rows: found -1, expected a whole number of at least 0"),
  ])
  func dataSetsThatCannotBeAreRefused(members: String, sentence: String) {
    let refusal = ConfigurationFixture.refusal(of: "dataset: {\(members)}\n", set: [])
    #expect(refusal == "demo.yaml:1: dataset.\(sentence)")
  }

  @Test(arguments: [
    ("auto", DatasetSettings.Cache.auto), ("off", .off), ("no", .off), ("'off'", .folder("off")),
    ("\"auto\"", .folder("auto")), ("data/rows", .folder("data/rows")),
  ])
  func aCacheIsAWordOrAFolder(_ text: String, _ cache: DatasetSettings.Cache) throws {
    let read = try ConfigurationFixture.read("dataset: {train: a, cache: \(text)}\n")
    #expect(read.dataset.cache == cache)
    #expect(try ConfigurationFixture.read(read.yaml).dataset.cache == cache)
  }
}
