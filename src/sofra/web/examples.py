"""The page of components: each part of the pages is a small template here, drawn and shown with its own text."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

_FOLDER = Path(__file__).parent / "templates" / "web" / "examples"

# File name, title, when to use it. The order is that of the page.
_EXAMPLES: tuple[tuple[str, Promise, Promise], ...] = (
    ("page_header", _("Page header"), _("First on every page: what it is, and what can be done with it.")),
    ("breadcrumbs", _("Breadcrumbs"), _("The way from home to here.")),
    ("buttons", _("Buttons"), _("One primary button a page; danger only for what cannot be taken back easily.")),
    ("tags", _("Tags and class labels"), _("A word and a shape; never colour alone.")),
    ("facts", _("List of facts"), _("What is known, with its source, who confirmed it, and its age.")),
    ("stats", _("Numbers with their base"), _("“Not known” is not 0, and a share says of how many.")),
    ("table", _("Table"), _("Sortable, with a caption; on a phone each row becomes a card.")),
    ("pagination", _("Pages of a list"), _("Keeps what was filtered and sorted.")),
    ("filters", _("Filters"), _("Open beside the list on a desk, folded on a phone; the address can be shared.")),
    ("chips", _("Filters in use"), _("Each can be taken away with one click.")),
    ("tabs", _("Tabs"), _("Links to other views of the same rows.")),
    ("empty", _("Nothing to show"), _("Says why, and what to do next.")),
    ("form", _("Form with errors"), _("The summary leads to each field; each field says what would be right.")),
    ("notices", _("Notices"), _("Information, success, warning, error, and care for the reader.")),
    ("progress", _("Progress"), _("With words; without a total it does not pretend to know one.")),
    ("steps", _("Steps"), _("Where one is in a longer task.")),
    ("tasks", _("List of tasks"), _("What is done and what is left, by section.")),
    ("diff", _("Before and after"), _("What a proposal or an undo changes.")),
    ("still_true", _("Still true?"), _("Confirms a statement with one click.")),
    ("cards", _("Cards"), _("For lists that are read rather than compared.")),
    ("map", _("Frame of a map"), _("Every map has words below it and the same numbers in a table.")),
    ("menu", _("Menu"), _("Opens without a script: languages, account.")),
    ("term", _("Word of the glossary"), _("Wherever a term stands, it leads to what it means.")),
    ("downloads", _("Downloads"), _("On every list and chart, with the filters in force.")),
)


class ExampleForm(forms.Form):
    """What every kind of field looks like; it is shown with errors and never sent."""

    name = forms.CharField(label=_("Name"), help_text=_("As the organisation writes it."), max_length=120)
    place = forms.ChoiceField(
        label=_("Place of work"), choices=[("", "—"), ("AL111", "Pukë"), ("AL110", "Fushë-Arrëz")]
    )
    founded = forms.IntegerField(label=_("Founding year"), min_value=1800)
    speaks = forms.MultipleChoiceField(
        label=_("Working languages"), choices=[("sq", "Shqip"), ("en", "English")], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    public = forms.BooleanField(label=_("Everyone may see it"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True)
class Example:
    name: str
    title: Promise
    sentence: Promise
    shown: SafeString
    code: str


def context(request: HttpRequest) -> dict[str, Any]:
    """All examples, drawn with the same invented data."""
    today = timezone.localdate()
    data = {
        "page": Paginator(range(250), 25).get_page(4),
        "form": ExampleForm({"name": "", "place": "AL111", "founded": "1199"}),
        "recent": today - timedelta(days=40),
        "old": today - timedelta(days=900),
        "sort": "name",
    }
    found = []
    for name, title, sentence in _EXAMPLES:
        shown = mark_safe(  # an example must not draw the reader to itself
            render_to_string(f"web/examples/{name}.html", data, request).replace(" autofocus", "")
        )
        code = (_FOLDER / f"{name}.html").read_text(encoding="utf-8").replace("{% load i18n %}", "").strip()
        found.append(Example(name, title, sentence, shown, code))
    return {"examples": found, "colours": _COLOURS}


_COLOURS = ("paper", "surface", "sunk", "ink", "clay", "teal", "honey", "olive", "madder", "wood")
