"""How far coders agree: Krippendorff's alpha for nominal values, and the share of units on which all agree.

Alpha is 1 where they agree throughout, 0 where they agree as far as chance would have them (Krippendorff, "Content
Analysis", chapter on reliability). It says how dependable a coding is, not who is right: it decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import krippendorff

# Above the first, conclusions are commonly drawn; between the two only tentative ones (Krippendorff 2004, p. 241).
LIMITS = (0.8, 0.667)


@dataclass(frozen=True)
class Agreement:
    """`alpha` None where it is not defined: fewer than two units, or one value throughout. `units` were coded by at
    least two; `same` of them got the same value from all. `coders` is how many coded at all."""

    alpha: float | None
    units: int
    same: int
    coders: int

    @property
    def percent(self) -> float | None:
        return 100 * self.same / self.units if self.units else None


def agreement_of(rows: Sequence[Sequence[str | None]]) -> Agreement:
    """A row a coder, a column a unit; None where the coder did not code it."""
    columns = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
    paired = [column for column in columns if len(column) > 1]
    same = sum(len(set(column)) == 1 for column in paired)
    coders = sum(any(value is not None for value in row) for row in rows)
    return Agreement(_alpha(rows, paired), len(paired), same, coders)


def _alpha(rows: Sequence[Sequence[str | None]], paired: Sequence[Sequence[str]]) -> float | None:
    """By the library. With one value throughout chance explains everything, so there is no figure."""
    values = sorted({value for column in paired for value in column})
    if len(paired) < 2 or len(values) < 2:
        return None
    counts = [[column.count(value) for value in values] for column in paired]
    return round(float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")), 4)
