"""Drawings that stand alone: classes become attributes, what could run or fetch is taken out."""

from .blocks import Figure, Table


def resolved(drawing: str) -> str:
    """The SVG inside this markup, with every class turned into presentation attributes of the light palette."""
    raise NotImplementedError


def cleaned(drawing: str) -> str:
    """The SVG without scripts, handlers, styles, foreign objects and references to the outside; "" if it is none."""
    raise NotImplementedError


def map_figure(drawn: str, *, caption: str, alt: str, source: str = "", table: Table | None = None) -> Figure:
    """What places.maps draws (a map with its key below), unchanged, as one figure that carries its own colours."""
    raise NotImplementedError
