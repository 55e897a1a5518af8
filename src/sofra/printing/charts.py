"""Charts as SVG from plain values: drawn by Vega-Lite without a browser, the same bytes for the same values.

What is not known (None) is blank, hatched and says so; it is never drawn as 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .blocks import Table


@dataclass(frozen=True)
class Value:
    """One number. `label` is its place on the axis, `series` its part of a stack or its line; None: not known.

    `shown` is what is printed beside it ("37,3 %"); where it is empty, the number in the document's language.
    """

    label: str
    number: float | None
    series: str = ""
    shown: str = ""


def bar(values: Sequence[Value], *, language: str, base: str = "", axis: str = "") -> str:
    """Horizontal bars in the given order. `base` is the line above: what the numbers are shares of ("n = 41")."""
    raise NotImplementedError


def stacked(values: Sequence[Value], *, language: str, base: str = "", axis: str = "", share: bool = False) -> str:
    """Bars made of series, told apart by pattern as well as colour. `share`: each bar is the whole, 100 %."""
    raise NotImplementedError


def line(values: Sequence[Value], *, language: str, base: str = "", axis: str = "") -> str:
    """Lines over labels in the given order (years, rounds), each series with its own mark; unknown is a gap."""
    raise NotImplementedError


def dots(values: Sequence[Value], *, language: str, base: str = "", axis: str = "") -> str:
    """A dot a number on a common scale: for comparing many places, or two series of each."""
    raise NotImplementedError


def words(values: Sequence[Value], *, language: str) -> str:
    """The same in words, for the figure's alternative text."""
    raise NotImplementedError


def table(values: Sequence[Value], *, caption: str, head: Sequence[str], language: str) -> Table:
    """The same as a table: a row a label, a column a series; what is not known is written out."""
    raise NotImplementedError
