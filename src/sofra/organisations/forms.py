"""What may come in."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility
from sofra.places import queries as places
from sofra.places.models import Place

from . import rules, vocabulary
from .models import Fact, Judgement
from .queries import Filters
from .records import FactDraft, check


class FilterForm(forms.Form):
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
            chosen = set(self.cleaned_data.get(name, ()) if self.is_valid() else self.data.getlist(name))
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

    @cached_property
    def asked_place(self) -> Place | None:
        typed = self.cleaned_data.get("place", "").strip()
        return places.find_place(typed) if typed else None

    def typed_place(self) -> str:
        """What stands in the field of the place: the place's name, or what was typed where none was found."""
        return self.asked_place.title if self.asked_place else self.cleaned_data.get("place", "")

    def unknown_place(self) -> str:
        """The place that was typed and not found, so that the page can say so instead of showing everything."""
        typed = self.cleaned_data.get("place", "").strip()
        return typed if typed and self.asked_place is None else ""


_MANY = ("kind", "activity_class", "theme", "activity_kind", "audience", "language")


@lru_cache(maxsize=64)
def _options(name: str, language: str | None) -> tuple[tuple[str, str], ...]:
    """A filter's codes with their names in a language, escaped."""
    return tuple((str(code), escape(label)) for code, label in FilterForm.base_fields[name].choices)  # type: ignore[attr-defined]


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


class FactForm(forms.Form):
    """One value of one field: kept, changed, ended, or a new one."""

    fact = forms.IntegerField(required=False, widget=forms.HiddenInput)
    end = forms.BooleanField(label=_("This is no longer true"), required=False)
    language = forms.ChoiceField(
        label=_("In which language"), required=False, choices=[("", _("not said")), *vocabulary.Language.choices]
    )
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(
        label=_("Who may see it"), choices=Visibility.choices, coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, field: vocabulary.Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        value: forms.Field
        hint = _HINTS.get(field.code, "")
        choices = list(vocabulary.ACTIVITY_KINDS.items()) if field.code == "activity_kind" else None
        if field.choices is not None:
            choices = list(field.choices.choices)
        if choices is not None:
            value = forms.ChoiceField(label=field.name, required=False, choices=[("", _("Choose")), *choices])
        else:
            widget = _INPUTS.get(field.code, forms.TextInput)
            value = forms.CharField(label=field.name, required=False, max_length=4000, help_text=hint, widget=widget)
        self.fields = {"fact": self.fields["fact"], "value": value, **self.fields}
        if field.code not in {"name", "about", "offers", "seeks"}:
            del self.fields["language"]
        if not self.initial.get("fact"):
            del self.fields["end"]
        self.fields["visible_to"].initial = self.initial.get("visible_to", field.visible_to)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("end") or (not said.get("value") and not said.get("fact")):
            return said
        if not said.get("value"):
            self.add_error("value", _("Write a value, or tick that it is no longer true."))
            return said
        draft = FactDraft(field=self.field.code, value=said["value"].strip())
        if self.field.code in {"place", "seat"}:
            place = places.find_place(draft.value)
            if place is None:
                self.add_error("value", _("This place was not found. Write it as on the list of places."))
                return said
            said["value"], said["detail"] = place.code, {"text": draft.value, "sure": True}
        try:
            check(FactDraft(field=self.field.code, value=said["value"]))
        except ValidationError as problem:
            self.add_error("value", problem)
        return said

    def wish(self, known: dict[int, Fact]) -> dict[str, Any] | None:
        """This row as a change of the record (Proposal.changes), or None where nothing was changed."""
        said = self.cleaned_data
        old = known.get(said.get("fact") or 0)
        if said.get("fact") and old is None:
            return {"do": "end", "fact": said["fact"], "field": self.field.code}  # ended meanwhile: found out later
        if old and said.get("end"):
            return {"do": "end", "fact": old.pk, "field": self.field.code}
        if not said.get("value"):
            return None
        new = {
            "field": self.field.code,
            "value": said["value"],
            "language": said.get("language", ""),
            "detail": said.get("detail", {}),
            "source": said.get("source", ""),
            "visible_to": said["visible_to"],
        }
        if old is None:
            return {"do": "add", **new}
        same = (old.value, old.language, old.source, old.visible_to)
        if same == (new["value"], new["language"] or old.language, new["source"], new["visible_to"]):
            return None
        return {"do": "replace", "fact": old.pk, **new, "detail": said.get("detail") or old.detail}


def fact_forms(
    field: vocabulary.Field, open_facts: Sequence[Fact], data: Any = None, *, blanks: int = 1
) -> list[FactForm]:
    """A form for each open value and, where the field takes more, blank ones."""
    rows = [
        {
            "fact": fact.pk,
            "value": places.name_of(fact.value) if field.code in {"place", "seat"} and fact.value else fact.value,
            "language": fact.language,
            "source": fact.source,
            "visible_to": fact.visible_to,
        }
        for fact in open_facts
    ]
    if field.many or not rows:
        rows += [{} for _blank in range(blanks)]
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
    kind = forms.ChoiceField(label=_("Kind of body"), choices=vocabulary.Kind.choices)
    place = forms.CharField(label=_("Place of work"), required=False, max_length=120, help_text=_HINTS["place"])
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
        place = places.find_place(typed)
        if place is None:
            raise ValidationError(_("This place was not found. Write it as on the list of places."))
        return place.code

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
