"""How many texts about places are read a second.

The texts are made here, in the styles of the mapping report's Annex I, from the packs' own names: lists, kinds in
several languages, cases, qualifiers, parentheses, misspellings. The same seed gives the same texts.

    python -m bench.resolver
"""

import os
import random
import statistics
import time
from typing import Any

from bench.tables import Table

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sofra.settings")

SEED = 55
ROUNDS = 5
WHOLE = ["The territory of Albania", "National and regional", "në gjithë vendin", "whole Serbia", "Western Balkans"]


def place_texts(count: int, *, seed: int = SEED) -> list[str]:
    """Texts as people write them; one in twenty has a letter missing."""
    from sofra.places.gazetteer import packs

    choose = random.Random(seed)
    by_country = [
        [row["name"] for row in pack.names if row["form"] != "adjective" and row["code"] != pack.code]
        for pack in packs()
    ]
    kinds = [
        "{}",
        "{}",
        "{}",
        "Municipality of {}",
        "District of {}",
        "Bashkia {}",
        "qarku i {}",
        "Opština {}",
        "{} region",
    ]
    joins = [", ", ", ", " and ", " dhe ", " i ", "; ", " / "]
    texts = []
    for _ in range(count):
        names = choose.choices(by_country, weights=[12, 3, 3, 1, 2, 2])[0]
        parts = [
            choose.choice(kinds).format(choose.choice(names))
            for _ in range(choose.choices([1, 2, 3, 8], [6, 3, 2, 1])[0])
        ]
        text = choose.choice(joins).join(parts)
        shape = choose.random()
        if shape < 0.05:
            text = choose.choice(WHOLE)
        elif shape < 0.1:
            text = f"{choose.choice(names)} ({text})"
        elif shape < 0.15 and len(text) > 6:
            at = choose.randrange(1, len(text) - 1)
            text = text[:at] + text[at + 1 :]
        texts.append(text)
    return texts


def measure(count: int = 10_000) -> dict[str, Any]:
    """Strings per second (median of several runs, each over texts that were not read before) and the loading time."""
    import django

    django.setup()
    from sofra.places import gazetteer
    from sofra.places.resolving import resolve

    began = time.perf_counter()
    gazetteer.load()
    loading = time.perf_counter() - began
    rates, busy = [], []
    sure = 0
    for turn in range(ROUNDS):
        texts = place_texts(count, seed=SEED + turn)
        began, worked = time.perf_counter(), time.process_time()
        sure += sum(resolve(text).sure for text in texts)
        rates.append(count / (time.perf_counter() - began))
        busy.append(count / (time.process_time() - worked))
    return {
        "strings_a_second": round(statistics.median(rates)),
        "strings_a_second_of_processor": round(statistics.median(busy)),
        "slowest": round(min(rates)),
        "fastest": round(max(rates)),
        "strings": count * ROUNDS,
        "sure": round(sure / (count * ROUNDS), 3),
        "loading_seconds": round(loading, 3),
    }


def run(quick: bool = False) -> list[Table]:
    """Strings read a second, and how long the packs take to load."""
    found = measure(1_000 if quick else 10_000)
    rows = [[name.replace("_", " "), value] for name, value in found.items()]
    return [
        Table(
            "Reading places",
            ["what", "value"],
            rows,
            "Generated texts of the kinds that annexes hold, none read twice.",
        )
    ]


if __name__ == "__main__":
    print(measure())
