"""An activity and a project before they are kept, and what is refused of them, each with its field and a sentence."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sofra.ground.models import Visibility
from sofra.organisations.vocabulary import Audience, Language, Theme

from . import dates, vocabulary

MOST_PLACES = 100
MOST_PEOPLE = 10_000_000


@dataclass(slots=True)
class Group:
    """So many of those reached were of one group (models.Reached)."""

    by: str
    number: int
    sex: str = ""
    age: str = ""
    audience: str = ""


@dataclass(slots=True)
class ActivityDraft:
    """All that an activity says. `owner` and `partners` are codes of organisations, `project` a project's code."""

    title: str
    owner: str = ""
    partners: list[str] = field(default_factory=list)
    project: str = ""
    about: str = ""
    kinds: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    place_text: str = ""
    whole_country: bool = False
    begins: str = ""
    ends: str = ""
    status: str = "unknown"
    mode: str = "unknown"
    times_held: int | None = None
    reached: int | None = None
    counted: str = "unknown"
    reached_complete: bool | None = None
    groups: list[Group] = field(default_factory=list)
    money: Decimal | None = None
    currency: str = ""
    money_visible_to: int = Visibility.MEMBERS
    results: str = ""
    source: str = ""
    visible_to: int = Visibility.PUBLIC


@dataclass(slots=True)
class Funder:
    """One step of the chain of money: who gave it, as the how manieth, and how much where that is known."""

    organisation: str
    step: int = 1
    amount: Decimal | None = None


@dataclass(slots=True)
class ProjectDraft:
    """All that a project says. `owner` is the code of the organisation that leads it."""

    title: str
    owner: str = ""
    partners: list[str] = field(default_factory=list)
    funders: list[Funder] = field(default_factory=list)
    about: str = ""
    aim: str = ""
    begins: str = ""
    ends: str = ""
    budget: Decimal | None = None
    currency: str = ""
    budget_visible_to: int = Visibility.MEMBERS
    results: str = ""
    source: str = ""
    visible_to: int = Visibility.PUBLIC


# Sets, since a table of thousands is checked row by row and a vocabulary lists its words anew each time.
_KNOWN: dict[str, frozenset[str]] = {
    "kinds": frozenset(vocabulary.KINDS), "themes": frozenset(Theme.values), "audiences": frozenset(Audience.values),
    "languages": frozenset(Language.values),
}  # fmt: skip
_ONE_OF: dict[str, frozenset[str]] = {
    "status": frozenset(vocabulary.Status.values), "mode": frozenset(vocabulary.Mode.values),
    "counted": frozenset(vocabulary.Counted.values),
}  # fmt: skip
_SEXES, _AGES = frozenset(vocabulary.Sex.values), frozenset(vocabulary.AgeBand.values)
_LEVELS = frozenset(Visibility.values)
FIELDS = tuple(one.name for one in dataclasses.fields(ActivityDraft))
PROJECT_FIELDS = tuple(one.name for one in dataclasses.fields(ProjectDraft))


def check_activity(draft: ActivityDraft) -> None:
    """Refuse what cannot be kept. Raises ValidationError of {field: [sentences]}, all that is wrong at once."""
    wrong: dict[str, list[str]] = {}
    _check_common(draft, wrong)
    _check_codes(draft, wrong)
    if draft.whole_country and draft.places:
        wrong["places"] = [_("Either the whole country or single places: take one of them away.")]
    if len(draft.places) > MOST_PLACES:
        wrong["places"] = [
            _("Name at most %(most)s places, or a county, or the whole country.") % {"most": MOST_PLACES}
        ]
    for name in ("reached", "times_held"):
        number = getattr(draft, name)
        if number is not None and not 0 <= number <= MOST_PEOPLE:
            wrong[name] = [_("Write a number from 0 to %(most)s.") % {"most": f"{MOST_PEOPLE:,}".replace(",", " ")}]
    if problems := parts_beyond_total(draft.groups, draft.reached):
        wrong["groups"] = problems
    if wrong:
        raise ValidationError({name: list(dict.fromkeys(said)) for name, said in wrong.items()})


def check_project(draft: ProjectDraft) -> None:
    """As check_activity, of a project."""
    wrong: dict[str, list[str]] = {}
    _check_common(draft, wrong)
    if draft.budget is not None and draft.budget < 0:
        wrong["budget"] = [_("An amount of money cannot be less than 0.")]
    if any(funder.amount is not None and funder.amount < 0 for funder in draft.funders):
        wrong["funders"] = [_("An amount of money cannot be less than 0.")]
    if wrong:
        raise ValidationError(wrong)


def _check_common(draft: ActivityDraft | ProjectDraft, wrong: dict[str, list[str]]) -> None:
    if not draft.title.strip():
        wrong["title"] = [_("Say in a few words what is done.")]
    elif len(draft.title) > 250:
        wrong["title"] = [_("Shorten the title to 250 letters; the rest can stand in the description.")]
    for name, longest in (("about", 10_000), ("source", 300), ("results", 500)):
        if len(getattr(draft, name)) > longest:
            wrong[name] = [_("Shorten this to %(longest)s letters.") % {"longest": longest}]
    if draft.results and not draft.results.startswith(("https://", "http://")):
        wrong["results"] = [_("Write the whole web address, such as https://www.example.org.")]
    for name in ("begins", "ends"):
        if getattr(draft, name):
            try:
                dates.first_day(getattr(draft, name))
            except ValueError:
                wrong[name] = [_("Write day.month.year (05.10.2018), month.year (10.2018) or the year (2018).")]
    if "begins" not in wrong and "ends" not in wrong:
        try:
            dates.check_span(draft.begins, draft.ends)
        except ValidationError as error:
            wrong["ends"] = list(error.messages)
    money = draft.money if isinstance(draft, ActivityDraft) else draft.budget
    if money is not None and not draft.currency:
        wrong["currency"] = [_("Say which currency the amount is in: ALL, EUR, USD.")]
    if money is not None and money < 0:
        wrong["money" if isinstance(draft, ActivityDraft) else "budget"] = [
            _("An amount of money cannot be less than 0.")
        ]
    if draft.owner and draft.owner in draft.partners:
        wrong["partners"] = [_("The organisation that leads is not its own partner: take it out of the partners.")]
    if draft.visible_to not in _LEVELS:
        wrong["visible_to"] = [_("Choose who may see it.")]


def _check_codes(draft: ActivityDraft, wrong: dict[str, list[str]]) -> None:
    for name, known in _KNOWN.items():
        if unknown := [code for code in getattr(draft, name) if code not in known]:
            wrong[name] = [_("“%(code)s” is not one of the choices.") % {"code": unknown[0]}]
    for name, choices in _ONE_OF.items():
        if getattr(draft, name) not in choices:
            wrong[name] = [_("“%(code)s” is not one of the choices.") % {"code": getattr(draft, name)}]
    for group in draft.groups:
        if group.sex not in _SEXES or group.age not in _AGES:
            wrong["groups"] = [_("A group is told apart by sex, age or audience: choose from the lists.")]


def parts_beyond_total(groups: Sequence[Group], total: int | None) -> list[str]:
    """Sentences for numbers below 0, and for parts that add up to more than the total."""
    if any(group.number < 0 for group in groups):
        return [_("A number of people cannot be less than 0.")]
    sums: dict[str, int] = {}
    for group in groups:
        sums[group.by] = sums.get(group.by, 0) + group.number
    return [
        _("The parts add up to %(sum)s, more than the total of %(total)s: mend a part or the total.")
        % {"sum": found, "total": total}
        for found in sums.values()
        if total is not None and found > total
    ]
