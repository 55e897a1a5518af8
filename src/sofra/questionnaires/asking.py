"""What the first page of a private link tells: who asks whom, why, until when. Told by rooms above.

A room adds its function to ASKERS in its AppConfig.ready; the first that knows the filling speaks.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from .models import Filling

Fillings = Collection[Filling] | QuerySet[Filling]


@dataclass(frozen=True)
class Asked:
    """All texts are in the page's language; an empty one is left out of the page.

    `whom` is the organisation that the link was sent to, by name; `refuse_url` leads to "this is not us".
    """

    by: str = ""
    why: str = ""
    whom: str = ""
    until: date | None = None
    afterwards: str = ""
    refuse_url: str = ""
    about_url: str = ""


# Fillings → what each is called in a list (the organisation asked), by the number of the filling.
NAMERS: list[Callable[[Fillings], dict[int, str]]] = []
# Filling and reader → the organisation that the reader speaks for, where that is another than the one asked; else "".
STRANGERS: list[Callable[[Filling, Any], str]] = []
ASKERS: list[Callable[[Filling], Asked | None]] = []


def asked_by(filling: Filling) -> Asked:
    """What is known of who asks; an empty one where no room above knows this filling."""
    for ask in ASKERS:
        if said := ask(filling):
            return said
    return Asked()


def stranger(filling: Filling, user: Any) -> str:
    """For whom the reader speaks, where the link was sent to somebody else."""
    return next((name for tell in STRANGERS if (name := tell(filling, user))), "")


def names_of(fillings: Fillings) -> dict[int, str]:
    """Of whom the answers are, for a whole page of a list at once."""
    names: dict[int, str] = {}
    for namer in NAMERS:
        names |= namer(fillings)
    return names
