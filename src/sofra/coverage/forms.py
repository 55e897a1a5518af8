"""What may come in: the questions of a plan, what lists are narrowed to, what was asked, what is a priority."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.activities import dates
from sofra.activities import queries as activities
from sofra.activities.vocabulary import KINDS, Audience, Form, Theme
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations.forms import AskedPlace, read_typed_place
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from .listing import Filters
from .queries import UNKNOWN, Cell, Question

_PARAMETERS = {"begins": "from", "ends": "to"}  # field → what an address and a form call it


def _named(choices: Any) -> list[tuple[str, Any]]:
    return [(code, capfirst(label)) for code, label in choices]


KIND_CHOICES = _named(KINDS.items())
THEME_CHOICES, AUDIENCE_CHOICES = _named(Theme.choices), _named(Audience.choices)
BY_CHOICES = [("", _("Kinds of work")), ("audience", _("For whom")), ("theme", _("Themes")), ("time", _("Time"))]
ROW_CHOICES = [("", _("Counties")), ("municipality", _("Municipalities too"))]
MONEY_CHOICES = [
    ("", _("Places")), ("kind", _("Kinds of work")), ("goal", _("What it is for")), ("theme", _("Themes")),
    ("audience", _("For whom")),
]  # fmt: skip
FORM_COUNT = len(Form)  # the kinds of chapter IV come first


class WhenField(forms.CharField):
    """A partial date as people write it; cleaned to "2027-03" and the like, "" where nothing was written."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attributes), **{"required": False, **kwargs})

    def clean(self, value: Any) -> str:
        return dates.read_when(str(super().clean(value) or ""))


class DefaultedChoiceField(forms.ChoiceField):
    """A choice with a default that has a name as well: an address may say the name or leave it out."""

    def __init__(self, *, default: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.default = default

    def to_python(self, value: Any) -> str:
        said = str(super().to_python(value))
        return "" if said == self.default else said


def place_field(**kwargs: Any) -> forms.CharField:
    """A place that is typed; the page offers the known ones (_known_places.html)."""
    return forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"list": "known-places", "autocomplete": "off"}), **kwargs
    )


class Narrowed(AskedPlace):
    """What the pages of coverage have in common: a place and a time, as parameters of an address that can be shared."""

    place = place_field(label=_("Place"), required=False, help_text=_("A county, municipality or unit"))
    begins = WhenField(label=_("From"), help_text=_("2018, 10.2018 or 05.10.2018"))
    ends = WhenField(label=_("To"))

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix(_PARAMETERS.get(field_name, field_name))

    def clean_place(self) -> str:
        if self.typed() and self.asked_place is None:
            self.asked_place = read_typed_place(self.typed())  # or it says what is wrong
        return self.typed()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            dates.check_span(said.get("begins") or "", said.get("ends") or "")
        except ValidationError as problem:
            self.add_error("ends", problem)
        return said

    @property
    def when(self) -> tuple[str, str]:
        """From and to as partial dates, of a valid form."""
        return self.cleaned_data["begins"], self.cleaned_data["ends"]


class PlanForm(Narrowed):
    """Before you plan: four questions. Only where is needed; what is left open is not known yet."""

    place = place_field(
        label=_("Where"), help_text=_("Best a municipality: Cërrik, Pukë. “Cerrik” is understood too."),
        error_messages={"required": _("Write where: the name of a municipality.")},
    )  # fmt: skip
    kind = forms.MultipleChoiceField(
        label=_("What"), required=False, choices=KIND_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    theme = forms.MultipleChoiceField(
        label=_("Themes"), required=False, choices=THEME_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    audience = forms.MultipleChoiceField(
        label=_("For whom"), required=False, choices=AUDIENCE_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    begins = WhenField(label=_("From"), help_text=_("A month is enough: 03.2027"))
    ends = WhenField(label=_("To"), help_text=_("Empty: the same as from"))
    organisation = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, level: int, mine: list[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level = level
        if mine:
            self.fields["organisation"].widget = forms.Select(
                choices=[("", _("Not said")), *((one.code, one.name) for one in mine)]
            )
            self.fields["organisation"].label = _("Who plans it")
            self.fields["organisation"].help_text = _("What this organisation does itself is then no overlap.")

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("begins") and not said.get("ends") and "ends" not in self.errors:
            said["ends"] = said["begins"]
        return said

    @cached_property
    def who(self) -> Organisation | None:
        code = self.cleaned_data["organisation"]
        return organisations.organisations(self.level).filter(code=code).first() if code else None

    def question(self) -> Question:
        """Of a valid form."""
        assert self.asked_place is not None
        said, (begins, ends) = self.cleaned_data, self.when
        return Question(
            where=self.asked_place, audiences=tuple(said["audience"]), kinds=tuple(said["kind"]),
            themes=tuple(said["theme"]), begins=begins, ends=ends, organisation=self.who,
        )  # fmt: skip


class ListForm(Narrowed):
    """What overlaps, crowds and gaps are narrowed to."""

    audience = forms.ChoiceField(label=_("For whom"), required=False, choices=[("", _("Anybody")), *AUDIENCE_CHOICES])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any kind")), *KIND_CHOICES])
    theme = forms.ChoiceField(label=_("Theme"), required=False, choices=[("", _("Any theme")), *THEME_CHOICES])
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=60, widget=forms.HiddenInput)
    activity = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("Only what is sure"), required=False)

    def __init__(self, *args: Any, level: int, without: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level = level
        self.activity_title = ""  # of the one whose overlaps are asked for
        for name in without:
            del self.fields[name]

    def clean_organisation(self) -> Organisation | None:
        code = self.cleaned_data["organisation"]
        if not code:
            return None
        found = organisations.organisations(self.level).filter(code=code).first()
        if found is None:
            raise ValidationError(_("There is no organisation “%(code)s” in the registry."), params={"code": code})
        return found

    def clean_activity(self) -> str:
        code: str = self.cleaned_data["activity"]
        if code:
            found = activities.activities(self.level).filter(code=code)
            self.activity_title = found.values_list("title", flat=True).first() or ""
            if not self.activity_title:
                raise ValidationError(_("There is no activity “%(code)s”."), params={"code": code})
        return code

    def filters(self) -> Filters:
        """Of a valid form."""
        said, (begins, ends) = self.cleaned_data, self.when
        return Filters(
            place=self.asked_place, begins=begins, ends=ends, sure=bool(said.get("sure")),
            organisation=said.get("organisation"), activity=said.get("activity", ""),
            audiences=_one(said.get("audience")), kinds=_one(said.get("kind")), themes=_one(said.get("theme")),
        )  # fmt: skip


def _one(code: str | None) -> tuple[str, ...]:
    return (code,) if code else ()


class CellForm(ListForm):
    """Which number of coverage is to be opened; its address stands in the tables, so codes are enough."""

    audience = forms.ChoiceField(
        label=_("For whom"), required=False,
        choices=[("", _("Anybody")), *AUDIENCE_CHOICES, (UNKNOWN, _("For whom is not known"))],
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), required=False,
        choices=[("", _("Any kind")), *KIND_CHOICES, (UNKNOWN, _("What kind is not known"))],
    )  # fmt: skip
    theme = forms.ChoiceField(
        label=_("Theme"), required=False,
        choices=[("", _("Any theme")), *THEME_CHOICES, (UNKNOWN, _("What theme is not known"))],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, without=("organisation", "activity", "sure"), **kwargs)

    def clean_place(self) -> str:
        return UNKNOWN if self.typed() == UNKNOWN else super().clean_place()

    def cell(self) -> Cell:
        said, (begins, ends) = self.cleaned_data, self.when
        place = UNKNOWN if self.typed() == UNKNOWN else self.asked_place.code if self.asked_place else ""
        return Cell(place, said["audience"], said["kind"], said["theme"], begins, ends)


class HeatForm(Narrowed):
    """Who is where: the table's columns, the rows, the time, and one kind, theme or audience to look at alone."""

    by = DefaultedChoiceField(default="kind", label=_("Columns"), choices=BY_CHOICES)
    audience = forms.ChoiceField(label=_("For whom"), required=False, choices=[("", _("Anybody")), *AUDIENCE_CHOICES])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any kind")), *KIND_CHOICES])
    theme = forms.ChoiceField(label=_("Theme"), required=False, choices=[("", _("Any theme")), *THEME_CHOICES])
    rows = forms.ChoiceField(label=_("Rows"), required=False, choices=ROW_CHOICES)
    view = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def cell(self) -> Cell:
        """Of a valid form: what is counted, all places alike."""
        said, (begins, ends) = self.cleaned_data, self.when
        return Cell("", said["audience"], said["kind"], said["theme"], begins, ends)


class MoneyForm(Narrowed):
    """Money: the lines of the table, the time, and what is looked at alone."""

    by = DefaultedChoiceField(default="place", label=_("Lines"), choices=MONEY_CHOICES)
    audience = forms.ChoiceField(label=_("For whom"), required=False, choices=[("", _("Anybody")), *AUDIENCE_CHOICES])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any kind")), *KIND_CHOICES])
    funder = forms.ChoiceField(label=_("Funder"), required=False)
    rows = forms.ChoiceField(label=_("Places shown"), required=False, choices=ROW_CHOICES)

    def __init__(self, *args: Any, givers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.givers = {one.code: one for one in givers}
        choices = [("", _("Any funder")), *((one.code, one.name) for one in givers)]
        self.fields["funder"].choices = choices  # type: ignore[attr-defined]

    def cell(self) -> Cell:
        said, (begins, ends) = self.cleaned_data, self.when
        place = self.asked_place.code if self.asked_place else ""
        return Cell(place, said["audience"], said["kind"], "", begins, ends)

    @property
    def giver(self) -> Organisation | None:
        return self.givers.get(self.cleaned_data["funder"])


class AskingForm(forms.Form):
    """A place was asked about."""

    place = place_field(label=_("Which place"), help_text=_("All that lies in it was asked about too."))
    asked_by = forms.CharField(
        label=_("Who asked whom"), max_length=200,
        help_text=_("In words, without a person's name: “the coordination centre asked the municipality”"),
    )  # fmt: skip
    asked_on = WhenField(label=_("When it was asked"), required=True, help_text=_("05.10.2026, 10.2026 or 2026"))
    audiences = forms.MultipleChoiceField(
        label=_("About work for whom"), required=False, choices=AUDIENCE_CHOICES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}), help_text=_("None ticked: about everybody"),
    )  # fmt: skip
    begins = WhenField(label=_("About work from"), help_text=_("Empty: from ever"))
    ends = WhenField(label=_("About work until"), help_text=_("Empty: until it was asked"))
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)

    def clean_place(self) -> Place:
        return read_typed_place(self.cleaned_data["place"].strip())


class PriorityForm(forms.Form):
    """A body declared a place a priority."""

    place = place_field(label=_("Which place"))
    declared_by = forms.CharField(label=_("Which body declared it"), max_length=200)
    declared_on = WhenField(label=_("When"), required=True, help_text=_("05.10.2026, 10.2026 or 2026"))
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)
    source = forms.CharField(label=_("Where this is known from"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(
        label=_("Who may see it"), choices=[(code, capfirst(label)) for code, label in Visibility.choices], coerce=int,
        initial=Visibility.MEMBERS, help_text=_("A public list of such places can give them a bad name."),
    )  # fmt: skip

    def clean_place(self) -> Place:
        return read_typed_place(self.cleaned_data["place"].strip())
