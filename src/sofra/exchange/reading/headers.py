"""Which row of a grid is its header."""

import re
from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from sofra.exchange.columns import known_words

from .table import MOST_COLUMNS, Unreadable, letter

_DATA = re.compile(r"https?://|www\.|@\w+\.|^\d{3,}$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$|^\d+[.,]\d+$", re.IGNORECASE)


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int | None, list[str]]:
    """The index of the header among the first rows of a table, and its cells.

    The index is None where the first row is data already; the columns then have their letters as names.
    Raises `Unreadable` where no row holds anything or where there are too many columns.
    """
    widths = Counter(_width(row) for row in rows if _width(row))
    if not widths:
        raise Unreadable(_("There is no table in the file: every row is empty."))
    usual = max(widths, key=lambda width: (widths[width] * min(width, 4), width))
    best, best_score = None, 0.0
    for index, row in enumerate(rows[:40]):
        score = _likely(row, usual)
        if score > best_score:
            best, best_score = index, score
    if best is None:
        first = next(index for index, row in enumerate(rows) if _width(row))
        width = max(_width(row) for row in rows)
        check_columns(width)
        if known_words(rows[first]) == 0 and width < 2:
            raise Unreadable(_("No table was found: no row reads like a header with columns below it."))
        return None, [letter(i) for i in range(width)]
    header = list(rows[best][: _width(rows[best])])
    # Columns without a title count while they hold something in the rows below.
    below = max((_width(row) for row in rows[best + 1 :]), default=0)
    if sum(_width(row) > len(header) for row in rows[best + 1 :]) * 2 > len(rows) - best - 1:
        header += [""] * (below - len(header))
    check_columns(len(header))
    return best, header


def check_columns(width: int) -> None:
    if width > MOST_COLUMNS:
        raise Unreadable(
            _("The table has %(found)d columns; at most %(most)d are read. Leave out the columns that are not needed.")
            % {"found": width, "most": MOST_COLUMNS}
        )


def _width(row: Sequence[str]) -> int:
    """Cells up to the last one that holds something."""
    for index in range(len(row) - 1, -1, -1):
        if row[index].strip():
            return index + 1
    return 0


def _likely(row: Sequence[str], usual: int) -> float:
    """How much a row reads like a header; 0 where it cannot be one. Earlier rows win a tie."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or any(len(cell) > 120 or _DATA.search(cell) for cell in filled):
        return 0.0
    words = known_words(filled)
    if len(filled) == 1:
        return 1.0 + words if words and usual == 1 else 0.0
    if len(filled) * 2 < usual:
        return 0.0
    return 3.0 * words + len(filled) / max(usual, len(filled))
