"""The number that this room states; indicators follow it by name."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.figures import Asked, Figure, Told, offer
from sofra.places.models import Place

from . import dates, queries
from .vocabulary import Status


def held(asked: Asked) -> Told:
    """Activities that were held surely within the days; those whose days are not known so well are told as unknown."""
    rows = queries.activities(asked.level).filter(status=Status.HELD).order_by()
    surely = perhaps = 0
    place = Place.objects.filter(code=asked.place).first() if asked.place else None
    within = {asked.place, *Place.objects.within(place).values_list("code", flat=True)} if place else None
    for places, begins, ends in rows.values_list("places", "begins", "ends").iterator(chunk_size=2_000):
        if within is not None and not within & set(places):
            continue
        days = dates.days_of(begins, ends)
        first = asked.begins.toordinal() if asked.begins else dates.LONG_AGO
        last = asked.ends.toordinal() if asked.ends else dates.FAR_OFF
        if first <= days.may_begin and days.may_end <= last:
            surely += 1
        elif days.may_begin <= last and first <= days.may_end:
            perhaps += 1
    return Told(Decimal(surely), rows=surely + perhaps, unknown=perhaps, address=reverse("activities"))


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
