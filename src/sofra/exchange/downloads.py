"""Downloads of the registry's lists: what the page shows, all of it, with the same filters and the same eyes."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sofra.accounts.access import level_of
from sofra.ground.models import Visibility
from sofra.organisations import queries, vocabulary
from sofra.organisations.forms import FilterForm
from sofra.organisations.models import Organisation

from .tables import FORMATS, table_response

BATCH = 1000
_JOINED = ("theme", "activity_kind", "audience", "language", "website", "place", "seat")


@require_safe
def organisations(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list of organisations as CSV or XLSX."""
    if form not in FORMATS:
        raise Http404
    level = level_of(request.user)
    asked = FilterForm(request.GET)
    found = queries.listed(level, asked.filters())
    if asked.unknown_place():
        found = found.none()
    header = [
        _("id"),
        _("name"),
        _("other names"),
        _("acronym"),
        _("kind of body"),
        _("class"),
        *(str(vocabulary.FIELDS[code].name) for code in _JOINED),
        _("last confirmed"),
        _("source"),
    ]
    return table_response("sofra-organisations", header, _rows(found, level), form, note=_("Source: Sofra"))


def _rows(found: Any, level: int) -> Iterator[list[Any]]:
    last: tuple[str, int] | None = None
    while True:
        page = found if last is None else found.filter(sort_key__gte=last[0]).exclude(sort_key=last[0], pk__lte=last[1])
        batch: list[Organisation] = list(page[:BATCH])
        if not batch:
            return
        said = queries.facts_for(batch, level, ["name", *_JOINED])
        queries.with_places(fact for facts in said.values() for fact in facts)
        for organisation in batch:
            facts = said[organisation.pk]
            hidden = organisation.class_hidden and level < Visibility.MEMBERS
            yield [
                organisation.code,
                organisation.name,
                " | ".join(f.value for f in facts if f.field == "name" and f.value != organisation.name),
                organisation.acronym,
                organisation.get_kind_display(),
                "" if hidden else organisation.get_activity_class_display(),
                *(" | ".join(f.shown for f in facts if f.field == code) for code in _JOINED),
                organisation.confirmed_on.isoformat() if organisation.confirmed_on else "",
                " | ".join(dict.fromkeys(f.source for f in facts if f.source)),
            ]
        last = (batch[-1].sort_key, batch[-1].pk)
