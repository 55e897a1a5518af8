"""Rooms above that keep copies of what a source said, without this room knowing them.

A room adds its function in its AppConfig.ready; it is called inside the transaction that withdraws the consent, after
the content went.
"""

from collections.abc import Callable

from .models import Source

LISTENERS: list[Callable[[Source], None]] = []


def tell(source: Source) -> None:
    """A source's consent was withdrawn: what it said must go wherever it was copied to."""
    for listener in LISTENERS:
        listener(source)
