"""Prints what torch.optim.AdamW makes of four elements in five steps, for Tests/TrainingTests/AdamWTests.swift.

The last element never has a gradient: decoupled weight decay alone moves it. usage: adamw.py
"""
import torch

weight = torch.nn.Parameter(torch.tensor([0.5, -1.0, 2.0, 1.5], dtype=torch.float64))
optimizer = torch.optim.AdamW([weight], lr=0.1, weight_decay=0.2)
for step in range(1, 6):
    optimizer.param_groups[0]["lr"] = 0.1 if step < 4 else 0.01
    gradient = [((7 * step + 3 * element) % 11 - 5) / 8 for element in range(3)] + [0]
    weight.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer.step()
    print(f"[{', '.join(repr(value) for value in weight.tolist())}],")
