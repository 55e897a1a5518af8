"""What may come in: a round, whom it asks, words to a letter, reasons, a methodology's file."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.activities.dates import check_span, read_when
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Kind as Body
from sofra.questionnaires.models import Version

from . import pasting, rules
from .models import Invitation, Letter, Round

LANGUAGES = [("sq", _("Albanian")), ("en", _("English"))]
_WHEN = _("A day, a month or a year: 05.10.2026, 10.2026, 2026")
_DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]


class PartialDate(forms.CharField):
    """A date as people know it, kept as activities keep theirs."""

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, max_length=40, help_text=_WHEN, **said)

    def clean(self, value: Any) -> str:
        return read_when(str(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        return ".".join(reversed(value.split("-"))) if isinstance(value, str) and "-" in value else value


class RoundForm(forms.Form):
    """A round: what it is called, when, by which questionnaire, and how it is done."""

    title_sq = forms.CharField(label=_("Title in Albanian"), required=False, max_length=200)
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=200)
    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("The round’s address, such as al.2026.mapping; it stays.")
    )
    begins = PartialDate(label=_("The period begins"))
    ends = PartialDate(label=_("The period ends"))
    answers_by = forms.DateField(
        label=_("Last day to answer"), required=False, input_formats=_DAYS,
        help_text=_("Told in the letters. The links end a week later."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as day.month.year, such as 15.10.2026.")},
    )  # fmt: skip
    remind_after = forms.IntegerField(
        label=_("Remind after so many days"), required=False, min_value=1, max_value=90, initial=10,
        help_text=_("The hub then writes once more to whoever has not answered. Empty: it reminds nobody by itself."),
        error_messages={"invalid": _("Write a whole number of days.")},
    )  # fmt: skip
    version = forms.ModelChoiceField(
        label=_("Questionnaire"), queryset=Version.objects.none(), required=False, empty_label=_("Choose later"),
        help_text=_("An open version can be answered at once; once somebody is asked it stays."),
    )  # fmt: skip
    before = forms.ModelChoiceField(
        label=_("The round before"), queryset=Round.objects.none(), required=False, empty_label=_("None"),
        help_text=_("Its answers are what each form begins with."),
    )  # fmt: skip
    method_sq = forms.CharField(
        label=_("How the mapping is done, in Albanian"), required=False, max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown: # heading, * list, **bold**. Everyone reads it."),
    )  # fmt: skip
    method_en = forms.CharField(
        label=_("How the mapping is done, in English"), required=False, max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )  # fmt: skip

    def __init__(self, *args: Any, found: Round | None = None, **said: Any) -> None:
        if found is not None:
            said["initial"] = {
                "title_sq": found.titles.get("sq", ""), "title_en": found.titles.get("en", ""), "code": found.code,
                "begins": found.begins, "ends": found.ends, "answers_by": found.answers_by,
                "remind_after": found.remind_after, "version": found.version_id, "before": found.before_id,
                "method_sq": found.methodology.get("sq", ""), "method_en": found.methodology.get("en", ""),
            } | said.get("initial", {})  # fmt: skip
        super().__init__(*args, **said)
        versions = Version.objects.select_related("questionnaire").exclude(state=Version.State.CLOSED)
        if found is not None and found.version_id:
            versions = Version.objects.select_related("questionnaire").filter(pk=found.version_id) | versions
        self.fields["version"].queryset = versions.order_by("questionnaire__code", "-number")  # type: ignore[attr-defined]
        self.fields["before"].queryset = Round.objects.exclude(pk=found.pk if found else 0)  # type: ignore[attr-defined]
        if found is not None:
            del self.fields["code"]

    def clean_code(self) -> str:
        return _code(str(self.cleaned_data["code"]))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("title_sq") or said.get("title_en")):
            self.add_error("title_sq", _("Give the round a title in at least one language."))
        if "begins" in said and "ends" in said:
            try:
                check_span(said["begins"], said["ends"])
            except ValidationError as problem:
                self.add_error("ends", problem)
        return said

    def said(self) -> dict[str, Any]:
        """The values as services take them."""
        said = self.cleaned_data
        known = {name: said.get(name) for name in ("begins", "ends", "answers_by", "remind_after", "version", "before")}
        return known | {
            "titles": _texts(sq=said["title_sq"], en=said["title_en"]),
            "methodology": _texts(sq=said["method_sq"], en=said["method_en"]),
        }


def _code(typed: str) -> str:
    code = typed.strip().lower()
    if not re.fullmatch(r"[a-z0-9\-]+(\.[a-z0-9\-]+)+", code):
        raise ValidationError(_("Write small letters, digits and dashes, with dots between, such as al.2026.mapping."))
    return code


def _texts(**texts: str) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}


class PasteForm(forms.Form):
    """Names and addresses to invite, a line each."""

    lines = forms.CharField(
        label=_("Names and e-mail addresses, a line each"), max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Name; e-mail – a third part “en” says that the letter is to be in English."),
        error_messages={"required": _("Paste at least one line: “name; e-mail”.")},
    )  # fmt: skip

    def clean_lines(self) -> list[pasting.Line]:
        read = pasting.read_lines(str(self.cleaned_data["lines"]))
        if not read:
            raise ValidationError(_("Paste at least one line: “name; e-mail”."))
        return read


class MatchForm(forms.Form):
    """Which record each pasted name means: a person's word, line by line."""

    def __init__(
        self, *args: Any, lines: Sequence[pasting.Line], likely: dict[str, list[tuple[Organisation, str, int]]],
        **said: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **said)
        self.lines = [line for line in lines if not line.problem]
        for line in self.lines:
            found = likely.get(line.name, [])
            choices = [
                (one.code, f"{one.name} · {percent} % · {why}" if why else one.name) for one, why, percent in found
            ]
            self.fields[f"line{line.number}"] = forms.ChoiceField(
                label=f"{line.name} {f'<{line.email}>' if line.email else ''}", required=True,
                choices=[*choices, ("new", _("None of these: a new name")), ("leave", _("Leave this line out"))],
                initial=found[0][0].code if found and found[0][2] >= 90 else None if found else "new",
                widget=forms.RadioSelect,
                error_messages={"required": _("Say which record is meant, or that none of them is.")},
            )  # fmt: skip


class DespiteForm(forms.Form):
    """Why bodies are asked again that refused before."""

    despite = forms.CharField(
        label=_("Why they are asked again"), required=False, max_length=rules.REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class ResponsesForm(forms.Form):
    """What the response table is narrowed to. What is not understood is ignored, so that an old address opens."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    step = forms.MultipleChoiceField(
        label=_("How far"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, capfirst(word)) for code, word in Invitation.Step.choices],
    )  # fmt: skip
    county = forms.ChoiceField(label=_("County"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind of body"), required=False,
        choices=[("", _("Any"))] + [(code, capfirst(word)) for code, word in Body.choices],
    )  # fmt: skip

    def __init__(self, *args: Any, counties: Sequence[tuple[str, str]] = (), **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["county"].choices = [("", _("Any")), *counties]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return dict(self.cleaned_data)


class LetterForm(forms.Form):
    """A letter to several: which, and words of one's own in it."""

    kind = forms.ChoiceField(label=_("Letter"), choices=[(code, capfirst(word)) for code, word in Letter.Kind.choices])
    words = forms.CharField(
        label=_("A sentence of your own in it"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the letter as you write it, in one language."),
    )  # fmt: skip


class AddressForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=250)
    email = forms.EmailField(
        label=_("E-mail address"), required=False,
        error_messages={"invalid": _("This is no e-mail address: look at it again.")},
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the letters"), choices=LANGUAGES)


class ReasonForm(forms.Form):
    """Why: in words of one's own. Whether it is needed the service says."""

    reason = forms.CharField(
        label=_("Why"), required=False, max_length=rules.REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, label: Any = None, needed: str = "", **said: Any) -> None:
        super().__init__(*args, **said)
        if label:
            self.fields["reason"].label = label
        if needed:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = needed


class RefuseForm(forms.Form):
    """What an invited body says that will not answer."""

    what = forms.ChoiceField(
        label=_("What would you like to tell us?"), widget=forms.RadioSelect,
        choices=[
            ("refuse", _("We do not want to take part")),
            ("not-us", _("This letter was not meant for us")),
        ],
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why, if you want to say"), required=False, max_length=rules.REASON,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("No names of persons, please."),
    )  # fmt: skip


class RecordForm(forms.Form):
    """Which record of the registry an invitation belongs to: its code, or its whole name."""

    record = forms.CharField(
        label=_("Record of the registry"), required=False, max_length=250,
        help_text=_("Its code (al.inac) or its whole name; empty: none of them"),
    )  # fmt: skip

    def clean_record(self) -> Organisation | None:
        typed = str(self.cleaned_data["record"]).strip()
        if not typed:
            return None
        known = Organisation.objects.filter(ended_in=None)
        found = known.filter(code=typed.lower()).first()
        if found is None:
            named = known.filter(name__iexact=typed, joined_to=None)[:2]
            found = named[0] if len(named) == 1 else None
        if found is None:
            raise ValidationError(
                _("No single record is called “%(typed)s”: write its code, as its address shows it."),
                params={"typed": typed[:80]},
            )
        return found


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The methodology’s file (.zip)"),
        error_messages={
            "required": _("Choose the file that the other hub gave out."),
            "empty": _("The file is empty: ask for it again."),
        },
    )


class TakeOverForm(forms.Form):
    """Under which code another hub's questionnaire is kept here."""

    code = forms.CharField(label=_("Code of the questionnaire here"), max_length=60)

    def clean_code(self) -> str:
        return _code(str(self.cleaned_data["code"]))


def first_said() -> dict[str, Any]:
    """What the form of a new round begins with."""
    return {"remind_after": 10, "code": f"{settings.COUNTRY.lower()}."}
