"""`sofra organisations match`: duplicates of a list from the command line, without a database where none is needed."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

from .pairing import Pair, find_pairs, find_twins
from .reading import LONGEST_NAME, Record

LONGEST_LINE = 1_000_000  # bytes
MOST_ROWS = 2_000_000
_NAME_KEYS = ("name", "names", "name_en", "name_sq", "name_sr", "name_mk", "name_local", "title", "aka", "other_names")


class LineRefused(Exception):
    """One line cannot be read; the text says why and what would be right."""


def add_match_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `match`, the same with and without Django."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="JSON lines with id, name and, where known, place, website, acronym; - reads standard input",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line: a, b, probability, reasons")
    parser.add_argument(
        "--registry", action="store_true", help="compare with the organisations of this hub instead of within the file"
    )
    parser.add_argument(
        "--floor",
        type=_floor,
        default=0.5,
        metavar="P",
        help="leave out pairs less likely than this (0 to 1; default 0.5)",
    )


def _floor(text: str) -> float:
    try:
        floor = float(text)
    except ValueError:
        floor = -1
    if not 0 <= floor <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no probability: give a number from 0 to 1, such as 0.5")
    return floor


def _texts(value: object) -> Iterator[str]:
    """The texts in a value: a text, a number, a list of them, or a table of languages."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for part in value[:50]:
            yield from _texts(part)
    elif isinstance(value, dict):
        for part in list(value.values())[:50]:
            yield from _texts(part)


def record_of(line: bytes) -> Record:
    """The record that a line holds, or LineRefused."""
    if len(line) > LONGEST_LINE:
        raise LineRefused(f"is longer than {LONGEST_LINE:,} bytes; give one record a line")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise LineRefused("is not UTF-8; save the file as UTF-8") from None
    except (ValueError, RecursionError):
        raise LineRefused('is not JSON; a line looks like {"id": "1", "name": "Youth Center Puka"}') from None
    if not isinstance(row, dict):
        raise LineRefused('holds no record; a line looks like {"id": "1", "name": "Youth Center Puka"}')
    identifier = row.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int)) or identifier == "":
        raise LineRefused('has no "id"; give each record a text or a number of its own')
    names = dict.fromkeys(" ".join(n.split()) for key in _NAME_KEYS for n in _texts(row.get(key)))
    names.pop("", None)
    if not any(c.isalnum() for n in names for c in n[:LONGEST_NAME]):
        raise LineRefused('has no "name" with a letter or a digit in it')
    return Record(
        str(identifier),
        tuple(names),
        ", ".join(_texts(row.get("place"))),
        next(_texts(row.get("website")), ""),
        next(_texts(row.get("acronym")), ""),
    )


def read_records(lines: Iterable[bytes], errors: IO[str]) -> tuple[list[Record], int]:
    """The records of a file, and how many lines were refused; each refusal is told with its line number."""
    records: list[Record] = []
    first: dict[str, int] = {}
    refused = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = record_of(line)
            if record.id in first:
                raise LineRefused(f'repeats the id "{record.id[:80]}" of line {first[record.id]}')
            if len(records) >= MOST_ROWS:
                raise LineRefused(f"is beyond the {MOST_ROWS:,} records that one run compares; split the file")
        except LineRefused as problem:
            refused += 1
            if refused <= 20:
                errors.write(f"Line {number} {problem}.\n")
            continue
        first[record.id] = number
        records.append(record)
    if refused > 20:
        errors.write(f"{refused - 20} more lines were refused.\n")
    return records, refused


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of a line that is too long only the beginning is kept."""
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        yield line


def print_pairs(pairs: Sequence[Pair], out: IO[str], *, as_json: bool) -> None:
    """One pair a line: JSON, or a line for people."""
    for pair in pairs:
        if as_json:
            row = {"a": pair.a, "b": pair.b, "probability": pair.probability, "reasons": list(pair.reasons)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            out.write(f"{pair.probability:.2f}  {pair.a}  {pair.b}  {'; '.join(pair.reasons)}\n")


def match(
    file: str, *, floor: float, as_json: bool, registry: Sequence[Record] | None, out: IO[str], errors: IO[str]
) -> int:
    """Read, compare, print. 0 when all is well, 1 when lines were refused (the rest is compared), 2 without a file."""
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as opened:
            start = opened.readline(LONGEST_LINE + 1)
            if start.startswith((b"\xff\xfe", b"\xfe\xff")):
                errors.write(f"{file} is UTF-16; save it as UTF-8.\n")
                return 2
            if start.lstrip().startswith(b"["):
                errors.write(f"{file} is one JSON list; give one JSON object a line instead.\n")
                return 2
            records, refused = read_records(chain([start], _lines(opened)), errors)
    except OSError as problem:
        errors.write(f"{file} cannot be read: {problem.strerror}. Give the path of a file with JSON lines.\n")
        return 2
    pairs = find_pairs(records, floor=floor) if registry is None else find_twins(records, registry, floor=floor)
    try:
        print_pairs(pairs, out, as_json=as_json)
        out.flush()
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return 1 if refused else 0


def main(arguments: Sequence[str]) -> int:
    """`organisations match` within a file, without Django: it starts in a third of the time and needs no database."""
    parser = argparse.ArgumentParser(
        prog="sofra organisations match", description="Propose records that may be the same body."
    )
    add_match_arguments(parser)
    chosen = parser.parse_args(list(arguments))
    return match(chosen.file, floor=chosen.floor, as_json=chosen.json, registry=None, out=sys.stdout, errors=sys.stderr)
