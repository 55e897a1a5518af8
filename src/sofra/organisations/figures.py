"""The numbers that this room states; indicators follow them by name."""

from collections.abc import Callable
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.ground.figures import Asked, Figure, Told, offer
from sofra.places.models import Place

from . import queries


def _counted(what: str) -> Callable[[Asked], Told]:
    def work_out(asked: Asked) -> Told:
        place = Place.objects.filter(code=asked.place).first() if asked.place else None
        found = queries.listed(asked.level, queries.Filters(place=place)) if place is not None else None
        if found is not None and what == "listed":
            return Told(Decimal(found.count()), rows=found.count(), address=reverse("organisations"))
        totals = queries.totals(asked.level)
        if found is not None:
            known = found.filter(activity_class=what, class_hidden=False).count()
            unknown = found.exclude(activity_class__in=("specific", "relevant", "both"), class_hidden=False).count()
            return Told(Decimal(known), rows=found.count(), unknown=unknown, address=reverse("organisations"))
        unknown = 0 if what == "listed" else totals.get("unknown", 0)
        return Told(Decimal(totals[what]), rows=totals["listed"], unknown=unknown, address=reverse("organisations"))

    return work_out


def offer_figures() -> None:
    titles: dict[str, tuple[Promise, Promise]] = {
        "listed": (
            _("organisations listed"),
            _("Organisations of the registry as it is today; joined ones count once."),
        ),
        "specific": (
            _("organisations whose work is P/CVE-specific"),
            _("By the written rule, as the registry is today; of some the class is not known."),
        ),
        "relevant": (
            _("organisations whose work is P/CVE-relevant"),
            _("By the written rule, as the registry is today; of some the class is not known."),
        ),
    }
    for name, (title, meaning) in titles.items():
        offer(Figure(f"organisations.{name}", title, meaning, "organisations", _counted(name)))
