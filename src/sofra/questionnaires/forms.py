"""What may come in on the mappers' pages. The services check what hangs together."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from .models import Filling

MOST_BYTES = 20 * 1024 * 1024  # of a spreadsheet


class SheetForm(forms.Form):
    """The XLSForm of a version."""

    sheet = forms.FileField(
        label=_("XLSForm"), help_text=_("A workbook (.xlsx) as ODK and KoboToolbox write it, or an XForm (.xml)."),
        error_messages={"required": _("Choose the file of the questionnaire."), "empty": _("This file is empty.")},
    )  # fmt: skip

    def clean_sheet(self) -> Any:
        file = self.cleaned_data["sheet"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is too large: the most is %(most)s MB. Are pictures in it? Add those apart."),
                params={"most": MOST_BYTES // 1024 // 1024},
            )
        return file


class QuestionnaireForm(SheetForm):
    """A new questionnaire with its first version."""

    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("Small letters, digits, dots and hyphens, such as al.mapping."),
        validators=[
            RegexValidator(r"^[a-z0-9]+([.-][a-z0-9]+)*\Z", _("Write it as in al.mapping: small letters, digits."))
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    title_sq = forms.CharField(label=_("Title in Albanian"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    source = forms.CharField(label=_("Whose method it is"), max_length=300, required=False)

    field_order = ("title_sq", "title_en", "code", "source", "sheet")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code in ("new", "import"):  # words of our own addresses
            raise forms.ValidationError(_("This word is used already. Choose another code, such as al.mapping."))
        return code

    def titles(self) -> dict[str, str]:
        said = {"sq": self.cleaned_data["title_sq"].strip(), "en": self.cleaned_data["title_en"].strip()}
        return {language: title for language, title in said.items() if title}


class MediaForm(forms.Form):
    """A file that the form shows or looks values up in."""

    file = forms.FileField(
        label=_("File"), help_text=_("Its name must be the one that the form uses."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )  # fmt: skip


class FillingsFilter(forms.Form):
    """Which fillings the list shows."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Filling.State.choices])
    way = forms.ChoiceField(label=_("How it came"), required=False, choices=[("", _("All")), *Filling.Way.choices])

    def narrowed(self) -> dict[str, str]:
        if not self.is_valid():
            return {}
        return {name: value for name, value in self.cleaned_data.items() if value}
