"""How a table's columns share a line: as its maker says, else by the lengths of their texts."""

from .blocks import Table

LOOKED_AT = 400  # rows
LEAST, MOST = 7, 60  # letters
LINE, WIDE_LINE = 105.0, 165.0  # letters of a line in the small print of a table


def shares(table: Table) -> tuple[float, ...]:
    """One share a column; they add up to 1."""
    columns = max([len(table.head), *(len(row) for row in table.rows)], default=0)
    if len(table.widths) == columns and all(width > 0 for width in table.widths):
        line = WIDE_LINE if table.wide else LINE
        letters = [line * width / sum(table.widths) for width in table.widths]
        letters = [max(width, _word(table, column)) for column, width in enumerate(letters)]
    else:
        letters = [_letters(table, column) for column in range(columns)]
    return tuple(width / sum(letters) for width in letters)


def _word(table: Table, column: int) -> float:
    """What the longest word of the column's head wants, whatever its maker asked for."""
    words = table.head[column].split() if column < len(table.head) else []
    return min(max(map(len, words), default=0) + 4.0, 22.0)


def _letters(table: Table, column: int) -> float:
    """About what the column wants: its longest word at least, its usual text at most."""
    texts = [row[column] for row in (table.head, *table.rows[:LOOKED_AT]) if column < len(row)]
    word = max((len(part) for text in texts for part in text[:2000].split()), default=0)
    lengths = sorted(len(text) for text in texts)
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return float(max(LEAST, min(word + 4, 22), min(usual, MOST)))


def evened(table: Table) -> list[list[str]]:
    """The rows, each as long as the longest: a missing cell at the end is empty."""
    columns = max([len(table.head), *(len(row) for row in table.rows)], default=0)
    return [[*row, *[""] * (columns - len(row))] for row in table.rows]
