"""What may come in for the code book."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .forms import _area, _in_both


class CodeForm(forms.Form):
    name_sq = forms.CharField(label=_("Name in Albanian"), required=False, max_length=120)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=120)
    meaning = forms.CharField(
        label=_("What it means, and what it does not"), required=False, widget=_area(3), max_length=2000
    )
    ended = forms.BooleanField(label=_("It is offered no more"), required=False)

    def __init__(self, *args: Any, edits: bool = False, **said: Any) -> None:
        super().__init__(*args, **said)
        if not edits:
            del self.fields["ended"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("name_sq") and not said.get("name_en"):
            self.add_error("name_sq", _("Give the code a name."))
        return said

    def said(self) -> dict[str, Any]:
        kept = {"names": _in_both(self, "name"), "meaning": self.cleaned_data["meaning"]}
        if "ended" in self.fields:
            kept["ended"] = self.cleaned_data["ended"]
        return kept
