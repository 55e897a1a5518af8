"""What may come in: programmes, curricula, sessions, counts."""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.accounts.access import level_of
from sofra.activities import queries as activities
from sofra.activities.forms import WhenField, find_organisation
from sofra.activities.vocabulary import AgeBand, Mode, Status
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Language
from sofra.places.queries import find_place, name_of

from . import queries, rules
from .models import Count, Curriculum, Edition, Programme, Sector, Session, Trainer
from .services import SessionDay, SessionDraft

_NUMBER = {"invalid": _("Write a whole number."), "min_value": _("A number of people cannot be less than 0.")}
_DAY = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s+(\d{1,2})[:.](\d{2})(?:\s*[-–]\s*(\d{1,2})[:.](\d{2}))?)?(?:\s*[,;]?\s+(.+))?"
)
_SEEN = [
    (str(Visibility.PUBLIC.value), _("everyone")), (str(Visibility.MEMBERS.value), _("members of the hub")),
    (str(Visibility.SEALED.value), _("the coordinator and the organisation itself")),
]  # fmt: skip


def _choices(found: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(code, capfirst(word)) for code, word in found]


class OwnedForm(forms.Form):
    """Whose it is: an organisation for which the person may write; coordinators for every one."""

    organisation = forms.CharField(
        label=_("Organisation"), max_length=250, help_text=_("Its name or its code in the registry"),
        error_messages={"required": _("Name the organisation that holds it.")},
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.user = user
        self.owner: Organisation | None = None

    def clean_organisation(self) -> str:
        typed = str(self.cleaned_data["organisation"])
        self.owner = find_organisation(typed, level_of(self.user))
        if self.owner is None:
            raise ValidationError(
                _("“%(typed)s” is no organisation that the hub knows: write its name as in the registry."),
                params={"typed": typed[:60]},
            )
        if not activities.may_edit(self.user, self.owner):
            raise ValidationError(_("You do not write for this organisation: choose one that you speak for."))
        return typed


class TitledForm(OwnedForm):
    title_sq = forms.CharField(label=_("Title in Albanian"), max_length=250, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=250, required=False)
    field_order = ("title_sq", "title_en", "organisation")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("title_sq") or said.get("title_en")):
            self.add_error("title_sq", _("Give it a title."))
        return said

    def titles(self) -> dict[str, str]:
        said = self.cleaned_data
        return {code: said[f"title_{code}"] for code in ("sq", "en") if said[f"title_{code}"]}


class ProgrammeForm(TitledForm):
    about = forms.CharField(
        label=_("What it is about"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    curriculum = forms.ModelChoiceField(Curriculum.objects.none(), label=_("Curriculum"), required=False)
    begins = WhenField(label=_("Begins"))
    ends = WhenField(label=_("Ends"))
    visible_to = forms.ChoiceField(label=_("Who may see it"), choices=_SEEN, initial="0")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, user=user, **said)
        self.fields["curriculum"].queryset = queries.curricula(level_of(user))  # type: ignore[attr-defined]


class CurriculumForm(TitledForm):
    about = forms.CharField(
        label=_("What it is about"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    guide = forms.CharField(label=_("The guide that it follows"), max_length=300, required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)


class EditionForm(forms.Form):
    """A version of a curriculum; each line of `modules` is "title; minutes", minutes where they are known."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial="sq")
    days = forms.IntegerField(label=_("Days"), required=False, min_value=1, max_value=60, error_messages=_NUMBER)
    modules = forms.CharField(
        label=_("Modules"), widget=forms.Textarea(attrs={"rows": 8}), max_length=10_000,
        help_text=_("One on each line; after a semicolon its minutes, where they are known: “Local mechanisms; 90”"),
    )  # fmt: skip
    material = forms.CharField(label=_("A material: its title"), max_length=250, required=False)
    url = forms.CharField(label=_("Its web address"), max_length=500, required=False)
    rights = forms.CharField(
        label=_("Its rights"), max_length=200, required=False, help_text=_("Whose it is, and who may copy it")
    )

    def clean_modules(self) -> list[dict[str, Any]]:
        found = []
        for line in str(self.cleaned_data["modules"]).splitlines():
            title, _mark, minutes = line.rpartition(";") if re.search(r";\s*\d+\s*$", line) else (line, "", "")
            if title.strip():
                found.append({"title": title.strip()[:200], "minutes": int(minutes) if minutes else None})
        return found


class SessionForm(OwnedForm):
    title = forms.CharField(label=_("Title"), max_length=250)
    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("Programme"), required=False)
    edition = forms.ModelChoiceField(Edition.objects.none(), label=_("Curriculum, its version"), required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False, help_text=_("A municipality or a unit"))
    mode = forms.ChoiceField(label=_("How"), choices=_choices(Mode.choices), initial="in-person")
    status = forms.ChoiceField(label=_("State"), choices=_choices(Status.choices), initial="planned")
    days = forms.CharField(
        label=_("Days"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000,
        help_text=_("One on each line, with times and room where they are known: 05.10.2026 09:00-16:00 Town hall"),
    )  # fmt: skip
    invited = forms.MultipleChoiceField(
        label=_("Who is invited"), required=False, choices=Sector.choices, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    trainers = forms.ModelMultipleChoiceField(
        Trainer.objects.none(), label=_("Trainers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    about = forms.CharField(
        label=_("What it is about"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    visible_to = forms.ChoiceField(label=_("Who may see it"), choices=_SEEN, initial="0")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("title", "organisation", "programme", "edition", "place", "mode", "status", "days")

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, user=user, **said)
        self.place_code = ""
        level = level_of(user)
        choose: dict[str, Any] = self.fields
        choose["programme"].queryset = queries.programmes(level)
        choose["edition"].queryset = Edition.objects.filter(curriculum__in=queries.curricula(level)).select_related(
            "curriculum"
        )
        choose["trainers"].queryset = Trainer.objects.filter(ended_on=None).order_by("name")
        if not choose["trainers"].queryset.exists():
            del self.fields["trainers"]

    def clean_place(self) -> str:
        typed = str(self.cleaned_data["place"]).strip()
        if typed:
            place = find_place(typed)
            if place is None:
                raise ValidationError(
                    _("“%(typed)s” is no place that the hub knows: write its name or its code."),
                    params={"typed": typed[:60]},
                )
            self.place_code = place.code
        return typed

    def clean_days(self) -> list[SessionDay]:
        return [read_day(line) for line in str(self.cleaned_data["days"]).splitlines() if line.strip()]

    def draft(self) -> SessionDraft:
        said = self.cleaned_data
        names = ("title", "mode", "status", "days", "invited", "languages", "about", "programme", "edition")
        return SessionDraft(
            owner=self.owner.code if self.owner else "", places=[self.place_code] if self.place_code else [],
            trainers=list(said.get("trainers") or []), visible_to=int(said["visible_to"]),
            **{name: said[name] for name in names},
        )  # fmt: skip


def read_day(line: str) -> SessionDay:
    """A line "05.10.2026 09:00-16:00 Town hall". Raises ValidationError with a sentence."""
    match = _DAY.fullmatch(line.strip())
    wrong = ValidationError(
        _("“%(line)s” is no day: write day.month.year, then the times, such as 05.10.2026 09:00-16:00."),
        params={"line": line.strip()[:60]},
    )
    if match is None:
        raise wrong
    day, month, year, *hours = (int(part) if part and part.isdigit() else None for part in match.groups()[:7])
    try:
        on = date(year or 0, month or 0, day or 0)
        begins = None if hours[0] is None else time(hours[0], hours[1] or 0)
        ends = None if hours[2] is None else time(hours[2], hours[3] or 0)
    except ValueError as error:
        raise wrong from error
    if not 1990 <= on.year <= 2100:
        raise wrong
    return SessionDay(on, begins, ends, (match[8] or "").strip()[:200])


def said_of(session: Session) -> dict[str, Any]:
    """What the form of a session begins with."""
    activity = session.activity
    lines = []
    for day in session.days.all():
        times = f" {day.begins:%H:%M}" + (f"-{day.ends:%H:%M}" if day.ends else "") if day.begins else ""
        lines.append(f"{day.on:%d.%m.%Y}{times}" + (f" {day.room}" if day.room else ""))
    return {
        "title": activity.title, "organisation": activity.owner.code if activity.owner else "",
        "programme": session.programme_id, "edition": session.edition_id, "mode": activity.mode,
        "place": name_of(activity.places[0]) if len(activity.places) == 1 else "", "status": activity.status,
        "days": "\n".join(lines), "invited": session.invited, "languages": activity.languages,
        "trainers": list(session.trainers.values_list("pk", flat=True)), "about": activity.about,
        "visible_to": str(activity.visible_to), "seen": session.version,
    }  # fmt: skip


# — counts ————————————————————————————————————————————————————————————————————————————————————————————————

PARTS: list[tuple[str, list[tuple[str, Any]]]] = [
    ("sex", list(rules.KEYS["sex"].items())), ("first", list(rules.KEYS["first"].items())),
    ("sector", list(Sector.choices)), ("age", [(code, word) for code, word in AgeBand.choices if code]),
]  # fmt: skip


class CountForm(forms.Form):
    """One count and its parts. What is left empty was not told apart, which is not 0."""

    what = forms.ChoiceField(label=_("What is counted"), choices=_choices(Count.What.choices), initial="present")
    day = forms.ChoiceField(label=_("Day"), required=False)
    total = forms.IntegerField(label=_("People in all"), required=False, min_value=0, error_messages=_NUMBER)
    how = forms.ChoiceField(
        label=_("How they were counted"), choices=_choices(Count.How.choices), initial=Count.How.LIST
    )
    complete = forms.ChoiceField(
        label=_("Does the number hold everybody?"), required=False,
        choices=[("", _("Not known")), ("yes", _("Yes, everybody")), ("no", _("No, it is incomplete"))],
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    more = forms.CharField(
        label=_("Other parts"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line: what tells apart; the part; people. Two at once: sex+age; women+19-24; 12"),
    )  # fmt: skip
    sure = forms.BooleanField(label=_("The list says so: keep the numbers as they are"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, session: Session, **said: Any) -> None:
        super().__init__(*args, **said)
        self.days = {str(day.pk): day for day in session.days.all()}
        days = [(str(pk), f"{day.on:%d.%m.%Y}") for pk, day in self.days.items()]
        self.fields["day"].choices = [("", _("The whole session")), *days]  # type: ignore[attr-defined]
        for dimension, keys in PARTS:
            for key, word in keys:
                self.fields[f"{dimension}__{key}"] = forms.IntegerField(
                    label=capfirst(word), required=False, min_value=0, error_messages=_NUMBER,
                    widget=forms.NumberInput(attrs={"min": 0, "inputmode": "numeric"}),
                )  # fmt: skip

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields of parts, below the name of what tells them apart."""
        return [(queries.name_of_dimension(one), [self[f"{one}__{key}"] for key, _word in keys]) for one, keys in PARTS]

    def clean_more(self) -> list[tuple[str, str, int]]:
        found = []
        for line in str(self.cleaned_data["more"]).splitlines():
            cells = [cell.strip() for cell in line.split(";")]
            if not any(cells):
                continue
            if len(cells) != 3 or not cells[2].isdigit() or not cells[1]:
                raise ValidationError(
                    _("“%(line)s” is not understood: write “what tells apart; the part; people”."),
                    params={"line": line[:60]},
                )
            found.append((cells[0].lower(), cells[1], int(cells[2][:8])))
        return found

    def said(self) -> dict[str, Any]:
        """As services.record_count takes it."""
        said = self.cleaned_data
        parts: dict[str, dict[str, int]] = {}
        for dimension, keys in PARTS:
            for key, _word in keys:
                if (number := said.get(f"{dimension}__{key}")) is not None:
                    parts.setdefault(dimension, {})[key] = number
        for dimension, key, number in said["more"]:
            parts.setdefault(dimension, {})[key] = number
        return {
            "what": said["what"], "day": self.days.get(said["day"]), "total": said["total"], "parts": parts,
            "how": said["how"], "complete": {"yes": True, "no": False}.get(said["complete"]),
            "source": said["source"], "seen": said["seen"] or 0, "sure": said["sure"],
        }  # fmt: skip


def first_count(count: Count | None) -> dict[str, Any]:
    """What the form begins with: the count that stands, or nothing."""
    if count is None:
        return {"seen": 0}
    known = {f"{dimension}__{key}" for dimension, keys in PARTS for key, _word in keys}
    said: dict[str, Any] = {
        "what": count.what, "day": str(count.day_id or ""), "total": count.total, "how": count.how,
        "complete": {True: "yes", False: "no"}.get(count.complete, "") if count.complete is not None else "",
        "source": count.source, "seen": count.pk,
    }  # fmt: skip
    more = []
    for part in count.parts.order_by("id"):
        name = f"{part.dimension}__{part.key}"
        if name in known:
            said[name] = part.number
        else:
            more.append(f"{part.dimension}; {part.key}; {part.number}")
    return said | {"more": "\n".join(more)}
