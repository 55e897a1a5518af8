"""The same table of overlaps by engines that enumerate the pairs, each in its own process: the rivals of bench/coverage.py.

They are given more than Sofra starts from: one row for each cell, audience, quarter and word of work that an activity
stands in, days cut to the quarter, keys as plain numbers, indexes built; none of that is in their time. A pair that
shares several words is counted at the lowest one. Each query was written in the ways that we knew; the best is shown.

`python bench/pair_rivals.py ENGINE FILE` prints {"seconds", "pairs", "cells", "peak_mb"}; FILE is what `export` wrote.
"""

import json
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MOST_MEMORY = 8 << 30
INTEGERS = ("kk", "place", "quarter", "s", "e", "work", "below", "parts", "id", "o0", "o1", "o2", "o3", "project")
FLAGS = ("over", "many")
_MEETS = """(a.work & b.work & a.below) = 0 AND (a.parts & b.parts) <> 0 AND NOT (a.over AND b.over)
    AND a.o0 <> b.o0 AND a.project <> b.project AND (NOT (a.many OR b.many) OR (
      a.o0 NOT IN (b.o1, b.o2, b.o3) AND a.o1 NOT IN (b.o0, b.o1, b.o2, b.o3)
      AND a.o2 NOT IN (b.o0, b.o1, b.o2, b.o3) AND a.o3 NOT IN (b.o0, b.o1, b.o2, b.o3)))"""
_JOIN = f"""SELECT a.place, a.quarter, count(*) AS pairs FROM m AS b JOIN m AS a
    ON a.kk = b.kk AND a.s >= b.s AND a.s <= b.e
    WHERE (a.s > b.s OR a.id > b.id) AND {_MEETS} GROUP BY 1, 2"""
_IEJOIN = f"""SELECT a.place, a.quarter, count(*) AS pairs FROM m AS a JOIN m AS b ON a.ks <= b.ke AND a.ke >= b.ks
    WHERE a.id < b.id AND {_MEETS} GROUP BY 1, 2"""


def export(held: Any, level: int, within: tuple[int, int], path: Path) -> None:
    """What surely overlaps by the rules, flat: see above. Written as arrays."""
    from sofra.coverage import counting
    from sofra.coverage.columns import pick
    from sofra.coverage.sets import AUDIENCES, TOKEN_BITS

    rows = np.flatnonzero(held.seen_by(level) & (held.sure_end >= held.sure_begin) & held.teams.known[held.team])
    index, meets = held.known.meets.expand(held.where[rows])
    rows, both = pick(index, rows), meets >> TOKEN_BITS + 1
    whole = ((meets >> 1) % (1 << TOKEN_BITS) == 0) & (both % 2 == 0)
    rows, place = rows[whole], both[whole] >> 1
    over, parts = _relation(held, held.where[rows], place // AUDIENCES)
    index, words = held.known.words.expand(held.work[rows])
    rows, place, over, parts = (pick(index, one) for one in (rows, place, over, parts))
    words = words.astype(np.int64)
    quarters = counting.quarters_of(*counting._bounds(held, within))
    first = np.array([quarter.first for quarter in quarters] + [quarters[-1].last + 1])
    begin, end = held.sure_begin[rows].astype(np.int64), held.sure_end[rows].astype(np.int64)
    count = np.searchsorted(first, end, "right") - np.searchsorted(first, begin, "right") + 1
    at = np.repeat(np.arange(len(rows)), count)
    quarter = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    quarter += np.repeat(np.searchsorted(first, begin, "right") - 1, count)
    rows, place, over, parts, words = rows[at], place[at], over[at], parts[at], words[at]
    who, team = held.teams.who, held.team[rows]
    named = {f"o{n}": -(rows * 4 + n + 1) for n in range(4)}  # where there is none, a number of its own
    for n in range(4):
        has = who.counts[team] > n
        named[f"o{n}"][has] = who.values[who.starts[team[has]] + n]
    assert who.counts.max() <= 4
    project = np.array([project for _owner, project, _partners in held.sets.teams])[team]
    _places, cell = np.unique(place, return_inverse=True)
    kinds, kind = np.unique(words, return_inverse=True)
    group = (cell * len(kinds) + kind) * len(quarters) + quarter
    flat = {
        "kk": group, "place": place, "quarter": quarter, "s": np.maximum(begin[at], first[quarter]) - first[0],
        "e": np.minimum(end[at], first[quarter + 1] - 1) - first[0], "work": held.known.masks[held.work[rows]],
        "below": (1 << words) - 1, "parts": parts, "id": rows, **named, "project": np.where(project > 0, project, -1 - rows),
        "over": over, "many": named["o1"] > 0,
    }  # fmt: skip
    order = np.argsort(flat["kk"] << 14 | flat["s"], kind="stable")
    np.savez(path, **{name: column[order] for name, column in flat.items()})


def _relation(held: Any, where: Any, cells: Any) -> tuple[Any, Any]:
    """For each row: is it there only as part of a larger place; and which parts of the cell, as bits (all: -1)."""
    sets, tree = held.sets, held.sets.tree
    named = {number: places for places, number in sets.places.items()}
    places_of = [named[place_set] for place_set in sets._place_set]
    different, which = np.unique(where.astype(np.int64) * len(tree.cells) + cells, return_inverse=True)
    over, parts = np.zeros(len(different), bool), np.full(len(different), -1)
    bit: dict[int, dict[int, int]] = {}
    for at, one in enumerate(different.tolist()):
        where_number, cell = divmod(one, len(tree.cells))
        atoms = sets.parts_of(where_number).get(cell)
        if atoms is not None:
            numbers = bit.setdefault(cell, {})
            parts[at] = sum(1 << numbers.setdefault(atom, len(numbers)) for atom in atoms)
        else:
            places = [tree.number[code] for code in places_of[where_number]]
            tops = [p for p in places if not any(q != p and q in tree.chain[p] for q in places)]
            over[at] = cell not in {tree.area[top] for top in tops}
    return over[which], parts[which]


def _read(path: Path) -> dict[str, Any]:
    return dict(np.load(path))


def duckdb(path: Path, query: str = _JOIN) -> tuple[float, int, int]:
    import duckdb
    import polars

    flat = _read(path)
    flat["ks"], flat["ke"] = flat["kk"] << 15 | flat["s"], flat["kk"] << 15 | flat["e"]
    file = path.with_suffix(".parquet")
    polars.DataFrame(flat).write_parquet(file)
    link = duckdb.connect()
    link.execute("SET threads = 2")
    link.execute(f"CREATE TABLE m AS SELECT * FROM read_parquet('{file}')")
    return _best(lambda: link.execute(f"SELECT count(*), sum(pairs) FROM ({query})").fetchone())


def duckdb_iejoin(path: Path) -> tuple[float, int, int]:
    return duckdb(path, _IEJOIN)


def polars(path: Path) -> tuple[float, int, int]:
    import polars as pl

    flat = _read(path)
    flat["ks"], flat["ke"] = flat["kk"] << 15 | flat["s"], flat["kk"] << 15 | flat["e"]
    frame = pl.DataFrame({name: flat[name] for name in ("ks", "ke", *INTEGERS[1:3], *INTEGERS[5:], *FLAGS)})
    other = frame.select(pl.all().name.suffix("_b"))
    a, b = (lambda name: pl.col(name)), (lambda name: pl.col(f"{name}_b"))
    alone = pl.all_horizontal(a(f"o{n}") != b(f"o{k}") for n in range(4) for k in range(4))

    def ask() -> tuple[int, int]:
        met = frame.join_where(other, a("ks") <= b("ke"), a("ke") >= b("ks"))
        met = met.filter(a("id") < b("id"), a("o0") != b("o0"), a("project") != b("project"))
        met = met.filter((a("work") & b("work") & a("below")) == 0, (a("parts") & b("parts")) != 0)
        met = met.filter(~(a("over") & b("over")), ~(a("many") | b("many")) | alone)
        found = met.group_by("place", "quarter").len()
        return len(found), int(found["len"].sum())

    return _best(ask)


def sqlite(path: Path) -> tuple[float, int, int]:
    link = sqlite3.connect(":memory:")
    columns = (*INTEGERS, *FLAGS)
    link.execute(f"CREATE TABLE m ({', '.join(f'{name} INTEGER' for name in columns)})")
    flat = _read(path)
    link.executemany(
        f"INSERT INTO m VALUES ({', '.join('?' * len(columns))})",
        zip(*(flat[name].tolist() for name in columns), strict=True),
    )
    link.execute("CREATE INDEX at ON m (kk, s, e)")
    link.execute("ANALYZE")
    return _best(lambda: link.execute(f"SELECT count(*), sum(pairs) FROM ({_JOIN})").fetchone(), 1)


def postgresql(path: Path) -> tuple[float, int, int]:
    import psycopg

    sys.path[:0] = [str(Path(__file__).resolve().parents[1])]
    from tests.databases import new_database

    flat = _read(path)
    columns = (*INTEGERS, *FLAGS)
    with psycopg.connect(new_database("sofra_bench_pairs"), autocommit=True) as link:
        kinds = [*(f"{name} bigint" for name in INTEGERS), *(f"{name} boolean" for name in FLAGS)]
        link.execute(f"CREATE UNLOGGED TABLE m ({', '.join(kinds)})")
        with link.cursor() as cursor, cursor.copy("COPY m FROM STDIN") as copy:
            for row in zip(*(flat[name].tolist() for name in columns), strict=True):
                copy.write_row(row)
        link.execute("CREATE INDEX at ON m (kk, s)")
        link.execute("VACUUM ANALYZE m")
        link.execute("SET work_mem = '512MB'")
        link.execute("SET max_parallel_workers_per_gather = 2")
        link.execute("SET jit = off")
        return _best(lambda: link.execute(f"SELECT count(*), sum(pairs) FROM ({_JOIN}) AS found").fetchone(), 1)


def _best(ask: Callable[[], Any], rounds: int = 3) -> tuple[float, int, int]:
    taken = []
    for _round in range(rounds):
        began = time.perf_counter()
        cells, pairs = ask()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[len(taken) // 2], int(pairs or 0), int(cells)


ENGINES: dict[str, Callable[[Path], tuple[float, int, int]]] = {
    "DuckDB, IEJoin": duckdb_iejoin, "DuckDB, hash join": duckdb, "polars, join_where": polars, "SQLite": sqlite,
    "PostgreSQL": postgresql,
}  # fmt: skip

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    os.environ.setdefault("POLARS_MAX_THREADS", "2")
    seconds, pairs, cells = ENGINES[sys.argv[1]](Path(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "pairs": pairs, "cells": cells, "peak_mb": peak}))
