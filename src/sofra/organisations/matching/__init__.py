"""Which records are likely the same body."""

from .pairing import Pair, find_pairs, find_twins
from .reading import Record

__all__ = ["Pair", "Record", "find_pairs", "find_twins"]
