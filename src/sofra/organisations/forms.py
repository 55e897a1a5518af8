"""What may come in."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.places import queries as places
from sofra.places.models import Kind, Place
from sofra.places.resolving import resolve
from sofra.places.titles import title_of

from . import rules, vocabulary
from .models import Fact, Judgement
from .queries import Filters
from .records import FactDraft, check


class AskedPlace(forms.Form):
    """A form with a field `place` in which a place is typed. A municipality is taken before a county of its name."""

    def typed(self) -> str:
        return str(self.cleaned_data.get("place", "")).strip()

    @cached_property
    def asked_place(self) -> Place | None:
        typed = self.typed()
        return (places.find_place(typed) or _titled(typed)) if typed else None

    @cached_property
    def typed_place(self) -> str:
        """What stands in the field of the place: its title, its code where the title would not lead back to it.

        What was typed, where no place was found.
        """
        place = self.asked_place
        if place is None:
            return str(self.cleaned_data.get("place", ""))
        title = title_of(place)
        return title if _read_title(title) == place.code else place.code

    def other_meanings(self) -> list[Place]:
        """The other places that a typed name may mean ("Elbasan": the county too), so that none is taken silently."""
        typed = self.typed()
        if self.asked_place is None or typed.casefold() == self.asked_place.code.casefold():
            return []
        read = resolve(typed, country=settings.COUNTRY)
        codes = set() if read.sure else {*read.codes, *read.alternatives} - {self.asked_place.code}
        return list(Place.objects.filter(pk__in=codes).order_by("level", "sort_key")) if codes else []

    def unknown_place(self) -> str:
        """The place that was typed and not found, so that the page can say so instead of showing everything."""
        typed = self.typed()
        return typed if typed and self.asked_place is None else ""


class FilterForm(AskedPlace):
    """The filters of a list. What is not understood is ignored, so that an old shared address still opens."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    kind = forms.MultipleChoiceField(label=_("Kind of body"), required=False, choices=vocabulary.Kind.choices)
    activity_class = forms.MultipleChoiceField(
        label=_("Class"), required=False, choices=vocabulary.ActivityClass.choices
    )
    theme = forms.MultipleChoiceField(label=_("Theme"), required=False, choices=vocabulary.Theme.choices)
    activity_kind = forms.MultipleChoiceField(
        label=_("Kind of activity"), required=False, choices=list(vocabulary.ACTIVITY_KINDS.items())
    )
    audience = forms.MultipleChoiceField(label=_("Audience"), required=False, choices=vocabulary.Audience.choices)
    language = forms.MultipleChoiceField(
        label=_("Working language"), required=False, choices=vocabulary.Language.choices
    )
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=80,
        help_text=_("A county, municipality or unit; what lies below counts too"),
    )
    age = forms.ChoiceField(
        label=_("Last confirmed"), required=False, choices=[("", _("Any time")), *rules.Age.choices]
    )

    def groups(self) -> Iterator[dict[str, Any]]:
        """The long choices as {"label", "open", "boxes"}, drawn here: eighty widgets cost most of a page."""
        for name in _MANY:
            chosen = set(self.cleaned_data.get(name, ()) if self.is_valid() else self.data.getlist(name))  # type: ignore[attr-defined]
            boxes = "".join(
                f'<div><label for="{name}-{code}"><input type="checkbox" name="{name}" value="{code}" '
                f'id="{name}-{code}"{" checked" if code in chosen else ""}> <span>{label}</span></label></div>'
                for code, label in _options(name, get_language())
            )
            yield {"label": self.fields[name].label, "open": bool(chosen), "boxes": mark_safe(boxes)}

    def filters(self) -> Filters:
        self.is_valid()
        said = self.cleaned_data
        return Filters(
            q=said.get("q", ""),
            place=self.asked_place,
            age=said.get("age", ""),
            **{name: tuple(said.get(name, ())) for name in _MANY},
        )


def _read_title(typed: str) -> str:
    """The code of the one place that a title surely means ("Qarku Elbasan"); "" where there is none."""
    read = resolve(typed, country=settings.COUNTRY)
    return read.codes[0] if read.sure and len(read.codes) == 1 else ""


def _titled(typed: str) -> Place | None:
    code = _read_title(typed)
    return Place.objects.filter(pk=code).first() if code else None


_MANY = ("kind", "activity_class", "theme", "activity_kind", "audience", "language")


@lru_cache(maxsize=64)
def _options(name: str, language: str | None) -> tuple[tuple[str, str], ...]:
    """A filter's codes with their names in a language, escaped."""
    return tuple((str(code), escape(capfirst(label))) for code, label in FilterForm.base_fields[name].choices)  # type: ignore[attr-defined]


_PLACES = ("place", "seat")
_INPUTS: dict[str, type[forms.Widget]] = {
    "about": forms.Textarea,
    "offers": forms.Textarea,
    "seeks": forms.Textarea,
    "theme_text": forms.Textarea,
    "focus_text": forms.Textarea,
}
_HINTS = {
    "place": _("A municipality, county or unit, or “Albania” for the whole country"),
    "seat": _("Where the office is; the places of work are asked for apart"),
    "website": _("The whole address, such as https://www.example.org"),
    "social": _("The whole address of the page"),
    "contact": _("A function and how to reach it, such as “office: info@example.org”. Not a private number."),
    "identifier": _("Register and number, such as AL-NIPT-K12345678A"),
    "founded": _("Year, four digits"),
}


CHANGED_MEANWHILE = _(
    "Somebody changed this field while you were writing. Open it anew and compare; nothing was saved."
)
_SEEN_BY = [(code, capfirst(label)) for code, label in Visibility.choices]


def place_choices() -> list[str]:
    """What the field of a place offers while one types: the country, its counties and municipalities."""
    kinds = (Kind.COUNTRY, Kind.COUNTY, Kind.MUNICIPALITY)
    found = Place.objects.filter(country=settings.COUNTRY, kind__in=kinds).order_by("level", "sort_key")
    return [title_of(place) for place in found]


def read_typed_place(typed: str) -> Place:
    """The one place that was typed. Raises ValidationError where there is none, or where it may be several."""
    coded = re.search(r"\(([A-Z]{2}[\w-]*)\)$", typed)  # as the sentence below offers them: "… Dajç (AL142-03)"
    by_code = Place.objects.filter(code__iexact=coded[1] if coded else typed).first()
    if by_code is not None:
        return by_code
    read = places.read_place(typed, settings.COUNTRY)
    several = read.codes if read.sure else [*read.codes, *read.alternatives]
    named = list(Place.objects.filter(names__folded=fold(typed)).distinct()) if not several else []
    found = {place.code: place for place in [*named, *Place.objects.filter(pk__in=several)]}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise ValidationError(_("This place was not found. Write it as on the list of places."))
    titles = {place: title_of(place) for place in sorted(found.values(), key=lambda place: place.level)}
    alone = {title for title, times in Counter(titles.values()).items() if times == 1}
    means = "; ".join(title if title in alone else f"{title} ({place.code})" for place, title in titles.items())
    if read.sure:
        raise ValidationError(_("These are several places: %(means)s. Write one in each box."), params={"means": means})
    raise ValidationError(
        _("“%(typed)s” may mean several places: %(means)s. Write the one you mean, as it stands here."),
        params={"typed": typed, "means": means},
    )


class FactForm(forms.Form):
    """One value of one field: kept, changed, ended, or a new one."""

    fact = forms.IntegerField(required=False, widget=forms.HiddenInput)
    language = forms.ChoiceField(
        label=_("In which language"),
        required=False,
        choices=[("", _("Not said")), *((code, capfirst(label)) for code, label in vocabulary.Language.choices)],
    )
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), choices=_SEEN_BY, coerce=int)
    end = forms.BooleanField(label=_("This is no longer true: take it away"), required=False)

    def __init__(self, *args: Any, field: vocabulary.Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        value: forms.Field
        name, hint = capfirst(str(field.name)), "" if self.initial.get("fact") else _HINTS.get(field.code, "")
        if field.choices is not None:
            choices = [(code, capfirst(label)) for code, label in field.choices.choices]
            value = forms.ChoiceField(label=name, required=False, choices=[("", _("Choose")), *choices])
        else:
            widget = _INPUTS.get(field.code, forms.TextInput)
            attributes = {"list": "known-places"} if field.code in _PLACES else {}
            value = forms.CharField(
                label=name, required=False, max_length=4000, help_text=hint, widget=widget(attrs=attributes)
            )
        self.fields = {"fact": self.fields["fact"], "value": value, **self.fields}
        if field.code not in {"name", "about", "offers", "seeks"}:
            del self.fields["language"]
        if not self.initial.get("fact"):
            del self.fields["end"]
        self.fields["visible_to"].initial = self.initial.get("visible_to", field.visible_to)

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("value", "language") if name in self.fields]

    @property
    def small_fields(self) -> list[forms.BoundField]:
        return [self["source"], self["visible_to"]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        typed = str(said.get("value") or "").strip()
        if said.get("end") or (not typed and not said.get("fact")) or "value" in self.errors:
            return said
        unread = self.field.code in _PLACES and not self.initial.get("value")
        if not typed and unread:
            return said  # a text that nobody could read yet is left as it is
        if not typed:
            self.add_error("value", _("Write a value, or tick that it is no longer true."))
            return said
        try:
            if self.field.code in _PLACES:
                said["value"], said["detail"] = self._place(typed)
            check(FactDraft(field=self.field.code, value=said["value"]))
        except ValidationError as problem:
            self.add_error("value", problem)
        return said

    def _place(self, typed: str) -> tuple[str, dict[str, Any]]:
        """The code of the place, and what is kept beside it: the text that the source wrote stays."""
        if typed == self.initial.get("value"):
            return self.initial["code"], {}
        return read_typed_place(typed).code, {"text": self.initial.get("text") or typed, "sure": True}

    def wishes(self, known: dict[int, Fact]) -> list[dict[str, Any]]:
        """This row as changes of the record (Proposal.changes): one, or none where nothing was changed."""
        said = self.cleaned_data
        old = known.get(said.get("fact") or 0)
        if said.get("fact") and old is None:
            return [{"do": "end", "fact": said["fact"], "field": self.field.code}]  # ended meanwhile: found out later
        if old and said.get("end"):
            return [{"do": "end", "fact": old.pk, "field": self.field.code}]
        if not said.get("value"):
            return []
        new = {
            "field": self.field.code,
            "value": said["value"],
            "language": said.get("language", ""),
            "detail": said.get("detail", {}),
            "source": said.get("source", ""),
            "visible_to": said["visible_to"],
        }
        if old is None:
            return [{"do": "add", **new}]
        new["language"] = new["language"] if "language" in self.fields else old.language
        same = (old.value, old.language, old.source, old.visible_to)
        if same == (new["value"], new["language"], new["source"], new["visible_to"]):
            return []
        return [{"do": "replace", "fact": old.pk, **new, "detail": said.get("detail") or old.detail}]


class ChoicesForm(forms.Form):
    """All values of a coded field at once: what is ticked is said of the organisation, what is not is not."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), choices=_SEEN_BY, coerce=int)

    def __init__(self, *args: Any, field: vocabulary.Field, facts: Sequence[Fact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field, self.facts = field, facts
        self.standing = ",".join(str(fact.pk) for fact in facts)
        values = forms.MultipleChoiceField(
            label=capfirst(str(field.name)),
            required=False,
            choices=_choices_of(field),
            widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
            help_text=_("Tick all that fit. What you take the tick from is no longer said."),
        )
        self.fields = {"seen": self.fields["seen"], "values": values, **self.fields}
        self.initial = {**self.initial, "seen": self.standing, "values": [fact.value for fact in facts]}
        self.fields["visible_to"].initial = field.visible_to

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self["values"]]

    @property
    def small_fields(self) -> list[forms.BoundField]:
        return [self["source"], self["visible_to"]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("seen", "") != self.standing:
            raise ValidationError(CHANGED_MEANWHILE)
        return said

    def wishes(self, known: dict[int, Fact]) -> list[dict[str, Any]]:
        """What was newly ticked, and what was unticked, as changes of the record (Proposal.changes)."""
        said, code = self.cleaned_data, self.field.code
        ticked, stands = said["values"], {fact.value for fact in self.facts}
        ended = [{"do": "end", "fact": fact.pk, "field": code} for fact in self.facts if fact.value not in ticked]
        new = {"field": code, "source": said["source"], "visible_to": said["visible_to"]}
        return ended + [{"do": "add", **new, "value": value} for value in ticked if value not in stands]


def _choices_of(field: vocabulary.Field) -> list[Any]:
    """A coded field's values, kinds of activity under the two classes of Annex II."""
    if field.choices is not None:
        return [(code, capfirst(label)) for code, label in field.choices.choices]
    groups = (
        (_("P/CVE-specific"), vocabulary.SpecificKind.choices),
        (_("P/CVE-relevant"), vocabulary.RelevantKind.choices),
        (_("Either, by its goal"), [vocabulary.RESILIENCE_UNSPECIFIED]),
    )
    return [(name, [(code, capfirst(label)) for code, label in kinds]) for name, kinds in groups]


def fact_forms(field: vocabulary.Field, open_facts: Sequence[Fact], data: Any = None) -> list[FactForm | ChoicesForm]:
    """One form of ticks for a coded field; else a form for each open value and, where more may stand, a blank one."""
    if field.code == "activity_kind" or (field.many and field.choices is not None):
        return [ChoicesForm(data, field=field, facts=open_facts)]
    rows: list[dict[str, Any]] = [
        {
            "fact": fact.pk,
            "value": title_of(fact.place) if fact.place else "" if field.code in _PLACES else fact.value,
            "code": fact.value,
            "text": fact.detail.get("text", "") if field.code in _PLACES else "",
            "language": fact.language,
            "source": fact.source,
            "visible_to": fact.visible_to,
            "seen_by": fact.get_visible_to_display(),
        }
        for fact in open_facts
    ]
    if field.many or not rows:
        rows.append({})
    return [FactForm(data, field=field, prefix=f"v{number}", initial=row) for number, row in enumerate(rows)]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Why, in a sentence"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContestForm(forms.Form):
    note = forms.CharField(
        label=_("What is wrong with the class, and which activities tell otherwise?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say in a sentence why you contest the class.")},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class JudgeForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Your word"), choices=Judgement.Verdict.choices)
    keep = forms.CharField(label=_("The record that stays"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class NewOrganisation(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=250)
    acronym = forms.CharField(label=_("Acronym"), required=False, max_length=40)
    other_name = forms.CharField(label=_("Name in another language"), required=False, max_length=250)
    kind = forms.ChoiceField(
        label=_("Kind of body"), choices=[(code, capfirst(label)) for code, label in vocabulary.Kind.choices]
    )
    place = forms.CharField(
        label=_("Place of work"),
        required=False,
        max_length=120,
        help_text=_HINTS["place"],
        widget=forms.TextInput(attrs={"list": "known-places"}),
    )
    website = forms.CharField(label=_("Website"), required=False, max_length=300, help_text=_HINTS["website"])
    source = forms.CharField(label=_("Where this is known from"), max_length=300)

    def clean_website(self) -> str:
        value = self.cleaned_data["website"].strip()
        if value:
            check(FactDraft("website", value))
        return value

    def clean_place(self) -> str:
        typed = self.cleaned_data["place"].strip()
        if not typed:
            return ""
        return read_typed_place(typed).code

    def facts(self) -> list[FactDraft]:
        said = self.cleaned_data
        source = said["source"]
        pairs = [
            ("name", said["name"]),
            ("acronym", said["acronym"]),
            ("name", said["other_name"]),
            ("kind", said["kind"]),
            ("place", said["place"]),
            ("website", said["website"]),
        ]
        return [FactDraft(field, value.strip(), source=source) for field, value in pairs if value.strip()]
