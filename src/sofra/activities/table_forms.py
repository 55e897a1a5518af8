"""What may come in from an organisation about its own activities: the whole form, and its short ones in the table.

A form shows some of what an activity says (`only`); what it does not show stays as it was. Nothing that was typed is
lost: a form that comes back holds it, with a sentence next to each field that needs attention.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import (
    RESILIENCE_UNSPECIFIED,
    Audience,
    Language,
    RelevantKind,
    SpecificKind,
    Theme,
)  # fmt: skip
from sofra.places import queries as places
from sofra.places.models import Place
from sofra.places.resolving import Resolution
from sofra.places.titles import title_of

from . import asking, dates, drafts, reading_cells
from .drafts import ActivityDraft, Group
from .forms import CURRENCIES, SEEN_BY, MoneyField, OrganisationField, WhenField, find_organisation
from .models import Activity, Project
from .vocabulary import AgeBand, Counted, Form, Mode, Sex, Status

QUICK = ("title", "place", "when", "audiences", "kinds", "purposes", "status", "reached", "partners", "about")
ROW = ("title", "place", "when", "audiences", "status", "reached")
FULL = (
    "title", "about", "kinds", "themes", "audiences", "where", "place", "begins", "ends", "open_end", "status", "mode",
    "languages", "project", "partners", "times_held", "reached", "counted", "reached_complete", "money", "currency",
    "money_visible_to", "results", "source", "visible_to", "owner",
)  # fmt: skip
_FORM_FIELD = {"places": "place", "groups": "reached", "whole_country": "place", "place_text": "place"}


def _capital(choices: Sequence[Any]) -> list[tuple[str, str]]:
    return [(str(code), capfirst(label)) for code, label in choices]


# What it is (chapter IV), and what it is for (Annex II): the class follows from the second.
KIND_CHOICES: list[Any] = [
    (_("What it is"), _capital(Form.choices)),
    (_("What it is for: P/CVE-specific"), _capital(SpecificKind.choices)),
    (_("What it is for: P/CVE-relevant"), _capital(RelevantKind.choices)),
    (_("Either, by its goal"), _capital([RESILIENCE_UNSPECIFIED])),
]
_COLUMNS = {"class": "columns"}


def _ticks(label: Any, choices: Sequence[Any], **more: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple(attrs=_COLUMNS)
    return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=widget, **more)


class NumberField(forms.CharField):
    """A number of people or times; None is not known. "rreth 140" is 140."""

    def __init__(self, **said: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, max_length=40, widget=widget, **said)

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        number, wrong = reading_cells.read_number(typed)
        if wrong == "negative":
            raise ValidationError(_("A number cannot be less than 0."))
        if wrong:
            raise ValidationError(_("Write figures only, such as 140. Leave it empty where it is not known."))
        return number


class DayField(WhenField):
    """A partial date; a time of day beside it is left out, since activities are kept by days."""

    def clean(self, value: Any) -> str:
        return reading_cells.read_day(str(forms.CharField.clean(self, value)))


class ActivityForm(forms.Form):
    """An activity as its organisation tells it. `asked` holds what is unlikely: field → what its tick must repeat."""

    title = forms.CharField(
        label=_("What is done"),
        max_length=250,
        help_text=_("In a few words, such as: workshop with young people on online safety"),
        error_messages={"required": _("Say in a few words what is done.")},
    )
    about = forms.CharField(
        label=_("Description"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    kinds = _ticks(_("Kind of activity"), KIND_CHOICES)
    purposes = _ticks(_("What it is for"), KIND_CHOICES[1:])
    themes = _ticks(_("Themes"), _capital(Theme.choices))
    audiences = _ticks(_("For whom"), _capital(Audience.choices))
    where = forms.ChoiceField(
        label=_("Where"),
        choices=[
            ("places", _("In the places below")),
            ("country", _("In the whole country")),
            ("unknown", _("Not known")),
        ],
        widget=forms.RadioSelect,
    )
    place = forms.CharField(
        label=_("Places of work"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"list": "known-places", "autocomplete": "off"}),
        help_text=_(
            "Not the office. Several are parted by semicolons: Pukë; Fushë-Arrëz. For a county write “Qarku …”"
        ),
    )
    when = forms.CharField(
        label=_("When"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "A day, a month, a year or a span: 5.10.2026, tetor 2026, 5–8.10.2026, 2026. “2026 –” has no end yet"
        ),
    )
    begins = DayField(label=_("Begins"), help_text=_("A day, a month or a year: 05.10.2018, tetor 2018, 2018"))
    ends = DayField(label=_("Ends"), help_text=_("Leave it empty where it is the same as the beginning"))
    open_end = forms.BooleanField(label=_("It has no end yet, or the end is not known"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=_capital(Status.choices), initial=Status.UNKNOWN)
    mode = forms.ChoiceField(label=_("In person or online"), choices=_capital(Mode.choices), initial=Mode.UNKNOWN)
    languages = _ticks(_("Languages"), _capital(Language.choices))
    project = forms.ChoiceField(label=_("Project"), required=False)
    partners = forms.CharField(
        label=_("Partners"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One organisation a line, by its name in the registry"),
    )
    times_held = NumberField(label=_("How many times held"), help_text=_("Meetings, sessions, workshops"))
    reached = NumberField(
        label=_("People reached"), help_text=_("Leave it empty where it is not known; 0 means nobody")
    )
    counted = forms.ChoiceField(label=_("How they were counted"), choices=_capital(Counted.choices))
    reached_complete = forms.ChoiceField(
        label=_("Does the number hold everybody?"),
        required=False,
        choices=[("", _("Not known")), ("yes", _("Yes, all")), ("no", _("No, a part"))],
    )
    money = MoneyField(label=_("What it costs"), help_text=_("Leave it empty where it is not known"))
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=[("", _("Choose")), *((code, code) for code in CURRENCIES)]
    )
    money_visible_to = forms.TypedChoiceField(label=_("Who may see the money"), choices=SEEN_BY, coerce=int)
    results = forms.CharField(
        label=_("Link to results"),
        required=False,
        max_length=500,
        help_text=_("The whole address of a report or a page, such as https://www.example.org/report"),
    )
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(label=_("Who may see it once it is published"), choices=SEEN_BY, coerce=int)
    owner = OrganisationField(
        label=_("Leading organisation"), required=False, help_text=_("Empty where the source does not name it")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kept: ActivityDraft,
        only: Sequence[str],
        level: int,
        projects: Sequence[Project] = (),
        **more: Any,
    ) -> None:
        """`kept` is what the activity says now, or an empty draft; `level` what the person may see of others."""
        super().__init__(data, **more)
        self.kept, self.level = kept, level
        self.asked: dict[str, tuple[str, str]] = {}
        self.fields = {name: self.fields[name] for name in only}
        self.names = names_of(kept, level)
        if "purposes" in self.fields:  # the short form asks what it is; what it is for stands behind "more"
            self.fields["kinds"].choices = KIND_CHOICES[0][1]  # type: ignore[attr-defined]
        if "project" in self.fields:
            titles = {one.code: one.title for one in projects}
            if kept.project:
                titles.setdefault(kept.project, kept.project)
            choices = [("", _("None, it stands alone")), *titles.items()]
            self.fields["project"].choices = choices  # type: ignore[attr-defined]
        if "owner" in self.fields:
            self.fields["owner"].level = level  # type: ignore[attr-defined]
        if "currency" in self.fields and kept.currency and kept.currency not in CURRENCIES:
            field: Any = self.fields["currency"]
            field.choices = [*field.choices, (kept.currency, kept.currency)]
        self.initial = {**initial_of(kept, self.names), **self.initial}

    def shown(self, *names: str) -> list[dict[str, Any]]:
        """The fields, each with the value that its tick "yes, this is right" must repeat, where it is asked about."""
        self.is_valid()
        return [
            {"field": self[name], "name": name, "asked": self.asked.get(name), "folded": self._folded(name)}
            for name in names or self.fields
            if name in self.fields
        ]

    def _folded(self, name: str) -> bool:
        """Long lists of ticks in which nothing is ticked stand behind their name."""
        return name in {"themes", "languages"} and not self[name].value() and not self[name].errors

    def five(self) -> list[dict[str, Any]]:
        return self.shown("title", "place", "when", "audiences", "kinds")

    def rest(self) -> list[dict[str, Any]]:
        return self.shown("status", "reached", "purposes", "partners", "about")

    @property
    def rest_open(self) -> bool:
        return self.is_bound and any(part["field"].errors or part["field"].data for part in self.rest()[1:])

    # — what was typed, read —

    def clean_place(self) -> Any:
        """(places, words, whole country), or what stood there where nothing was changed."""
        typed = self.cleaned_data["place"].strip()
        where = self.cleaned_data.get("where")
        if where in {"country", "unknown"}:
            if typed and typed != self.initial.get("place", ""):
                raise ValidationError(_("Either these places, or the answer above: take one of them away."))
            return [], "", where == "country"
        if typed == self.initial.get("place", ""):
            if where == "places" and not self.kept.places and not typed:
                raise ValidationError(_("Write where, or choose “Not known” above."))
            return self.kept.places, self.kept.place_text, self.kept.whole_country and where is None
        return read_places(typed)

    def clean_when(self) -> tuple[str, str]:
        typed = self.cleaned_data["when"].strip()
        if typed == self.initial.get("when", ""):
            return self.kept.begins, self.kept.ends
        return reading_cells.read_span(typed)

    def clean_partners(self) -> list[str]:
        codes = [code for code in self.kept.partners if code not in self.names]  # hidden from this person: they stay
        shown = {name: code for code, name in self.names.items() if code in self.kept.partners}
        for line in self.cleaned_data["partners"].splitlines():
            if not line.strip():
                continue
            if line.strip() in shown:
                codes.append(shown[line.strip()])
                continue
            found = find_organisation(line, self.level)
            if found is None:
                raise ValidationError(
                    _("No organisation called “%(typed)s” is in the registry. Write its whole name, or add it first."),
                    params={"typed": line.strip()[:120]},
                )
            codes.append(found.code)
        return list(dict.fromkeys(codes))

    def clean_results(self) -> str:
        typed = str(self.cleaned_data["results"]).strip()
        return f"https://{typed}" if typed.lower().startswith("www.") else typed

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "open_end" in self.fields and not {"begins", "ends"} & self.errors.keys():
            same_end = not said["ends"] and not said["open_end"]
            said["ends"] = said["begins"] if same_end else said["ends"]
        if not self.errors:
            draft = self.draft()
            try:
                drafts.check_activity(dataclasses.replace(draft, groups=[]))
            except ValidationError as problem:
                self.take(problem)
            self._ask(draft)
        return said

    def _ask(self, draft: ActivityDraft) -> None:
        """What is unlikely and new comes back with a question and a tick; with the tick it is kept."""
        repeated = set(self.data.getlist("sure")) if hasattr(self.data, "getlist") else set()
        for name, question in asking.doubts(draft, today=timezone.localdate()).items():
            field = name if name in self.fields else "when" if name in {"begins", "ends"} else ""
            value = f"{name}:{getattr(draft, name)}"
            if not field or (getattr(self.kept, name) == getattr(draft, name) and self.kept.title):
                continue
            self.asked[field] = (value, "checked" if value in repeated else "")
            if value not in repeated:
                self.add_error(field, question)

    def take(self, problem: ValidationError) -> None:
        """Show what a service refused, each sentence next to its field."""
        for name, sentences in problem.message_dict.items():
            field = _FORM_FIELD.get(name, name)
            if field not in self.fields:
                field = "when" if field in {"begins", "ends"} and "when" in self.fields else ""
            self.add_error(field or None, sentences)

    def draft(self) -> ActivityDraft:
        """All that the activity will say; numbers of groups are in rows of their own (GroupRows)."""
        said = self.cleaned_data
        new: dict[str, Any] = {
            name: said[name]
            for name in self.fields
            if name in drafts.FIELDS and name != "reached_complete" and name in said
        }
        if "place" in said:
            new["places"], new["place_text"], new["whole_country"] = said["place"]
        if "purposes" in said:
            new["kinds"] = [*said["kinds"], *said["purposes"]]
        if "when" in said:
            new["begins"], new["ends"] = said["when"]
        if "reached_complete" in said:
            new["reached_complete"] = {"yes": True, "no": False}.get(said["reached_complete"])
        return dataclasses.replace(self.kept, **new)


def names_of(kept: ActivityDraft, level: int) -> dict[str, str]:
    """Code → name of the organisations that it names, as far as the person may know of them."""
    named = Organisation.objects.filter(code__in=[*kept.partners, kept.owner], visible_to__lte=level)
    return dict(named.values_list("code", "name"))


def initial_of(kept: ActivityDraft, names: dict[str, str]) -> dict[str, Any]:
    """What a form shows of an activity."""
    where = "country" if kept.whole_country else "places" if kept.places or not kept.title else "unknown"
    complete = "" if kept.reached_complete is None else "yes" if kept.reached_complete else "no"
    return {
        **{name: getattr(kept, name) for name in FULL if name in drafts.FIELDS},
        "ends": "" if kept.ends == kept.begins else kept.ends,
        "open_end": bool(kept.begins) and not kept.ends,
        "when": written_when(kept.begins, kept.ends),
        "where": "places" if kept.place_text and not kept.whole_country else where,
        "place": written_places(kept),
        "partners": "\n".join(names[code] for code in kept.partners if code in names),
        "owner": names.get(kept.owner, kept.owner),
        "reached": "" if kept.reached is None else kept.reached,
        "times_held": "" if kept.times_held is None else kept.times_held,
        "money": "" if kept.money is None else kept.money.normalize().__format__("f"),
        "reached_complete": complete,
    }


def written_when(begins: str, ends: str) -> str:
    """A span so that it is read again as the same (reading_cells.read_span)."""
    first, last = dates.written(begins), dates.written(ends)
    if begins == ends:
        return first
    return f"{first} – {last}".strip() if first else f"– {last}"


def written_places(kept: ActivityDraft) -> str:
    """The places as a person would type them; the words they were read from, where those are kept."""
    if kept.place_text:
        return kept.place_text
    if kept.whole_country:
        country = Place.objects.filter(pk=settings.COUNTRY).first()
        return title_of(country) if country else ""
    found = Place.objects.in_bulk(kept.places)
    return "; ".join(_title(found[code]) if code in found else code for code in kept.places)


def _title(place: Place) -> str:
    """Its title; with its code where the title alone would not lead back to it."""
    title = title_of(place)
    read = places.read_place(title, settings.COUNTRY)
    return title if read.sure and read.codes == [place.code] else f"{title} ({place.code})"


def read_places(typed: str) -> tuple[list[str], str, bool]:
    """Codes of places, the words, and whether it is the whole country. Raises ValidationError that says what to write.

    One text may hold several places. A name with its code in brackets is that place.
    """
    codes: list[str] = []
    for part in filter(None, (part.strip() for part in typed.replace("\n", ";").split(";"))):
        coded = Place.objects.filter(code__iexact=part.rpartition("(")[2].rstrip(")") if part[-1] == ")" else part)
        one = coded.first()
        read = places.read_place(part, settings.COUNTRY)
        found = [one.code] if one else taken(read)
        if not found:
            raise ValidationError(_unread(part, [*read.codes, *read.alternatives]))
        codes += [code for code in found if code not in codes]
    if settings.COUNTRY in codes:
        if len(codes) > 1:
            raise ValidationError(_("Either the whole country or single places: take one of them away."))
        return [], typed, True
    return codes, typed, False


def taken(read: Resolution) -> list[str]:
    """The codes of a reading that is sure, or sure enough for a person who sees what was read.

    A bare name is the municipality, not its county or a unit in it ("Shkodër"); whoever means the county writes
    “Qarku Shkodër”. Of places that do not lie in one another ("Dajç") none is taken.
    """
    if read.sure or not read.codes:
        return list(read.codes)
    paths = dict(Place.objects.filter(pk__in=[*read.codes, *read.alternatives]).values_list("pk", "path"))
    own = [paths[code] for code in read.codes if code in paths]
    others = [paths[code] for code in read.alternatives if code in paths]
    kin = all(any(one.startswith(other) or other.startswith(one) for one in own) for other in others)
    return list(read.codes) if kin and others and len(own) == len(read.codes) else []


def _unread(part: str, codes: list[str]) -> ValidationError:
    if not codes:
        return ValidationError(
            _("“%(typed)s” was not found among the places. Write a municipality, a county or a unit."),
            params={"typed": part[:80]},
        )
    meant = Place.objects.filter(pk__in=codes).order_by("level", "sort_key")
    means = "; ".join(f"{title_of(place)} ({place.code})" for place in meant)
    return ValidationError(
        _("“%(typed)s” may mean several places: %(means)s. Write the one you mean, as it stands here."),
        params={"typed": part[:80], "means": means},
    )


# — who was reached, in rows ———————————————————————————————————————————————————————————————————————————————


class GroupForm(forms.Form):
    """So many of those reached were women, were 15 to 18, were teachers."""

    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=_capital(Sex.choices))
    age = forms.ChoiceField(label=_("Age"), required=False, choices=_capital(AgeBand.choices))
    audience = forms.ChoiceField(
        label=_("Group"), required=False, choices=[("", _("Not said")), *_capital(Audience.choices)]
    )
    number = NumberField(label=_("How many"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        named = any(said.get(name) for name in ("sex", "age", "audience"))
        if named and said.get("number") is None and "number" not in self.errors:
            self.add_error("number", _("Write how many they were, or empty the row."))
        if said.get("number") is not None and not named:
            self.add_error("number", _("Say of whom: choose sex, age or group in this row."))
        return said


class GroupRows(BaseFormSet[GroupForm]):
    """The rows of groups; parts of one way of telling apart may not be more than the total."""

    def groups(self) -> list[Group]:
        found = []
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            if said.get("number") is not None:
                by = "-".join(name for name in ("sex", "age", "audience") if said.get(name))
                found.append(Group(by, said["number"], said["sex"], said["age"], said["audience"]))
        return found

    def check_total(self, total: int | None) -> None:
        problems = drafts.parts_beyond_total(self.groups(), total)
        if problems and self.forms:
            self.forms[0].add_error("number", problems)


GroupFormSet = formset_factory(GroupForm, formset=GroupRows, extra=3, max_num=60, validate_max=True)


def group_rows(data: Any, kept: ActivityDraft, *, more: bool = False) -> GroupRows:
    """The rows as typed or as kept; `more` adds three blank ones to what was typed."""
    if data is not None and more:
        data = data.copy()
        typed = data.get("groups-TOTAL_FORMS", "3")
        data["groups-TOTAL_FORMS"] = str(min(int(typed) if typed.isdecimal() else 3, 57) + 3)
    initial = [dataclasses.asdict(group) for group in kept.groups]
    return GroupFormSet(data, prefix="groups", initial=initial)  # type: ignore[return-value]


def without_errors(form: ActivityForm, rows: GroupRows | None = None) -> None:
    """Show what was typed and judge nothing yet: for what was taken up again, and for more rows."""
    one: Any
    for one in [form, *(rows.forms if rows is not None else [])]:
        one._errors = forms.utils.ErrorDict()
        one.cleaned_data = {}
    if rows is not None:
        many: Any = rows
        many._errors, many._non_form_errors = [{} for _form in rows.forms], forms.utils.ErrorList()


class FilterForm(forms.Form):
    """Which of its activities the table shows. What is not understood is ignored."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All but the bin")), *_capital(Activity.State.choices)],
    )
    year = forms.ChoiceField(label=_("Year"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("", _("Newest entry first")), ("when", _("Latest date first"))]
    )

    def __init__(self, data: Any, *, found: QuerySet[Activity]) -> None:
        """`found` are all of the organisation's activities."""
        super().__init__(data)
        years = found.exclude(begins="").order_by().annotate(year=Left("begins", 4)).values_list("year", flat=True)
        newest = sorted(set(years.distinct()), reverse=True)
        names = [("", _("All years")), *((year, year) for year in newest), ("none", _("Date not known"))]
        self.fields["year"].choices = names  # type: ignore[attr-defined]
        self.is_valid()

    def narrow(self, found: QuerySet[Activity]) -> QuerySet[Activity]:
        """What the filter shows; without one, everything but the bin."""
        said, binned = self.cleaned_data, Activity.State.BINNED
        found = found.filter(state=said["state"]) if said.get("state") else found.exclude(state=binned)
        if said.get("year"):
            none = said["year"] == "none"
            found = found.filter(begins="") if none else found.filter(begins__startswith=said["year"])
        return found.order_by("-begins", "-id") if said.get("sort") == "when" else found.order_by("-id")


class BulkForm(forms.Form):
    """One act on the rows that are ticked, or on all that the filter shows."""

    ACTIONS = (
        ("published", _("Publish")), ("draft", _("Make a draft")), ("copy", _("Copy to next year")),
        ("binned", _("Put in the bin")),
    )  # fmt: skip
    act = forms.ChoiceField(choices=ACTIONS)
    row = forms.MultipleChoiceField(required=False)
    all = forms.BooleanField(label=_("All that the filter shows"), required=False)

    def __init__(self, data: Any, *, codes: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["row"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
