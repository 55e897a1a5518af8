"""The tables of coverage: who is where, as a table and as a map, with time as a list of periods; and money."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from sofra.accounts.access import level_of
from sofra.organisations.forms import place_choices
from sofra.places import maps

from . import forms, heat, wording
from . import money as amounts
from .tables import HeatTable, heat_table, money_rows, sums_in_words
from .views import asked_of

VIEWS = {"table": gettext_lazy("Table"), "map": gettext_lazy("Map"), "tiles": gettext_lazy("Equal tiles")}


# — who is where ———————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    form = forms.HeatForm(request.GET)
    view = request.GET.get("view", "")
    context: dict[str, Any] = {
        "form": form,
        "view": view if view in VIEWS else "table",
        "known_places": place_choices(),
        "asked": asked_of(request).urlencode(),
    }
    if form.is_valid():
        table = heat_table(level, form)
        context |= {
            "table": table,
            "chips": chips(form, asked_of(request)),
            "periods": periods(request, form, level),
            "views": [(code, name, _with(request, view=code)) for code, name in VIEWS.items()],
            "bys": [
                (form.cleaned_data["by"] == code, label, _with(request, by=code)) for code, label in forms.BY_CHOICES
            ],
            "when": wording.time_of(*form.when),
            "by": form.cleaned_data["by"] or "kind",
        }
        if context["view"] != "table":
            context |= _maps(request, table, context["view"])
    return render(request, "coverage/coverage.html", context, status=422 if form.errors else 200)


def _with(request: HttpRequest, **changes: str) -> str:
    query = {name: str(value) for name, value in asked_of(request).items()}
    return f"?{wording.encoded({**query, **changes})}"


def chips(form: Any, query: QueryDict) -> list[dict[str, str]]:
    """What the page is narrowed to, each with the address without it."""
    found = []
    for name in ("place", "audience", "kind", "theme", "funder"):
        value = query.get(name, "")
        if value and name in form.fields:
            words = form.typed_place if name == "place" else dict(form.fields[name].choices).get(value, value)
            rest = query.copy()
            rest.pop(name)
            found.append({"label": f"{form.fields[name].label}: {words}", "url": f"?{rest.urlencode()}"})
    return found


def periods(request: HttpRequest, form: forms.Narrowed, level: int) -> list[dict[str, Any]]:
    """Time as a list: always, each year, and the quarters of the year that is shown."""
    begins, ends = form.when
    found = [{"label": _("All times"), "url": _with(request, **{"from": "", "to": ""}), "here": not (begins or ends)}]
    for year in map(str, heat.years(level)):
        here = begins == ends == year
        found.append({"label": year, "url": _with(request, **{"from": year, "to": year}), "here": here})
        if begins[:4] == ends[:4] == year:
            for n in range(1, 5):
                since, until = f"{year}-{3 * n - 2:02d}", f"{year}-{3 * n:02d}"
                words = _("%(year)s, quarter %(n)s") % {"year": year, "n": n}
                found.append(
                    {"label": words, "url": _with(request, **{"from": since, "to": until}),
                     "here": (begins, ends) == (since, until)}
                )  # fmt: skip
    return found


def _maps(request: HttpRequest, table: HeatTable, view: str) -> dict[str, Any]:
    """Presence by activity and by registry, each a map of its own: they are different things."""
    known: dict[str, int | None] = {code: n for code, n in table.counted.organisations.items() if n}
    known |= dict.fromkeys(table.asked_nobody, 0)
    drawing = maps.tile_grid if view == "tiles" else maps.county_map
    shown = request.GET.get("presence", "")

    def href(code: str) -> str:
        return _with(request, place=code, view="table")

    counts: Mapping[str, int | None] = table.registry if shown == "registry" else known
    return {
        "map": drawing(settings.COUNTRY, counts, href=href),
        "presence": "registry" if shown == "registry" else "activity",
        "presences": [
            (shown != "registry", _("By activity"), _with(request, presence="")),
            (shown == "registry", _("By registry"), _with(request, presence="registry")),
        ],
    }


# — money ——————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def money(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    form = forms.MoneyForm(request.GET, givers=amounts.funders(level))
    context: dict[str, Any] = {"form": form, "known_places": place_choices(), "asked": asked_of(request).urlencode()}
    if form.is_valid():
        by = form.cleaned_data["by"] or "place"
        found = amounts.money(level, form.cell(), by=by, funder=form.giver)
        context |= {
            "found": found,
            "rows": [
                {
                    "row": row,
                    "url": _with(request, place=row.place) if row.place else "",
                    "activities": sums_in_words(row.activities),
                    "projects": sums_in_words(row.projects),
                }
                for row in money_rows(found, by, inside=bool(form.asked_place or form.cleaned_data["rows"]))
            ],
            "line_name": dict(forms.MONEY_CHOICES)[form.cleaned_data["by"]],
            "asked_place": form.asked_place,
            "whole": {
                "activities": sums_in_words(found.activities.whole), "projects": sums_in_words(found.projects.whole),
            },
            "funders": [
                {"given": one, "first": sums_in_words(one.first), "passed_on": sums_in_words(one.passed_on)}
                for one in found.funders
            ],
            "periods": periods(request, form, level),
            "chips": chips(form, asked_of(request)),
            "bys": [
                (form.cleaned_data["by"] == code, label, _with(request, by=code))
                for code, label in forms.MONEY_CHOICES
            ],
            "when": wording.time_of(*form.when),
            "level": level,
        }  # fmt: skip
    return render(request, "coverage/money.html", context, status=422 if form.errors else 200)
