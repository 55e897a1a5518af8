"""Measures other record-linkage libraries on the same generated list as the matcher, with what their guides advise.

They are no part of the project. In an environment of their own:
    python3 -m venv /tmp/rivals && /tmp/rivals/bin/pip install splink recordlinkage
    python bench/generate_organisations.py 10000 /tmp/list.jsonl
    /tmp/rivals/bin/python bench/rivals.py splink /tmp/list.jsonl
Prints one JSON object: time with and without imports, peak memory, and the best F1 over all thresholds, which
is kinder to them than the fixed 0.5 that the matcher is held to.
"""

import json
import resource
import sys
import time
import unicodedata
from pathlib import Path

START = time.perf_counter()


def plain(text: str) -> str:
    """Lower case without marks: the cleaning that every guide begins with."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c)).strip()


def load(path: Path) -> list[dict[str, str | None]]:
    """The list with empty fields as None and web addresses without protocol, www and path."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        web = row.get("website", "").lower().removeprefix("http://").removeprefix("https://").removeprefix("www.")
        rows.append(
            {
                "unique_id": row["id"],
                "name": plain(row["name"]),
                "place": plain(row.get("place", "")) or None,
                "website": web.split("?")[0].removesuffix("/index.php").removesuffix("/en/about").rstrip("/") or None,
                "acronym": plain(row.get("acronym", "")) or None,
                "first_word": plain(row["name"]).split(" ")[0] or None,
                "start": plain(row["name"])[:6] or None,
            }
        )
    return rows


def with_splink(rows: list[dict[str, str | None]]) -> list[tuple[str, str, float]]:
    """Splink on DuckDB: Jaro-Winkler on names, exact others, weights by expectation maximisation."""
    import duckdb
    import pandas
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.internals.duckdb.database_api import DuckDBAPI

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.85, 0.75]),
            cl.JaroWinklerAtThresholds("place", [0.9]),
            cl.ExactMatch("website"),
            cl.ExactMatch("acronym"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("start"), block_on("website"), block_on("acronym", "place"), block_on("first_word", "place"),
        ],
    )  # fmt: skip
    api = DuckDBAPI(connection=duckdb.connect())
    frame = api.register(pandas.DataFrame(rows))
    linker = Linker(frame, settings, log_level=50)
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    for rule in (block_on("start"), block_on("website")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    return list(zip(pairs["unique_id_l"], pairs["unique_id_r"], pairs["match_probability"], strict=True))


def with_recordlinkage(rows: list[dict[str, str | None]]) -> list[tuple[str, str, float]]:
    """recordlinkage: blocks by beginning, website and place with acronym; sum of similarities as score."""
    import pandas
    import recordlinkage

    frame = pandas.DataFrame(rows).set_index("unique_id")
    index = recordlinkage.Index()
    index.block("start")
    index.block("website")
    index.block(["acronym", "place"])
    index.block(["first_word", "place"])
    pairs = index.index(frame)
    compare = recordlinkage.Compare()
    compare.string("name", "name", method="jarowinkler", label="name")
    compare.string("place", "place", method="jarowinkler", label="place", missing_value=0.5)
    compare.exact("website", "website", label="website", missing_value=0)
    compare.exact("acronym", "acronym", label="acronym", missing_value=0)
    seen = compare.compute(pairs, frame)
    score = seen["name"] * 3 + seen["place"] + seen["website"] + seen["acronym"]
    return [(a, b, s) for (a, b), s in zip(seen.index, score, strict=True)]


def best_f1(scored: list[tuple[str, str, float]], truth: set[tuple[str, str]]) -> tuple[float, float, float]:
    """The best F1 over all thresholds, with its precision and recall."""
    ordered = sorted(scored, key=lambda s: -s[2])
    right, best = 0, (0.0, 0.0, 0.0)
    seen: set[tuple[str, str]] = set()
    for place, (a, b, score) in enumerate(ordered):
        pair = (a, b) if a < b else (b, a)
        if pair not in seen:
            seen.add(pair)
            right += pair in truth
        if place + 1 < len(ordered) and ordered[place + 1][2] == score:
            continue
        precision, recall = right / len(seen), right / len(truth)
        if right:
            best = max(best, (2 * precision * recall / (precision + recall), precision, recall))
    return best


def main() -> None:
    """Run one rival on one list."""
    which, path = sys.argv[1], Path(sys.argv[2])
    truth = {tuple(line.split()) for line in path.with_name(path.name + ".truth").read_text().splitlines()}
    scored = {"splink": with_splink, "recordlinkage": with_recordlinkage}[which](load(path))
    seconds = time.perf_counter() - START
    f1, precision, recall = best_f1(scored, truth)  # type: ignore[arg-type]
    print(
        json.dumps(
            {
                "library": which, "seconds": round(seconds, 2), "cpu_seconds": round(time.process_time(), 2),
                "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "f1": round(f1, 3), "precision": round(precision, 3), "recall": round(recall, 3),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
