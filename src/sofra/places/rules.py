"""How a text about places is read: the words that matter, and what follows from them.

1. A name that stands alone is the municipality. If a county is called by the same bare name (Elbasan), the text
   does not say which: the municipality is proposed, the county is the alternative, and a person is asked.
   A unit that bears its own municipality's name (Pogradec in Pogradec) is not asked about, nor a statistical district
   or region (Prishtina, Skopje): it has no government that anybody would work with; it is told.
2. A word of kind decides: "District of Elbasan", "qarku i Elbasanit" is the county; "Bashkia Elbasan" the municipality.
   If nothing of that kind bears the name ("District of Prrenjas"), the nearest reading is proposed and asked about.
3. A smaller place followed by a larger one that contains it ("Paskuqan, Tirana"; "Municipality of Pogradec,
   District of Korça") is the smaller one: the larger says where it is. So it is with two names alone, of which the
   second is also the county of the first ("Kamez, Tirane"); the other reading is told. In a longer list a person is
   asked, unless the list had ended before ("Trebinje and Bijeljina, Republika Srpska").
   So it is with "Qarku Elbasan, Bashkia Cërrik", each with its kind; there a person is asked.
4. Larger first, parts in parentheses or after a colon ("Kashar (Yzberisht, Mëzez)"): the parts. If the larger was
   itself said with its kind ("District of Elbasan (…)"), a person is asked whether the whole was meant.
5. In a list, every member counts, also a county beside its municipalities; a county that was named with its kind is
   not meant again by a bare name in the same list.
6. The same name in several places: places named beside it decide, then the hub's own country; else a person is asked.
   Two ways of writing one place beside each other ("Peja/Peć", "Bitola (Manastir)") are one.
7. A misspelt name is corrected only where one place alone is near; the correction is told. It is sure if it is
   one letter in at least six, and no other place is within two.
8. Anything that was not understood is named, and makes the reading unsure.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .gazetteer import Word

KIND_WORDS = ("county", "canton", "municipality", "unit", "settlement")
SINGULAR = {
    "counties": "county",
    "cantons": "canton",
    "municipalities": "municipality",
    "units": "unit",
    "settlements": "settlement",
}
# Where two packs give one word two roles, the earlier role wins.
ROLES = ("kind", "national", "regional", "balkans", "international", "except", "whole", "around", "rural", "part",
         "outside", "or", "and", "in", "unknown", "local", "filler", "article")  # fmt: skip

_ENGLISH_KINDS: dict[str, tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]] = {
    "county": (
        frozenset({"county"}),
        ("county", "prefecture", "district", "region", "area", "province", "statistical region", "planning region",
         "entity", "prefectural area", "dist", "distr", "pref", "reg"),
        ("counties", "prefectures", "districts", "regions", "areas", "provinces", "entities"),
    ),
    "canton": (frozenset({"canton"}), ("canton",), ("cantons",)),
    "municipality": (
        frozenset({"municipality"}),
        ("municipality", "municipal area", "city", "town", "commune", "capital city", "mun", "bsh", "op", "ops"),
        ("municipalities", "cities", "towns", "communes"),
    ),
    "unit": (
        frozenset({"unit"}),
        ("administrative unit", "admin unit", "unit", "local unit", "local administrative unit", "former commune"),
        ("administrative units", "admin units", "units", "local units", "former communes"),
    ),
    "settlement": (
        frozenset({"settlement"}),
        ("village", "neighbourhood", "neighborhood", "settlement", "quarter", "suburb"),
        ("villages", "neighbourhoods", "neighborhoods", "settlements", "quarters", "suburbs"),
    ),
}  # fmt: skip

_ENGLISH: dict[str, tuple[str, ...]] = {
    "national": (
        "national", "nationally", "nationwide", "nation wide", "countrywide", "country wide", "whole country",
        "the whole country", "entire country", "all country", "all the country", "the country", "in country", "country",
        "national level", "at national level", "country level", "all over the country", "throughout the country",
        "across the country", "entire territory", "whole territory", "national territory", "state level",
        "all over the territory", "the whole territory",
    ),
    "regional": (
        "regional", "regionally", "regional level", "western balkans", "western balkan", "west balkans", "west balkan",
        "western balkans 6", "western balkans six", "wb6", "wb 6", "wb", "western balkan region",
        "western balkans region", "western balkan countries", "western balkans countries", "w balkans", "the region",
    ),
    "balkans": ("balkans", "balkan", "south east europe", "southeast europe", "southeastern europe",
                "south eastern europe", "balkan region", "balkan countries"),
    "international": ("international", "internationally", "international level", "worldwide", "world wide", "global",
                      "globally", "world", "other countries", "abroad"),
    "outside": ("europe", "european union", "eu", "greece", "italy", "turkey", "turkiye", "germany", "croatia",
                "bulgaria", "slovenia", "romania", "hungary", "austria", "france", "switzerland", "usa",
                "united states", "united kingdom", "uk", "syria", "iraq", "greqi", "greqia", "itali", "italia",
                "turqi", "turqia", "gjermani", "gjermania", "kroaci", "kroacia", "hrvatska", "grcka", "bugarska",
                "slovenija", "turska", "evropa", "evrope", "evropi", "europa", "europe juglindore"),
    "local": ("local", "locally", "local level", "community level", "cross border", "online", "virtual", "various",
              "several", "different", "some", "many", "other"),
    "whole": ("wide",
              "whole", "entire", "all", "territory", "the territory", "throughout", "all over", "across", "every"),
    "except": ("except", "excluding", "without", "except for", "apart from", "other than", "but not", "not"),
    "rural": ("rural", "rural areas", "rural area", "rural zones", "remote areas", "remote"),
    "around": ("surrounding", "surrounding areas", "surroundings", "surrounding area", "outskirts", "near", "around",
               "nearby", "vicinity", "suburban areas", "and around", "border areas", "border area"),
    "part": ("north", "south", "east", "west", "northern", "southern", "eastern", "western", "northeast", "northwest",
             "southeast", "southwest", "north east", "north west", "south east", "south west", "central",
             "northeastern", "northwestern", "southeastern", "southwestern", "part of", "parts of", "part"),
    "or": ("or",),
    "and": ("and", "as well as", "and also", "plus", "et", "und", "also", "both"),
    "in": ("in", "within", "inside", "located in", "based in", "at"),
    "unknown": ("none", "n a", "na", "unknown", "not known", "not specified", "nil", "null", "no", "no data", "x",
                "not applicable", "not available", "tbd", "not asked", "refused"),
    "filler": ("of", "the", "a", "an", "activities", "activity", "are", "is", "organized", "organised", "implemented",
               "works", "work", "working", "mainly", "mostly", "especially", "particularly", "level", "republic of",
               "for", "to", "on", "be", "defined",
               "confirmed", "etc", "e g", "i e", "such as", "including", "includes", "incl", "with", "from",
               "focus", "geographic", "coverage", "covers", "covering", "operates", "operating", "we", "our", "its",
               "namely", "centre", "center", "its", "following", "target", "urban", "focused", "areas of",
               "self government", "its territory", "location", "locations", "address", "adresa",
               "local government", "headquarters", "hq",
               "office", "administrative", "between"),
    "article": ("i", "e"),
}  # fmt: skip


def english_words() -> Iterator[tuple[str, "Word"]]:
    """The English words: they are known in every country."""
    from .gazetteer import Word

    for kinds, singular, plural in _ENGLISH_KINDS.values():
        for text in singular:
            yield text, Word("kind", False, (("", kinds),), english=True)
        for text in plural:
            yield text, Word("kind", True, (("", kinds),), english=True)
    for role, texts in _ENGLISH.items():
        for text in texts:
            yield text, Word(role)


def may_be(kind: str, city: bool, asked: frozenset[str]) -> bool:
    """Does a place of this kind answer to the word that asked? A city that is a county of its own is also a city."""
    return kind in asked or (city and "municipality" in asked)


CYRILLIC_LETTERS = frozenset("абвгдђѓежзѕијклљмнњопрстћќуфхцчџш")
SLAVIC_LETTERS = CYRILLIC_LETTERS | frozenset("čćšžđ")
ALBANIAN_LETTERS = frozenset("ëç")

# The order in which bare names are taken: country, municipality, county, canton, unit, settlement.
PREFERENCE = {"region": 0, "country": 0, "municipality": 1, "county": 2, "canton": 2, "unit": 3, "settlement": 4}


def correction_allowed(length: int) -> int:
    """How many letters of a name may be wrong: none below five, one to seven, two from eight."""
    return 0 if length < 5 else 1 if length < 8 else 2


def correction_is_sure(length: int, wrong: int, next_wrong: int) -> bool:
    """One letter in at least six, and no other place within two."""
    return wrong == 1 and length >= 6 and next_wrong > 2
