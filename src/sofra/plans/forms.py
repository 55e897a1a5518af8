"""What may come in: plans, objectives, measures, money, assessments. A text is written in Albanian, English or both."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.accounts.access import level_of
from sofra.activities.forms import SEEN_BY, MoneyField, OrganisationField, WhenField, find_organisation
from sofra.activities.models import Activity, Project
from sofra.activities.queries import activities as known_activities
from sofra.organisations.forms import place_choices, read_typed_place
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Theme
from sofra.places.queries import name_of

from . import queries
from .models import Measure, Money, Objective, Plan

LANGUAGES = (("sq", _("in Albanian")), ("en", _("in English")))


MOST_OFFERED = 1_000  # names that a field offers while one types; others are found all the same


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


def offered(lists: Collection[str], user: Any, plan: Plan | None = None) -> dict[str, list[tuple[str, str]]]:
    """What the fields of a form offer while one types, as value and words, by the name of the list."""
    found: dict[str, list[tuple[str, str]]] = {}
    level = level_of(user)
    if "known-organisations" in lists:
        named = Organisation.objects.filter(ended_in=None, joined_to=None, visible_to__lte=level).order_by("name", "id")
        found["known-organisations"] = [(name, "") for name in named.values_list("name", flat=True)[:MOST_OFFERED]]
    if "known-places" in lists:
        found["known-places"] = [(name, "") for name in place_choices()]
    if "known-activities" in lists:
        titles = known_activities(level).order_by("-updated_at").values_list("title", flat=True)
        found["known-activities"] = [(title, "") for title in titles[:MOST_OFFERED]]
    if plan is not None and "known-measures" in lists:
        found["known-measures"] = [(one.code, _worded(one)) for one in plan.measures.all()[:MOST_OFFERED]]
    if plan is not None and "known-higher" in lists:
        higher = Measure.objects.filter(plan__in=queries.above(user, plan)).order_by("plan", "position")
        found["known-higher"] = [(one.code, _worded(one)) for one in higher[:MOST_OFFERED]]
    if plan is not None and "known-indicators" in lists:
        found["known-indicators"] = [(one.code, str(one)) for one in plan.indicators.all()[:MOST_OFFERED]]
    return found


def _worded(measure: Measure) -> str:
    return f"{measure.number} {measure}".strip()


class SeveralWidget(forms.Widget):
    """One line for each thing, and three more; what was sent as lines of one field is read too."""

    template_name = "plans/several.html"
    MORE = 3

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        lines = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return "\n".join(line for line in lines if line)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        lines = [line for line in str(value or "").splitlines() if line.strip()]
        context["lines"] = [*lines, *[""] * self.MORE]
        return context


class OnePlaceField(forms.CharField):
    """A place as it is typed; gives its code, "" for none."""

    def __init__(self, **said: Any) -> None:
        widget = forms.TextInput(attrs={"list": "known-places"})
        super().__init__(required=False, max_length=120, widget=widget, **said)

    def clean(self, value: Any) -> str:
        typed = super().clean(value).strip()
        return read_typed_place(typed).code if typed else ""

    def prepare_value(self, value: Any) -> Any:
        return name_of(value) if value else value


class PlacesField(forms.CharField):
    """Places, one a line; gives their codes."""

    def __init__(self, **said: Any) -> None:
        super().__init__(
            label=_("Places"),
            required=False,
            max_length=4000,
            widget=SeveralWidget(attrs={"list": "known-places"}),
            help_text=_("One a line; save to get more lines"),
            **said,
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
        label=_("Nests in"),
        queryset=Plan.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("none"),
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
    """Where it stands: within another objective or at the top, and behind which one."""

    texts = (("title", _("Title"), 0), ("about", _("What it is"), 3))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(label=_("Number"), max_length=10, help_text=_("As the plan numbers it: 1, A, II"))
    within = forms.ModelChoiceField(
        label=_("Part of the objective"),
        queryset=Objective.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("none: it stands at the top"),
    )
    after = forms.ModelChoiceField(
        label=_("Stands behind"),
        queryset=Objective.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("where it stands now; a new one at the end"),
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, plan: Plan, **said: Any) -> None:
        super().__init__(*args, **said)
        for name in ("within", "after"):
            self.fields[name].queryset = plan.objectives.all()  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = _numbered  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("number", "within", "after", "source")} | {
            "titles": self.pair("title"),
            "about": self.pair("about"),
        }


def _numbered(one: Any) -> str:
    """How a choice names an objective."""
    return f"{one.number}. {one}"


class MeasureForm(TextsForm):
    texts = (("title", _("Title"), 0), ("about", _("What is to be done"), 3), ("needs", _("What it needs"), 2))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(label=_("Number"), max_length=20, required=False)
    objective = forms.ModelChoiceField(
        label=_("Objective"),
        queryset=Objective.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("none"),
    )
    within = forms.CharField(
        label=_("Part of the measure"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "known-measures"}),
        help_text=_("Its code; empty where it is a part of none"),
    )
    serves = forms.CharField(
        label=_("Counts towards the measure of a higher plan"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "known-higher"}),
        help_text=_("Its code"),
    )
    responsible = OrganisationField(label=_("Responsible body"), required=False)
    partners = forms.CharField(
        label=_("Partners"),
        required=False,
        max_length=4000,
        widget=SeveralWidget(attrs={"list": "known-organisations"}),
        help_text=_("One a line; save to get more lines"),
    )
    places = PlacesField()
    begins = WhenField(label=_("Begins"))
    ends = WhenField(label=_("Ends"))
    source = forms.CharField(label=_("Source"), required=False, max_length=300)

    def __init__(self, *args: Any, plan: Plan, plans: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.plan, self.plans = plan, plans
        self.fields["objective"].queryset = plan.objectives.all()  # type: ignore[attr-defined]
        self.fields["objective"].label_from_instance = _numbered  # type: ignore[attr-defined]

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

    activity = forms.CharField(
        label=_("Activity"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": "known-activities"}),
        help_text=_("Its title, or its id from the address of its page"),
    )

    def __init__(self, *args: Any, among: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.among = among

    def clean_activity(self) -> Activity:
        typed = self.cleaned_data["activity"].strip()
        code = typed.rstrip("/").rpartition("/")[2]
        found: Activity | None = self.among.filter(code=code).first()
        if found is None:
            named = list(self.among.filter(title__iexact=typed)[:2])
            if len(named) > 1:
                raise ValidationError(_("Several activities have this title: write the id of the one that is meant."))
            if not named:
                raise ValidationError(_("No activity has this id or this title."))
            found = named[0]
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
