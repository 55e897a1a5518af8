"""Who trained whom: cohorts as a chain, trainers to be, mentoring.

Reach is counted once a row: a cohort's people are added as they were counted, never multiplied along the chain. Three
peer educators who each work with twenty are 3 and, once somebody counted them, 60; nothing is worked out of the two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations.models import Organisation

from . import queries, rules
from .models import Cohort, Count, Curriculum, Mentoring, MentoringMeeting, Progress, Requirement, Trainer


@dataclass(slots=True)
class Link:
    """A cohort in its chain. `shown` None and not `hidden`: not stated."""

    cohort: Cohort
    title: str
    shown: int | None
    hidden: bool
    editable: bool = False
    trained: list["Link"] = field(default_factory=list)


@dataclass(slots=True)
class Reach:
    """`people` of the `counted` cohorts; of `unknown` ones nobody wrote a number."""

    people: int = 0
    counted: int = 0
    unknown: int = 0


def cohorts(level: int) -> QuerySet[Cohort]:
    return Cohort.objects.filter(visible_to__lte=level).select_related("trained_in", "host").order_by("id")


def chains(found: Iterable[Cohort], level: int, by: Any = None) -> list[Link]:
    """The cohorts as trees: each below the one that trained it; one whose trainers are not seen begins a chain.

    A number that its source published is told as it stands: three young people of several cities name nobody.
    """
    links = {}
    for one in found:
        hidden, mine = _hidden(one, level), by is not None and queries.may_edit(by, one.host)
        links[one.pk] = Link(one, said(one.titles) or "–", None if hidden else one.people, hidden, mine)
    roots: list[Link] = []
    for link in links.values():
        above = links.get(link.cohort.came_from_id or 0)
        (above.trained if above else roots).append(link)
    return roots


def _hidden(cohort: Cohort, level: int) -> bool:
    own = not cohort.source and cohort.people is not None and rules.is_small(cohort.people)
    return own and level < Visibility.MEMBERS


def reach(found: Iterable[Cohort], level: int) -> Reach:
    """Each row once, whatever stands above or below it."""
    total = Reach()
    for one in found:
        if one.people is None or _hidden(one, level):
            total.unknown += 1
        else:
            total.people, total.counted = total.people + one.people, total.counted + 1
    return total


@transaction.atomic
def add_cohort(
    *, titles: Mapping[str, str], role: str, people: int | None, by: User | None, came_from: Cohort | None = None,
    trained_in: Activity | None = None, places: Iterable[str] = (), source: str = "",
    how: str = Count.How.UNKNOWN, visible_to: int = Visibility.PUBLIC, added_for: Organisation | None = None,
) -> Cohort:  # fmt: skip
    """People who were trained together. Raises ValidationError without a title, or for a number that is none."""
    made = Cohort(
        titles=_titled(titles), role=role, people=_number(people), how=how, trained_in=trained_in,
        came_from=came_from, places=list(places), source=source[:300], visible_to=visible_to, host=added_for,
    )  # fmt: skip
    made.save()
    record(what="cohort.added", about=f"cohort {made.pk}", by=by, role=role)
    return made


def _titled(titles: Mapping[str, str]) -> dict[str, str]:
    kept = {language: text.strip() for language, text in titles.items() if text.strip()}
    if not kept:
        raise ValidationError({"title": _("Say in a few words who they are, as a group; never names.")})
    return kept


def _number(people: int | None) -> int | None:
    if people is not None and not 0 <= people <= rules.MOST_PEOPLE:
        raise ValidationError({"people": _("Write numbers of people from 0 to 1 000 000.")})
    return people


@transaction.atomic
def edit_cohort(cohort: Cohort, said: Mapping[str, Any], *, by: User) -> Cohort:
    """Mend what is said of it; what it was stays in the audit chain. Raises ValidationError, also for a circle."""
    now = Cohort.objects.select_for_update().get(pk=cohort.pk)
    was = {"people": now.people, "role": now.role, "came_from": now.came_from_id}
    above: Cohort | None = said["came_from"]
    while above is not None:
        if above.pk == now.pk:
            raise ValidationError(
                {"came_from": _("These people were trained by this group: it cannot be the other way too.")}
            )
        above = above.came_from
    now.titles, now.people = _titled(said["titles"]), _number(said["people"])
    for name in ("role", "how", "came_from", "trained_in", "places", "source"):
        setattr(now, name, said[name])
    now.save()
    record(what="cohort.edited", about=f"cohort {now.pk}", by=by, was=was)
    return now


# — trainers to be ————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_trainer(
    *, name: str, organisation: Organisation, consented_on: date, by: User, cohort: Cohort | None = None,
    languages: Iterable[str] = (),
) -> Trainer:  # fmt: skip
    """A trainer whom members know by a name that the trainer agreed to. Raises ValidationError without consent."""
    if not name.strip():
        raise ValidationError({"name": _("Write the name that the trainer agreed to.")})
    if consented_on > date.today():
        raise ValidationError({"consented_on": _("The day of consent lies in the future.")})
    made = Trainer.objects.create(
        name=name.strip()[:200], organisation=organisation, consented_on=consented_on, cohort=cohort,
        languages=list(languages),
    )  # fmt: skip
    record(what="trainer.added", about=f"trainer {made.pk}", by=by)
    return made


@transaction.atomic
def forget_trainer(trainer: Trainer, *, by: User) -> None:
    """Whoever takes the consent back has no name here any more; sessions and progress stay, of somebody unnamed."""
    now = Trainer.objects.select_for_update().get(pk=trainer.pk)
    if now.name:
        now.name, now.ended_on = "", now.ended_on or date.today()
        now.save(update_fields=["name", "ended_on"])
        record(what="trainer.name_deleted", about=f"trainer {now.pk}", by=by)


@transaction.atomic
def add_requirement(curriculum: Curriculum, *, texts: Mapping[str, str], by: User | None) -> Requirement:
    """What a trainer to be must have done for this curriculum."""
    if not said(texts).strip():
        raise ValidationError({"text": _("Say what must have been done.")})
    made = Requirement.objects.create(
        curriculum=curriculum, texts=dict(texts), position=curriculum.requirements.count()
    )
    record(what="curriculum.requirement_added", about=curriculum.code, by=by)
    return made


@transaction.atomic
def mark_done(trainer: Trainer, requirement: Requirement, *, done_on: date, by: User, note: str = "") -> Progress:
    """The trainer has met it; the same again changes nothing. Raises ValidationError for a day to come."""
    if done_on > date.today():
        raise ValidationError({"done_on": _("This day is still to come: mark it once it is done.")})
    made, new = Progress.objects.get_or_create(
        trainer=trainer, requirement=requirement, defaults={"done_on": done_on, "note": note[:300], "by": by}
    )
    if new:
        record(what="trainer.progressed", about=f"trainer {trainer.pk}", by=by, requirement=requirement.pk)
    return made


def progress_of(trainer: Trainer) -> list[dict[str, Any]]:
    """Each curriculum's requirements with what this trainer met of them."""
    met = {one.requirement_id: one for one in trainer.progress.select_related("by")}
    found: dict[int, dict[str, Any]] = {}
    for one in Requirement.objects.select_related("curriculum").order_by("curriculum", "position", "id"):
        entry = found.setdefault(one.curriculum_id, {"curriculum": one.curriculum, "rows": [], "done": 0})
        entry["rows"].append((one, met.get(one.pk)))
        entry["done"] += one.pk in met
    return list(found.values())


# — mentoring —————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def begin_mentoring(
    *, host: Organisation, mentor: Trainer, mentored: Trainer, goals: str, begun_on: date, by: User
) -> Mentoring:
    """A mentor and the one who is mentored, with goals. Raises ValidationError for a pair of one."""
    if mentor.pk == mentored.pk:
        raise ValidationError({"mentored": _("Nobody mentors themselves: choose another person.")})
    if not goals.strip():
        raise ValidationError({"goals": _("Write at least one goal: a pair without a goal cannot be closed.")})
    made = Mentoring.objects.create(host=host, mentor=mentor, mentored=mentored, goals=goals, begun_on=begun_on)
    record(what="mentoring.begun", about=f"mentoring {made.pk}", by=by)
    return made


@transaction.atomic
def add_meeting(mentoring: Mentoring, *, on: date, note: str, by: User) -> MentoringMeeting:
    """Raises ValidationError before the pair began or once it is closed."""
    now = Mentoring.objects.select_for_update().get(pk=mentoring.pk)
    if now.closed_on is not None:
        raise ValidationError({"on": _("This mentoring is closed: nothing is added to it.")})
    if on < now.begun_on:
        raise ValidationError({"on": _("The meeting lies before the mentoring began.")})
    made = MentoringMeeting.objects.create(mentoring=now, on=on, note=note)
    record(what="mentoring.met", about=f"mentoring {now.pk}", by=by)
    return made


@transaction.atomic
def close_mentoring(mentoring: Mentoring, *, on: date, outcome: str, by: User) -> Mentoring:
    """It ends with what came of its goals. Raises ValidationError without one, or before the last meeting."""
    now = Mentoring.objects.select_for_update().get(pk=mentoring.pk)
    if now.closed_on is not None:
        return now
    last = now.meetings.order_by("-on").first()
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say what came of the goals.")})
    if on < max(now.begun_on, last.on if last else now.begun_on):
        raise ValidationError({"on": _("It cannot close before it began or before its last meeting.")})
    now.closed_on, now.outcome = on, outcome
    now.save(update_fields=["closed_on", "outcome"])
    record(what="mentoring.closed", about=f"mentoring {now.pk}", by=by)
    return now
