"""Search by words over a folded text: the same hits on SQLite (FTS5) and PostgreSQL (tsvector).

`Organisation.objects.filter(searchable__words="tjeter viz")` finds records that hold every word or a word that
begins with it. Both sides are folded, so that ë/e, ç/c and the scripts meet. The FTS5 table is `<room>_search`.
"""

from typing import Any

from django.db.models import Lookup, TextField

from sofra.ground.text import fold

MOST_WORDS = 8


def words(typed: str) -> list[str]:
    """The words to look for, folded; at most MOST_WORDS of 40 letters each."""
    return [word[:40] for word in fold(typed[:400]).split()[:MOST_WORDS]]


@TextField.register_lookup
class Words(Lookup):
    lookup_name = "words"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        table = column.rsplit(".", 1)[0]
        index = f"{self.lhs.target.model._meta.app_label}_search"
        query = " ".join(f'"{word}"*' for word in words(self.rhs)) or '""'
        found = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608
        return f"{table}.id IN ({found})", [*parameters, query]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        query = " & ".join(f"{word}:*" for word in words(self.rhs))
        return f"to_tsvector('simple', {column}) @@ to_tsquery('simple', %s)", [*parameters, query]
