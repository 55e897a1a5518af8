"""Names of organisations as lists write them: with an acronym in brackets, or in two languages at once."""

import re
from dataclasses import dataclass

from sofra.ground.text import fold

_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{2,120})[)\]]\s*$")
_DASHED = re.compile(r"\s+[-–—]\s+([^\s-]{2,12})$")
_QUOTES = {"“": "”", "„": "”“", '"': '"', "«": "»", "‘": "’", "'": "'"}
_ALBANIAN = frozenset(
    "qendra shoqata fondacioni instituti per dhe levizja rinore gruaja grave gruas te se ne forumi rrjeti keshilli"
    " bashkia ministria universiteti organizata shqiptar shqiptare shqiperi shqiperise komiteti zhvillim aleanca"
    " fondi drejtoria shkolla komuniteti keshillimore bashkesia agjencia".split()
)
_ENGLISH = frozenset(
    "center centre of for the and association foundation institute organization organisation youth women woman network"
    " council municipality ministry university albanian committee development international community forum".split()
)


@dataclass(frozen=True, slots=True)
class Names:
    """`names` the first one first; `acronym` "" where there is none."""

    names: tuple[str, ...]
    acronym: str = ""


def split_name(text: str) -> Names:
    """The name, the acronym in brackets or behind a dash, and a second name where both are written."""
    name = _unquoted(text.strip(" ;,"))
    acronym = ""
    others: list[str] = []
    if match := _BRACKET.search(name):
        inner = match[1].strip(' "“”')
        if (short := _acronym(inner)) and match.start() > 0:
            acronym = short
            if short != inner:
                others.append(inner)
            name = name[: match.start()].strip()
        elif len(inner.split()) >= 3 and match.start() > 0:
            others.append(inner)
            name = name[: match.start()].strip()
    if not acronym and (match := _DASHED.search(name)) and (short := _acronym(match[1])):
        acronym = short
        name = name[: match.start()].strip()
    both = re.split(r"\s+/\s+|\s+\|\s+", name)
    if len(both) == 2 and all(len(part.split()) >= 2 for part in both):
        name = both[0]
        others.insert(0, both[1])
    names = tuple(dict.fromkeys(n for n in (_unquoted(name), *others) if n))
    return Names(names, acronym)


def _acronym(text: str) -> str:
    """The acronym that a text is ("QFS") or begins with ("ICC Albania"); "" where it is a word."""
    first, *more = text.split() or [""]
    letters = [c for c in first if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    short = 2 <= len(first) <= 12 and capitals >= 2 and capitals * 10 >= len(letters) * 6
    return first.strip(".") if short and len(more) <= 1 else ""


def _unquoted(name: str) -> str:
    """Without marks that enclose the whole name; marks around a part of it belong to it."""
    if len(name) > 2 and name[0] in _QUOTES and name[-1] in _QUOTES[name[0]]:
        inner = name[1:-1]
        if not any(mark in inner for mark in '“”„"«»'):
            return inner.strip()
    return name


def language_of(name: str) -> str:
    """ "sq" or "en" where the words of a name tell, "" where they do not."""
    words = set(fold(name).split())
    albanian = len(words & _ALBANIAN) + (1 if any(c in name for c in "ëçËÇ") else 0)
    english = len(words & _ENGLISH)
    if albanian == english:
        return ""
    return "sq" if albanian > english else "en"
