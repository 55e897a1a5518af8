"""What may come in: a request, a date, words, a limit, a new school."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sofra.activities.vocabulary import KINDS
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Audience, Language, Theme
from sofra.places.models import Place
from sofra.places.queries import find_place, name_of

from . import queries, rules
from .models import Office, School, Session
from .services import Wish

_DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
_NO_DAY = _("Write the day as day.month.year, such as 15.10.2026.")
_NO_TIME = _("Write the time as hours and minutes, such as 10:30; the last of a day is 23:59.")
_NO_NUMBER = _("Write a whole number.")


def _many(choices: Iterable[tuple[str, Any]], label: Any, *, needed: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=needed, widget=forms.CheckboxSelectMultiple,
        choices=[(code, capfirst(word)) for code, word in choices],  # stays lazy: each reader's language
    )  # fmt: skip


class WhenForm(forms.Form):
    """A day, a time of the clock on the school's wall, and how long."""

    day = forms.DateField(
        label=_("Day"), input_formats=_DAYS, error_messages={"invalid": _NO_DAY, "required": _NO_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    time = forms.TimeField(
        label=_("Begins at"), input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        error_messages={"invalid": _NO_TIME, "required": _NO_TIME},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=pgettext_lazy("of time", "Minutes"), initial=45, error_messages={"invalid": _NO_NUMBER},
        widget=forms.NumberInput(attrs={"min": rules.SHORTEST, "max": rules.LONGEST}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("day") and said.get("time") is not None:
            try:
                said["begins"] = rules.moment_of(said["day"], said["time"], queries.zone())
            except ValidationError as error:
                self.add_error("day" if said["day"].year < 2000 or said["day"].year > 2100 else "time", error)
        return said


_SHOWN = [
    (str(Visibility.PUBLIC.value), _("everyone sees it among our activities")),
    (str(Visibility.MEMBERS.value), _("members of the hub see it")),
    ("", _("only we see it, as a draft")),
]


class AskForm(WhenForm):
    """What an organisation asks a school for. The service checks what hangs together."""

    organisation = forms.ChoiceField(label=_("Who asks"))
    title = forms.CharField(
        label=_("What the session is about"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say in a few words what the session is about.")},
    )  # fmt: skip
    classes = forms.CharField(
        label=_("Classes"), max_length=400, help_text=_("With commas between, such as X-a, X-b. No names of pupils."),
        error_messages={"required": _("Name at least one class, such as X-a.")},
    )  # fmt: skip
    languages = _many(Language.choices, _("Languages"))
    who_comes = forms.CharField(
        label=_("Who comes"), required=False, max_length=300,
        help_text=_("Roles, such as “two trainers and a psychologist”. No names of persons."),
    )  # fmt: skip
    guests = forms.IntegerField(label=_("How many come"), required=False, error_messages={"invalid": _NO_NUMBER})
    pupils = forms.IntegerField(
        label=_("How many pupils are expected"), required=False, error_messages={"invalid": _NO_NUMBER}
    )
    sure_of_pupils = forms.BooleanField(label=_("The number of pupils is right"), required=False)
    note = forms.CharField(
        label=_("A note to the school"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the session needs: a room, a projector. No names of persons."),
    )  # fmt: skip
    audiences = _many(Audience.choices, _("For whom"), needed=True)
    themes = _many(Theme.choices, _("Themes"))
    kinds = _many(KINDS.items(), _("Kinds of activity"))
    visible_to = forms.ChoiceField(
        label=_("Once it is accepted it becomes a planned activity of yours"), required=False, choices=_SHOWN,
        widget=forms.RadioSelect, help_text=_("It names the municipality, not the school."),
    )  # fmt: skip

    field_order = ("organisation", "title", "classes", "day", "time", "minutes")

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **said: Any) -> None:
        super().__init__(*args, **said)
        self.organisations = {one.code: one for one in organisations}
        self.fields["organisation"].choices = [(one.code, one.name) for one in organisations]  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].initial = organisations[0].code

    def clean_classes(self) -> str:
        """Told with whatever else is wrong, not only once the rest is right."""
        typed = str(self.cleaned_data["classes"])
        rules.read_classes(typed)
        return typed

    def wish(self) -> Wish:
        said = self.cleaned_data
        names = (
            "title", "classes", "begins", "minutes", "note", "kinds", "themes", "audiences", "languages", "who_comes",
            "guests", "pupils", "sure_of_pupils",
        )  # fmt: skip
        shown = said["visible_to"]
        return Wish(
            organisation=self.organisations[said["organisation"]], visible_to=int(shown) if shown else None,
            **{name: said[name] for name in names},
        )  # fmt: skip


def first_said(again: Session | None, today: date) -> dict[str, Any]:
    """What a request begins with: nothing, or what an earlier one said, without its date."""
    if again is None:
        return {"audiences": [Audience.STUDENTS.value], "languages": [Language.SQ.value],
                "visible_to": str(Visibility.PUBLIC.value), "minutes": 45}  # fmt: skip
    said = {name: getattr(again, name) for name in (
        "title", "note", "kinds", "themes", "audiences", "languages", "who_comes", "guests", "pupils", "minutes",
    )}  # fmt: skip
    said["classes"] = ", ".join(one.name for one in again.classes.all())
    said["visible_to"] = "" if again.visible_to is None else str(again.visible_to)
    said["organisation"] = again.organisation.code
    begins = again.begins.astimezone(queries.zone())
    return said | {"time": begins.time(), "day": begins.date() if begins.date() > today else None}


class WordsForm(forms.Form):
    """Words that go with a step; whether they are needed the service says."""

    words = forms.CharField(label=_("Why"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: Any = None, **said: Any) -> None:
        super().__init__(*args, **said)
        if label:
            self.fields["words"].label = label


class OtherDateForm(WhenForm, WordsForm):
    """Another date, and words to it."""

    field_order = ("day", "time", "minutes", "words", "seen")


class LimitForm(forms.Form):
    """How many sessions a term; empty: as the next one above says."""

    limit = forms.IntegerField(
        label=_("Sessions in a term, at most"), required=False, error_messages={"invalid": _NO_NUMBER},
        widget=forms.NumberInput(attrs={"min": 0, "max": 1000}),
    )  # fmt: skip


class SchoolForm(LimitForm):
    """A school: its name where it is new, where it is, and which office decides with it."""

    name = forms.CharField(label=_("The school's name"), max_length=250)
    municipality = forms.CharField(
        label=_("Municipality"), max_length=120, help_text=_("A municipality or an administrative unit")
    )
    office = forms.CharField(
        label=_("Education office"), required=False, max_length=250,
        help_text=_("Its name or its code in the registry; one that is new is added"),
    )  # fmt: skip

    field_order = ("name", "municipality", "office", "limit")

    def __init__(self, *args: Any, school: School | None = None, direct: bool = True, **said: Any) -> None:
        if school is not None:
            said["initial"] = {
                "municipality": name_of(school.place_id), "limit": school.limit_per_term,
                "office": school.office.organisation.name if school.office else "",
            }  # fmt: skip
        super().__init__(*args, **said)
        self.place: Place | None = None
        if school is not None:
            del self.fields["name"]
        if not direct:
            del self.fields["municipality"], self.fields["office"]

    def clean_municipality(self) -> str:
        typed = str(self.cleaned_data["municipality"])
        self.place = find_place(typed)
        if self.place is None:
            raise ValidationError(
                _("“%(typed)s” is no municipality that the hub knows: write its name or its code."),
                params={"typed": typed[:60]},
            )
        return typed


class SearchForm(forms.Form):
    """What the list of schools is narrowed to. What is not understood is told, not ignored."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    place = forms.CharField(
        label=_("Place"), required=False, max_length=80, help_text=_("A county, municipality or unit")
    )

    def asked(self) -> tuple[str, Place | None, str]:
        """(words, place, the place that was typed and is none)"""
        self.is_valid()
        typed = str(self.cleaned_data.get("place", "")).strip()
        place = find_place(typed) if typed else None
        return str(self.cleaned_data.get("q", "")), place, typed if typed and place is None else ""


def read_day(typed: str, otherwise: date) -> date:
    """A day of an address; what is none is today."""
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()
    except ValueError:
        return otherwise
    return day if 2000 <= day.year <= 2100 else otherwise


def office_named(typed: str) -> Organisation | None:
    """The standing organisation with this code or name that is, or may become, an education office."""
    known = Organisation.objects.filter(ended_in=None, joined_to=None)
    typed = typed.strip()
    by_code = known.filter(code=typed).first()
    return (
        by_code
        or known.filter(name=typed, office__in=Office.objects.all()).first()
        or (known.filter(name=typed, kind="public").first())
    )
