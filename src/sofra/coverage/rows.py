"""Activities as coverage lists them: who, where, when, for whom, and how to write to those who do them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.activities import queries as kept
from sofra.activities.models import Activity, ActivityParty
from sofra.activities.vocabulary import KINDS, Part, Theme
from sofra.ground.models import Visibility
from sofra.organisations import queries as registry
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import ACTIVITY_KINDS

from .wording import audience_word, titles_of

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Row:
    """An activity in words. `organisations` are those that the viewer may know of, the lead first."""

    activity: Activity
    organisations: tuple[Organisation, ...]
    places: tuple[str, ...]
    audiences: tuple[str, ...]
    work: tuple[str, ...]


def rows_of(activities: Iterable[Activity], level: int) -> list[Row]:
    """In the order given. Three queries, however many they are."""
    activities = list(activities)
    parties: dict[int, list[int]] = {one.pk: [one.owner_id] if one.owner_id else [] for one in activities}
    partners = ActivityParty.objects.filter(activity__in=parties, part=Part.PARTNER).order_by("id")
    for activity, organisation in partners.values_list("activity", "organisation"):
        parties[activity].append(organisation)
    wanted = Organisation.objects.filter(pk__in={number for found in parties.values() for number in found})
    names = kept.names_of(wanted, level)
    titles = titles_of(code for one in activities for code in one.places)
    found = []
    for one in activities:
        lead = names.get(one.owner_id or 0)
        hides = level < Visibility.MEMBERS and lead is not None and lead.class_hidden  # as activities.saying
        kinds = [code for code in one.kinds if not (hides and code in ACTIVITY_KINDS)]
        found.append(_row(one, [names[number] for number in parties[one.pk] if number in names], kinds, titles))
    return found


def _row(
    activity: Activity, organisations: Sequence[Organisation], kinds: Sequence[str], titles: dict[str, str]
) -> Row:
    places = (
        [_("the whole country")] if activity.whole_country else [titles.get(code, code) for code in activity.places]
    )
    work = [str(KINDS[code]) for code in kinds] + [str(Theme(code).label) for code in activity.themes]
    return Row(
        activity, tuple({one.pk: one for one in organisations}.values()), tuple(places),
        tuple(audience_word(code) for code in activity.audiences), tuple(work),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How to write to an organisation: a letter to its contact point, or its page where that is not for everyone."""

    href: str
    words: str
    mails: bool


def ways_to_write(organisations: Iterable[Organisation], level: int, subject: str) -> dict[int, Way]:
    """By the number of the organisation. Only contact points that the viewer may see; one query."""
    organisations = list({one.pk: one for one in organisations}.values())
    said = registry.facts_for(organisations, level, ["contact"])
    found = {}
    for one in organisations:
        address = next((match[0] for fact in said[one.pk] if (match := _ADDRESS.search(fact.value))), "")
        if address:
            found[one.pk] = Way(f"mailto:{address}?subject={quote(subject)}", _("Write to them"), True)
        else:
            found[one.pk] = Way(one.get_absolute_url(), _("How to reach them"), False)
    return found


def in_words(words: Iterable[str]) -> str:
    """ "Dialogue, young people"; "" where there is nothing."""
    return capfirst(", ".join(words))
