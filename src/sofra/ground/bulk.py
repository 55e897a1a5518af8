"""Rows written by the hundred thousand: one prepared statement (SQLite) or COPY (PostgreSQL).

A model instance for each row, prepared column by column, takes nine tenths of a large import's time. Nothing is
checked here and no signal is sent: only services call this, inside their transaction.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models

_PORTION = 100  # statements prepared at a time, so that memory stays flat


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, together: int = 1
) -> int:
    """Write rows as tuples in the order of `columns`; JSON as text, dates as ISO texts. Returns how many.

    `together` rows make one statement on SQLite. A table with a trigger on the full-text index needs many: the index
    writes out what it holds at the end of each statement that has a trigger (50 times the time, as measured).
    """
    table, names = model._meta.db_table, ", ".join(columns)
    kept = list(rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in kept:
                    copy.write_row(row)
        elif kept:
            marks = f"({', '.join(['%s'] * len(columns))})"
            whole = len(kept) - len(kept) % together
            start = f"INSERT INTO {table} ({names}) VALUES "  # noqa: S608
            for at in range(0, whole, together * _PORTION):
                until = min(at + together * _PORTION, whole)
                many = [list(chain.from_iterable(kept[n : n + together])) for n in range(at, until, together)]
                cursor.executemany(start + ", ".join([marks] * together), many)
            cursor.executemany(start + marks, kept[whole:])
    return len(kept)


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Fresh primary keys for `count` rows. On SQLite the transaction must already write, so that no one else does."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        last = cursor.fetchone()[0]
    return list(range(last + 1, last + 1 + count))
