"""What may come in of indicators and their readings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.activities.forms import OrganisationField, WhenField
from sofra.ground.figures import FIGURES
from sofra.ground.tongues import said

from . import rules
from .forms import OnePlaceField, TextsForm, area
from .models import Indicator, Measure, Objective, Plan

OFTEN = [
    ("", _("not said")),
    ("year", _("every year")),
    ("half", _("every half year")),
    ("quarter", _("every quarter")),
    ("month", _("every month")),
]
COMPLETE = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]


class NumberField(forms.CharField):
    """A number as people write it; None: not known."""

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, max_length=30, **said)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).strip()
        if not typed:
            return None
        if (number := rules.read_number(typed)) is None:
            raise ValidationError(_("“%(typed)s” is no number."), params={"typed": typed})
        return number


class PeriodField(forms.CharField):
    def __init__(self, **said: Any) -> None:
        super().__init__(label=_("Period"), max_length=12, help_text=_("2018, 2018-H1, 2018-Q3 or 2018-05"), **said)

    def clean(self, value: Any) -> str:
        return rules.read_period(super().clean(value))


class IndicatorForm(TextsForm):
    texts = (("title", _("Title"), 0), ("definition", _("Definition"), 3), ("how", _("How it is measured"), 2))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    objective = forms.ModelChoiceField(
        label=_("Of the objective"),
        queryset=Objective.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("none"),
    )
    measure = forms.CharField(
        label=_("Of the measure"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "known-measures"}),
        help_text=_("Its code; empty where it is of none"),
    )
    parent = forms.CharField(
        label=_("Is a part of the indicator"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "known-indicators"}),
        help_text=_("Its code"),
    )
    scale = forms.ChoiceField(
        label=_("Scale"), choices=[(code, capfirst(word)) for code, word in Indicator.Scale.choices]
    )
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40, help_text=_("people, organisations, days …"))
    of_people = forms.BooleanField(
        label=_("It counts people: fewer than five of them are not told in public"), required=False
    )
    levels = forms.CharField(
        label=_("Levels"),
        required=False,
        max_length=2000,
        widget=area(3),
        help_text=_("From the lowest, one a line: Albanian | English"),
    )
    direction = forms.ChoiceField(
        label=_("Direction"), choices=[(code, capfirst(word)) for code, word in Indicator.Direction.choices]
    )
    rolls_up = forms.ChoiceField(
        label=_("Follows from its parts"), choices=[(code, capfirst(word)) for code, word in Indicator.RollsUp.choices]
    )
    figure = forms.ChoiceField(label=_("Is worked out from a figure of the hub"), required=False)
    place = OnePlaceField(label=_("Place"))
    measured_by = OrganisationField(label=_("Measured by"), required=False)
    how_often = forms.ChoiceField(label=_("How often"), choices=OFTEN, required=False)
    baseline = NumberField(label=_("Baseline"), help_text=_("Empty: not known, which is not 0"))
    baseline_numerator = NumberField(label=_("Baseline, numerator"))
    baseline_denominator = NumberField(label=_("Baseline, denominator"))
    baseline_on = WhenField(label=_("Date of the baseline"))
    baseline_source = forms.CharField(label=_("Source of the baseline"), required=False, max_length=300)
    source = forms.CharField(label=_("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, plan: Plan, among: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.among = among
        self.plan = plan
        self.fields["objective"].queryset = plan.objectives.all()  # type: ignore[attr-defined]
        figures = [(name, str(one.title)) for name, one in sorted(FIGURES.items())]
        self.fields["figure"].choices = [("", _("no figure")), *figures]  # type: ignore[attr-defined]

    def clean_measure(self) -> Measure | None:
        code = self.cleaned_data["measure"].strip()
        found: Measure | None = self.plan.measures.filter(code=code).first()
        if code and found is None:
            raise ValidationError(
                _("No measure has the code “%(code)s”: it stands on the measure's page."), params={"code": code}
            )
        return found

    def clean_parent(self) -> Indicator | None:
        code = self.cleaned_data["parent"].strip()
        found: Indicator | None = self.among.filter(code=code).first()
        if code and found is None:
            raise ValidationError(_("No indicator has the code “%(code)s”."), params={"code": code})
        return found

    def clean_levels(self) -> list[dict[str, str]]:
        lines = [line for line in self.cleaned_data["levels"].splitlines() if line.strip()]
        pairs = [[part.strip() for part in line.split("|", 1)] for line in lines]
        return [{"sq": pair[0], "en": pair[-1]} for pair in pairs]

    def said(self) -> dict[str, Any]:
        texts = {"title_sq", "title_en", "definition_sq", "definition_en", "how_sq", "how_en", "seen", "measured_by"}
        plain = {name: value for name, value in self.cleaned_data.items() if name not in texts}
        return plain | {
            "titles": self.pair("title"),
            "definitions": self.pair("definition"),
            "how": self.pair("how"),
            "measured_by": self.body("measured_by"),
        }


class TargetForm(forms.Form):
    period = PeriodField()
    value = NumberField(label=_("Target"), help_text=_("Empty takes the target away"))
    source = forms.CharField(label=_("Source"), required=False, max_length=300)


class ReadingForm(forms.Form):
    """A value or why it is not known; of a share its numerator and denominator."""

    period = PeriodField()
    value = NumberField(label=_("Value"))
    numerator = NumberField(label=_("How many"))
    denominator = NumberField(label=_("Of how many"))
    why_unknown = forms.CharField(label=_("Why it is not known"), required=False, max_length=300)
    complete = forms.ChoiceField(label=_("Does it hold everything?"), choices=COMPLETE, required=False)
    parts = forms.CharField(
        label=_("Told apart"),
        required=False,
        max_length=8000,
        widget=area(3),
        help_text=_("One a line: what is told apart; which; how many – such as “sex; women; 120”"),
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=300)
    note_said = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=area(2))

    def __init__(self, *args: Any, indicator: Indicator, **given: Any) -> None:
        super().__init__(*args, **given)
        if indicator.scale == Indicator.Scale.SHARE:
            del self.fields["value"]
        else:
            del self.fields["numerator"], self.fields["denominator"]
        if indicator.scale == Indicator.Scale.LEVELS:
            levels = [("", _("not known")), *((str(n), said(one)) for n, one in enumerate(indicator.levels))]
            self.fields["value"] = forms.TypedChoiceField(
                label=_("Value"), required=False, choices=levels, coerce=rules.Decimal, empty_value=None
            )

    def clean_parts(self) -> list[tuple[str, str, rules.Decimal]]:
        return rules.read_parts(self.cleaned_data["parts"])

    def clean_complete(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["complete"])


class FigureForm(forms.Form):
    period = PeriodField()


class ImportForm(forms.Form):
    """A file, or what was copied from a sheet."""

    file = forms.FileField(label=_("Table (CSV or XLSX)"), required=False)
    pasted = forms.CharField(label=_("Or paste it here"), required=False, max_length=2_000_000, widget=area(6))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("file") and not found.get("pasted", "").strip():
            raise ValidationError(_("Choose a file, or paste a table."))
        return found
