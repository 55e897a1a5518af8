"""The pieces of a report that are computed from data, by name."""

from sofra.printing.blocks import Block

from .wanted import Piece, Wanted

PIECES: dict[str, Piece] = {}


def made(name: str, wanted: Wanted) -> tuple[Block, ...]:
    """The blocks of a piece, each figure with its table. Raises KeyError for a name that there is not."""
    return PIECES[name].make(wanted)
