"""Rows written by the hundred thousand: one prepared statement (SQLite) or COPY (PostgreSQL).

A model instance for each row, prepared column by column, takes nine tenths of a large import's time. Nothing is
checked here and no signal is sent: only services call this, inside their transaction.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection, models

_PORTION = 2_000  # rows prepared at a time, so that memory stays flat


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, together: int = 1
) -> int:
    """Write rows as tuples in the order of `columns`; JSON as text, dates as ISO texts. Returns how many.

    `together` rows make one statement on SQLite. A table with a trigger on the full-text index needs many: the index
    writes out what it holds at the end of each statement that has a trigger (50 times the time, as measured).
    """
    table, names = model._meta.db_table, ", ".join(columns)
    written = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    written += 1
            return written
        marks = f"({', '.join(['%s'] * len(columns))})"
        one = f"INSERT INTO {table} ({names}) VALUES {marks}"  # noqa: S608
        many = one + f", {marks}" * (together - 1)
        waiting = iter(rows)
        while portion := list(islice(waiting, _PORTION)):
            whole = len(portion) - len(portion) % together
            groups = [list(chain.from_iterable(portion[at : at + together])) for at in range(0, whole, together)]
            cursor.executemany(many, groups)
            cursor.executemany(one, portion[whole:])
            written += len(portion)
    return written


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


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write columns of rows anew: each row holds their values in the order of `columns`, and its number at the end."""
    by_name = {field.name: field for field in model._meta.concrete_fields}
    kept = [by_name[name] for name in columns]
    prepared = (
        [*(f.get_db_prep_save(v, connection) for f, v in zip(kept, row[:-1], strict=True)), row[-1]] for row in rows
    )
    table, sets = model._meta.db_table, ", ".join(f"{field.column} = %s" for field in kept)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", list(prepared))  # noqa: S608
