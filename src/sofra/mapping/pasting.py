"""Bodies to invite, as somebody pasted them: a line each, "name; e-mail", with the sentence for a line that is none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from sofra.ground.text import fold

MOST_LINES = 500
_PARTS = re.compile(r"[;\t|]")
_ADDRESS = re.compile(r"[^\s<>;,|]+@[^\s<>;,|]+")
_LANGUAGES = {"sq": "sq", "shqip": "sq", "albanian": "sq", "en": "en", "english": "en", "anglisht": "en"}


@dataclass(slots=True)
class Line:
    """A line that was read. `problem` is a sentence where it cannot be used; `number` counts from 1."""

    number: int
    text: str
    name: str = ""
    email: str = ""
    language: str = ""
    problem: str = ""


def read_lines(text: str) -> list[Line]:
    """The lines of a pasted text; empty ones and a header ("name; e-mail") are left out."""
    lines = []
    for number, raw in enumerate(text.splitlines(), start=1):
        typed = raw.strip().strip(";,|\t ")
        if typed and not _is_header(typed):
            lines.append(_read(number, typed))
    _mark_repeated(lines)
    for line in lines[MOST_LINES:]:
        line.problem = _("More than %(most)s lines at once: paste the rest in a second go.") % {"most": MOST_LINES}
    return lines


def _is_header(typed: str) -> bool:
    words = {fold(part) for part in _PARTS.split(typed)}
    return "@" not in typed and bool(words & {"email", "e mail", "posta elektronike", "adresa"})


def _read(number: int, typed: str) -> Line:
    line = Line(number, typed[:300])
    if "\x00" in typed:
        line.problem = _("The line holds a sign that cannot be kept: type it anew.")
        return line
    parts = [part.strip().strip('"') for part in _PARTS.split(typed)]
    if len(parts) == 1 and (found := _ADDRESS.search(typed)):
        parts = [typed.replace(found[0], "").strip(" <>,-–"), found[0]]
    line.name = " ".join(parts[0].split())
    strange = ""
    for part in parts[1:]:
        if fold(part) in _LANGUAGES:
            line.language = _LANGUAGES[fold(part)]
        elif part and not line.email:
            line.email = part.strip("<> ").removeprefix("mailto:")
        elif part:
            strange = part
    line.problem = _problem(line) or (_strange(strange) if strange else "")
    return line


def _strange(part: str) -> str:
    return _("“%(typed)s” is not understood: after name and e-mail only “sq” or “en” can stand.") % {"typed": part[:80]}


def _problem(line: Line) -> str:
    if not line.name or "@" in line.name:
        return _("The name is missing: write “name; e-mail”.")
    if len(line.name) > 250:
        return _("The name is longer than 250 letters: shorten it.")
    if line.email:
        try:
            validate_email(line.email)
        except ValidationError:
            return _("“%(typed)s” is no e-mail address: mend it, or leave it out and write to them later.") % {
                "typed": line.email[:80]
            }
        if len(line.email) > 254:
            return _("The e-mail address is too long: look at it again.")
    return ""


def _mark_repeated(lines: Iterable[Line]) -> None:
    names: dict[str, int] = {}
    for line in lines:
        if line.problem:
            continue
        first = names.setdefault(fold(line.name), line.number)
        if first != line.number:
            line.problem = _("The same name stands in line %(number)s already.") % {"number": first}
