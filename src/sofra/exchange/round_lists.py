"""The lists of mapping rounds as rows: who was asked and how far each came, and what changed since the round before."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import require
from sofra.mapping import comparing, forms, queries, tables
from sofra.mapping.models import Invitation

from .lists import List, Row, _day


def responses(request: HttpRequest, code: str) -> List:
    """The response table with the filters of its page."""
    by = require(request.user, roles.MAPPER)
    everyone = queries.response_table(queries.round_for(by, code))
    asked = forms.ResponsesForm(request.GET, counties=tables.counties_of(everyone)).asked()
    header = [
        _("name"), _("id"), _("how far"), _("county"), _("kind of body"), _("language"), _("invited"), _("opened"),
        _("begun"), _("sent"), _("refused"), _("why"), _("unreachable"), _("why"), _("asked again"),
        _("took part outside this hub"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for row in tables.narrowed(everyone, asked):
            one = row.invitation
            yield [
                one.name, one.organisation.code if one.organisation else "", capfirst(row.step_name),
                row.county_name, row.kind_name, one.language, _day(one.invited_at), _day(one.opened_at),
                _day(one.begun_at), _day(one.sent_at), _day(one.refused_at), one.refused_because,
                _day(one.unreachable_at), one.unreachable_because, _day(one.asked_again_at), one.elsewhere,
            ]  # fmt: skip

    return header, rows()


def changes(request: HttpRequest, code: str) -> List:
    """What changed since the round before, a row each: bodies new and gone, answers, and choices in numbers."""
    by = require(request.user, roles.MAPPER)
    found = comparing.differences(queries.round_for(by, code))
    header = [
        _("what"), _("organisation"), _("question"), _("turn"), _("before"), _("now"), _("base before"), _("base now"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        if found is None:
            return
        for words, who in ((_("new"), found.new), (_("gone"), found.gone)):
            yield from ([words, one.name, "", "", "", "", None, None] for one in who)
        for pair in found.both:
            for one in pair.changes:
                yield [
                    _("answer changed"),
                    _name(pair.invitation),
                    one.label,
                    one.turn,
                    one.before,
                    one.after,
                    None,
                    None,
                ]
        for shift in found.shifts:
            yield [
                _("in numbers"), "", f"{shift.label}: {shift.choice}", "", shift.before, shift.now, shift.base_before,
                shift.base_now,
            ]  # fmt: skip

    return header, rows()


def _name(invitation: Invitation) -> str:
    return invitation.organisation.name if invitation.organisation else invitation.name
