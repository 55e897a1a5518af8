"""What may come in: programmes, curricula, sessions, counts."""

import re
from collections.abc import Iterable, Mapping
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
from .models import STATED, Count, Curriculum, Edition, Programme, Sector, Session, Trainer
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


_ABOUT: dict[str, Any] = {"required": False, "max_length": 5000, "widget": forms.Textarea(attrs={"rows": 4})}


def first_about(about: Mapping[str, str]) -> dict[str, str]:
    """What the fields of both languages begin with."""
    return {f"about_{code}": about.get(code, "") for code in ("sq", "en")}


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

    def about(self) -> dict[str, str]:
        said = self.cleaned_data
        return {code: said[f"about_{code}"] for code in ("sq", "en") if said.get(f"about_{code}")}


class ProgrammeForm(TitledForm):
    about_sq = forms.CharField(label=_("What it is about, in Albanian"), **_ABOUT)
    about_en = forms.CharField(label=_("What it is about, in English"), **_ABOUT)
    curriculum = forms.ModelChoiceField(Curriculum.objects.none(), label=_("Curriculum"), required=False)
    begins = WhenField(label=_("Begins"))
    ends = WhenField(label=_("Ends"))
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    visible_to = forms.ChoiceField(label=_("Who may see it"), choices=_SEEN, initial="0")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, user=user, **said)
        self.fields["curriculum"].queryset = queries.curricula(level_of(user))  # type: ignore[attr-defined]


class CurriculumForm(TitledForm):
    about_sq = forms.CharField(label=_("What it is about, in Albanian"), **_ABOUT)
    about_en = forms.CharField(label=_("What it is about, in English"), **_ABOUT)
    guide = forms.CharField(label=_("The guide that it follows"), max_length=300, required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    visible_to = forms.ChoiceField(label=_("Who may see it"), choices=_SEEN, initial="0")


class EditionForm(forms.Form):
    """A version of a curriculum; each line of `modules` is "title; minutes", minutes where they are known."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial="sq")
    days = forms.IntegerField(label=_("Days"), required=False, min_value=1, max_value=60, error_messages=_NUMBER)
    modules = forms.CharField(
        label=_("Modules"), widget=forms.Textarea(attrs={"rows": 8}), max_length=10_000,
        help_text=_("One on each line; after a semicolon its minutes, where they are known: “Local mechanisms; 90”"),
    )  # fmt: skip

    def clean_modules(self) -> list[dict[str, Any]]:
        found = []
        for line in str(self.cleaned_data["modules"]).splitlines():
            title, _mark, minutes = line.rpartition(";") if re.search(r";\s*\d+\s*$", line) else (line, "", "")
            if title.strip():
                found.append({"title": title.strip()[:200], "minutes": int(minutes) if minutes else None})
        return found


class MaterialForm(forms.Form):
    """A file or an address, or both, that a version uses."""

    edition = forms.ModelChoiceField(Edition.objects.none(), label=_("Version"), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=250)
    file = forms.FileField(
        label=_("A file"), required=False,
        help_text=_("A document, a presentation, a picture or a sheet, at most 25 MB"),
    )  # fmt: skip
    url = forms.CharField(label=_("Or its web address"), max_length=500, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial="sq")
    rights = forms.CharField(
        label=_("Its rights"), max_length=200, required=False, help_text=_("Whose it is, and who may copy it")
    )
    visible_to = forms.ChoiceField(label=_("Who may see it"), choices=_SEEN, initial="0")

    def __init__(self, *args: Any, curriculum: Curriculum, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["edition"].queryset = curriculum.editions.select_related("curriculum")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("file") and not said.get("url") and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or write a web address."))
        return said


class StatedForm(forms.Form):
    """A number that a source states of a whole programme."""

    what = forms.ChoiceField(label=_("What the number is of"), choices=list(STATED.items()))
    value = forms.DecimalField(
        label=_("The number"), min_value=0, max_value=9_999_999, decimal_places=2,
        error_messages={"invalid": _("Write a number, such as 530 or 54."), "min_value": _NUMBER["min_value"]},
    )  # fmt: skip
    unit = forms.ChoiceField(
        label=_("Counted in"),
        choices=[("people", _("people")), ("%", _("percent")), ("sessions", _("sessions")), ("places", _("places"))],
    )
    about = forms.BooleanField(label=_("The source says “about”"), required=False)
    base = forms.IntegerField(
        label=_("Percent of how many"), required=False, min_value=1, max_value=1_000_000_000, error_messages=_NUMBER,
        help_text=_("Empty: the source does not state the base"),
    )  # fmt: skip
    source = forms.CharField(label=_("Who states it, and where"), max_length=300)
    words_sq = forms.CharField(label=_("In own words, in Albanian"), max_length=300, required=False)
    words_en = forms.CharField(label=_("In own words, in English"), max_length=300, required=False)

    def said(self) -> dict[str, Any]:
        """As services.state_number takes it."""
        said = self.cleaned_data
        words = {code: said[f"words_{code}"] for code in ("sq", "en") if said[f"words_{code}"]}
        names = ("what", "value", "unit", "about", "base", "source")
        return {name: said[name] for name in names} | {"words": words}


def found_place(typed: str) -> str:
    """The code of the place that somebody means. Raises ValidationError with a sentence."""
    place = find_place(typed)
    if place is None:
        raise ValidationError(
            _("“%(typed)s” is no place that the hub knows: write its name or its code."), params={"typed": typed[:60]}
        )
    return place.code


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
            self.place_code = found_place(typed)
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
