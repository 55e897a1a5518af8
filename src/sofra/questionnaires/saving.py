"""Keeping what a page sent, with two people at one form: nothing that either wrote is lost.

A page carries a mark of each value that it was drawn from. Where another value stands by now, the two are brought
together: what only one of them changed is taken, what both changed is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from . import bringing, posts, queries, services, unsealing
from .doorways import hand_of
from .instance import Fault, Instance, Part
from .models import Filling
from .seals import seal
from .showing import within

_ATTEMPTS = 4  # others may save again while two answers are brought together


@dataclass
class Outcome:
    """`refused`: files that were not kept. `turn`: where to go after one was added or taken out.

    With `conflicts` nothing was written.
    """

    filling: Filling
    instance: Instance
    refused: list[Fault] = field(default_factory=list)
    conflicts: list[posts.Conflict] = field(default_factory=list)
    take: posts.Values = field(default_factory=dict)
    theirs: list[str] = field(default_factory=list)
    turn: str = ""
    ranks: dict[str, dict[str, str]] = field(default_factory=dict)  # path -> choice -> number as typed, not kept


def twice(number: int) -> str:
    return _("Two answers have the number %(number)s: give each a number of its own.") % {"number": number}


def keep_typed(request: HttpRequest, filling: Filling, here: Part, *, typing: bool = False) -> Outcome:
    """Save what the page sent. `typing`: the script saves while somebody writes, which says nothing about the rest."""
    instance = queries.instance_of(filling)
    outcome = Outcome(filling, instance)
    mine = posts.values(instance, request.POST) | posts.taken_out(instance, request.POST)
    brought, outcome.refused = bringing.kept_files(request, filling, instance)
    mine |= brought
    for path, number in posts.doubled(instance, request.POST).items():
        del mine[path]
        outcome.ranks[path] = dict(posts.places(path, request.POST))
        outcome.refused.append(Fault(path, twice(number)))
    seals = posts.seals(request.POST)
    shut = unsealing.shut_away(filling, instance, request.user)
    mine = {path: value for path, value in mine.items() if value or path not in shut}
    for _attempt in range(_ATTEMPTS):
        # What the page did not show cannot have been compared: what is typed takes the place of what is sealed.
        seals |= {path: seal(outcome.instance.get(path)) for path in shut}
        _bring_together(outcome, mine, seals)
        if outcome.conflicts:
            return outcome
        if _written(request, outcome, here, typing):
            return outcome
    return outcome


def _bring_together(outcome: Outcome, mine: posts.Values, seals: Mapping[str, str]) -> None:
    merged = posts.merge(outcome.instance, mine, seals)
    outcome.take, outcome.conflicts = merged.take, merged.conflicts
    outcome.theirs = merged.theirs


def _written(request: HttpRequest, outcome: Outcome, here: Part, typing: bool) -> bool:
    """Write, or fetch what stands where somebody was quicker (False)."""
    instance, filling = outcome.instance, outcome.filling
    changed = posts.put_all(instance, outcome.take)
    if not typing:
        outcome.turn = _turned(request, instance, outcome)
    confirmed = _confirmed(request, filling, here.paths)
    if not (changed or outcome.turn or confirmed) and filling.part == here.key:
        return True
    instance.recalculate()
    try:
        outcome.filling = services.save_filling(
            filling, instance, seen=filling.revision, part=here.key, by=hand_of(request), confirmed=confirmed
        )  # fmt: skip
    except services.Outdated as late:
        outcome.filling = late.filling
        outcome.instance = queries.instance_of(late.filling)
        return False
    return True


def _confirmed(request: HttpRequest, filling: Filling, part_paths: Sequence[str]) -> list[str]:
    """Answers from last time that the person says still hold: the ticked ones, or all of the part."""
    ticked = set(request.POST.getlist("true"))
    whole = request.POST.get("act") == "true"
    return [path for path in filling.carried if path in ticked or (whole and within(path, part_paths))]


def _turned(request: HttpRequest, instance: Instance, outcome: Outcome) -> str:
    """Add or take out a turn of a repeat, as the button said; where the page goes then."""
    try:
        if path := request.POST.get("add", ""):
            return instance.add_turn(path)
        if path := request.POST.get("remove", ""):
            instance.remove_turn(path)
            return path.rpartition("[")[0]
    except (KeyError, ValueError):
        path = request.POST.get("add") or request.POST.get("remove") or ""
        outcome.refused.append(Fault(path.rpartition("[")[0] or path, _("No more can be added or taken out here.")))
    return ""


def resolve(request: HttpRequest, filling: Filling, here: Part) -> Outcome:
    """After the person said what holds where both had answered."""
    instance = queries.instance_of(filling)
    outcome = Outcome(filling, instance)
    said = {name.removeprefix("mine:"): request.POST.get(name, "") for name in request.POST if name.startswith("mine:")}
    mine = {path: value for path, value in said.items() if request.POST.get(f"take:{path}", "mine") == "mine"}
    seals = {path: request.POST.get(f"was:{path}", "") for path in mine}
    for _attempt in range(_ATTEMPTS):
        _bring_together(outcome, mine, seals)
        if outcome.conflicts:
            return outcome
        if _written(request, outcome, here, typing=True):
            return outcome
    return outcome
