"""Mechanisms of municipalities, what citizens asked for, drivers and duties as rows."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of
from sofra.councils import mechanism_queries as queries
from sofra.councils import mechanism_rules as rules
from sofra.ground.tongues import said
from sofra.places.titles import title_of

from .lists import List, Row, _day


def mechanisms(request: HttpRequest) -> List:
    """One row for each municipality and kind, those that nobody spoke of too."""
    places = queries.municipalities()
    found = queries.cells(place.code for place in places)
    header = [
        _("place"), _("id"), _("mechanism"), _("exists"), _("legal basis"), _("coordinator's office"),
        _("telephone"), _("e-mail"), _("how one reaches it"), _("last confirmed"), _("source"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for place in places:
            for cell in found[place.code]:
                row = cell.row
                tells = queries.tells_contact(request.user, row)
                start: Row = [title_of(place), place.code, cell.title, cell.said]
                if row is None:
                    yield [*start, *[""] * 7]
                    continue
                contact = [row.phone, row.email] if tells else ["", ""]
                yield [
                    *start, row.legal_basis, row.office, *contact, said(row.how_to_reach), _day(row.confirmed_on),
                    row.source,
                ]  # fmt: skip

    return header, rows()


def consultations(request: HttpRequest) -> List:
    """One row for each thing that citizens asked for."""
    header = [
        _("place"), _("what"), _("when"), _("people"), _("asked for"), _("how it stands"), _("answer"),
        _("answered on"), _("source"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for one in queries.consultations(level_of(request.user)):
            people, few = rules.told_people(one.people, public=not level_of(request.user))
            start: Row = [
                one.place, one.get_kind_display(), one.when, _("fewer than five") if few else people,
            ]  # fmt: skip
            for asked in one.asked.all():
                state = str(rules.ASKED_STATES.get(asked.state, asked.state))
                yield [*start, asked.text, state, asked.answer, _day(asked.answered_on), one.source]
            if not one.asked.all():
                yield [*start, "", "", "", "", one.source]

    return header, rows()


def drivers(request: HttpRequest) -> List:
    header = [_("place"), _("push or pull"), _("statement"), _("from"), _("until"), _("source"), _("seen by")]

    def rows() -> Iterator[Row]:
        for one in queries.drivers(level_of(request.user)):
            yield [
                one.place, one.get_kind_display(), said(one.statements), one.begins, one.ends, one.source,
                one.get_visible_to_display(),
            ]  # fmt: skip

    return header, rows()


def duties(_request: HttpRequest) -> List:
    header = [_("duty"), _("law"), _("article"), _("in practice"), _("source")]
    rows = ([said(one.duty.texts), one.duty.law, one.duty.article, said(one.duty.practice), one.duty.source]
            for one in queries.duties(0))  # fmt: skip
    return header, rows
