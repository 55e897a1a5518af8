"""What may come in of mechanisms, consultations, drivers and duties."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.activities import dates
from sofra.ground.models import Visibility

from . import mechanism_rules as rules
from .mechanism_services import Said
from .models import Consultation, Driver, Mechanism

_SEEN_BY = [(code, capfirst(word)) for code, word in Visibility.choices]
_NO_NAMES = _("An office or a function, never a person's name.")


def _words(choices: Any) -> list[tuple[Any, Any]]:
    return [(code, capfirst(word)) for code, word in choices]


class PartialDate(forms.CharField):
    """A day, a month or a year, as people write it; empty: not known."""

    def clean(self, value: Any) -> str:
        return dates.read_when(str(super().clean(value) or ""))


class MechanismForm(forms.Form):
    exists = forms.ChoiceField(
        label=_("Does it exist here?"), choices=_words(Mechanism.Exists.choices), widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it exists, does not exist, or is not known.")},
    )  # fmt: skip
    legal_basis = forms.CharField(
        label=_("Legal basis"),
        required=False,
        max_length=300,
        help_text=_("Law, order or decision, as it is numbered."),
    )
    office = forms.CharField(label=_("Coordinator's office"), required=False, max_length=200, help_text=_NO_NAMES)
    phone = forms.CharField(label=_("Telephone of the office"), required=False, max_length=40)
    email = forms.EmailField(label=_("E-mail of the office"), required=False)
    contact_visible_to = forms.TypedChoiceField(
        label=_("Who may see telephone and e-mail"), choices=_SEEN_BY[:2], coerce=int, initial=0
    )
    reach_sq = forms.CharField(
        label=_("How one reaches it, in Albanian"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    reach_en = forms.CharField(
        label=_("How one reaches it, in English"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where this is known from"), required=False, max_length=300,
        help_text=_("An order, a page, a report, or “call to the office on 3.2.2026”."),
    )  # fmt: skip
    confirmed = forms.BooleanField(label=_("I know that this is true today"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def said(self) -> Said:
        told = self.cleaned_data
        reach = {code: told[f"reach_{code}"] for code in ("sq", "en") if told[f"reach_{code}"]}
        names = "exists legal_basis office phone email source contact_visible_to confirmed".split()
        return Said(how_to_reach=reach, **{name: told[name] for name in names})


def first_said(row: Mechanism | None) -> dict[str, Any]:
    """What the form begins with: what stands."""
    if row is None:
        return {"seen": 0, "contact_visible_to": 0}
    names = "exists legal_basis office phone email source contact_visible_to".split()
    reach = {f"reach_{code}": row.how_to_reach.get(code, "") for code in ("sq", "en")}
    return {**{name: getattr(row, name) for name in names}, **reach, "seen": row.pk}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it goes back"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, so that it can be put right.")},
    )  # fmt: skip


class ConsultationForm(forms.Form):
    kind = forms.ChoiceField(label=_("What it was"), choices=_words(Consultation.Kind.choices))
    when = PartialDate(label=_("When"), required=False, max_length=40, help_text=_("A day, a month or a year."))
    people = forms.IntegerField(
        label=_("How many people"), required=False, min_value=0, max_value=1_000_000,
        help_text=_("Left empty: not known."), error_messages={
            "invalid": _("Write a whole number."), "min_value": _("Write a whole number, 0 or more."),
            "max_value": _("That is more people than live in a municipality."),
        },
    )  # fmt: skip
    by_body = forms.TypedChoiceField(
        label=_("Held by"), required=False, coerce=int, empty_value=None,
        help_text=_("Organisations that work here, or have their seat here, can be chosen."),
    )  # fmt: skip
    activity = forms.TypedChoiceField(
        label=_("The same in the list of activities"), required=False, coerce=int, empty_value=None,
        help_text=_("Where the meeting was recorded as an activity too, so that it is not counted twice."),
    )  # fmt: skip
    asked = forms.CharField(
        label=_("What citizens asked for"), required=False, max_length=rules.LONGEST * 5,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=_("One thing a line. No names of persons."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("A note"), required=False, max_length=rules.LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(
        label=_("Where this is known from"), max_length=300,
        error_messages={"required": _("Say where this is known from, such as minutes or a report.")},
    )  # fmt: skip
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), choices=_SEEN_BY[:2], coerce=int, initial=0)

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, bodies: Any = (), activities: Any = (), edits: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        for name, found in (("by_body", bodies), ("activity", activities)):
            self.fields[name].choices = [("", _("not known")), *found]  # type: ignore[attr-defined]
        if edits:
            self.fields["asked"].label = _("What else citizens asked for")

    def clean_asked(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["asked"].splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if len(lines) > 60 or any(len(line) > 500 for line in lines):
            raise ValidationError(_("At most 60 lines of 500 letters each: join what belongs together."))
        return lines


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("What was asked for"), required=False, max_length=500, help_text=_("Left empty: as it stands.")
    )
    state = forms.ChoiceField(label=_("What became of it"), choices=_words(rules.ASKED_STATES.items()))
    answer = forms.CharField(
        label=_("What was done, or why not"), required=False, max_length=rules.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    decision = forms.TypedChoiceField(label=_("The council's decision on it"), required=False, coerce=int,
                                      empty_value=None)  # fmt: skip

    def __init__(self, *given: Any, decisions: Any = (), **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["decision"].choices = [("", _("none, or not known")), *decisions]  # type: ignore[attr-defined]


class DriverForm(forms.Form):
    kind = forms.ChoiceField(label=_("Push or pull"), choices=_words(Driver.Kind.choices), widget=forms.RadioSelect,
                             error_messages={"required": _("Say whether it pushes or pulls.")})  # fmt: skip
    sq = forms.CharField(
        label=_("The statement, in Albanian"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    en = forms.CharField(
        label=_("The statement, in English"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    begins = PartialDate(label=_("From"), required=False, max_length=40, help_text=_("A day, a month or a year."))
    ends = PartialDate(label=_("Until"), required=False, max_length=40)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("The study or meeting, with its page or date."),
        error_messages={"required": _("A driver without a source is an opinion: name the study or the meeting.")},
    )  # fmt: skip
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), choices=_SEEN_BY[:2], coerce=int, initial=1)
    agreed = forms.BooleanField(
        label=_("The statement keeps this rule: it names no person and says nothing of a group as such"),
        error_messages={"required": _("Read the rule and tick that the statement keeps it.")},
    )  # fmt: skip
    looked_again = forms.BooleanField(
        label=_("I looked again: it says what is done to people, and nothing of a group as such"), required=False,
        help_text=_("Only needed where a word names people by faith or ethnicity."),
    )  # fmt: skip


class DutyForm(forms.Form):
    duty = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("How it stands"), choices=_words(rules.DUTY_STATES.items()), initial="unknown")
    note = forms.CharField(label=_("A note"), required=False, max_length=500)
    visible_to = forms.TypedChoiceField(label=_("Who may see it"), choices=_SEEN_BY[:2], coerce=int, initial=1)
