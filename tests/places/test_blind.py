"""Texts and readings that were written before the resolver had been run on them, by somebody who had not written it.

`blind.tsv` was the first set: the rules were mended after it. `blind_second.tsv` was written after that, and its first
run is the figure in docs/places.md; what it showed was then mended too. A row: country of the text, text, codes (or
several readings that are right, parted by "|"), sure (true, false, either), note. A note beginning with "fails:" keeps
a row in which the resolver is known to be wrong.
"""

from pathlib import Path

import pytest

from sofra.places.resolving import resolve

HERE = Path(__file__).parent


def rows(name: str) -> list[object]:
    found = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        country, text, codes, sure, note = (*line.split("\t"), "")[:5]
        readings = [frozenset(reading.split()) - {"-"} for reading in codes.split("|")]
        marks = [pytest.mark.xfail(reason=note, strict=True)] if note.startswith("fails:") else []
        found.append(pytest.param(text, readings, sure, id=f"{country} {text}", marks=marks))
    return found


@pytest.mark.parametrize(("text", "readings", "sure"), [*rows("blind.tsv"), *rows("blind_second.tsv")])
def test_text_is_read_as_it_was_judged_beforehand(text: str, readings: list[frozenset[str]], sure: str) -> None:
    read = resolve(text)
    assert frozenset(read.codes) in readings, read.why
    if sure != "either":
        assert read.sure is (sure == "true"), read.why


def test_the_sets_are_large_enough_to_mean_something() -> None:
    assert len(rows("blind.tsv")) >= 240
    assert len(rows("blind_second.tsv")) >= 100
