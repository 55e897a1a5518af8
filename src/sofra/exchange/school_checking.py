"""Rows of schools: as rows of organisations, but a bare name of a place is a municipality's, and a name is only one
school's within its municipality: there is a “Naim Frashëri” in most of them.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from sofra.ground.text import fold
from sofra.organisations.models import Fact
from sofra.places.models import Kind, Place, PlaceName
from sofra.places.resolving import Resolution
from sofra.schools.models import School

from .checking import Checked, OrganisationChecker, confirmed_places, resolver
from .models import Import, ImportRow
from .reading import Line, Table
from .school_rows import SchoolReader, place_of

Verdict = ImportRow.Verdict
_TITLE = re.compile(r"^(?:bashkia|bashkise|bashki|municipality of|municipality|opstina|opcina)\s+|\s+municipality$")


class SchoolChecker(OrganisationChecker):
    def __init__(self, imported: Import, table: Table) -> None:
        self.towns = _Towns()
        super().__init__(imported, table)
        self.seats = self._seats_of_schools()
        self.registry = [one for one in self.registry if one.id in self.seats]
        self.enrolled = set(School.objects.values_list("organisation", flat=True))

    @staticmethod
    def _seats_of_schools() -> dict[str, str]:
        """Code of a school that stands → the municipality of its seat; "" where it is not known."""
        seats = Fact.objects.filter(field="seat", ended_in=None, organisation__kind="school")
        paths = dict(Place.objects.values_list("code", "path"))
        return {code: _town(paths.get(seat, "")) for code, seat in seats.values_list("organisation__code", "value")}

    def make_reader(self, header: Sequence[str]) -> SchoolReader:
        return SchoolReader(
            header, self.imported.mapping, resolve=self.towns.resolve, unit_of=self.towns.unit_of,
            places=confirmed_places(self.imported),
        )  # fmt: skip

    def may_be(self, row: Checked, code: str) -> bool:
        mine, theirs = self.towns.town_of(place_of(row.reading)), self.seats.get(code, "")
        return not mine or not theirs or mine == theirs

    def called(self, row: Checked, name: str) -> str:
        return f"{fold(name)} {self.towns.town_of(place_of(row.reading))}"

    def check(self, lines: Sequence[Line]) -> list[Checked]:
        checked = super().check(lines)
        for row in checked:
            if row.verdict == Verdict.SAME and row.twin not in self.enrolled:
                row.verdict = Verdict.UPDATE  # the registry knows it, but not yet as a school with room for sessions
        return checked


def _town(path: str) -> str:
    """The municipality on a place's path; "" where there is none."""
    chain = [code for code in path.split("/") if code]
    return chain[2] if len(chain) > 2 else ""


class _Towns:
    """Municipalities and units of the country by their names."""

    def __init__(self) -> None:
        names = PlaceName.objects.filter(
            place__country=settings.COUNTRY, place__kind__in=[Kind.MUNICIPALITY, Kind.UNIT], place__valid_to=None
        )
        self.paths: dict[str, str] = {}
        self.towns: dict[str, set[str]] = {}
        self.units: dict[tuple[str, str], set[str]] = {}
        for code, kind, path, folded in names.values_list("place", "place__kind", "place__path", "folded"):
            self.paths[code] = path
            if kind == Kind.MUNICIPALITY:
                self.towns.setdefault(folded, set()).add(code)
            else:
                self.units.setdefault((_town(path), folded), set()).add(code)
        self._resolve = resolver()

    def town_of(self, code: str) -> str:
        return _town(self.paths.get(code, ""))

    def unit_of(self, municipality: str, name: str) -> str:
        bare = re.sub(r"^(?:njesia administrative|njesia|nj a|administrative unit|komuna)\s+", "", fold(name))
        found = self.units.get((municipality, bare), set())
        return next(iter(found)) if len(found) == 1 else ""

    def resolve(self, text: str) -> Any:
        """A municipality of that name; else what the resolver reads, up to the unit or municipality that it lies in."""
        named = self.towns.get(_TITLE.sub("", fold(text)), set())
        if len(named) == 1:
            return Resolution(text, codes=list(named), sure=True)
        read = self._resolve(text)
        if not named and len(read.codes) == 1 and read.sure:
            read.codes = [self._within(read.codes[0])]
        fits = [code for code in read.codes if code in self.paths]
        others = [*sorted(named), *(self._within(code) for code in [*read.codes, *read.alternatives])]
        alternatives = list(dict.fromkeys(code for code in others if code in self.paths))
        sure = read.sure and len(fits) == 1 and len(read.codes) == 1
        return Resolution(text, codes=fits[:1] if sure else [], sure=sure, alternatives=alternatives, why=read.why)

    def _within(self, code: str) -> str:
        """The unit or municipality that a village or quarter lies in; the place itself where it is larger."""
        if code in self.paths:
            return code
        place = Place.objects.filter(code=code).first()
        above = [step for step in (place.path if place else "").split("/") if step in self.paths]
        return above[-1] if above else code
