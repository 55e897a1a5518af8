"""The coded words of activities: forms of chapter IV beside the kinds of Annex II, status, mode, ways of counting.

Themes, audiences and languages are those of the registry, so that an activity and its organisation speak alike.
"""

from collections.abc import Iterable

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.organisations.vocabulary import ACTIVITY_KINDS, Audience, Theme


class Form(models.TextChoices):
    """The six fields of activity of chapter IV of the mapping report, a) to f)."""

    DEBATE = "public-debate", _("public debate")
    DIALOGUE = "dialogue", _("dialogue and tolerance: round tables, workshops, forums")
    CAPACITY = "capacity-building", _("capacity building and training")
    PROGRAMMES = "special-programmes", _("education of young people and integration of vulnerable groups")
    POLICY = "policy-advocacy", _("lobbying and advocacy for public policies")
    MONITORING = "monitoring", _("monitoring of laws, strategies and policies")


# An activity's kinds are of both lists: what it is (chapter IV), and what it is for (Annex II, which gives the class).
KINDS: dict[str, str | Promise] = {**dict(Form.choices), **ACTIVITY_KINDS}


class Status(models.TextChoices):
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("going on")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")
    UNKNOWN = "unknown", _("not known")


class Mode(models.TextChoices):
    IN_PERSON = "in-person", _("in person")
    ONLINE = "online", _("online")
    BOTH = "both", _("in person and online")
    UNKNOWN = "unknown", _("not known")


class Part(models.TextChoices):
    LEAD = "lead", _("leads")
    PARTNER = "partner", _("partner")
    FUNDER = "funder", _("funder")


class Counted(models.TextChoices):
    """How people were counted. An estimate is never added to a list without saying so."""

    LIST = "list", _("by a list of attendance")
    HEADS = "heads", _("by counting heads")
    ESTIMATE = "estimate", _("estimated")
    UNKNOWN = "unknown", _("how is not known")


class Sex(models.TextChoices):
    FEMALE = "f", _("women and girls")
    MALE = "m", _("men and boys")
    UNKNOWN = "", _("not said")


class AgeBand(models.TextChoices):
    UNDER_15 = "0-14", _("under 15")
    FROM_15 = "15-18", _("15 to 18")
    FROM_19 = "19-24", _("19 to 24")
    FROM_25 = "25-29", _("25 to 29")
    FROM_30 = "30-64", _("30 to 64")
    FROM_65 = "65+", _("65 and over")
    UNKNOWN = "", _("not said")


# Each coded word has a bit of its own, so that "they share a kind or a theme" is one operation on a row. The numbers
# are kept in the database: a new word is added at the end of its list in its vocabulary and here, none is taken out.
_WORK = (
    *(f"kind:{code}" for code in (
        "public-debate", "dialogue", "capacity-building", "special-programmes", "policy-advocacy", "monitoring",
        "prevention", "deradicalisation", "disengagement", "reintegration", "counter-narrative", "resilience-to-ve",
        "youth-empowerment", "women-empowerment", "rule-of-law", "anti-corruption", "civic-engagement",
        "human-rights", "democracy", "good-governance", "vocational-training", "education", "trust-building",
        "conflict-resolution", "community-resilience",
    )),
    *(f"theme:{code}" for code in (
        "awareness", "community-engagement", "training", "research", "education", "youth", "women", "dialogue",
        "early-identification", "rehabilitation", "narratives", "advocacy", "monitoring", "grants", "employment",
        "local-security", "resilience",
    )),
)  # fmt: skip
WORK_BITS: dict[str, int] = {word: 1 << number for number, word in enumerate(_WORK)}
_AUDIENCES = (
    "students", "teachers", "parents", "youth", "women", "religious-leaders", "local-officials", "police",
    "prison-staff", "prisoners", "returnees", "families", "roma", "people-with-disabilities", "journalists",
    "civil-society", "community",
)  # fmt: skip
AUDIENCE_NUMBERS: dict[str, int] = {code: number for number, code in enumerate(_AUDIENCES, start=1)}
AUDIENCE_CODES: dict[int, str] = {number: code for code, number in AUDIENCE_NUMBERS.items()}
ANYBODY = 0  # the audience is not known


def work_of(kinds: Iterable[str], themes: Iterable[str]) -> int:
    """Kinds and themes as one number of bits; 0 where neither is known."""
    work = 0
    for kind in kinds:
        work |= WORK_BITS[f"kind:{kind}"]
    for theme in themes:
        work |= WORK_BITS[f"theme:{theme}"]
    return work


def audience_bits_of(audiences: Iterable[str]) -> int:
    """Audiences as one number, a bit each; 0 where none is known."""
    bits = 0
    for code in audiences:
        bits |= 1 << AUDIENCE_NUMBERS[code]
    return bits


def words_of(work: int) -> tuple[list[str], list[str]]:
    """The kinds and the themes of such a number."""
    found = [word for word, bit in WORK_BITS.items() if work & bit]
    return (
        [word.removeprefix("kind:") for word in found if word.startswith("kind:")],
        [word.removeprefix("theme:") for word in found if word.startswith("theme:")],
    )


assert set(KINDS) == {word[5:] for word in _WORK if word.startswith("kind:")}
assert set(Theme.values) == {word[6:] for word in _WORK if word.startswith("theme:")}
assert set(Audience.values) == set(_AUDIENCES)
