"""What can be asked of coverage, each visible to whom. Every answer leads back to its activities."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from sofra.activities.models import Activity
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from .listing import EVERYTHING, Filters, Named
from .models import Asking, PriorityArea
from .rules import Crowd, Reason

CAP = 50  # so many of each list are told; `total` is how many there are


@dataclass(frozen=True, slots=True)
class Question:
    """Before you plan: where, for whom, what, when, and who asks. What is empty is not known yet.

    `kinds` and `themes` are codes of activities.vocabulary; `begins` and `ends` partial dates.
    """

    where: Place
    audiences: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An activity of an answer. `sure` and `why` say how it meets the question (no reasons: it is only background).
    `organisations` are those that the viewer may know of, the lead first; `places` are codes."""

    number: int
    code: str
    title: str
    organisations: tuple[Organisation, ...]
    places: tuple[str, ...]
    begins: str
    ends: str
    status: str
    sure: bool
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """The first `CAP` of what was found, the sure ones first, and how many there are."""

    found: tuple[Found, ...]
    total: int
    sure: int


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that could be a partner: it works in a neighbouring place, with the same people or in work that
    completes the planned one, and is not known to be at work in that time.

    `audiences` and `kinds` are the codes that make it so, `places` the neighbouring ones where it worked, `example`
    one of its activities there. `perhaps_busy`: of some of its work the dates are not known well enough.
    """

    organisation: Organisation
    places: tuple[Place, ...]
    audiences: tuple[str, ...]
    kinds: tuple[str, ...]
    example: Named
    perhaps_busy: bool


@dataclass(frozen=True, slots=True)
class Crowding:
    """What the plan would do to crowding, for one audience ("" where whom it addresses is not known).

    `now` and `planned` are the largest number of organisations on one day, surely and possibly, without and with the
    plan. `crowd` is the notice with the plan, None where there is none; `crowded_now` says that it is so without it.
    """

    audience: str
    now_sure: int
    now_possible: int
    planned_sure: int
    planned_possible: int
    crowd: Crowd | None
    crowded_now: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A similar municipality nearby where nobody is known for these people in that time."""

    place: Place
    kilometres: float | None
    same_county: bool
    state: str  # rules.State
    askings: tuple[Asking, ...]
    priority: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known before planning. `municipality` is where crowding is looked at; None for a place larger than one,
    and then `crowding` and `nobody_near` are empty."""

    question: Question
    municipality: Place | None
    there: Listed
    was_there: Listed
    background: Listed
    partners: tuple[Partner, ...]
    crowding: tuple[Crowding, ...]
    nobody_near: tuple[Near, ...]


def before(level: int, question: Question) -> Answer:
    """Before you plan: who is there, who was there, who could be a partner, what it would do, who has nobody."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Notice:
    """A crowded municipality, for one audience ("" where it is not known whom the work addresses)."""

    place: Place
    audience: str
    crowd: Crowd
    organisations: tuple[Organisation, ...]  # that the viewer may know of


@dataclass(frozen=True, slots=True)
class Gap:
    """A municipality where nobody is known for an audience ("": for anybody at all) in a time.

    `askings` are those that cover it; `wider` is how many activities of larger places or the whole country may be for
    these people in this time: background. `priorities` are the declarations that the viewer may see.
    """

    place: Place
    audience: str
    state: str  # rules.State
    askings: tuple[Asking, ...]
    priorities: tuple[PriorityArea, ...]
    wider: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What a number of coverage counts: a place with all that lies in it, an audience, a kind or theme, a time.
    `audience` "unknown" asks for those whose audience is not known."""

    place: str = ""
    audience: str = ""
    kind: str = ""
    theme: str = ""
    begins: str = ""
    ends: str = ""


def crowded_places(level: int, filters: Filters = EVERYTHING) -> list[Notice]:
    """The crowded municipalities by place and audience, in the order of places; none is more crowded than another."""
    raise NotImplementedError


def gaps(level: int, filters: Filters = EVERYTHING) -> Iterator[Gap]:
    """Municipalities × audiences where nobody is known; priority areas first, then those that were asked about.

    Without audiences in the filters, a row for each municipality where nobody is known for anybody at all.
    """
    raise NotImplementedError


def activities_of(level: int, cell: Cell) -> QuerySet[Activity]:
    """The activities behind a number."""
    raise NotImplementedError


def neighbours(place: Place, *, most: int = 12) -> list[Place]:
    """Municipalities near this one: those of its county first, then the nearest others."""
    raise NotImplementedError


def priority_areas(level: int) -> QuerySet[PriorityArea]:
    """The standing declarations that a viewer of this level may see."""
    return PriorityArea.objects.filter(ended_on=None, visible_to__lte=level).select_related("place")


def askings(place: Place | None = None) -> QuerySet[Asking]:
    """The standing askings, the newest first; of a place, those of it and of larger places that hold it."""
    found = Asking.objects.filter(ended_on=None).select_related("place").order_by("-asked_on", "-id")
    return found if place is None else found.filter(place__in=place.path.rstrip("/").split("/"))
