"""A form with one of everything, as the walks through its pages need it."""

from functools import lru_cache
from pathlib import Path

from pyxform.xls2xform import convert

SHEETS = Path(__file__).with_suffix(".md")


@lru_cache(maxsize=1)
def xform() -> str:
    return convert(SHEETS.read_text()).xform
