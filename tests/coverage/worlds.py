"""Small worlds that nobody thought of: as plain dictionaries, as the rules see them, and written to the database."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from sofra.activities import services
from sofra.activities.dates import days_of
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity, Project
from sofra.activities.vocabulary import work_of
from sofra.coverage.models import Asking
from sofra.coverage.rules import Work
from sofra.organisations import services as organisations
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place

from .oracle import Doing, World, days_meant

PLACES = {  # code: kind, level, the place above
    "AL": ("country", 0, None),
    "AL-01": ("county", 1, "AL"),
    "M1": ("municipality", 2, "AL-01"),
    "M11": ("municipality", 2, "AL-01"),
    "U1": ("unit", 3, "M1"),
    "U2": ("unit", 3, "M1"),
    "S1": ("settlement", 4, "U1"),
    "AL-02": ("county", 1, "AL"),
    "M2": ("municipality", 2, "AL-02"),
    "U3": ("unit", 3, "M2"),
}
PARENTS = {code: above for code, (_kind, _level, above) in PLACES.items()}
KINDS_OF_PLACE = {code: kind for code, (kind, _level, _above) in PLACES.items()}
MUNICIPALITIES = [code for code, kind in KINDS_OF_PLACE.items() if kind == "municipality"]
BODIES = ["o1", "o2", "o3", "o4", "o5"]
AUDIENCES = ["youth", "teachers", "police"]

_WORKPLACES = [code for code in PLACES if code != "AL"]
_DAYS = [
    "2018-03-01", "2018-03-09", "2018-03-10", "2018-03-31", "2018-04-01", "2018-04-30", "2018-12-31", "2019-01-01",
    "2018-02", "2018-03", "2018-04", "2018-12", "2018", "2019", "",
]  # fmt: skip
_SPANS = [
    (begins, ends) for begins in _DAYS for ends in _DAYS if days_meant(begins)[0] <= days_meant(ends)[1]
]  # fmt: skip
Pick = Callable[[Sequence[Any]], Any]  # chooses one of several


def _some(pick: Pick, values: Sequence[str], most: int) -> list[str]:
    return list(dict.fromkeys(pick(values) for _one in range(pick(range(most + 1)))))


def _doing(pick: Pick, number: int) -> Doing:
    begins, ends = pick(_SPANS)
    whole = pick(range(10)) == 9
    owner = pick([*BODIES, None])
    return {
        "number": number, "owner": owner, "partners": [one for one in _some(pick, BODIES, 2) if one != owner],
        "project": pick([None, None, None, "p1", "p2"]), "whole": whole,
        "places": [] if whole else _some(pick, _WORKPLACES, 2), "begins": begins, "ends": ends,
        "audiences": _some(pick, AUDIENCES, 2), "kinds": _some(pick, ["dialogue", "education"], 1),
        "themes": _some(pick, ["youth", "training"], 1), "visible_to": pick([0, 0, 0, 1, 2]),
        "published": pick(range(8)) < 7, "status": pick(["held", "planned", "unknown", "cancelled"]),
    }  # fmt: skip


def world(pick: Pick, *, least: int = 2, most: int = 7) -> World:
    return {
        "parents": PARENTS, "kinds_of_place": KINDS_OF_PLACE,
        "joined": pick([{}, {"o5": "o1"}, {"o5": "o1", "o4": "o2"}]),
        "projects": {"p1": pick([*BODIES, None]), "p2": "o2"},
        "levels": pick([{}, {"o3": 1}, {"o3": 2, "o2": 1}]),
        "activities": [_doing(pick, number) for number in range(1, pick(range(least, most + 1)) + 1)],
    }  # fmt: skip


def asking(pick: Pick) -> dict[str, Any]:
    begins, ends = pick(_SPANS)
    return {
        "place": pick(list(PLACES)), "audiences": _some(pick, AUDIENCES, 2), "begins": begins, "ends": ends,
        "asked_on": pick(["2018-03-10", "2018", "2019-01"]),
    }  # fmt: skip


# Hypothesis chooses each thing, so that what fails becomes as small as it can; by the thousand they come from seeds.
_picks = st.composite(lambda draw, make, **said: make(lambda options: draw(st.sampled_from(options)), **said))


def worlds(**said: int) -> st.SearchStrategy[World]:
    return _picks(world, **said)


def askings() -> st.SearchStrategy[dict[str, Any]]:
    return _picks(asking)


SPANS = st.sampled_from(_SPANS)


def period_of(begins: str, ends: str) -> tuple[date, date]:
    return days_meant(begins)[0], days_meant(ends)[1]


# — as the rules see it ————————————————————————————————————————————————————————————————————————————————————


def path(code: str) -> str:
    above = PARENTS[code]
    return (path(above) if above else "") + f"{code}/"


def work_of_doing(world: World, doing: Doing) -> Work:
    """Organisations are numbered from 1, a record that was joined as the one that stands."""

    def number(body: str) -> int:
        return BODIES.index(world["joined"].get(body, body)) + 1

    lead = (world["projects"][doing["project"]] if doing["project"] else None) or doing["owner"]
    return Work(
        number=doing["number"],
        organisations=frozenset(number(one) for one in [doing["owner"], *doing["partners"]] if one),
        project={"p1": 1, "p2": 2, None: None}[doing["project"]],
        lead=number(lead) if lead else None,
        places=tuple(path(code) for code in doing["places"]),
        whole_country=doing["whole"],
        days=days_of(doing["begins"], doing["ends"]),
        audiences=frozenset(doing["audiences"]),
        work=work_of(doing["kinds"], doing["themes"]),
    )


# — in the database ————————————————————————————————————————————————————————————————————————————————————————


def make_places() -> None:
    for code, (kind, level, above) in PLACES.items():
        Place.objects.create(
            code=code, kind=kind, country="AL", parent_id=above, path=path(code), level=level, name=code,
            name_definite=code, name_en=code, sort_key=code,
        )  # fmt: skip


def make_bodies() -> dict[str, Organisation]:
    return {
        name: organisations.register(
            Draft(kind="cso", facts=[FactDraft("name", f"Qendra {name}", source="t")]), by=None
        )
        for name in BODIES
    }


def write(world: World, bodies: dict[str, Organisation]) -> dict[int, int]:
    """Write a world through the services; number of the world → number in the database."""
    for name, one in bodies.items():
        Organisation.objects.filter(pk=one.pk).update(
            visible_to=world["levels"].get(name, 0), joined_to=bodies.get(world["joined"].get(name, ""))
        )
    projects = {
        name: Project.objects.create(code=f"al.{name}", title=name, owner=bodies[lead] if lead else None)
        for name, lead in world["projects"].items()
    }
    made: dict[int, int] = {}
    for publish in (True, False):
        wanted = [one for one in world["activities"] if one["published"] is publish]
        drafts = [
            ActivityDraft(
                title=f"Takimi {one['number']}", places=one["places"], whole_country=one["whole"],
                begins=one["begins"], ends=one["ends"], audiences=one["audiences"], kinds=one["kinds"],
                themes=one["themes"], visible_to=one["visible_to"], status=one["status"],
            )
            for one in wanted
        ]  # fmt: skip
        for one, activity in zip(wanted, services.add_many(drafts, by=None, publish=publish), strict=True):
            made[one["number"]] = activity.pk
            _say_who(activity, one, bodies, projects)
    return made


def _say_who(activity: Activity, doing: Doing, bodies: dict[str, Organisation], projects: dict[str, Project]) -> None:
    """Set apart from the draft, because a draft cannot name a record that was joined to another by now."""
    owner, project = doing["owner"], doing["project"]
    Activity.objects.filter(pk=activity.pk).update(
        owner=bodies[owner] if owner else None, project=projects[project] if project else None
    )
    for one, part in [(owner, "lead"), *((partner, "partner") for partner in doing["partners"])]:
        if one:
            activity.parties.create(organisation=bodies[one], part=part)


def ask(asking: dict[str, Any]) -> Asking:
    return Asking.objects.create(
        place_id=asking["place"], audiences=asking["audiences"], begins=asking["begins"], ends=asking["ends"],
        asked_on=asking["asked_on"], asked_by="The hub asked the municipality",
    )  # fmt: skip


def seen(world: World, level: int) -> list[Doing]:
    """What a viewer of this level may see of what counts."""
    return [
        one
        for one in world["activities"]
        if one["published"]
        and one["status"] != "cancelled"
        and one["visible_to"] <= level
        and (level >= 2 or not one["owner"] or world["levels"].get(one["owner"], 0) <= level)
    ]
