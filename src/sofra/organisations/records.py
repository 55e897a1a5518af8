"""Facts before they are kept, and the values that lists need, derived from facts. Plain Python, no database."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sofra.ground.models import Visibility
from sofra.ground.text import fold, sort_key

from . import rules, vocabulary

LONGEST = {
    "name": 250,
    "acronym": 40,
    "theme_text": 4000,
    "focus_text": 4000,
    "about": 4000,
    "offers": 2000,
    "seeks": 2000,
}
_LEVELS = {code: int(field.visible_to) for code, field in vocabulary.FIELDS.items()}
_SEARCHED = ("name", "acronym", "theme_text")
_DERIVED_FROM = frozenset((*_SEARCHED, "kind", "activity_kind"))
# Enumerations make their values anew at each look, and an import derives a hundred thousand records.
_PUBLIC = int(Visibility.PUBLIC)
_NAMELESS, _NO_KIND, _NONE = (int(Visibility.SEALED), "?"), [str(vocabulary.Kind.UNKNOWN)], [""]
_level_of = itemgetter(0)
_SMALL = frozenset(
    "a an and the of for in on at to i e te të së se për per dhe nga me ne në organisation organization association "
    "center centre qendra shoqata fondacioni foundation institute instituti".split()
)


@dataclass(slots=True)
class FactDraft:
    """A fact to be kept. `visible_to` None means the field's own default."""

    field: str
    value: str
    language: str = ""
    detail: dict[str, Any] = dataclasses.field(default_factory=dict)
    source: str = ""
    visible_to: int | None = None
    confirmed_on: date | None = None

    @property
    def level(self) -> int:
        return _LEVELS[self.field] if self.visible_to is None else self.visible_to


@dataclass(slots=True)
class Draft:
    """An organisation to be kept: its facts, name first. Without a code one is made from its acronym or name."""

    kind: str
    facts: list[FactDraft]
    code: str | None = None
    country: str = "AL"


def check(fact: FactDraft) -> None:
    """Refuse a fact that cannot be kept, with a sentence that says what to do."""
    known = vocabulary.FIELDS.get(fact.field)
    if known is None:
        raise ValidationError(_("“%(field)s” is no field of the record.") % {"field": fact.field})
    if not fact.value.strip() and not fact.detail.get("text"):
        raise ValidationError(_("Write something for “%(field)s”, or leave it out.") % {"field": known.name})
    longest = LONGEST.get(fact.field, 500)
    if len(fact.value) > longest:
        raise ValidationError(
            _("“%(field)s” is longer than %(longest)s letters: shorten it.") % {"field": known.name, "longest": longest}
        )
    if "\x00" in fact.value:
        raise ValidationError(_("“%(field)s” holds a sign that cannot be kept: type it anew.") % {"field": known.name})
    if known.choices is not None and fact.value not in known.choices.values:
        raise ValidationError(
            _("“%(value)s” is not one of the choices for “%(field)s”.") % {"value": fact.value, "field": known.name}
        )
    if fact.field == "activity_kind" and fact.value not in vocabulary.ACTIVITY_KINDS:
        raise ValidationError(_("“%(value)s” is no kind of activity of Annex II.") % {"value": fact.value})
    if fact.field == "founded" and not (fact.value.isdigit() and 1800 <= int(fact.value) <= date.today().year):
        raise ValidationError(_("Write the founding year with four digits, such as 1997."))
    if fact.field in {"website", "social"} and not re.fullmatch(r"https?://[^\s/.][^\s]*\.[^\s]+", fact.value):
        raise ValidationError(_("Write the whole web address, such as https://www.example.org."))


def code_base(country: str, name: str, acronym: str) -> str:
    """The readable id to try first: "al.inac", "al.other-vision"."""
    if 2 <= len(fold(acronym)) <= 12 and " " not in fold(acronym):
        return f"{country.lower()}.{fold(acronym)}"
    words = [word for word in fold(name).split() if word not in _SMALL] or fold(name).split() or ["x"]
    return f"{country.lower()}.{'-'.join(words[:4])[:60]}"


class Derived(NamedTuple):
    """What lists show of a record, as far as everyone may see it."""

    kind: str
    name: str
    sort_key: str
    acronym: str
    activity_class: str
    visible_to: int
    searchable: str


def derive(facts: Iterable[Any], place_words: Sequence[str] = ()) -> Derived:
    """The derived values of open facts (Fact or FactDraft, in the order in which they were said).

    Names that not everyone may see are used only where there is no public one, and then raise `visible_to`.
    Only public facts are searchable and count for the class. `place_words` are folded.
    """
    names: list[tuple[int, str]] = []
    public: dict[str, list[str]] = {}
    for fact in facts:
        level = fact.visible_to if fact.visible_to is not None else _LEVELS[fact.field]
        if fact.field == "name":
            names.append((level, fact.value))
        if level == _PUBLIC and fact.field in _DERIVED_FROM:
            public.setdefault(fact.field, []).append(fact.value)
    level, name = min(names, key=_level_of, default=_NAMELESS)
    words = [*(fold(value) for key in _SEARCHED for value in public.get(key, ())), *place_words]
    return Derived(
        kind=public.get("kind", _NO_KIND)[0],
        name=name[:250],
        sort_key=sort_key(name)[:300],
        acronym=public.get("acronym", _NONE)[0][:40],
        activity_class=_class_of(tuple(public.get("activity_kind", ()))),
        visible_to=level,
        searchable=" ".join(dict.fromkeys(" ".join(words).split()))[:4000],
    )


@lru_cache(maxsize=4096)
def _class_of(kinds: tuple[str, ...]) -> str:
    return str(rules.classify(kinds).activity_class)
