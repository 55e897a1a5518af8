"""What the issue says of overlap, crowding and gaps, worked out again in the plainest way, to compare with.

Nothing here is taken from the hub's own rules or dates: plain dictionaries, every pair, every day.

An activity: {"number", "owner", "partners", "project", "places", "whole", "begins", "ends", "audiences", "kinds",
"themes"}; organisations and projects are keys; `joined` says which record stands for which; `parents` is the place
above each place.
"""

import calendar
from datetime import date, timedelta
from itertools import combinations
from typing import Any

World = dict[str, Any]
Doing = dict[str, Any]

NO, POSSIBLE, SURE = "no", "possible", "sure"


# — dates ——————————————————————————————————————————————————————————————————————————————————————————————————


def days_meant(text: str) -> tuple[date, date]:
    """The first and the last day that a partial date can mean; everything, for an empty one."""
    if not text:
        return date.min, date.max
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(parts[0], parts[1], 1), date(parts[0], parts[1], calendar.monthrange(parts[0], parts[1])[1])
    return date(*parts), date(*parts)


def maybe_days(doing: Doing) -> tuple[date, date]:
    """From the earliest day on which it can have begun to the latest on which it can have ended."""
    return days_meant(doing["begins"])[0], days_meant(doing["ends"])[1]


def sure_days(doing: Doing) -> tuple[date, date] | None:
    """The days on which it went on however the dates are filled in, if there is one.

    It did not end before it began: so it began at the latest on the last day on which it can have ended, and it ended
    at the earliest on the first day on which it can have begun.
    """
    begun, ended = days_meant(doing["begins"]), days_meant(doing["ends"])
    latest_begin, earliest_end = min(begun[1], ended[1]), max(ended[0], begun[0])
    return (latest_begin, earliest_end) if latest_begin <= earliest_end else None


def touch(one: tuple[date, date] | None, other: tuple[date, date] | None) -> bool:
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


# — places —————————————————————————————————————————————————————————————————————————————————————————————————


def lies_in(world: World, inner: str, outer: str) -> bool:
    """Is the one the other, or inside it?"""
    at: str | None = inner
    while at is not None:
        if at == outer:
            return True
        at = world["parents"][at]
    return False


def municipality_of(world: World, place: str) -> str | None:
    at: str | None = place
    while at is not None:
        if world["kinds_of_place"][at] == "municipality":
            return at
        at = world["parents"][at]
    return None


# — overlap ————————————————————————————————————————————————————————————————————————————————————————————————


def bodies(world: World, doing: Doing) -> set[str]:
    """The organisations of an activity, each by the record that stands for it."""
    named = [doing["owner"], *doing["partners"]]
    return {world["joined"].get(one, one) for one in named if one}


def leader(world: World, doing: Doing) -> str | None:
    """Who leads: the project's lead, or where there is none the activity's own."""
    project = doing["project"]
    lead = (world["projects"][project] if project else None) or doing["owner"]
    return world["joined"].get(lead, lead) if lead else None


def overlap(world: World, one: Doing, other: Doing) -> tuple[str, dict[str, str]]:
    """Whether two activities overlap (no, possible, sure), and for each side whether it is sure or possible."""
    if one["whole"] or other["whole"]:
        return NO, {}
    mine, theirs = bodies(world, one), bodies(world, other)
    if mine & theirs or (one["project"] and one["project"] == other["project"]):
        return NO, {}
    sides = {"organisations": SURE if mine and theirs else POSSIBLE}
    if not one["places"] or not other["places"]:
        sides["place"] = POSSIBLE
    elif any(lies_in(world, a, b) or lies_in(world, b, a) for a in one["places"] for b in other["places"]):
        sides["place"] = SURE
    else:
        return NO, {}
    if touch(sure_days(one), sure_days(other)):
        sides["time"] = SURE
    elif touch(maybe_days(one), maybe_days(other)):
        sides["time"] = POSSIBLE
    else:
        return NO, {}
    if not one["audiences"] or not other["audiences"]:
        sides["audience"] = POSSIBLE
    elif set(one["audiences"]) & set(other["audiences"]):
        sides["audience"] = SURE
    else:
        return NO, {}
    if not (one["kinds"] or one["themes"]) or not (other["kinds"] or other["themes"]):
        sides["work"] = POSSIBLE
    elif set(one["kinds"]) & set(other["kinds"]) or set(one["themes"]) & set(other["themes"]):
        sides["work"] = SURE
    else:
        return NO, {}
    return (SURE if all(said == SURE for said in sides.values()) else POSSIBLE), sides


def overlaps(world: World, doings: list[Doing]) -> dict[tuple[int, int], str]:
    found = {}
    for one, other in combinations(sorted(doings, key=lambda doing: doing["number"]), 2):
        verdict, _sides = overlap(world, one, other)
        if verdict != NO:
            found[one["number"], other["number"]] = verdict
    return found


def shared(world: World, one: Doing, other: Doing, side: str) -> set[str]:
    """What two that overlap share on a side; where it is unknown of one, what the other says."""
    if side == "place":
        if not one["places"] or not other["places"]:
            return {*one["places"], *other["places"]}
        inner = {a for a in one["places"] for b in other["places"] if lies_in(world, a, b)}
        return inner | {b for a in one["places"] for b in other["places"] if lies_in(world, b, a)}
    if side == "audience":
        mine, theirs = set(one["audiences"]), set(other["audiences"])
    else:
        mine, theirs = (
            {f"kind:{code}" for code in doing["kinds"]} | {f"theme:{code}" for code in doing["themes"]}
            for doing in (one, other)
        )
    return mine & theirs if mine and theirs else mine | theirs


# — crowding ———————————————————————————————————————————————————————————————————————————————————————————————


def whom(world: World, doing: Doing) -> str:
    """Who it is in a crowd; somebody of its own where the lead is not known, one for a project."""
    return leader(world, doing) or (f"project {doing['project']}" if doing["project"] else f"one {doing['number']}")


def crowd(
    world: World, doings: list[Doing], place: str, audience: str, most: int, period: tuple[date, date]
) -> tuple[str, int]:
    """(no, possible or sure; the largest number of organisations on a day), for a municipality and an audience.

    Looks at each day on which something begins: nowhere else can there be more than the day before.
    """
    here = [
        doing
        for doing in doings
        if not doing["whole"]
        and any(lies_in(world, at, place) for at in doing["places"])
        and (not doing["audiences"] or audience in doing["audiences"])
    ]
    for verdict in (SURE, POSSIBLE):
        present = []
        for doing in here:
            days = sure_days(doing) if verdict == SURE else maybe_days(doing)
            if verdict == SURE and (not doing["audiences"] or leader(world, doing) is None):
                continue
            if days is not None and touch(days, period):
                present.append((whom(world, doing), days))
        starts = {max(days[0], period[0]) for _who, days in present}
        number = max((len({who for who, days in present if days[0] <= day <= days[1]}) for day in starts), default=0)
        if number > most:
            return verdict, number
    return NO, 0


# — gaps ———————————————————————————————————————————————————————————————————————————————————————————————————


def gap(
    world: World, doings: list[Doing], askings: list[dict[str, Any]], place: str, audience: str,
    period: tuple[date, date],
) -> str | None:  # fmt: skip
    """ "nobody" or "not-asked" where nobody is known in a municipality; None where somebody is, or may be."""
    for doing in doings:
        at_it = not doing["whole"] and any(lies_in(world, at, place) for at in doing["places"])
        for_them = not audience or not doing["audiences"] or audience in doing["audiences"]
        if at_it and for_them and touch(maybe_days(doing), period):
            return None
    for asking in askings:
        about = days_meant(asking["begins"])[0], days_meant(asking["ends"] or asking["asked_on"])[1]
        if (
            lies_in(world, place, asking["place"])
            and (not asking["audiences"] or (audience and audience in asking["audiences"]))
            and (period[0] == date.min or about[0] <= period[0])
            and (period[1] == date.max or about[1] >= period[1])
        ):
            return "nobody"
    return "not-asked"


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
