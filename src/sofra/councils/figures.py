"""The numbers that councils state in public, one definition each. What is closed is in none of them."""

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.figures import Asked, Figure, Told, offer
from sofra.places.models import Place

from . import queries, rules
from .models import Council, Decision, Meeting


def _councils(asked: Asked) -> QuerySet[Council]:
    found = queries.councils(asked.level)
    if not asked.place:
        return found
    return found.filter(Q(place=asked.place) | Q(place__in=_below(asked.place)))


def _below(code: str) -> list[str]:
    place = Place.objects.filter(pk=code).first()
    return list(Place.objects.within(place).values_list("code", flat=True)) if place else []


def _held(asked: Asked) -> QuerySet[Meeting]:
    found = Meeting.objects.filter(council__in=_councils(asked), state=Meeting.State.HELD, group=None)
    if asked.begins:
        found = found.filter(begins__date__gte=asked.begins)
    return found.filter(begins__date__lte=asked.ends) if asked.ends else found


def _silent(asked: Asked) -> int:
    """Councils of whose meetings the hub was told nothing."""
    return _councils(asked).filter(meetings=None).count()


def active(asked: Asked) -> Told:
    last = asked.ends or queries.today()
    span = Asked(asked.level, asked.place, asked.begins or rules.months_on(last, -12), last)
    count = _councils(asked).count()
    held = _held(span).values("council").distinct().count()
    known = count - _silent(asked)
    return Told(Decimal(held) if known else None, rows=count, unknown=count - known, address=reverse("councils"))


def meetings_held(asked: Asked) -> Told:
    held, silent = _held(asked).count(), _silent(asked)
    known = _councils(asked).count() - silent
    return Told(Decimal(held) if known else None, rows=held, unknown=silent, address=reverse("councils"))


def _due(asked: Asked) -> QuerySet[Decision]:
    last: date = min(asked.ends or queries.today(), queries.today())
    found = Decision.objects.filter(council__in=_councils(asked), is_closed=False, due_on__lte=last)
    found = found.exclude(state=Decision.State.DROPPED)
    return found.filter(due_on__gte=asked.begins) if asked.begins else found


def decisions_due(asked: Asked) -> Told:
    due = _due(asked).count()
    return Told(Decimal(due) if _any(asked) else None, rows=due, unknown=_undated(asked), address=reverse("decisions"))


def decisions_done(asked: Asked) -> Told:
    due = _due(asked)
    done = due.filter(
        Q(state=Decision.State.VERIFIED) | Q(state=Decision.State.DONE, needs_verifying=False)
    ).count()  # fmt: skip
    total = due.count()
    return Told(
        Decimal(done) if _any(asked) else None, Decimal(done), Decimal(total), rows=total, unknown=_undated(asked),
        address=reverse("decisions"),
    )  # fmt: skip


def _any(asked: Asked) -> bool:
    return Decision.objects.filter(council__in=_councils(asked), is_closed=False).exists()


def _undated(asked: Asked) -> int:
    """Decisions without a due date: whether they are late nobody can say."""
    return Decision.objects.filter(council__in=_councils(asked), is_closed=False, due_on=None).count()


def offer_figures() -> None:
    for figure in (
        Figure("councils.active", _("Active security councils"),
               _("Councils that held a meeting in the last twelve months (or in the time asked for), of those that the"
                 " hub knows to exist. Councils of whose meetings it was told nothing are unknown."),
               "councils", active),
        Figure("councils.meetings_held", _("Meetings of security councils"),
               _("Meetings that were held; those of working groups are not counted. Councils of whose meetings the hub"
                 " was told nothing are unknown."), "meetings", meetings_held),
        Figure("councils.decisions_due", _("Decisions of councils that are due"),
               _("Decisions whose due date has come; neither closed ones nor those given up. Those without a due date"
                 " are unknown."), "decisions", decisions_due),
        Figure("councils.decisions_done", _("Decisions of councils that are done"),
               _("Of the decisions whose due date has come those that are done, and verified where that is asked."),
               "decisions", decisions_done),
    ):  # fmt: skip
        offer(figure)
