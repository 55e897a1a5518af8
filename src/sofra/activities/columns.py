"""Which column of a table is which field of an activity: the words that people head their columns with.

Pasting and the importer use the same words. A new word is a new entry in _WORDS; headings of our own downloads (the
names in TARGETS, in English and Albanian) are understood as well.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.ground.text import fold

LEFT_OUT = ""
# What a column may be mapped to, in the order in which the pages offer it.
TARGETS: dict[str, str | Promise] = {
    "title": _("what is done"),
    "place": _("places of work"),
    "when": _("when (a day, a month, a year or a span)"),
    "begins": _("begins"),
    "ends": _("ends"),
    "audience": _("for whom"),
    "kind": _("kinds of activity"),
    "theme": _("themes"),
    "about": _("description"),
    "owner": _("leading organisation"),
    "partners": _("partners"),
    "project": _("project"),
    "status": _("status"),
    "mode": _("in person or online"),
    "language": _("languages"),
    "times_held": _("times held"),
    "reached": _("people reached"),
    "women": _("women and girls reached"),
    "men": _("men and boys reached"),
    "counted": _("how people were counted"),
    "money": _("cost"),
    "currency": _("currency"),
    "results": _("link to results"),
    "source": _("source"),
    "number": _("number in the list"),
}
NEEDED = ("title",)
SEVERAL = ("place", "audience", "kind", "theme", "partners", "language", "about")  # may be headed by several columns

# Folded words of a header -> field: Albanian, English, and Serbian, Bosnian and Macedonian words in Latin letters.
WORDS: dict[str, str] = {
    word: field
    for field, words in {
        "number": "no | nr | numri | number | nr rendor | rendi | r br | rb | row | id",
        "title": "title | titulli | titulli i aktivitetit | titulli i veprimtarise | activity | aktiviteti"
        " | veprimtaria | emri i aktivitetit | emri i veprimtarise | name | emri | name of activity | activity name"
        " | activity title | what | cfare | cfare behet | event | ngjarja | naziv | naziv aktivnosti | aktivnost"
        " | trajnimi | training | workshop | punetoria | tema e takimit | emertimi",
        "place": "place | places | vendi | vendet | where | ku | location | locations | bashkia | bashkite"
        " | municipality | municipalities | qyteti | qytetet | city | cities | town | qarku | county | rajoni | region"
        " | zona | shkolla | njesia administrative | place of work | mesto | lokacija | opstina | opcina"
        " | adresa | territori | vendndodhja | vendi i punes | coverage | mbulimi gjeografik | shtrirja gjeografike",
        "when": "when | kur | date | data | datat | dates | period | periudha | koha | koha e zhvillimit | datum | year"
        " | viti | month | muaji | data e zhvillimit | data e aktivitetit | period of implementation",
        "begins": "begins | start | starts | start date | begin | from | fillon | fillimi | nga | nga data | prej"
        " | data e fillimit | data fillimit | pocetak | od | date from",
        "ends": "ends | end | end date | to | until | mbaron | mbarimi | perfundon | perfundimi | deri | deri me"
        " | data e mbarimit | data e perfundimit | kraj | do | date to | finish",
        "audience": "audience | audiences | for whom | per ke | target group | target groups | grupi i synuar"
        " | grupet e synuara | grupi target | grupet target | beneficiaries | perfituesit | perfitues | audienca"
        " | pjesemarresit | participants | ciljna grupa | target",
        "kind": "kind | kinds | kind of activity | kinds of activity | type | type of activity | lloji | llojet"
        " | lloji i aktivitetit | lloji i veprimtarise | forma | tip | tipi | vrsta | category | kategoria | focus",
        "theme": "theme | themes | tema | temat | topic | topics | fusha | fushat | subject | thematic area | oblast",
        "about": "about | description | pershkrimi | details | hollesi | detaje | shenime | notes | opis | objectives"
        " | objektivat | permbajtja | komente | comments",
        "owner": "organisation | organization | organizata | owner | lead | leading organisation | lead organisation"
        " | organizata zbatuese | organizata drejtuese | implementer | zbatuesi | who | kush"
        " | implementing organisation | organizatori | organizer | organiser | organizacija | nosilac",
        "partners": "partner | partners | partneret | partneri | partner organisations | organizatat partnere"
        " | ne bashkepunim me | in cooperation with | together with | partneri organizacije | bashkepunetoret",
        "project": "project | projekti | project title | titulli i projektit | projekt | programi | programme",
        "status": "status | statusi | gjendja | state | stanje",
        "mode": "mode | menyra | menyra e zhvillimit | in person or online | online | prania | nacin | formati",
        "language": "language | languages | gjuha | gjuhet | jezik | jezici",
        "times_held": "times held | times | sessions | number of sessions | seanca | nr i seancave | numri i seancave"
        " | sa here | numri i takimeve | nr takimeve | number of meetings | broj sesija",
        "reached": "reached | people reached | participants total | number of participants | nr i pjesemarresve"
        " | numri i pjesemarresve | nr pjesemarresve | pjesemarres | pjesemarres gjithsej | total | gjithsej"
        " | attendees | attendance | sa veta | te arritur | broj ucesnika | ucesnici | nr i perfituesve"
        " | numri i perfituesve | beneficiaries total",
        "women": "women | female | f | gra | femra | vajza | gra dhe vajza | women and girls | zene | nr i grave",
        "men": "men | male | m | burra | meshkuj | djem | burra dhe djem | men and boys | muskarci | nr i burrave",
        "counted": "counted | how counted | how people were counted | si u numeruan | menyra e numerimit | basis",
        "money": "money | cost | kosto | kostoja | budget | buxheti | amount | shuma | vlera | spent | shpenzuar",
        "currency": "currency | monedha | valuta",
        "results": "results | result | rezultati | rezultatet | link | lidhja | report | raporti | website | url",
        "source": "source | burimi | reference | referenca | izvor",
    }.items()
    for word in re.split(r"\s*\|\s*", words)
}
_LONGEST_FIRST = sorted(WORDS, key=lambda word: (-len(word), word))


@lru_cache(maxsize=1)
def _own_headings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "sq"):
        with translation.override(language):
            found |= {fold(str(name)): field for field, name in TARGETS.items()}
    return found


@lru_cache(maxsize=4096)
def suggest_field(header: str) -> str:
    """The field that a header most likely names; "" where none. The longest word found in it decides."""
    folded = re.sub(r" \d+$", "", fold(header))
    if not folded or len(folded) > 80:
        return LEFT_OUT
    known = _own_headings().get(folded) or WORDS.get(folded)
    if known:
        return known
    padded = f" {folded} "
    return next((WORDS[word] for word in _LONGEST_FIRST if len(word) > 3 and f" {word} " in padded), LEFT_OUT)


def suggest(header: Sequence[str]) -> dict[str, str]:
    """Header -> field for a whole header. Only what may stand several times (SEVERAL) is suggested several times."""
    mapping: dict[str, str] = {}
    for title in header:
        field = suggest_field(title)
        if field and field not in SEVERAL and field in mapping.values():
            field = LEFT_OUT
        mapping[title] = field
    return mapping


def known_words(cells: Sequence[str]) -> int:
    """How many cells of a row read like headers that we know: each field counts once."""
    return len({field for cell in cells if len(cell) <= 80 and (field := suggest_field(cell))})
