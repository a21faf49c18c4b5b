import ClickData
import Testing

@testable import Configuration

/// Every error sentence of a data set, verbatim.
@Suite struct ConfigurationDatasetTests {
  @Test(arguments: [
    (
      "format: criteoo, train: a",
      "format: found \"criteoo\", expected one of criteo, avazu, delimited, libffm, libsvm; did you mean criteo?"
    ),
    ("train: {a: b}", "train: found a mapping, expected a path or pattern, or a list of such"),
    ("train: [a, [b]]", "train[1]: found a list, expected a path or pattern"),
    ("train: a, cache: yes", "cache: found \"yes\", expected auto, off or a folder"),
    ("train: ''", "train: found the text \"\", expected a path or pattern"),
    ("train: a, label: click", "label: has no meaning with format: criteo; remove it"),
    ("train: a, weight: w", "weight: has no meaning with format: criteo; remove it"),
    (
      "format: libsvm, train: a, weight: w", "weight: has no meaning with format: libsvm; remove it"
    ),
    (
      "format: delimited, train: a, label: c, weight: c",
      "weight: expected another column than the label, found \"c\"; name the column of the weights"
    ),
    (
      "format: avazu, train: a, weight: click",
      "weight: expected another column than the label, found \"click\"; name the column of the weights"
    ),
    (
      "train: a, negative_rate: 0",
      "negative_rate: found 0, expected a number above 0 and at most 1"
    ),
    (
      "train: a, negative_rate: 1.5",
      "negative_rate: found 1.5, expected a number above 0 and at most 1"
    ),
    (
      "train: a, negative_rate: tenth",
      "negative_rate: found \"tenth\", expected a number above 0 and at most 1"
    ),
    (
      "train: a, sampled_splits: [train]",
      "sampled_splits: has no meaning with negative_rate: 1; remove it"
    ),
    (
      "source: a, split: {}, negative_rate: 0.5, sampled_splits: [train]",
      "sampled_splits: has no meaning with source; remove it"
    ),
    (
      "train: a, negative_rate: 0.5, sampled_splits: [valid]",
      "sampled_splits: expected train among them: dataset.negative_rate is the share that the training rows kept"
    ),
    (
      "train: a, negative_rate: 0.5, sampled_splits: [train, tset]",
      "sampled_splits[1]: found \"tset\", expected one of train, valid, test; did you mean test?"
    ),
    ("train: a, delimiter: ','", "delimiter: has no meaning with format: criteo; remove it"),
    (
      "format: avazu, train: a, fields: [b]", "fields: has no meaning with format: avazu; remove it"
    ),
    (
      "format: delimited, train: a, delimiter: ';;'",
      "delimiter: found the text \";;\", expected one ASCII character that is no quote, digit or line end"
    ),
    (
      "train: a, quote: none", "quote: has no meaning with format: criteo; remove it"
    ),
    (
      "train: a, missing: null",
      "missing: found nothing, expected a text, or a list of texts; write [\"NULL\"], or [] for none"
    ),
    (
      "train: a, missing: [a, '']",
      "missing[1]: found the text \"\", expected a text, or a list of texts"
    ),
    (
      "train: a, missing: [a, b], positive: b",
      "missing: found \"b\", which is dataset.positive, the label of a click; remove one"
    ),
    (
      "format: libffm, train: a, fields: [{name: b, type: sequence, truncate: last}]",
      "fields[0].truncate: has no meaning with format: libffm; remove it"
    ),
    ("format: delimited, train: a, fields: b", "fields: found \"b\", expected a list of columns"),
    (
      "format: delimited, train: a, fields: [{b: numerc}]",
      "fields[0].b: found \"numerc\", expected one of categorical, numeric, sequence, timestamp; did you mean numeric?"
    ),
    (
      "format: delimited, train: a, fields: [b, {name: c, sort: numeric}]",
      "fields[1].sort: unknown key; expected one of name, type, splitter, max_len, pooling, truncate, embedding_of, number, first, last"
    ),
    (
      "format: delimited, train: a, fields: [{}]",
      "fields[0]: found a mapping, expected the name of a column"
    ),
    (
      "format: delimited, train: a, fields: [b, c: numeric, b]",
      "fields: expected each field once, found \"b\" twice; remove one"
    ),
    (
      "format: delimited, train: a, fields: [{name: b, splitter: ','}]",
      "fields[0].splitter: has no meaning with type: categorical; remove it"
    ),
    (
      "format: delimited, train: a, fields: [{name: b, type: sequence, max_len: 0}]",
      "fields[0].max_len: found 0, expected a whole number from 1 to 4096"
    ),
    (
      "format: delimited, train: a, fields: [{name: b, type: sequence, pooling: max}]",
      "fields[0].pooling: found \"max\", expected one of mean, sum"
    ),
    (
      "format: delimited, train: a, fields: [{name: b, number: 3}]",
      "fields[0].number: has no meaning with format: delimited; remove it"
    ),
    (
      "format: libffm, train: a, fields: [{name: b, type: sequence, splitter: ','}]",
      "fields[0].splitter: has no meaning with format: libffm; remove it"
    ),
    (
      "format: libsvm, train: a, fields: [{name: b, first: 3}]",
      "fields[0]: found a mapping, expected first and last together"
    ),
    (
      "format: libsvm, train: a, fields: [{name: b, first: 3, last: 2}]",
      "fields[0].last: found 2, expected a whole number from 3 to 18446744073709551615"
    ),
    ("format: libffm, train: a, label: c", "label: has no meaning with format: libffm; remove it"),
    (
      "format: libsvm, train: a, delimiter: ','",
      "delimiter: has no meaning with format: libsvm; remove it"
    ),
    (
      "format: delimited, train: a, label: c, fields: [b, c]",
      "fields: expected fields without the label, found \"c\"; remove it"
    ),
    (
      "train: a, source: b",
      "source: given together with dataset.train; remove one or set it to null (dataset.train is at demo.yaml:1)"
    ),
    (
      "source: a, test: b",
      "source: given together with dataset.test; remove one or set it to null (dataset.test is at demo.yaml:1)"
    ),
    (
      "train: a, split: {seed: 1}",
      "split: expected dataset.source beside it; name the files, or remove the split"
    ),
    (
      "source: a, split: {train: 0.9}",
      "split: expected shares of 0 or more that sum to 1, found train 0.9, valid 0.1 and test 0.1, a sum of 1.1"
    ),
    ("source: a, split: {train: 1.5}", "split.train: found 1.5, expected a number from 0 to 1"),
    (
      "source: a, split: {train: 0, valid: 0.5, test: 0.5}",
      "split.train: found 0, expected a number above 0"
    ),
    (
      "source: a, split: {by: ts, seed: 1}", "split.seed: has no meaning with by: ts; remove it"
    ),
    (
      "format: libffm, train: a",
      "fields: expected the fields of the libffm file in the order of their numbers, found none; list them"
    ),
    (
      "format: libffm, train: a, fields: [a, {name: b, number: 0}]",
      "fields: expected each number in one field, found 0 in a and in b; separate them"
    ),
    (
      "format: libsvm, train: a, fields: [a, {name: b, first: 1, last: 2}]",
      "fields, a: expected first and last, the numbers of its features, found neither; add them"
    ),
    (
      "max_bad_rows: -1, train: a",
      "max_bad_rows: found -1, expected a number of rows, such as 1000, "
        + "or a share of them, such as 0.01 or 1%"
    ),
  ])
  func invalidDataSetsAreRefused(members: String, sentence: String) {
    let refusal = ConfigurationFixture.refusal(of: "dataset: {\(members)}\n", set: [])
    #expect(refusal == "demo.yaml:1: dataset.\(sentence)")
  }

  @Test(arguments: [
    (
      "delimited", "{name: g, type: sequence}",
      "{name: g, type: sequence, splitter: \"|\", max_len: 16, pooling: mean, truncate: last}"
    ),
    (
      "delimited", "{name: 'a,}', type: sequence, splitter: '}', max_len: 3, pooling: sum}",
      "{name: \"a,}\", type: sequence, splitter: \"}\", max_len: 3, pooling: sum, truncate: last}"
    ),
    (
      "delimited", "g: sequence",
      "{name: g, type: sequence, splitter: \"|\", max_len: 16, pooling: mean, truncate: last}"
    ),
    ("libffm", "g: sequence", "{name: g, type: sequence, max_len: 16, pooling: sum}"),
    ("libffm", "{name: a, number: 7}", "{name: a, type: categorical, number: 7}"),
    ("libffm", "17", "\"17\": categorical"),
    (
      "libsvm", "{name: a, type: numeric, first: 0, last: 9}",
      "{name: a, type: numeric, first: 0, last: 9}"
    ),
  ])
  func aFieldIsWrittenWithEveryKeyOfItsTypeAndFormat(
    format: String, field: String, written: String
  ) throws {
    let read = try ConfigurationFixture.read(
      "dataset: {train: a, format: \(format), fields: [\(field)]}\n")
    #expect(read.yaml.contains("  fields:\n    - \(written)\n"), "\(read.yaml)")
    #expect(try ConfigurationFixture.read(read.yaml) == read)
  }

  @Test(arguments: [
    ("1000", BadRowLimit.rows(1000), "1000"), ("0", .rows(0), "0"), ("1", .rows(1), "1"),
    ("1_000", .rows(1000), "1000"), ("0.01", .share(0.01), "0.01"), ("1%", .share(0.01), "0.01"),
    ("'2.5 %'", .share(0.025), "0.025"), ("1.0", .share(1), "1.0"), ("0.0", .share(0), "0.0"),
    ("1e-3", .share(0.001), "0.001"),
  ])
  func badRowsAreLimitedByNumberOrByShare(
    _ text: String, _ limit: BadRowLimit, _ written: String
  ) throws {
    let read = try ConfigurationFixture.read("dataset: {train: a, max_bad_rows: \(text)}\n")
    #expect(read.dataset.maxBadRows == limit)
    #expect(read.yaml.contains("  max_bad_rows: \(written)\n"))
    #expect(try ConfigurationFixture.read(read.yaml) == read)
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

  /// YAML reads an unquoted NULL as no value; as a token it is the text that was written.
  @Test func missingTokensMayBeWrittenWithoutQuotes() throws {
    let read = try ConfigurationFixture.read(
      ConfigurationFixture.data, set: ["dataset.missing=[NULL, \"\\\\N\", NaN]"])
    #expect(read.dataset.missing == ["NULL", "\\N", "NaN"])
  }
}
