"""Councils and their decisions as rows: what each page shows, whole, with its filters and to the same eyes."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.councils import council_views, decision_views, rules

from .lists import List, Row, _several


def councils(request: HttpRequest) -> List:
    """One row a municipality and council; empty where nothing is known. In the order of the alphabet."""
    header = [
        _("code of the municipality"), _("municipality"), _("id"), _("council"), _("since"), _("meetings held"),
        _("meetings due"), _("meetings held of those due"), _("decisions due"), _("decisions done"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for one in council_views.network(request.user):
            found, life = one["council"], one["life"]
            place: Row = [one["place"].code, one["place"].title]
            if found is None:
                yield [*place, "", "", "", "", "", "", "", ""]
                continue
            due = life.due if life.due is not None else ""
            yield [
                *place, found.organisation.code, found.organisation.name, one["since"],
                life.held if life.known else "", due, life.held_of_due if life.due is not None else "",
                life.decisions_due if life.known else "", life.decisions_done if life.known else "",
            ]  # fmt: skip

    return header, rows()


def decisions(request: HttpRequest) -> List:
    """One row a decision that the reader may read."""
    _form, found = decision_views.listed(request)
    header = [
        _("id of the council"), _("council"), _("number"), _("decision"), _("owner"), _("due date"), _("priority"),
        _("codes of places"), _("state"), _("needs verifying"), _("decided on"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for one in found.iterator(chunk_size=200):
            yield [
                one.council.organisation.code, one.council.organisation.name, one.number, one.text,
                one.owner.body if one.owner else "", one.due_on.isoformat() if one.due_on else "",
                str(rules.PRIORITIES[one.priority]), _several(one.places), str(one.get_state_display()),
                _("yes") if one.needs_verifying else _("no"), timezone.localtime(one.meeting.begins).date().isoformat(),
            ]  # fmt: skip

    return header, rows()
