"""What may come in: sources, quotes, figures, findings, evidence, decisions, and the filters of their lists."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.activities.forms import SEEN_BY, OrganisationField, WhenField, find_organisation
from sofra.mapping.models import Round
from sofra.organisations.forms import AskedPlace, read_typed_place
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import ActivityClass
from sofra.places.models import Place
from sofra.places.queries import name_of
from sofra.questionnaires.queries import Asked

from . import queries, rules
from .models import Evidence, Figure, Finding, Quote, Source
from .vocabulary import CHAPTERS, chapter_title

CHOOSE = _("choose")
SEALED = _("Coordinators and you: it is sealed")
LANGUAGES = [("sq", _("Albanian")), ("en", _("English"))]
CLASSES = [
    ("", _("not said")), (ActivityClass.SPECIFIC.value, ActivityClass.SPECIFIC.label),
    (ActivityClass.RELEVANT.value, ActivityClass.RELEVANT.label), ("both", _("both classes")),
]  # fmt: skip
STATES = [(code, capfirst(label)) for code, label in Finding.State.choices]
KINDS = [(code, capfirst(label)) for code, label in Finding.Kind.choices]


def chapter_choices() -> list[tuple[str, str]]:
    return [(code, chapter_title(code)) for code in CHAPTERS]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlacesField(forms.CharField):
    """Places, one a line; gives their codes. Raises a sentence for one that is not found or may be several."""

    def __init__(self, **said: Any) -> None:
        super().__init__(
            label=_("Places"), required=False, max_length=4000, widget=_area(2),
            help_text=_("One a line: Cërrik, Pukë. “Cerrik” is understood too."), **said,
        )  # fmt: skip

    def clean(self, value: Any) -> list[str]:
        typed = super().clean(value)
        return list(dict.fromkeys(read_typed_place(line.strip()).code for line in typed.splitlines() if line.strip()))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(name_of(code) for code in value) if isinstance(value, list | tuple) else value


class OrganisationsField(forms.CharField):
    """Organisations, one a line, by name or id; gives them. `level` is what the writer may know of."""

    def __init__(self, **said: Any) -> None:
        super().__init__(
            label=_("Organisations"), required=False, max_length=8000, widget=_area(2),
            help_text=_("One organisation a line, by its name in the registry"), **said,
        )  # fmt: skip
        self.level = 0

    def clean(self, value: Any) -> list[Organisation]:
        found: dict[int, Organisation] = {}
        for line in super().clean(value).splitlines():
            if line.strip():
                one = find_organisation(line, self.level)
                if one is None:
                    raise ValidationError(
                        _(
                            "No organisation called “%(typed)s” is in the registry. Write its whole name, or add it"
                            " first."
                        ),
                        params={"typed": line.strip()[:80]},
                    )
                found[one.pk] = one
        return list(found.values())

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(one.name for one in value) if isinstance(value, list | tuple) else value


class _InRound(forms.Form):
    """A form of something that belongs to a round; the round is fixed once it is recorded."""

    round = forms.ModelChoiceField(label=_("Mapping round"), queryset=Round.objects.none(), to_field_name="code",
                                   empty_label=None)  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rounds: QuerySet[Round] | None, level: int, **said: Any) -> None:
        super().__init__(*args, **said)
        if rounds is None:
            del self.fields["round"]
        else:
            self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field, OrganisationsField):
                field.level = level


def _in_both(form: forms.Form, name: str) -> dict[str, str]:
    return {code: form.cleaned_data.get(f"{name}_{code}", "") for code, _label in LANGUAGES}


class SourceForm(_InRound):
    """Where statements come from."""

    kind = forms.ChoiceField(label=_("Kind of source"), choices=[(c, capfirst(n)) for c, n in Source.Kind.choices])
    title = forms.CharField(
        label=_("Title"), max_length=500, error_messages={"required": _("Give the source a title.")},
        help_text=_("No person’s name: “Talk with the education office of …”"),
    )  # fmt: skip
    who = forms.CharField(
        label=_("Whose words, in what function"), required=False, max_length=300,
        help_text=_("A body or an office; an author as printed"),
    )  # fmt: skip
    person = forms.CharField(
        label=_("The person’s name"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Read by you alone, by nobody else; goes when the consent is withdrawn. Better left empty."),
    )  # fmt: skip
    organisations = OrganisationsField()
    places = PlacesField()
    when = WhenField(label=_("When"), help_text=_("A day, a month or a year: 05.10.2018, 10.2018, 2018"))
    url = forms.CharField(label=_("Web address"), required=False, max_length=500)
    notes = forms.CharField(label=_("Notes"), required=False, widget=_area(8))
    consent = forms.ChoiceField(
        label=_("Consent"), initial=Source.Consent.UNKNOWN,
        choices=[(c, capfirst(n)) for c, n in Source.Consent.choices if c != Source.Consent.WITHDRAWN],
    )  # fmt: skip
    consent_note = forms.CharField(
        label=_("To what, and how it was given"), required=False, max_length=300,
        help_text=_("In writing on a day; only for the report; without the place"),
    )  # fmt: skip
    visible_to = forms.TypedChoiceField(
        label=_("Who may see it"), coerce=int, initial=1,
        choices=[*SEEN_BY[:2], (2, SEALED)],
    )  # fmt: skip

    def __init__(self, *args: Any, own: bool = True, **said: Any) -> None:
        super().__init__(*args, **said)
        if not own:
            del self.fields["person"]

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class QuoteForm(forms.Form):
    text = forms.CharField(
        label=_("Words that are quoted"), widget=_area(3), max_length=rules.LONGEST_QUOTE,
        error_messages={"required": _("Write the words that are quoted.")},
    )  # fmt: skip
    page = forms.CharField(label=_("Page"), required=False, max_length=40)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("not said")), *LANGUAGES])
    visible_to = forms.TypedChoiceField(
        label=_("Who may read the words"), coerce=int, choices=[*SEEN_BY[:2], (2, SEALED)]
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), error_messages={"required": _("Choose a file first.")}, allow_empty_file=True,
        help_text=_("PDF, Word, a table, a picture, a recording or plain text; 25 MB at most"),
    )  # fmt: skip


class FigureForm(_InRound):
    """Numbers with their source."""

    title_sq = forms.CharField(label=_("Title in Albanian"), required=False, max_length=300)
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=300)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40, help_text=_("%, people, EUR …"))
    base = forms.IntegerField(
        label=_("Base"),
        required=False,
        min_value=0,
        help_text=_("How many were asked. Empty: the source does not say."),
    )
    base_note_sq = forms.CharField(label=_("About the base, in Albanian"), required=False, max_length=300)
    base_note_en = forms.CharField(label=_("About the base, in English"), required=False, max_length=300)
    lines = forms.CharField(
        label=_("Numbers"), widget=_area(5),
        help_text=_("A line each: words in Albanian | words in English = number. What is not known stays empty."),
        error_messages={"required": _("Write at least one line.")},
    )  # fmt: skip
    source = forms.ModelChoiceField(label=_("Source"), queryset=Source.objects.none(), required=False,
                                    to_field_name="code", empty_label=_("not said"))  # fmt: skip
    page = forms.CharField(label=_("Page"), required=False, max_length=40)
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), coerce=int, choices=SEEN_BY, initial=0)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sources: QuerySet[Source], **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]

    def clean_lines(self) -> list[dict[str, Any]]:
        found = []
        for number, line in enumerate(str(self.cleaned_data["lines"]).splitlines(), start=1):
            if not line.strip():
                continue
            words, mark, value = line.rpartition("=")
            if not mark or not words.strip():
                raise ValidationError(
                    _("Line %(number)s: write words, “=”, and the number (empty where it is not known)."),
                    params={"number": number},
                )
            albanian, _mark, english = (part.strip() for part in words.partition("|"))
            label = {"sq": albanian, "en": english or albanian} if albanian else {"en": english}
            found.append({"label": label, "value": value.strip()})
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("title_sq") and not said.get("title_en"):
            self.add_error("title_sq", _("Give the figure a title."))
        return said

    def said(self) -> dict[str, Any]:
        kept = self.cleaned_data
        return {
            "titles": _in_both(self, "title"), "unit": kept["unit"], "base": kept["base"],
            "base_note": {code: text for code, text in _in_both(self, "base_note").items() if text},
            "series": kept["lines"], "source": kept["source"], "page": kept["page"], "visible_to": kept["visible_to"],
        }  # fmt: skip


def figure_lines(figure: Figure) -> str:
    """A figure's series as the form writes it."""
    rows = []
    for one in figure.series:
        label = one.get("label") or {}
        words = label.get("sq", "") + (
            f" | {label['en']}" if label.get("en") and label.get("en") != label.get("sq") else ""
        )
        rows.append(f"{words} = {one.get('value', '')}")
    return "\n".join(rows)


class FindingForm(_InRound):
    """A statement, where it belongs, and of whom and where it speaks."""

    statement_sq = forms.CharField(label=_("The statement in Albanian"), required=False, widget=_area(3),
                                   max_length=rules.LONGEST_STATEMENT)  # fmt: skip
    statement_en = forms.CharField(label=_("The statement in English"), required=False, widget=_area(3),
                                   max_length=rules.LONGEST_STATEMENT)  # fmt: skip
    kind = forms.ChoiceField(label=_("What it is"), choices=KINDS)
    chapter = forms.ChoiceField(label=_("Chapter"), required=False)
    places = PlacesField()
    organisations = OrganisationsField()
    activity_class = forms.ChoiceField(label=_("Class of work it speaks of"), required=False, choices=CLASSES)
    where_said = forms.CharField(
        label=_("Its place in the document it is taken from"), required=False, max_length=120,
        help_text=_("Chapter VII, p. 19. Empty where it is your own."),
    )  # fmt: skip
    visible_to = forms.TypedChoiceField(
        label=_("Who may read it once it is confirmed"), coerce=int, choices=SEEN_BY, initial=0
    )
    reason = forms.CharField(label=_("Why it changes"), required=False, max_length=rules.LONGEST_REASON)

    def __init__(self, *args: Any, edits: bool = False, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["chapter"].choices = [("", _("none yet")), *chapter_choices()]  # type: ignore[attr-defined]
        if not edits:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("statement_sq") or "").strip() and not (said.get("statement_en") or "").strip():
            self.add_error("statement_sq", _("Write the statement in at least one language."))
        return said

    def said(self) -> dict[str, Any]:
        names = ("kind", "chapter", "places", "organisations", "activity_class", "where_said", "visible_to")
        return {name: self.cleaned_data[name] for name in names} | {"statements": _in_both(self, "statement")}


class ActForm(forms.Form):
    """A decision on a finding. The service says where a reason is needed."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("propose", "confirm", "refuse", "reopen")])
    seen = forms.IntegerField()
    reason = forms.CharField(label=_("Reason"), required=False, widget=_area(2), max_length=rules.LONGEST_REASON)


class ContestForm(forms.Form):
    """Who objects, and how, in its words."""

    organisation = forms.ModelChoiceField(
        label=_("Who objects"), queryset=Organisation.objects.none(), required=False, to_field_name="code"
    )
    objector = OrganisationField(label=_("Who objects"), required=False)
    objector_name = forms.CharField(label=_("A body that is not in the registry"), required=False, max_length=250)
    objection = forms.CharField(
        label=_("The objection, in its own words"), widget=_area(4), max_length=rules.LONGEST_REASON,
        error_messages={"required": _("Write what the objection is, in its own words.")},
        help_text=_("It is kept with the finding, and shown wherever the finding is shown. No person’s name."),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, own: Sequence[Organisation] | None, level: int, **said: Any) -> None:
        """`own`: the organisations in whose name the person speaks; None for mappers, who write any."""
        super().__init__(*args, **said)
        if own is None:
            del self.fields["organisation"]
            self.fields["objector"].level = level  # type: ignore[attr-defined]
        else:
            del self.fields["objector"], self.fields["objector_name"]
            field = self.fields["organisation"]
            field.queryset = Organisation.objects.filter(pk__in=[one.pk for one in own])  # type: ignore[attr-defined]
            field.required = True
            if len(own) == 1:
                field.initial = own[0].code

    def who(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "organisation" in said:
            return {"objector": said["organisation"]}
        code = said["objector"]
        return {
            "objector": Organisation.objects.filter(code=code).first() if code else None,
            "objector_name": said["objector_name"],
        }


# — evidence ———————————————————————————————————————————————————————————————————————————————————————————————


class _EvidenceForm(forms.Form):
    def said(self) -> dict[str, Any]:
        raise NotImplementedError


class SourceEvidence(_EvidenceForm):
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.none(),
        to_field_name="code",
        empty_label=CHOOSE,
    )
    page = forms.CharField(label=_("Page"), required=False, max_length=40)
    note = forms.CharField(label=_("Note for members"), required=False, max_length=500)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class QuoteEvidence(_EvidenceForm):
    quote = forms.ModelChoiceField(label=_("Quote"), queryset=Quote.objects.none(), empty_label=CHOOSE)
    note = forms.CharField(label=_("Note for members"), required=False, max_length=500)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class FigureEvidence(_EvidenceForm):
    figure = forms.ModelChoiceField(
        label=_("Figure"),
        queryset=Figure.objects.none(),
        to_field_name="code",
        empty_label=CHOOSE,
    )
    note = forms.CharField(label=_("Note for members"), required=False, max_length=500)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ActivityEvidence(_EvidenceForm):
    activity = forms.CharField(
        label=_("Activity"), max_length=120, help_text=_("Its stable id, or the address of its page"),
        error_messages={"required": _("Say which activity.")},
    )  # fmt: skip
    note = forms.CharField(label=_("Note for members"), required=False, max_length=500)

    def __init__(self, *args: Any, activities: QuerySet[Any], **said: Any) -> None:
        super().__init__(*args, **said)
        self.known = activities

    def clean_activity(self) -> Any:
        typed = str(self.cleaned_data["activity"]).strip().rstrip("/")
        found = self.known.filter(code=typed.rpartition("/")[2]).first()
        if found is None:
            raise ValidationError(_("No activity has this id. Open the activity, and copy its address."))
        return found

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AnswersEvidence(_EvidenceForm):
    question = forms.ChoiceField(label=_("Question"))
    value = forms.ChoiceField(label=_("Answer that is counted"), required=False)

    def __init__(self, *args: Any, version: int | None, asked: Sequence[Asked], chosen: str = "", **said: Any) -> None:
        super().__init__(*args, **said)
        self.version = version
        self.fields["question"].choices = [(one.path, one.label or one.path) for one in asked]  # type: ignore[attr-defined]
        choices: Iterable[tuple[str, str]] = next((one.choices for one in asked if one.path == chosen), [])
        self.fields["value"].choices = [("", _("all answers")), *choices]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        return {"asked": {"version": self.version, **self.cleaned_data}}


class CoverageEvidence(_EvidenceForm):
    address = forms.CharField(
        label=_("Address of the page of coverage"), max_length=1000,
        help_text=_("Of gaps, crowded places, overlaps, or the activities behind a number, with its filters"),
        error_messages={"required": _("Copy the address of the page.")},
    )  # fmt: skip
    line = forms.CharField(
        label=_("Which line"), required=False, max_length=80, help_text=_("The municipality; empty: the whole page")
    )

    def clean_address(self) -> str:
        """Without the name of the hub's own machine."""
        typed = str(self.cleaned_data["address"]).strip()
        return "/" + typed.split("://", 1)[1].partition("/")[2] if "://" in typed else typed

    def clean_line(self) -> str:
        typed = str(self.cleaned_data["line"]).strip()
        return read_typed_place(typed).code if typed else ""

    def said(self) -> dict[str, Any]:
        return {"asked": self.cleaned_data}


# — lists ——————————————————————————————————————————————————————————————————————————————————————————————————


class FilterForm(AskedPlace):
    """What the list of findings is narrowed to. What is not understood is said, and the list is empty then."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    round = forms.CharField(label=_("Mapping round"), required=False, max_length=60)
    chapter = forms.MultipleChoiceField(label=_("Chapter"), required=False, widget=forms.CheckboxSelectMultiple)
    kind = forms.MultipleChoiceField(
        label=_("What it is"), required=False, choices=KINDS, widget=forms.CheckboxSelectMultiple
    )
    state = forms.MultipleChoiceField(
        label=_("State"), required=False, choices=STATES, widget=forms.CheckboxSelectMultiple
    )
    place = forms.CharField(
        label=_("Place"), required=False, max_length=80,
        help_text=_("A county, municipality or unit; what lies below counts too"),
    )  # fmt: skip
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=250)
    changed = forms.BooleanField(label=_("Only those whose evidence changed"), required=False)

    def __init__(self, *args: Any, rounds: QuerySet[Round], level: int, **said: Any) -> None:
        super().__init__(*args, **said)
        self.level = level
        self.rounds = {one.code: one for one in rounds}
        self.fields["round"] = forms.ChoiceField(
            label=_("Mapping round"), required=False,
            choices=[("", _("all rounds")), *((code, str(one)) for code, one in self.rounds.items())],
        )  # fmt: skip
        self.fields["chapter"].choices = chapter_choices()  # type: ignore[attr-defined]
        if level < 1:
            del self.fields["changed"]
            self.fields["state"].choices = [  # type: ignore[attr-defined]
                one for one in STATES if one[0] in (Finding.State.CONFIRMED, Finding.State.CONTESTED)
            ]

    def clean_place(self) -> str:
        if self.typed() and self.asked_place is None:
            self.asked_place = read_typed_place(self.typed())
        return self.typed()

    def clean_organisation(self) -> Organisation | None:
        typed = str(self.cleaned_data["organisation"]).strip()
        found = find_organisation(typed, self.level) if typed else None
        if typed and found is None:
            raise ValidationError(_("No organisation called “%(typed)s” is in the registry."), params={"typed": typed})
        return found

    def filters(self) -> queries.Filters:
        """Of a valid form."""
        said = self.cleaned_data
        return queries.Filters(
            q=said["q"], round=self.rounds.get(said["round"]), chapter=tuple(said["chapter"]), kind=tuple(said["kind"]),
            state=tuple(said["state"]), place=self.asked_place, organisation=said["organisation"],
            changed=bool(said.get("changed")),
        )  # fmt: skip


class SourceFilterForm(forms.Form):
    round = forms.ChoiceField(label=_("Mapping round"), required=False)
    kind = forms.MultipleChoiceField(
        label=_("Kind of source"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(c, capfirst(n)) for c, n in Source.Kind.choices],
    )  # fmt: skip
    q = forms.CharField(label=_("Words of the title"), required=False, max_length=200)

    def __init__(self, *args: Any, rounds: QuerySet[Round], **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["round"].choices = [("", _("all rounds")), *((one.code, str(one)) for one in rounds)]  # type: ignore[attr-defined]


EVIDENCE_KINDS = [(code, capfirst(label)) for code, label in Evidence.Kind.choices]


def places_of(codes: Iterable[str]) -> list[Place]:
    """The places of these codes, in the order of the codes."""
    found = Place.objects.in_bulk(list(codes))
    return [found[code] for code in codes if code in found]
