"""What can happen to programmes, curricula, sessions and their counts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity
from sofra.activities.vocabulary import Status
from sofra.ground import files
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Audience
from sofra.questionnaires import sniffing

from . import queries, rules
from .models import Count, CountPart, Curriculum, Day, Edition, Material, Programme, Sector, Session, Stated, Trainer

_AUDIENCES = {
    Sector.MUNICIPALITY: Audience.OFFICIALS, Sector.PREFECTURE: Audience.OFFICIALS,
    Sector.POLICE: Audience.POLICE, Sector.EDUCATION: Audience.TEACHERS, Sector.MEDIA: Audience.JOURNALISTS,
    Sector.CIVIL_SOCIETY: Audience.CSOS, Sector.RELIGIOUS: Audience.RELIGIOUS,
}  # fmt: skip
_DIMENSION = re.compile(r"[a-z_]{1,14}(\+[a-z_]{1,14})?")
MOST_DAYS = 60
MOST_BYTES = 25_000_000  # of a material


class Outdated(Exception):
    """Somebody else wrote in the meantime; nothing was written. `now` is what stands."""

    def __init__(self, now: Any) -> None:
        super().__init__()
        self.now = now


class Odd(Exception):
    """It cannot quite be so; nothing was written yet. `sentences` ask; the same with `sure` is kept."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__()
        self.sentences = sentences


# — programmes and curricula ————————————————————————————————————————————————————————————————————————————————


def _titled(titles: Mapping[str, str]) -> dict[str, str]:
    found = {language: text.strip()[:250] for language, text in titles.items() if text.strip()}
    if not found:
        raise ValidationError({"title": _("Give it a title.")})
    return found


def _coded(kept: Any, noun: str) -> None:
    """A short public name from its number, once it has one."""
    kept.code = f"new-{timezone.now().timestamp()}"
    kept.save()
    kept.code = f"{settings.COUNTRY.lower()}.{noun}{kept.pk}"
    kept.save(update_fields=["code"])


@transaction.atomic
def make_programme(
    *, titles: Mapping[str, str], host: Organisation | None, by: User | None, about: Mapping[str, str] | None = None,
    curriculum: Curriculum | None = None, begins: str = "", ends: str = "", source: str = "", code: str = "",
    visible_to: int = Visibility.PUBLIC,
) -> Programme:  # fmt: skip
    """Begin a programme that sessions belong to. Raises ValidationError of {field: sentences}."""
    made = Programme(
        titles=_titled(titles), host=host, about=dict(about or {}), curriculum=curriculum, begins=begins, ends=ends,
        source=source[:300], visible_to=visible_to,
    )  # fmt: skip
    if code:
        made.code = code
        made.save()
    else:
        _coded(made, "t")
    record(what="programme.made", about=made.code, by=by)
    return made


@transaction.atomic
def edit_programme(programme: Programme, said: Mapping[str, Any], *, seen: int, by: User) -> Programme:
    """Change what it says. Raises Outdated where `seen` is not its version, ValidationError for an empty title."""
    now = Programme.objects.select_for_update().get(pk=programme.pk)
    if now.version != seen:
        raise Outdated(now)
    for name in ("about", "curriculum", "begins", "ends", "source", "visible_to", "host"):
        if name in said:
            setattr(now, name, said[name])
    now.titles = _titled(said.get("titles", now.titles))
    now.version += 1
    now.save()
    record(what="programme.edited", about=now.code, by=by, version=now.version)
    return now


@transaction.atomic
def state_number(
    programme: Programme, *, what: str, value: Any, source: str, by: User | None, unit: str = "people",
    about: bool = False, base: int | None = None, words: Mapping[str, str] | None = None,
) -> Stated:  # fmt: skip
    """What a source says of the whole programme; the same of the same source replaces it."""
    if not source.strip():
        raise ValidationError({"source": _("Say who states it, and where.")})
    if unit == "%" and not 0 <= value <= 100:
        raise ValidationError({"value": _("A share lies between 0 and 100 percent.")})
    if base == 0:
        raise ValidationError({"base": _("A share of nobody is no share: leave the base empty if it is not stated.")})
    made, _new = Stated.objects.update_or_create(
        programme=programme, what=what, source=source.strip()[:300],
        defaults={"value": value, "unit": unit, "about": about, "base": base, "words": dict(words or {})},
    )  # fmt: skip
    record(what="programme.number_stated", about=programme.code, by=by, number=what)
    return made


@transaction.atomic
def take_stated_away(programme: Programme, number: int, *, by: User) -> None:
    """A stated number that was wrong goes; what it was stays in the audit chain. Nothing where it is gone."""
    found = programme.stated.filter(pk=number).first()
    if found is not None:
        said = {"number": found.what, "value": str(found.value), "unit": found.unit}
        record(what="programme.number_taken_away", about=programme.code, by=by, **said)
        found.delete()


@transaction.atomic
def make_curriculum(
    *, titles: Mapping[str, str], owner: Organisation | None, by: User | None, about: Mapping[str, str] | None = None,
    guide: str = "", source: str = "", code: str = "", visible_to: int = Visibility.PUBLIC,
) -> Curriculum:  # fmt: skip
    made = Curriculum(
        titles=_titled(titles), owner=owner, about=dict(about or {}), guide=guide[:300], source=source[:300],
        visible_to=visible_to,
    )  # fmt: skip
    if code:
        made.code = code
        made.save()
    else:
        _coded(made, "c")
    record(what="curriculum.made", about=made.code, by=by)
    return made


@transaction.atomic
def add_edition(
    curriculum: Curriculum, *, language: str, modules: Sequence[Mapping[str, Any]], by: User | None,
    days: int | None = None,
) -> Edition:  # fmt: skip
    """A new version in a language; the one before it is closed, and what was held by it keeps it."""
    if not modules:
        raise ValidationError({"modules": _("Write at least one module, each on a line of its own.")})
    locked = Curriculum.objects.select_for_update().get(pk=curriculum.pk)
    before = locked.editions.filter(language=language).order_by("-number")
    newest = before.first()
    before.filter(closed_at=None).update(closed_at=timezone.now())
    made = Edition.objects.create(
        curriculum=locked, number=newest.number + 1 if newest else 1, language=language, days=days,
        modules=[dict(one) for one in modules],
    )  # fmt: skip
    record(what="curriculum.edition_added", about=locked.code, by=by, number=made.number, language=language)
    return made


@transaction.atomic
def edit_curriculum(curriculum: Curriculum, said: Mapping[str, Any], *, by: User) -> Curriculum:
    """What stands over all versions; a version itself never changes. Raises ValidationError for an empty title."""
    now = Curriculum.objects.select_for_update().get(pk=curriculum.pk)
    for name in ("about", "guide", "source", "visible_to", "owner"):
        if name in said:
            setattr(now, name, said[name])
    now.titles = _titled(said.get("titles", now.titles))
    now.save()
    record(what="curriculum.edited", about=now.code, by=by)
    return now


def add_material(
    edition: Edition, *, title: str, by: User | None, url: str = "", file: File | None = None, rights: str = "",
    language: str = "", visible_to: int = Visibility.PUBLIC,
) -> Material:  # fmt: skip
    """A file or an address that the edition uses. Raises ValidationError for no web address, or no file to keep."""
    if url and not url.startswith(("https://", "http://")):
        raise ValidationError({"url": _("Write the whole web address, such as https://www.example.org.")})
    if not url and file is None:
        raise ValidationError({"file": _("Choose a file, or write a web address.")})
    kept, media_type = keep_file(file, "file") if file else (None, "")
    with transaction.atomic():
        made = Material.objects.create(
            edition=edition, title=title[:250], url=url[:500], rights=rights[:200], language=language,
            digest=kept.digest if kept else "", name=bare_name(file.name) if file and file.name else "",
            media_type=media_type, visible_to=visible_to,
        )  # fmt: skip
        record(what="curriculum.material_added", about=edition.curriculum.code, by=by, number=edition.number)
    return made


def bare_name(name: str) -> str:
    """A file's name without folders and signs that are no letters."""
    kept = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    return kept[-200:] or "file"


def keep_file(file: File, field: str, most: int = MOST_BYTES) -> tuple[files.Kept, str]:
    """The file on the disk and what it is by its first bytes. Raises ValidationError of {field: sentence}.

    It is looked at before it is kept: what is refused leaves nothing behind.
    """
    media_type = looked_at(file, field, most)
    file.seek(0)
    return files.keep(file.chunks()), media_type


def looked_at(file: File, field: str, most: int) -> str:
    """The media type of what may be kept. Raises ValidationError."""
    if (file.size or 0) > most:
        words = _("The file is larger than %(most)s MB: keep a smaller copy here.") % {"most": most // 1_000_000}
        raise ValidationError({field: words})
    file.seek(0)
    try:
        return sniffing.welcome(file.read(sniffing.HEAD), file.size or 0, "file").media_type
    except sniffing.Unwelcome as error:
        raise ValidationError({field: str(error)}) from error


# — sessions ——————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(slots=True)
class SessionDay:
    on: date
    begins: time | None = None
    ends: time | None = None
    room: str = ""


@dataclass(slots=True)
class SessionDraft:
    """All that a session says. `owner` and `places` are codes."""

    title: str
    owner: str = ""
    about: str = ""
    places: list[str] = field(default_factory=list)
    mode: str = "unknown"
    status: str = Status.PLANNED.value
    days: list[SessionDay] = field(default_factory=list)
    invited: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    trainers: list[Trainer] = field(default_factory=list)
    programme: Programme | None = None
    edition: Edition | None = None
    source: str = ""
    visible_to: int = Visibility.PUBLIC


def _check_days(draft: SessionDraft) -> None:
    if not draft.days and draft.status != Status.HELD:
        raise ValidationError(
            {"days": _("Write at least one day. Only of a session that was held the day may be unknown.")}
        )
    if len(draft.days) > MOST_DAYS:
        raise ValidationError({"days": _("A session has at most %(most)s days.") % {"most": MOST_DAYS}})
    days = [day.on for day in draft.days]
    if len(set(days)) < len(days):
        raise ValidationError({"days": _("A day stands twice: write each day once.")})
    for day in draft.days:
        if day.begins and day.ends and day.ends <= day.begins:
            raise ValidationError({"days": _("On %(day)s it ends before it begins.") % {"day": f"{day.on:%d.%m.%Y}"}})


def _span(draft: SessionDraft) -> tuple[str, str]:
    days = sorted(day.on for day in draft.days)
    return (days[0].isoformat(), days[-1].isoformat()) if days else ("", "")


def _for_whom(invited: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(str(_AUDIENCES[Sector(one)].value) for one in invited if Sector(one) in _AUDIENCES))


@transaction.atomic
def schedule_session(draft: SessionDraft, *, by: User, publish: bool = True) -> Session:
    """A new session: an activity, which coverage sees at once, with what training adds. Raises ValidationError."""
    _check_days(draft)
    begins, ends = _span(draft)
    activity = activities.add_once(
        ActivityDraft(
            title=draft.title, owner=draft.owner, about=draft.about, kinds=["capacity-building", "prevention"],
            themes=["training"], audiences=_for_whom(draft.invited), languages=draft.languages, places=draft.places,
            begins=begins, ends=ends, status=draft.status, mode=draft.mode, times_held=1, source=draft.source,
            visible_to=draft.visible_to,
        ), by=by, publish=publish,
    )  # fmt: skip
    known = Session.objects.filter(activity=activity).first()
    if known is not None:  # the form was sent twice
        return known
    session = Session.objects.create(activity=activity)
    _write(session, draft)
    record(what="training.scheduled", about=activity.code, by=by)
    return session


@transaction.atomic
def edit_session(session: Session, draft: SessionDraft, *, seen: int, by: User) -> Session:
    """Raises Outdated where `seen` is not its version, ValidationError of {field: sentences}."""
    now = Session.objects.select_for_update().get(pk=session.pk)
    if now.version != seen:
        raise Outdated(now)
    _check_days(draft)
    activity = now.activity
    said = activities.draft_of(activity)
    for name in ("title", "about", "places", "mode", "status", "visible_to", "languages"):
        setattr(said, name, getattr(draft, name))
    said.audiences = list(dict.fromkeys([*said.audiences, *_for_whom(draft.invited)]))
    if draft.days:
        said.begins, said.ends = _span(draft)
    activities.edit_activity(activity, said, by=by, seen=activity.version)
    now.version += 1
    _write(now, draft)
    record(what="training.edited", about=activity.code, by=by, version=now.version)
    return now


def _write(session: Session, draft: SessionDraft) -> None:
    session.programme, session.edition, session.invited = draft.programme, draft.edition, list(draft.invited)
    session.save()
    session.trainers.set(draft.trainers)
    days = {day.on: day for day in draft.days}
    gone = session.days.exclude(on__in=days)
    if gone.filter(counts__isnull=False).exists() or gone.filter(check_ins__isnull=False).exists():
        raise ValidationError({"days": _("A day that people were counted on stays: take its count away first.")})
    gone.delete()
    for on, day in days.items():
        said = {"begins": day.begins, "ends": day.ends, "room": day.room[:200]}
        Day.objects.update_or_create(session=session, on=on, defaults=said)


@transaction.atomic
def make_session_of(
    activity: Activity, *, programme: Programme | None, by: User | None, edition: Edition | None = None,
    invited: Sequence[str] = (),
) -> Session:  # fmt: skip
    """An activity that was entered already becomes a session: nothing is entered twice. What is one stays as it is."""
    made, new = Session.objects.get_or_create(
        activity=activity, defaults={"programme": programme, "edition": edition, "invited": list(invited)}
    )
    if new:
        record(what="training.scheduled", about=activity.code, by=by, from_activity=True)
    return made


# — counts ————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_count(
    session: Session, *, what: str, total: int | None, by: User | None, parts: rules.Parts | None = None,
    day: Day | None = None, how: str = Count.How.UNKNOWN, complete: bool | None = None, source: str = "",
    seen: int | None = None, sure: bool = False,
) -> Count:  # fmt: skip
    """How many were registered, present on a day, or completed. The row before stays and is replaced by the new one.

    `seen` is the number of the row that the writer saw standing (0: none; None: does not matter, as for a machine).
    Raises Outdated, Odd (parts beyond the total, unless `sure`), ValidationError. The same again changes nothing.
    """
    Session.objects.select_for_update().get(pk=session.pk)
    before = Count.objects.filter(session=session, what=what, day=day, replaced_by=None).first()
    wanted = {one: dict(of) for one, of in (parts or {}).items() if of}
    _check_count(session, what, day, total, wanted)
    same = before is not None and _says(before) == (total, how, complete, source[:300], wanted)
    if before is not None and same:
        return before
    if seen is not None and seen != (before.pk if before else 0):
        raise Outdated(before)
    sentences = rules.odd(total, wanted, queries.said_of(wanted))
    if sentences and not sure:
        raise Odd(sentences)
    made = Count.objects.create(
        session=session, day=day, what=what, total=total, how=how, complete=complete, source=source[:300], by=by,
        odd=bool(sentences),
    )  # fmt: skip
    told = rules.shown_in_public(total, wanted).parts
    CountPart.objects.bulk_create(
        CountPart(count=made, dimension=dimension, key=key, number=number, told=dimension in told)
        for dimension, of in wanted.items()
        for key, number in of.items()
    )
    if before is not None:
        before.replaced_by = made
        before.save(update_fields=["replaced_by"])
    mark_attendance(session)
    record(what="training.counted", about=session.activity.code, by=by, count=what, how=how)
    return made


def mark_attendance(session: Session) -> None:
    """Write at the row which of the standing counts says how many attended; the sums of programmes are made of it."""
    standing = Count.objects.filter(session=session, replaced_by=None).values_list("what", "total", "pk")
    row = rules.attendance(standing)
    Count.objects.filter(session=session, attends=True).exclude(pk=row or 0).update(attends=False)
    Count.objects.filter(pk=row or 0, attends=False).update(attends=True)


def _says(count: Count) -> tuple[Any, ...]:
    parts: dict[str, dict[str, int]] = {}
    for part in count.parts.all():
        parts.setdefault(part.dimension, {})[part.key] = part.number
    return (count.total, count.how, count.complete, count.source, parts)


def _check_count(session: Session, what: str, day: Day | None, total: int | None, parts: rules.Parts) -> None:
    if day is not None and day.session_id != session.pk:
        raise ValidationError({"day": _("That day is of another session.")})
    if day is not None and what != Count.What.PRESENT:
        raise ValidationError({"day": _("Only those present are counted by day.")})
    if total is None and not parts:
        raise ValidationError({"total": _("Write how many people, or at least one part.")})
    numbers = [number for of in parts.values() for number in of.values()] + ([] if total is None else [total])
    if any(not 0 <= number <= rules.MOST_PEOPLE for number in numbers):
        raise ValidationError({"total": _("Write numbers of people from 0 to 1 000 000.")})
    for dimension, of in parts.items():
        if not _DIMENSION.fullmatch(dimension) or any(not key.strip() or len(key) > 60 for key in of):
            raise ValidationError({"parts": _("“%(name)s” is no way to tell people apart.") % {"name": dimension[:40]}})
