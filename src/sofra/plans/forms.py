"""What may come in: plans, objectives, measures, money, assessments. A text is written in Albanian, English or both."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.activities.forms import SEEN_BY, MoneyField, OrganisationField, WhenField, find_organisation
from sofra.activities.models import Activity, Project
from sofra.organisations.forms import read_typed_place
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Theme
from sofra.places.queries import name_of

from .models import Measure, Money, Objective, Plan

LANGUAGES = (("sq", _("in Albanian")), ("en", _("in English")))


def area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TextsForm(forms.Form):
    """A form whose `texts` are asked in both languages: title → title_sq, title_en. `kept` joins them again."""

    texts: tuple[tuple[str, Any, int], ...] = ()  # name, label, rows (0: one line)

    def __init__(self, *args: Any, level: int = 0, **said: Any) -> None:
        super().__init__(*args, **said)
        self.level = level
        order = []
        for name, label, rows in self.texts:
            for code, words in LANGUAGES:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=_("%(what)s, %(language)s") % {"what": label, "language": words},
                    required=False,
                    max_length=20_000 if rows else 300,
                    widget=area(rows) if rows else forms.TextInput(),
                )
                order.append(f"{name}_{code}")
        self.order_fields([*order, *(name for name in self.fields if name not in order)])
        for one in self.fields.values():
            if isinstance(one, OrganisationField):
                one.level = level

    def pair(self, name: str) -> dict[str, str]:
        pairs = {code: str(self.cleaned_data.get(f"{name}_{code}", "")).strip() for code, _words in LANGUAGES}
        return {code: text for code, text in pairs.items() if text}

    def body(self, name: str) -> Organisation | None:
        return Organisation.objects.filter(code=self.cleaned_data.get(name) or "").first()


def first_texts(thing: Any, **names: str) -> dict[str, str]:
    """What the text fields show at first: `title="titles"` reads thing.titles."""
    return {
        f"{name}_{code}": getattr(thing, kept).get(code, "") for name, kept in names.items() for code, _w in LANGUAGES
    }


class OnePlaceField(forms.CharField):
    """A place as it is typed; gives its code, "" for none."""

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, max_length=120, **said)

    def clean(self, value: Any) -> str:
        typed = super().clean(value).strip()
        return read_typed_place(typed).code if typed else ""

    def prepare_value(self, value: Any) -> Any:
        return name_of(value) if value else value


class PlacesField(forms.CharField):
    """Places, one a line; gives their codes."""

    def __init__(self, **said: Any) -> None:
        super().__init__(
            label=_("Places"), required=False, max_length=4000, widget=area(2), help_text=_("One a line"), **said
        )

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        return list(dict.fromkeys(read_typed_place(line).code for line in lines))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(name_of(code) for code in value) if isinstance(value, list) else value


class PlanForm(TextsForm):
    texts = (("title", _("Title"), 0), ("about", _("What it is"), 4))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Kind of plan"), choices=[(code, capfirst(word)) for code, word in Plan.Kind.choices]
    )
    owner = OrganisationField(label=_("Whose plan it is"), required=False)
    place = OnePlaceField(label=_("Of a local plan: its municipality"))
    under = forms.ModelChoiceField(
        label=_("Nests in"), queryset=Plan.objects.none(), required=False, to_field_name="code"
    )
    begins = WhenField(label=_("Begins"))
    ends = WhenField(label=_("Ends"))
    adopted_on = WhenField(label=_("Adopted on"))
    legal_basis = forms.CharField(label=_("Legal basis"), required=False, max_length=300)
    source = forms.CharField(label=_("Source"), required=False, max_length=300)
    state = forms.ChoiceField(label=_("State"), choices=[(code, capfirst(word)) for code, word in Plan.State.choices])
    visible_to = forms.TypedChoiceField(label=_("Once it is adopted, seen by"), choices=SEEN_BY, coerce=int)

    def __init__(self, *args: Any, plans: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["under"].queryset = plans  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        plain = (
            "kind",
            "place",
            "under",
            "begins",
            "ends",
            "adopted_on",
            "legal_basis",
            "source",
            "state",
            "visible_to",
        )
        return {name: self.cleaned_data[name] for name in plain} | {
            "titles": self.pair("title"),
            "about": self.pair("about"),
            "owner": self.body("owner"),
        }


class ObjectiveForm(TextsForm):
    texts = (("title", _("Title"), 0), ("about", _("What it is"), 3))
    number = forms.CharField(label=_("Number"), max_length=10, help_text=_("As the plan numbers it: 1, A, II"))
    source = forms.CharField(label=_("Source"), required=False, max_length=300)


class MeasureForm(TextsForm):
    texts = (("title", _("Title"), 0), ("about", _("What is to be done"), 3), ("needs", _("What it needs"), 2))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(label=_("Number"), max_length=20, required=False)
    objective = forms.ModelChoiceField(
        label=_("Objective"), queryset=Objective.objects.none(), required=False, to_field_name="code"
    )
    within = forms.CharField(
        label=_("Part of the measure"),
        required=False,
        max_length=80,
        help_text=_("Its code; empty where it is a part of none"),
    )
    serves = forms.CharField(
        label=_("Counts towards the measure of a higher plan"), required=False, max_length=80, help_text=_("Its code")
    )
    responsible = OrganisationField(label=_("Responsible body"), required=False)
    partners = forms.CharField(
        label=_("Partners"), required=False, max_length=4000, widget=area(2), help_text=_("One a line")
    )
    places = PlacesField()
    begins = WhenField(label=_("Begins"))
    ends = WhenField(label=_("Ends"))
    source = forms.CharField(label=_("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, plan: Plan, plans: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.plan, self.plans = plan, plans
        self.fields["objective"].queryset = plan.objectives.all()  # type: ignore[attr-defined]

    def clean_partners(self) -> list[Organisation]:
        found = []
        for line in self.cleaned_data["partners"].splitlines():
            if line.strip():
                if (one := find_organisation(line, self.level)) is None:
                    raise ValidationError(
                        _("No organisation called “%(typed)s” is in the registry."), params={"typed": line.strip()[:80]}
                    )
                found.append(one)
        return found

    def clean_within(self) -> Measure | None:
        return self._measure("within", Measure.objects.filter(plan=self.plan))

    def clean_serves(self) -> Measure | None:
        return self._measure("serves", Measure.objects.filter(plan__in=self.plans))

    def _measure(self, name: str, among: Any) -> Measure | None:
        code = self.cleaned_data[name].strip()
        found: Measure | None = among.filter(code=code).first()
        if code and found is None:
            raise ValidationError(
                _("No measure has the code “%(code)s”: it stands on the measure's page."), params={"code": code}
            )
        return found

    def said(self) -> dict[str, Any]:
        plain = ("number", "objective", "within", "serves", "partners", "places", "begins", "ends", "source")
        return {name: self.cleaned_data[name] for name in plain} | {
            "titles": self.pair("title"),
            "about": self.pair("about"),
            "needs": self.pair("needs"),
            "responsible": self.body("responsible"),
        }


class StatusForm(forms.Form):
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=_("How it goes"), choices=[(code, capfirst(word)) for code, word in Measure.Status.choices]
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=_("Needed where it is late or stopped"),
    )


class ActivityForm(forms.Form):
    """An activity by its id, as its page shows it."""

    activity = forms.CharField(label=_("Activity"), max_length=120, help_text=_("Its id, from the address of its page"))

    def __init__(self, *args: Any, among: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.among = among

    def clean_activity(self) -> Activity:
        code = self.cleaned_data["activity"].strip().rstrip("/").rpartition("/")[2]
        found: Activity | None = self.among.filter(code=code).first()
        if found is None:
            raise ValidationError(_("No activity has this id."))
        return found


class MoneyRowForm(TextsForm):
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(code, capfirst(word)) for code, word in Money.Kind.choices]
    )
    amount = MoneyField(label=_("Amount"))
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="ALL")
    funder = OrganisationField(label=_("Found by"), required=False)
    when = WhenField(label=_("When"))
    source = forms.CharField(label=_("Source"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(label=_("Seen by"), choices=SEEN_BY, coerce=int, initial=1)

    def said(self) -> dict[str, Any]:
        plain = ("kind", "amount", "when", "source", "visible_to")
        return {name: self.cleaned_data[name] for name in plain} | {
            "currency": self.cleaned_data["currency"].upper(),
            "funder": self.body("funder"),
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=area(2))


class AssessmentForm(forms.Form):
    """Four questions on a project; what did not work is as easy to tell as what did."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none(), to_field_name="code")
    was_to_change = forms.CharField(label=_("What was to change?"), required=False, max_length=4000, widget=area())
    changed = forms.CharField(label=_("What did change?"), required=False, max_length=4000, widget=area())
    learnt = forms.CharField(label=_("What was learnt?"), required=False, max_length=4000, widget=area())
    did_not_work = forms.CharField(
        label=_("What did not work?"),
        required=False,
        max_length=4000,
        widget=area(),
        help_text=_("Others are spared the same: say it plainly, and name no person."),
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(code, capfirst(word)) for code, word in Theme.choices],
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=300)
    visible_to = forms.TypedChoiceField(label=_("Seen by"), choices=SEEN_BY, coerce=int, initial=1)

    def __init__(self, *args: Any, projects: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        names = ("was_to_change", "changed", "learnt", "did_not_work", "themes", "source", "visible_to")
        return {name: self.cleaned_data[name] for name in names}
