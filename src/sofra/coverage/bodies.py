"""Organisations by number: which record stands for each, and whether the viewer may know of it."""

from collections.abc import Iterable

from django.db import connection

from sofra.ground.models import Visibility

from .veils import REST, veiled

_TOGETHER = 5_000


class Bodies:
    """Looked up once for each question: many activities are of few organisations."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.veiled = veiled(level)
        self._found: dict[int, tuple[int, int]] = {}  # number → the record that stands, who may see this one

    def learn(self, numbers: Iterable[int | None]) -> None:
        """Look up those that are not known yet, in one query."""
        wanted = [number for number in set(numbers) if number is not None and number not in self._found]
        for start in range(0, len(wanted), _TOGETHER):
            listed = ", ".join(str(int(number)) for number in wanted[start : start + _TOGETHER])
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id, COALESCE(joined_to_id, id), visible_to"  # noqa: S608
                    f" FROM organisations_organisation WHERE id IN ({listed})"
                )
                self._found |= {number: (stands, visible_to) for number, stands, visible_to in cursor.fetchall()}

    def stands(self, number: int | None) -> int | None:
        """The record that stands for it."""
        return None if number is None else self._found[number][0]

    def told(self, owner: int | None, work: int) -> int:
        """What the viewer is told of the kinds and themes (bits) of an activity that this organisation leads."""
        return work & REST if owner in self.veiled else work

    def shown(self, owner: int | None) -> bool:
        """May the viewer know of what this organisation leads (activities.queries.activities)?"""
        return owner is None or self.level >= Visibility.SEALED or self._found[owner][1] <= self.level
