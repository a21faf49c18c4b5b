import ClickData
import LinearAlgebra
import Models
import Platform

let fields = 39
let schema = (0..<fields).map { f in
  FieldSchema(name: "C\(f)", kind: .category, rows: f < 13 ? 100 : (f % 4 == 0 ? 500_000 : 5_000))
}
let rows = 4096
let batches = (0..<8).map { seed in
  let b = EncodedBatch(capacity: rows, schema: schema)
  b.rows = rows
  let r = CounterRandom(seed: UInt64(seed), stream: 1)
  for f in 0..<fields { for i in 0..<rows {
    let u = r.uniform(UInt64(f * rows + i))
    b.ids(f)[i] = UInt32(Double(schema[f].rows) * u * u * u * u)
  } }
  for i in 0..<rows { b.labels[i] = Float(r.integer(UInt64(10_000_000 + i), below: 2)) }
  return b
}
for threads in [1, 2] {
  for paradigm in Paradigm.allCases {
    var settings = ModelSettings(); settings.paradigm = paradigm
    let pool = WorkerPool(threads: threads)
    let model = CTRModel(schema: schema, settings: settings, batchCapacity: rows, seed: 1, pool: pool)
    let gradient = Matrix(rows: rows, columns: 1)
    var f = 0.0, l = 0.0, b = 0.0, z = 0.0
    let steps = 60
    for s in 0..<steps {
      var w = Stopwatch()
      let logits = model.forward(batches[s % 8]); f += w.seconds
      w = Stopwatch()
      _ = BinaryCrossEntropy.forward(logits: logits, labels: batches[s % 8].labels, gradient: gradient.view); l += w.seconds
      w = Stopwatch()
      model.backward(gradient.view); b += w.seconds
      w = Stopwatch()
      model.zeroGradients(); z += w.seconds
    }
    print(threads, paradigm, "forward", f / Double(steps) * 1e3, "loss", l / Double(steps) * 1e3, "backward", b / Double(steps) * 1e3, "zero", z / Double(steps) * 1e3, "ms; rows/s", Double(rows * steps) / (f + l + b + z))
  }
}
