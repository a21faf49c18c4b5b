"""make_days.py FOLDER DAYS ROWS: write one CSV of product views per day, as a shop may log them."""
import csv
import datetime
import math
import os
import random
import sys

folder, days, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
draw = random.Random(1)
taste = {(segment, category): draw.gauss(0, 1) for segment in range(6) for category in range(9)}
products = [(f"p{i}", draw.randrange(9), round(math.exp(draw.gauss(3, 1)), 2)) for i in range(300)]
os.makedirs(folder, exist_ok=True)
for day in range(days):
    date = datetime.date(2026, 6, 1) + datetime.timedelta(day)
    # Every day some products are new.
    for place in draw.sample(range(len(products)), 10 if day else 0):
        products[place] = (f"p{300 + 10 * day + place}", draw.randrange(9), round(math.exp(draw.gauss(3, 1)), 2))
    with open(f"{folder}/{date}.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["bought", "customer", "segment", "product", "category", "price"])
        for _ in range(rows):
            customer = int(draw.expovariate(0.005))
            product, category, price = products[min(299, int(draw.expovariate(0.02)))]
            logit = taste[customer % 6, category] - 1 - 0.3 * (math.log(price) - 3)
            bought = int(draw.random() < 1 / (1 + math.exp(-logit)))
            writer.writerow([bought, f"c{customer}", f"s{customer % 6}", product, f"k{category}", price])
