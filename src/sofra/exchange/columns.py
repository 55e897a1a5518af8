"""Which column is which field of the registry: the words that people head their columns with.

Reading uses the same words to tell a header from a row. A new word is a new entry in WORDS.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
_LONGEST_FIRST = sorted(WORDS, key=lambda word: (-len(word), word))


@lru_cache(maxsize=4096)
def suggest_field(header: str) -> str:
    """The field that a header most likely names; "" where none. The longest word found in it decides."""
    folded = re.sub(r" \d+$", "", fold(header))
    if not folded or len(folded) > 80:
        return LEFT_OUT
    if folded in WORDS:
        return WORDS[folded]
    padded = f" {folded} "
    return next((WORDS[w] for w in _LONGEST_FIRST if len(w) > 3 and f" {w} " in padded), LEFT_OUT)


def suggest_mapping(header: Sequence[str]) -> dict[str, str]:
    """Header -> field for a whole header. Only what may stand several times is suggested several times."""
    once = {"name", "name_sq", "name_en", "acronym", "kind", "founded", "number", "seat", "about"}
    mapping: dict[str, str] = {}
    for title in header:
        field = suggest_field(title)
        if field in once and field in mapping.values():
            field = "name_other" if field == "name" else LEFT_OUT
        mapping[title] = field
    if not any(field in NEEDED for field in mapping.values()):
        # A column of other names is the name where there is no better one.
        for title, field in mapping.items():
            if field == "name_other":
                mapping[title] = "name"
                break
    return mapping


def known_words(cells: Sequence[str]) -> int:
    """How many cells of a row read like headers that we know: each field counts once."""
    return len({field for cell in cells if len(cell) <= 80 and (field := suggest_field(cell))})
