"""Which column is which field: the words that people head their columns with, for each kind of thing that comes in.

Reading uses the same words to tell a header from a row. A new word is a new entry in WORDS.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.activities import columns as activities
from sofra.ground.text import fold

LEFT_OUT = ""
# What a column may be mapped to, in the order in which the page offers it.
TARGETS: dict[str, str | Promise] = {
    "name": _("name"),
    "name_sq": _("name in Albanian"),
    "name_en": _("name in English"),
    "name_other": _("another name"),
    "acronym": _("acronym"),
    "kind": _("kind of body"),
    "place": _("place of work"),
    "seat": _("seat"),
    "theme": _("theme"),
    "focus": _("type of focus"),
    "audience": _("audience"),
    "language": _("working language"),
    "website": _("website"),
    "social": _("social media"),
    "contact": _("contact point"),
    "email": _("e-mail"),
    "phone": _("telephone"),
    "founded": _("founding year"),
    "about": _("in its own words"),
    "offers": _("what it offers"),
    "seeks": _("what it seeks"),
    "role": _("part in the field"),
    "identifier": _("identifier"),
    "source": _("source"),
    "number": _("number in the list"),
}
NEEDED = ("name", "name_sq", "name_en")  # one of them
_ONCE = frozenset(("name", "name_sq", "name_en", "acronym", "kind", "founded", "number", "seat", "about"))

# Folded words of a header -> field. Albanian, English, and the Serbian, Bosnian and Macedonian words in Latin letters.
WORDS: dict[str, str] = {
    word: field
    for field, words in {
        "number": "no | nr | number | numri | id row | rendi | nr rendor | r br | rb | br | row",
        "name": "name | emri | emertimi | organizata | organisation | organization | emri i organizates | titulli"
        " | organisation name | name of organisation | name of organization | name of cso | name of cso fbo | cso"
        " | ojf | ojq | osc | oshc | naziv | ime | naziv organizacije | organizacija | shoqata | institucioni",
        "name_sq": "emri shqip | emri ne shqip | name in albanian | albanian name | name sq | emri sq | shqip",
        "name_en": "emri anglisht | emri ne anglisht | name in english | english name | name en | emri en | anglisht",
        "name_other": "other name | other names | emra te tjere | emri tjeter | alternative name | alias"
        " | also known as | name in other language | drugi naziv | former name | emri i vjeter",
        "acronym": "acronym | akronimi | shkurtesa | abbreviation | short name | skracenica | kratica | inicialet",
        "kind": "kind | type | lloji i organizates | type of organisation | type of organization | organisation type"
        " | organization type | kind of body | forma ligjore | legal form | lloji i subjektit | statusi ligjor | tip",
        "place": "geographic focus | geographical focus | geographic coverage | geographical coverage | coverage | area"
        " | shtrirja | shtrirja gjeografike | mbulimi gjeografik | place | places | vendi | vendet | vendi i punes"
        " | place of work | places of work | zona | zona e veprimit | location | locations | bashkia | bashkite"
        " | municipality | municipalities | qarku | county | region | rajoni | opstina | opcina | mesto | lokacija"
        " | territory | territori | where",
        "seat": "seat | selia | headquarters | head office | address | adresa | qyteti | city | town | sediste"
        " | sjediste | grad",
        "theme": "theme | themes | tema | temat | topic | topics | fusha | fushat | field of work | fields of work"
        " | fusha e veprimtarise | activities | aktivitetet | veprimtarite | oblast | tematika | thematic area | teme",
        "focus": "type of focus | type of focus of activities | focus | fokusi | lloji | lloji i fokusit"
        " | lloji i aktiviteteve | type of activities | kind of activity | activity kind | vrsta | fokus"
        " | lloji i fokusit te aktiviteteve | programming",
        "audience": "audience | audiences | target group | target groups | grupi i synuar | grupet e synuara"
        " | grupet target | beneficiaries | perfituesit | audienca | ciljna grupa | ciljne grupe | for whom",
        "language": "language | languages | gjuha | gjuhet | working language | jezik | jezici",
        "website": "website | web site | web | web page | webpage | faqja | faqja e internetit | faqja web | url"
        " | internet | internet address | site | homepage | sajt | veb stranica"
        " | veb sajt | web adresa | faqe interneti | link",
        "social": "social | social media | facebook | instagram | rrjete sociale | rrjetet sociale | mediat sociale"
        " | drustvene mreze | linkedin | twitter | youtube",
        "contact": "contact | contact person | contact point | name of contact person | personi i kontaktit | kontakti"
        " | kontakt | pika e kontaktit | kontakt osoba | kontakt lice | director | drejtori | perfaqesuesi",
        "email": "email | e mail | mail | posta elektronike | adresa elektronike | e posta | email address"
        " | e mail adresa",
        "phone": "phone | telephone | telefoni | telefon | tel | mobile | celular | cel | nr telefoni | phone number"
        " | numri i telefonit",
        "founded": "founded | founding year | founded in | year | viti | viti i themelimit | data e themelimit"
        " | year of establishment | established | themeluar | date of registration | data e regjistrimit"
        " | year founded | godina osnivanja | osnovano",
        "about": "about | description | pershkrimi | mission | misioni | rreth | opis | misija | rreth nesh",
        "offers": "offers | ofron | what it offers | services | sherbimet | cfare ofron | usluge",
        "seeks": "seeks | kerkon | what it seeks | needs | nevojat | cfare kerkon | potrebe",
        "role": "role | roli | part in the field | funksioni | uloga",
        "identifier": "identifier | identifikuesi | nipt | nuis | tax number | registration number | nr i regjistrimit"
        " | numri i regjistrimit | org id | maticni broj | pib | register number | code | kodi",
        "source": "source | burimi | reference | referenca | izvor",
    }.items()
    for word in re.split(r"\s*\|\s*", words)
}


@dataclass(frozen=True)
class Columns:
    """What the columns of one kind of file may be mapped to, and the words that suggest it.

    One of `needed` must be mapped; `refusal` says so. What stands in `once` is suggested for one column only.
    """

    targets: Mapping[str, str | Promise]
    words: Mapping[str, str]
    needed: tuple[str, ...]
    once: frozenset[str]
    refusal: str | Promise


# Of an activity's row the importer reads more than a paste does: its project's money, and the id of our own downloads.
_ALSO_OF_ACTIVITIES: dict[str, tuple[str | Promise, str]] = {
    "whole_country": (_("in the whole country"), "whole country | ne gjithe vendin | i gjithe vendi | cijela zemlja"),
    "place_code": (_("codes of places"), "codes of places | place codes | kodet e vendeve | kodi i vendit"),
    "complete": (
        _("everybody is counted"),
        "complete | reached complete | i plote | numri i plote | complete count",
    ),
    "funder": (
        _("funders of the project"),
        "funder | funders | financuesi | financuesit | financues | financimi | funded by | financuar nga | donor"
        " | donors | donatori | donatoret | donator | donatoret e projektit | finansijer",
    ),
    "aim": (
        _("what the project wants to change"),
        "aim | qellimi | aim of the project | qellimi i projektit | goal | cilj | what it wants to change",
    ),
    "budget": (_("budget of the project"), "project budget | buxheti i projektit | budget of the project"),
    "code": (_("id in this hub"), "id | id in this hub | code | kodi"),
}
_OF_SCHOOLS: dict[str, tuple[str | Promise, str]] = {
    "name": (
        _("name of the school"),
        "name | emri | shkolla | emertimi | emri i shkolles | school | school name | name of school | skola | naziv"
        " | institucioni | institucioni arsimor",
    ),
    "name_other": (_("another name"), "other name | other names | emri tjeter | emra te tjere | alias | emri i vjeter"),
    "seat": (
        _("municipality or place"),
        "municipality | bashkia | place | vendi | qyteti | fshati | city | town | village | location | vendndodhja"
        " | opstina | opcina | seat | selia",
    ),
    "unit": (_("administrative unit"), "unit | njesia | njesia administrative | administrative unit | komuna"),
    "office": (
        _("education office"),
        "education office | zyra arsimore | zva | zvap | zyra vendore arsimore | zyra vendore e arsimit parauniversitar"
        " | office | zyra | drejtoria rajonale | local education office | dar",
    ),
    "address": (_("address"), "address | adresa | rruga | street"),
    "identifier": (
        _("identifier"),
        "identifier | identifikuesi | kodi | code | school code | kodi i shkolles | nipt | nuis | id | register number",
    ),
    "website": (_("website"), "website | web | faqja | faqja e internetit | url | link | internet"),
    "email": (_("e-mail"), "email | e mail | mail | posta elektronike | email address"),
    "phone": (_("telephone"), "phone | telephone | telefoni | telefon | tel | cel"),
    "source": (_("source"), "source | burimi | reference"),
    "number": (_("number in the list"), "no | nr | number | numri | rendi | nr rendor | row"),
}


def _words(also: Mapping[str, tuple[str | Promise, str]]) -> dict[str, str]:
    return {word: field for field, (_name, said) in also.items() for word in re.split(r"\s*\|\s*", said)}


def _targets(also: Mapping[str, tuple[str | Promise, str]]) -> dict[str, str | Promise]:
    return {field: name for field, (name, _said) in also.items()}


COLUMNS: dict[str, Columns] = {
    "organisations": Columns(
        TARGETS, WORDS, NEEDED, _ONCE,
        _("No column is the name of the organisation. Choose the column that holds the name."),
    ),
    "activities": Columns(
        activities.TARGETS | _targets(_ALSO_OF_ACTIVITIES),
        activities.WORDS | _words(_ALSO_OF_ACTIVITIES),
        activities.NEEDED,
        frozenset({*activities.TARGETS, *_ALSO_OF_ACTIVITIES}) - {*activities.SEVERAL, "funder"},
        _("No column says what is done. Choose the column that holds the title of the activity."),
    ),
    "schools": Columns(
        _targets(_OF_SCHOOLS), _words(_OF_SCHOOLS), ("name",),
        frozenset(_OF_SCHOOLS) - {"name_other", "email", "phone"},
        _("No column is the name of the school. Choose the column that holds the name."),
    ),
}  # fmt: skip
_LONGEST_FIRST = {what: sorted(columns.words, key=lambda word: (-len(word), word)) for what, columns in COLUMNS.items()}


@lru_cache(maxsize=32)
def _own_headings(what: str) -> Mapping[str, str]:
    """The names of the fields themselves, as our own downloads head their columns."""
    found: dict[str, str] = {}
    for language in ("en", "sq"):
        with translation.override(language):
            found |= {fold(str(name)): field for field, name in COLUMNS[what].targets.items()}
    return found


@lru_cache(maxsize=8192)
def suggest_field(header: str, what: str = "organisations") -> str:
    """The field that a header most likely names; "" where none. The longest word found in it decides."""
    folded = re.sub(r" \d+$", "", fold(header))
    if not folded or len(folded) > 80:
        return LEFT_OUT
    words = COLUMNS[what].words
    if folded in words:
        return words[folded]
    if what != "organisations" and folded in _own_headings(what):
        return _own_headings(what)[folded]
    padded = f" {folded} "
    return next((words[w] for w in _LONGEST_FIRST[what] if len(w) > 3 and f" {w} " in padded), LEFT_OUT)


def suggest_mapping(header: Sequence[str], what: str = "organisations") -> dict[str, str]:
    """Header -> field for a whole header. Only what may stand several times is suggested several times."""
    columns = COLUMNS[what]
    mapping: dict[str, str] = {}
    for title in header:
        field = suggest_field(title, what)
        if field in columns.once and field in mapping.values():
            field = "name_other" if field == "name" else LEFT_OUT
        mapping[title] = field
    if "name" in columns.needed and not any(field in columns.needed for field in mapping.values()):
        # A column of other names is the name where there is no better one.
        for title, field in mapping.items():
            if field == "name_other":
                mapping[title] = "name"
                break
    return mapping


def known_words(cells: Sequence[str]) -> int:
    """How many cells of a row read like headers that we know, of the kind of file that it fits best.

    Each field counts once.
    """
    short = [cell for cell in cells if len(cell) <= 80]
    return max(len({field for cell in short if (field := suggest_field(cell, what))}) for what in COLUMNS)
