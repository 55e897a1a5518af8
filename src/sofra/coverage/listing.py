"""Every overlap, each pair once, one after the other: memory does not grow with the number of pairs."""

from collections.abc import Iterator
from dataclasses import dataclass

from sofra.activities.dates import FAR_OFF, LONG_AGO, first_day, last_day
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from .reading import Named
from .rules import Reason, Span


@dataclass(frozen=True, slots=True)
class Filters:
    """What overlaps, gaps and crowds are narrowed to. Values of one filter are alternatives; all filters hold at once.

    A filter of place, audience, kind or theme keeps an overlap where the value is among what the two share; where it
    is not known of one of them, among what the other says; where it is known of neither, the overlap is left out.
    `place` takes what lies in it and the larger places that hold it. `begins` and `ends` are partial dates ("": open):
    the days that both may share must touch that time. `organisation` and `activity` (a code): one of the two.
    """

    place: Place | None = None
    audiences: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    organisation: Organisation | None = None
    activity: str = ""
    begins: str = ""
    ends: str = ""
    sure: bool = False

    @property
    def period(self) -> Span:
        """Its first and last day as ordinals; an open side reaches to the end of days."""
        return (
            first_day(self.begins).toordinal() if self.begins else LONG_AGO,
            last_day(self.ends).toordinal() if self.ends else FAR_OFF,
        )


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two activities that overlap; `first` has the lower number. `days` are those that both may share."""

    first: Named
    second: Named
    sure: bool
    why: tuple[Reason, ...]
    days: Span


def overlaps(level: int, filters: Filters = EVERYTHING) -> Iterator[Overlap]:
    """The overlaps of what a viewer of this level may see, each pair once, by the activities' numbers."""
    raise NotImplementedError
