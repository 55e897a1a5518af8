"""Finds weights for the matcher's table of signs on generated lists, and prints the table for a person to read and round.

`python bench/fit_matching.py` prints; it changes nothing. The matcher never learns at run time.
"""

import sys
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src"), str(Path(__file__).resolve().parent)]

from generate_organisations import generate
from sofra.organisations.matching.blocking import candidates
from sofra.organisations.matching.evidence import look
from sofra.organisations.matching.reading import Record, read

LISTS = (("balkan", 1000, 11), ("balkan", 1000, 12), ("balkan", 6000, 13), ("balkan", 20000, 14), ("english", 1000, 15),
         ("english", 6000, 16), ("english", 15000, 17))  # fmt: skip
RIDGE = 12.0


def signs_of(style: str, size: int, seed: int) -> tuple[list[list[str]], list[bool]]:
    """The signs on every candidate pair of a generated list, and which pairs are true."""
    rows, truth = generate(size, seed, style)
    records = [
        Record(r["id"], (r["name"],), r.get("place", ""), r.get("website", ""), r.get("acronym", "")) for r in rows
    ]
    reading = read(records)
    seen, true = [], []
    for a, b in zip(*(side.tolist() for side in candidates(reading)), strict=True):
        left, right = reading.forms[a], reading.forms[b]
        seen.append(look(left, right, reading).signs)
        true.append(tuple(sorted((records[left.owner].id, records[right.owner].id))) in truth)
    return seen, true


def main() -> None:
    """Fit by penalised logistic regression (Newton steps) and print the weights."""
    seen: list[list[str]] = []
    true: list[bool] = []
    share: list[float] = []
    for style, size, seed in LISTS:
        signs, answers = signs_of(style, size, seed)
        seen += signs
        true += answers
        share += [1 / np.sqrt(len(signs) / 1000)] * len(signs)
    names = sorted({s for signs in seen for s in signs})
    number = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(seen), len(names) + 1), np.float32)
    table[:, -1] = 1
    for row, signs in enumerate(seen):
        table[row, [number[s] for s in signs]] = 1
    answers_array = np.asarray(true, np.float64)
    share_array = np.asarray(share)
    weights = np.zeros(len(names) + 1)
    ridge = np.full(len(weights), RIDGE * share_array.mean())
    ridge[-1] = 0.01
    for _ in range(15):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        curve = chance * (1 - chance) * share_array + 1e-9
        slope = table.T @ ((answers_array - chance) * share_array) - ridge * weights
        weights = weights + np.linalg.solve((table.T * curve) @ table + np.diag(ridge), slope)
    print(f"BASE = {weights[-1]:.1f}")
    for name in names:
        column = table[:, number[name]] > 0
        print(
            f'    "{name}": {weights[number[name]]:.1f},  # seen {int(column.sum())}, true {answers_array[column].mean():.2f}'
        )


if __name__ == "__main__":
    main()
