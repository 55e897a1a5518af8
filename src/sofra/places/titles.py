"""What a place is called in a heading: "Bashkia Pukë", "Qarku Shkodër", "Municipality of Pukë".

Albanian offices stand before the indefinite name (as the municipalities' own seals write it); elsewhere the
local Albanian form is taken where the pack has one ("Komuna e Kaçanikut").
"""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from .models import Kind, Place

_COUNTRIES = {
    "AL": _("Albania"),
    "XK": _("Kosovo*"),
    "BA": _("Bosnia and Herzegovina"),
    "MK": _("North Macedonia"),
    "ME": _("Montenegro"),
    "RS": _("Serbia"),
}
_OFFICES = ("Komuna ", "Rajoni ", "Bashkia ", "Qarku ")


def title_of(place: Place) -> str:
    """The place with its office, in the reader's language."""
    if place.kind == Kind.COUNTRY and place.code in _COUNTRIES:
        return str(_COUNTRIES[place.code])
    return _albanian(place) if get_language() == "sq" else _english(place)


def short_name_of(place: Place) -> str:
    """The bare name, as a map prints it: "Pukë", "Shkodër"."""
    if place.kind == Kind.COUNTRY:
        return title_of(place)
    if place.country == "AL" and place.kind != Kind.COUNTY and get_language() != "sq":
        return place.name_en or place.name
    return place.name.removeprefix("Qark ").removeprefix("Qarku ")


def kind_of(place: Place) -> str:
    """What kind of place it is, in the reader's language: our own word, with the country's where it has one."""
    return str(Kind(place.kind).label)


def _albanian(place: Place) -> str:
    for part in place.name_local.split(" / "):
        if part.startswith(_OFFICES):
            return part
    name = short_name_of(place)
    if place.country == "AL":
        office = {
            Kind.COUNTY: "Qarku",
            Kind.MUNICIPALITY: "Bashkia",
            Kind.UNIT: "Njësia administrative",
        }.get(Kind(place.kind))
        return f"{office} {name}" if office else (place.name_definite or name)
    if place.country == "MK" and place.kind == Kind.COUNTY:
        return f"Rajoni {name}"
    if place.kind == Kind.MUNICIPALITY:
        return f"Komuna {name}"
    return name


def _english(place: Place) -> str:
    name = place.name_en or place.name
    if "unicipality" in name or "District" in name or "County" in name or "Region" in name:
        return name
    if place.kind == Kind.MUNICIPALITY:
        return gettext("Municipality of %(name)s") % {"name": name}
    if place.kind == Kind.UNIT:
        return gettext("Administrative unit of %(name)s") % {"name": name}
    return name
