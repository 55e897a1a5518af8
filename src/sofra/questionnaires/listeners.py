"""Rooms above that want to know what happened to a filling, without this room knowing them.

A room adds its function in its AppConfig.ready; it is called inside the transaction of the act, in the order added.
"""

from collections.abc import Callable
from enum import StrEnum

from .models import Filling


class Happened(StrEnum):
    OPENED = "opened"  # its private link was opened for the first time
    BEGUN = "begun"  # the first answer was saved
    SENT = "sent"  # sent for the first time, or sent again after a change
    WITHDRAWN = "withdrawn"


LISTENERS: list[Callable[[Filling, Happened], None]] = []


def tell(filling: Filling, happened: Happened) -> None:
    for listener in LISTENERS:
        listener(filling, happened)
