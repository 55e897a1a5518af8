"""What may come in of the training that deals with a duty."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sofra.training.models import Curriculum

from . import duties


class TaughtForm(forms.Form):
    """A module of a curriculum that the person may see."""

    module = forms.ChoiceField(
        label=_("Module of a curriculum"), error_messages={"required": _("Choose a module.")},
    )  # fmt: skip

    def __init__(self, *given: Any, curricula: list[Curriculum], **named: Any) -> None:
        super().__init__(*given, **named)
        self._offered: dict[str, tuple[str, str]] = {}
        groups: list[tuple[str, list[tuple[str, str]]]] = []
        for one in curricula:
            editions = one.editions.all()
            first = [edition for edition in editions if edition.language == "sq"] or list(editions)
            lines = []
            for at, title in enumerate(duties.titles_of(first)):
                self._offered[f"{one.pk}-{at}"] = (one.code, title[:300])
                lines.append((f"{one.pk}-{at}", title))
            groups.append((str(one), lines))
        self.fields["module"].choices = [("", "–"), *groups]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, str]:
        """The curriculum's code and the module's title."""
        return self._offered[self.cleaned_data["module"]]
