import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct PredictCommandTests {
  /// Lines of a file, without the header, as cells.
  private func cells(_ text: String) -> [[String]] {
    text.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// A run trained on its log, and the log without its labels in `new.tsv.gz`.
  private func unlabelled() throws -> TinyRun {
    let tiny = try TinyRun()
    let cut = try SFGBinary.shell(
      "gzip -dc clicks.tsv.gz | cut -f2- | gzip > new.tsv.gz", in: tiny.folder.path)
    #expect(cut.status == 0)
    return tiny
  }

  @Test func predictionsAreThoseOfEvalBitForBit() throws {
    let tiny = try unlabelled()
    let eval = try tiny.sfg("eval --run run --data clicks.tsv.gz --predictions e.csv")
    #expect(eval.status == 0, "\(eval.errors)")
    let expected = cells(try tiny.text("e.csv")).map { [$0[0], $0[2], $0[3]] }
    for (data, threads) in [("clicks.tsv.gz", 1), ("new.tsv.gz", 1), ("new.tsv.gz", 3)] {
      let outcome = try tiny.sfg("predict --run run --data \(data) --threads \(threads)")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("row,logit,probability\n"))
      #expect(cells(outcome.output) == expected)
    }
  }

  /// The column of weights may be missing, and the correction for sampled negatives is that of
  /// eval.
  @Test func aWeightedRunOnASampledLogPredictsWithoutWeights() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<400).map { (row: Int) -> String in
      "\(row % 3 == 0 ? 1 : 0),v\(row * 7 % 11),\(Double(row % 4) / 2)"
    }
    _ = try folder.write("a.csv", "click,c,w\n" + rows.map { $0 + "\n" }.joined())
    _ = try folder.write(
      "a.yaml",
      """
      run: a
      dataset: {format: delimited, train: a.csv, label: click, weight: w, negative_rate: 0.1}
      model: {backbone: fm, embedding_dim: 2}
      training: {epochs: 1, batch_size: 100}

      """)
    let outcome = try SFGBinary.shell(
      "$SFG train --config a.yaml --quiet --output run >&2 && "
        + "$SFG eval --run run --data a.csv --predictions e.csv >&2 && cut -d, -f2 a.csv > new.csv "
        + "&& $SFG predict --run run --data new.csv && cut -d, -f1,3,4 e.csv > expected.csv",
      in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let expected = try String(contentsOfFile: "\(folder.path)/expected.csv", encoding: .utf8)
    #expect(outcome.output == expected)
    // A third of the rows was clicked, of which the log had ten times too many.
    let mean = cells(outcome.output).compactMap { Double($0[2]) }.reduce(0, +) / 400
    #expect(mean < 0.2)
  }

  @Test func itWorksInAPipe() throws {
    let tiny = try unlabelled()
    let file = try tiny.sfg("predict --run run --data new.tsv.gz --output p.csv --id I2 C26")
    #expect(file.status == 0, "\(file.errors)")
    #expect(file.output.isEmpty)
    let pipe = try SFGBinary.shell(
      "gzip -dc new.tsv.gz | $SFG predict --run run --data - --id I2 --id C26 | cmp - p.csv",
      in: tiny.folder.path)
    #expect(pipe.status == 0, "\(pipe.output)\(pipe.errors)")
    let zipped = try SFGBinary.shell(
      "$SFG predict --run run --data new.tsv.gz --id I2 C26 --output p.csv.gz && gzip -dc p.csv.gz | cmp - p.csv",
      in: tiny.folder.path)
    #expect(zipped.status == 0, "\(zipped.output)\(zipped.errors)")
    let device = try SFGBinary.shell(
      "$SFG predict --run run --data new.tsv.gz --output /dev/stdout --id I2 C26 | cmp - p.csv",
      in: tiny.folder.path)
    #expect(device.status == 0, "\(device.output)\(device.errors)")
    let closed = try SFGBinary.shell(
      "set +o pipefail; $SFG predict --run run --data clicks.tsv.gz | head -n 1",
      in: tiny.folder.path)
    #expect(closed.output == "row,logit,probability\n")
    #expect(!closed.errors.contains("Error"), "\(closed.errors)")
  }

  @Test func rowsLineUpWithTheInputWhereSomeAreSkipped() throws {
    let tiny = try TinyRun()
    let lines = (0..<6).map {
      $0 == 1 || $0 == 5 ? "1\t2" : "0" + String(repeating: "\t7", count: 39)
    }
    _ = try tiny.folder.write("bad.tsv", lines.map { $0 + "\n\n" }.joined())
    let refused = try tiny.sfg("predict --run run --data bad.tsv --output p.csv")
    #expect(refused.status == 65)
    #expect(
      refused.errors
        == "Error: bad.tsv:3: expected 40 columns, found 2; repair the row or add --on-bad-row skip\n"
    )
    #expect(!tiny.exists("p.csv"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: tiny.folder.path).allSatisfy {
        !$0.hasSuffix(".tmp")
      })
    let config = try tiny.text("run/config.yaml")
    _ = try tiny.folder.write(
      "run/config.yaml", config.replacing("max_bad_rows: 0.01", with: "max_bad_rows: 2"))
    let skipped = try tiny.sfg("predict --run run --data bad.tsv --on-bad-row skip")
    #expect(skipped.status == 0, "\(skipped.errors)")
    #expect(cells(skipped.output).map { $0[0] } == ["0", "2", "3", "4"])
    #expect(skipped.errors.contains("bad.tsv: skipped 2 of 6 rows (33.33 %)"))
    let array = try tiny.sfg("predict --run run --data bad.tsv --on-bad-row skip --output p.npy")
    #expect(array.status == 0, "\(array.errors)")
    #expect(array.errors.contains("p.npy: the probabilities of skipped rows are NaN"))
    let bytes = try tiny.bytes("p.npy")
    let values = bytes.suffix(24).withUnsafeBytes { bytes in
      (0..<6).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    #expect(values.map(\.isNaN) == [false, true, false, false, false, true])
    #expect("\(values[0])" == cells(skipped.output)[0][2])
    #expect(String(decoding: bytes, as: UTF8.self).contains("'shape': (6,)"))
  }

  @Test func idsKeepTheirBytes() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "a.yaml",
      "run: a\ndataset: {format: delimited, train: a.tsv, label: y, fields: [a]}\n"
        + "features: {categorical: {encoding: hash, buckets: 9}}\nmodel: {backbone: lr}\n"
        + "training: {epochs: 1}\n")
    _ = try folder.write("a.tsv", "y\ta\n" + (0..<300).map { "\($0 % 2)\tv\($0 % 3)\n" }.joined())
    #expect(
      try SFGBinary.run("train --config a.yaml --output run --quiet", in: folder.path).status == 0)
    _ = try folder.write(
      "n.tsv",
      "key, odd\ta\n00a\tv1\n\"x\"\"y\"\tv1\nb,c\tv1\n\"d,e\"\t\"v1\"\n\" \"\t\n5\" w\tv1\n")
    let outcome = try SFGBinary.run(
      ["predict", "--run", "run", "--data", "n.tsv", "--id", "key, odd", "--id", "a"],
      in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map {
      $0.split(separator: ",").dropLast(2).joined(separator: ",")
    }
    #expect(
      lines == [
        "row,\"key, odd\",a", "0,00a,v1", "1,\"x\"\"y\",v1", "2,\"b,c\",v1", "3,\"d,e\",\"v1\"",
        "4,\" \"", "5,5\" w,v1",
      ])
  }

  @Test(arguments: [
    (
      "predict --run run --data clicks.tsv.gz --id labl", 64 as Int32,
      "Error: --id labl: clicks.tsv.gz has no such column; did you mean label?\n"
    ),
    (
      "predict --run run --data clicks.tsv.gz --id C1 --id C1", 64,
      "Error: '--id' names C1 twice; name it once. See 'sfg predict --help'.\n"
    ),
    (
      "predict --run run --data clicks.tsv.gz --id C1 --output p.npy", 64,
      "Error: '--id' and a .npy file exclude each other; write CSV for both. See 'sfg predict --help'.\n"
    ),
    (
      "predict --run run --data clicks.tsv.gz --output clicks.tsv.gz", 64,
      "Error: --output clicks.tsv.gz: is an input of this command; choose another path\n"
    ),
    ("predict --run run --data none.tsv", 66, "Error: none.tsv: no such file"),
    ("predict --run none --data clicks.tsv.gz", 66, "Error: none/config.yaml: no such file"),
  ])
  func mistakesAreOneLine(line: String, status: Int32, sentence: String) throws {
    let tiny = try TinyRun()
    let outcome = try tiny.sfg(line)
    #expect(outcome.status == status)
    #expect(outcome.errors.hasPrefix(sentence), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1)
    #expect(!tiny.exists("p.npy"))
  }

  @Test func recalibrationIsAppliedAndReported() throws {
    let tiny = try TinyRun()
    #expect(try tiny.sfg("eval --run run --recalibrate platt --predictions e.csv").status == 0)
    let line = "predict --run run --data clicks.tsv.gz"
    let raw = try tiny.sfg("\(line) --raw")
    let own = try tiny.sfg(line)
    #expect(own.errors.contains("predictions are recalibrated (platt"), "\(own.errors)")
    #expect(!raw.errors.contains("recalibrated"))
    #expect(raw.output != own.output)
    let eval = try tiny.sfg("eval --run run --data clicks.tsv.gz --predictions e.csv")
    #expect(eval.status == 0)
    #expect(cells(own.output).map { $0[1] } == cells(try tiny.text("e.csv")).map { $0[2] })
  }
}
