"""The number that this room states; indicators follow it by name."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.figures import Asked, Figure, Told, offer
from sofra.places.models import Place

from . import queries


def nobody_known(asked: Asked) -> Told:
    """Municipalities for which no activity is known; those that nobody asked about are told as unknown."""
    place = Place.objects.filter(code=asked.place).first() if asked.place else None
    begins, ends = (one.isoformat() if one else "" for one in (asked.begins, asked.ends))
    found = list(queries.gaps(asked.level, queries.Filters(place=place, begins=begins, ends=ends)))
    unasked = sum(one.state != queries.rules.State.NOBODY for one in found)
    return Told(Decimal(len(found)), rows=len(found), unknown=unasked, address=reverse("coverage_gaps"))


def offer_figures() -> None:
    offer(
        Figure(
            "coverage.nobody_known",
            _("municipalities where nobody is known"),
            _(
                "Municipalities for which the hub knows no activity in the period. Of those that nobody asked about it"
                " is not known whether anybody works there."
            ),
            "municipalities",
            nobody_known,
        )
    )
