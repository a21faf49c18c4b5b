"""serve.py MODEL CSV: print the probability of every row of a CSV, by onnxruntime."""
import csv
import sys

import numpy
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1])
rows = list(csv.DictReader(open(sys.argv[2], newline="")))
feed = {}
for value in session.get_inputs():
    column = [row[value.name] for row in rows]
    if value.type == "tensor(string)":
        feed[value.name] = numpy.array(column, dtype=object)
    else:
        feed[value.name] = numpy.array([float(text) if text else float("nan") for text in column])
print("probability")
for probability in session.run(["probability"], feed)[0]:
    print(f"{probability:.7f}")
