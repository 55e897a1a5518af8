"""The table of signs: what is seen on a pair, its weight, the sentence that says it.

Weights are natural logarithms of odds, rounded to a tenth. Those marked "by hand" were set by judgement where the
generated lists say nothing, or say more than real lists would. `bench/fit_matching.py` finds the others again.
"""

BASE = 0.7

SIGNS: dict[str, tuple[float, str]] = {
    # The name
    "name: the same text": (2.6, "The names are the same, letter by letter"),
    "name: all words in common": (2.0, "Every word of the names says the same"),
    "name: most words in common": (-0.5, "Most words of the names say the same"),
    "name: half of the words in common": (-0.9, "Half of the words of the names say the same"),
    "name: some words in common": (-1.3, "Some words of the names say the same"),
    "name: few words in common": (-1.4, "Few words of the names say the same"),
    "name: no word in common": (0.4, "No word of the names says the same"),
    "name: only general words": (0.2, "A name has only general words"),
    "name: an acronym beside a name": (-1.2, "One record has only an acronym as its name"),
    "words of their own on both sides": (-2.0, "Each name has words that the other lacks"),
    "a common word of its own on each side": (-2.2, "Each name has a common word that the other lacks"),
    "words of their own on both sides, in languages that may say the same": (
        0.5,
        "Each name has words of its own, in two languages, that may say the same",
    ),
    "one name says more": (-0.3, "One name says more than the other"),
    "one name says a little more": (0.4, "One name says a little more than the other"),
    "written a little differently": (-2.0, "Some words are written a little differently"),
    "looks nearly the same": (2.3, "The names look nearly the same"),
    "looks alike": (0.2, "The names look alike"),
    "looks partly alike": (-1.3, "The names look partly alike"),
    "looks different": (-2.0, "The names look different"),
    "in two languages": (-0.6, "The names are in two languages"),
    # How rare it is what the names share
    "shared words: hardly any other body has them": (1.7, "Hardly any other record has these words together"),
    "shared words: few others have them": (0.5, "Few other records have these words together"),
    "shared words: several others have them": (-0.0, "Several other records have these words together"),
    "shared words: many others have them": (-1.0, "Many other records may have these words together"),
    # What sort of body
    "kind: the same": (0.5, "The same kind of body"),
    "kind: differs": (-0.9, "Another kind of body"),  # by hand
    "kind: differs between languages": (-2.2, "Another kind of body, in another language"),
    "kind: said on one side": (0.1, "Only one name says what kind of body it is"),
    # Where
    "place: the same in both names": (-0.3, "The same place in both names"),
    "place: in the name and of the other": (-0.2, "The place in one name is where the other works"),
    "place: in one name only": (-1.3, "Only one name has a place"),  # by hand
    "place: in one name only, and others have these words": (
        -1.9,
        "Only one name has a place, and others have these words too",
    ),
    "place: one in the other": (0.0, "The place of one lies in the place of the other"),  # by hand
    "place: names of two places": (-6.0, "The names have two different places"),  # by hand
    "place: not that of the name": (-1.7, "The place in one name is not where the other works"),
    "seat: the same": (1.0, "Both work in the same place"),
    "seat: one in the other": (0.0, "One works in a part of where the other works"),  # by hand
    "seat: differs": (-2.2, "They work in different places"),
    "country: differs": (-5.0, "The names have two different countries"),  # by hand
    "number: differs": (-4.0, "The names have two different numbers"),  # by hand
    "number: on one side": (-1.0, "Only one name has a number"),  # by hand
    # Website
    "website: the same": (3.0, "The same website"),
    "website: the same page": (3.1, "The same page on a host that many use"),
    "website: differs": (-2.0, "Different websites"),
    "website: other pages": (-1.8, "Different pages on the web"),
    # Acronym
    "acronym: the same, rare": (2.0, "The same acronym, which hardly any other has"),
    "acronym: the same, common": (0.3, "The same acronym, which others have too"),
    "acronym: the other's initials, rare and long": (2.2, "The acronym is the initials of the other name"),
    "acronym: the other's initials, rare": (1.7, "The short acronym is the initials of the other name"),
    "acronym: the other's initials, uncommon": (1.1, "The acronym is the initials of the other name and of a few more"),
    "acronym: the other's initials, common": (0.3, "The acronym is the initials of the other name and of many more"),
    "acronym: differs": (-0.4, "Different acronyms"),  # by hand
}
THROUGH = "A third record joins them"

WEIGHTS = {sign: weight for sign, (weight, _) in SIGNS.items()}
