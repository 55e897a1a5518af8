"""What may come in at a round table: the meeting, the bodies, the decisions, the minutes."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from sofra.activities.forms import OrganisationField, WhenField, find_organisation
from sofra.organisations.forms import read_typed_place
from sofra.organisations.models import Organisation

from . import rules
from .forms import LANGUAGES, _area, _in_both, _InRound

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class TableForm(_InRound):
    title_sq = forms.CharField(label=_("Title in Albanian"), required=False, max_length=300)
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=300)
    on = WhenField(label=_("Day"), help_text=_("05.10.2026; a month is enough until the day is fixed"))
    place = forms.CharField(label=_("Place"), required=False, max_length=80, help_text=_("The municipality"))
    stated_attendance = forms.CharField(
        label=_("Attendance as a document states it"), required=False, max_length=200,
        help_text=_("Only where a source states it and the bodies are not known"),
    )  # fmt: skip

    def clean_place(self) -> str:
        typed = str(self.cleaned_data["place"]).strip()
        return read_typed_place(typed).code if typed else ""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("title_sq") and not said.get("title_en"):
            self.add_error("title_sq", _("Give the meeting a title."))
        return said

    def said(self) -> dict[str, Any]:
        names = ("on", "place", "stated_attendance")
        return {name: self.cleaned_data[name] for name in names} | {"titles": _in_both(self, "title")}


class BodiesForm(forms.Form):
    """Bodies to invite, one a line: a name or id of the registry, or any name; an address behind it."""

    bodies = forms.CharField(
        label=_("Bodies"), widget=_area(5), max_length=20_000,
        error_messages={"required": _("Name at least one body.")},
        help_text=_("One a line, with the body’s own address behind it: “One table, office@example.org”. No persons."),
    )  # fmt: skip

    def __init__(self, *args: Any, level: int, **said: Any) -> None:
        super().__init__(*args, **said)
        self.level = level

    def clean_bodies(self) -> list[tuple[str, str, Organisation | None]]:
        return [self._read(line, number) for number, line in enumerate(self._lines(), start=1)]

    def _lines(self) -> list[str]:
        return [line for line in str(self.cleaned_data["bodies"]).splitlines() if line.strip()]

    def _read(self, line: str, number: int) -> tuple[str, str, Organisation | None]:
        found = _ADDRESS.search(line)
        address = found[0] if found else ""
        name = line.replace(address, "").strip(" ,;<>\t") if address else line.strip(" ,;\t")
        if not address and "@" in line:
            raise ValidationError(
                _("Line %(number)s: “%(line)s” has no address that a letter could go to."),
                params={"number": number, "line": line.strip()[:80]},
            )
        if address:
            validate_email(address)
        if not name:
            raise ValidationError(_("Line %(number)s: name the body before its address."), params={"number": number})
        organisation = find_organisation(name, self.level)
        return (organisation.name if organisation else name), address, organisation


class LettersForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES)


class SittingForm(forms.Form):
    """One finding before the table: what is decided on it."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("confirm", "amend", "contest", "refuse")])
    seen = forms.IntegerField()
    reason = forms.CharField(label=_("Reason"), required=False, widget=_area(2), max_length=rules.LONGEST_REASON)
    statement_sq = forms.CharField(label=_("The statement in Albanian"), required=False, widget=_area(3),
                                   max_length=rules.LONGEST_STATEMENT)  # fmt: skip
    statement_en = forms.CharField(label=_("The statement in English"), required=False, widget=_area(3),
                                   max_length=rules.LONGEST_STATEMENT)  # fmt: skip
    then_confirm = forms.BooleanField(label=_("The table confirms it in these words"), required=False)
    objector = OrganisationField(label=_("Who objects"), required=False)
    objector_name = forms.CharField(label=_("Or a body that is not in the registry"), required=False, max_length=250)
    objection = forms.CharField(
        label=_("The objection, in its own words"), required=False, widget=_area(3), max_length=rules.LONGEST_REASON
    )

    def __init__(self, *args: Any, level: int, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["objector"].level = level  # type: ignore[attr-defined]

    def statements(self) -> dict[str, str]:
        return {code: text for code, text in _in_both(self, "statement").items() if text.strip()}

    def who(self) -> dict[str, Any]:
        code = self.cleaned_data["objector"]
        return {
            "objector": Organisation.objects.filter(code=code).first() if code else None,
            "objector_name": self.cleaned_data["objector_name"],
        }


class MinutesForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    minutes = forms.CharField(
        label=_("Minutes"), required=False, widget=_area(24), max_length=rules.LONGEST_MINUTES,
        help_text=_("In Markdown: # heading, - list, **strong**. Bodies, no persons: they are public when closed."),
    )  # fmt: skip
