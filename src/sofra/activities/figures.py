"""The numbers that this room states; indicators follow them by name."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.figures import Asked, Figure, Told, offer
from sofra.places.models import Place

from . import dates, queries
from .vocabulary import Status


def held(asked: Asked) -> Told:
    """Activities that were held surely within the days; those whose days are not known so well are told as unknown."""
    sure, perhaps = _held(asked)
    return Told(Decimal(len(sure)), rows=len(sure) + perhaps, unknown=perhaps, address=reverse("activities"))


def reached(asked: Asked) -> Told:
    """People whom these activities reached. Who came to two is counted twice; where nobody counted it is unknown."""
    sure, perhaps = _held(asked)
    counted = [number for number in sure if number is not None]
    unknown = len(sure) - len(counted) + perhaps
    value = Decimal(sum(counted)) if counted else None
    return Told(value, rows=len(counted), unknown=unknown, address=reverse("activities"))


def _held(asked: Asked) -> tuple[list[int | None], int]:
    """How many each activity reached that was surely held within the days, and how many may have been."""
    rows = queries.activities(asked.level).filter(status=Status.HELD).order_by()
    sure: list[int | None] = []
    perhaps = 0
    place = Place.objects.filter(code=asked.place).first() if asked.place else None
    within = {asked.place, *Place.objects.within(place).values_list("code", flat=True)} if place else None
    first = asked.begins.toordinal() if asked.begins else dates.LONG_AGO
    last = asked.ends.toordinal() if asked.ends else dates.FAR_OFF
    for places, begins, ends, number in rows.values_list("places", "begins", "ends", "reached").iterator(
        chunk_size=2_000
    ):
        if within is not None and not within & set(places):
            continue
        days = dates.days_of(begins, ends)
        if first <= days.may_begin and days.may_end <= last:
            sure.append(number)
        elif days.may_begin <= last and first <= days.may_end:
            perhaps += 1
    return sure, perhaps


def offer_figures() -> None:
    offer(
        Figure(
            "activities.held",
            _("activities held"),
            _("Activities that were held, all of their days within the period; others are not counted, and told."),
            "activities",
            held,
        )
    )
    offer(
        Figure(
            "activities.reached",
            _("people whom activities reached"),
            _(
                "As counted by activities that were held, all of their days within the period; who came to two is"
                " counted twice. Activities that nobody counted, or whose days are not known, are told as unknown."
            ),
            "people",
            reached,
        )
    )
