"""Activities and projects as rows: each list as its page shows it, whole, to the same eyes.

The columns are headed as the importer heads them, so that a table that was taken away can be brought back.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of, require
from sofra.activities import finding, forms, queries, saying, table_forms
from sofra.activities.columns import TARGETS
from sofra.activities.models import Activity, Project, ProjectParty, Reached
from sofra.activities.vocabulary import Counted, Mode, Part, Status
from sofra.organisations import queries as registry
from sofra.organisations.vocabulary import ActivityClass, Audience
from sofra.places.models import Place
from sofra.places.titles import title_of

from .lists import BATCH, List, Row, _several

_HEADED = (
    "title", "place", "begins", "ends", "audience", "kind", "theme", "about", "owner", "partners", "project", "status",
    "mode", "language", "times_held", "reached", "women", "men", "counted", "money", "currency", "results", "source",
)  # fmt: skip


def _asked(request: HttpRequest, level: int) -> QuerySet[Activity]:
    """The activities that the page with the same address shows, in its usual order."""
    form = forms.FilterForm(request.GET, level=level)
    return Activity.objects.none() if form.problems else finding.listed(level, form.filters())


def _batches(found: QuerySet[Activity]) -> Iterator[list[Activity]]:
    """All of a list in its order, a thousand at a time, each asked for from where the last ended."""
    last: Activity | None = None
    while True:
        rest = found
        if last is not None:
            rest = found.filter(begins__lte=last.begins).exclude(begins=last.begins, pk__gte=last.pk)
        batch = list(rest[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]


def activities(request: HttpRequest) -> List:
    """One row an activity, with the filters of the list page."""
    level = level_of(request.user)
    header = [_("id"), *(str(TARGETS[name]) for name in _HEADED)]
    header += [_("class"), _("codes of places"), _("everybody is counted"), _("last changed")]
    return header, (row for batch in _batches(_asked(request, level)) for row in _rows(batch, level))


def own_activities(request: HttpRequest, code: str) -> List:
    """An organisation's own table, drafts with it, as its page shows it; for its editors and mappers alone."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    found = queries.own_activities(by, owner).select_related("owner", "project")
    shown = table_forms.FilterForm(request.GET, found=found).narrow(found).order_by("-begins", "-id")
    level = registry.level_at(request.user, owner)
    header = [_("id"), *(str(TARGETS[name]) for name in _HEADED)]
    header += [_("class"), _("codes of places"), _("everybody is counted"), _("last changed"), _("state")]
    states = dict(Activity.State.choices)

    def rows() -> Iterator[Row]:
        for batch in _batches(shown):
            said = saying.own_rows_of(batch, by, owner)
            for one, row in zip(batch, _rows(batch, level, said), strict=True):
                yield [*row, str(states[Activity.State(one.state)])]

    return header, rows()


def _rows(batch: list[Activity], level: int, said: list[saying.Row] | None = None) -> Iterator[Row]:
    """`level` decides on the money, and on all else where it is not `said` already."""
    sexes = _by_sex(batch)
    country = _country()
    words = {Status: dict(Status.choices), Mode: dict(Mode.choices), Counted: dict(Counted.choices)}
    classes = dict(ActivityClass.choices)
    for row in saying.rows_of(batch, level) if said is None else said:
        one = row.activity
        shows_money = one.money_visible_to <= level
        yield [
            one.code, one.title, country if one.whole_country else _several(row.places_said), one.begins, one.ends,
            _several(row.audiences_said), _several(row.kinds_said), _several(row.themes_said), one.about,
            row.owner_name, _several(partner.name for partner in row.partners),
            row.project.title if row.project else "", _word(words[Status], one.status), _word(words[Mode], one.mode),
            _several(row.languages_said), one.times_held, one.reached, *sexes.get(one.pk, (None, None)),
            _word(words[Counted], one.counted), one.money if shows_money else None,
            one.currency if shows_money else "", one.results, one.source,
            str(classes[row.class_code]) if row.class_code else "", _several(place.code for place in row.places),
            _yes(one.reached_complete), one.updated_at.date().isoformat(),
        ]  # fmt: skip


def _word(words: dict[Any, Any], code: str) -> str:
    """The name of a code; "" for what is not known, as everywhere in a table."""
    return "" if code == "unknown" else str(words[code])


def _yes(answer: bool | None) -> str:
    return "" if answer is None else _("yes") if answer else _("no")


def _country() -> str:
    found = Place.objects.filter(pk=settings.COUNTRY).first()
    return title_of(found) if found else settings.COUNTRY


def _by_sex(batch: list[Activity]) -> dict[int, tuple[int | None, int | None]]:
    """Activity → women and girls, men and boys, where they were told apart by sex alone."""
    found: dict[int, dict[str, int]] = {}
    told = Reached.objects.filter(activity__in=[one.pk for one in batch], by="sex")
    for activity, sex, number in told.order_by().values_list("activity", "sex", "number"):
        found.setdefault(activity, {})[sex] = number
    return {activity: (by.get("f"), by.get("m")) for activity, by in found.items()}


def reached(request: HttpRequest) -> List:
    """The people reached, told apart: one row for each group of each activity of the same list."""
    level = level_of(request.user)
    header = [
        _("id"), str(TARGETS["title"]), _("told apart by"), _("group"), _("sex"), _("age"), str(TARGETS["audience"]),
        _("number"), _("total reached"), str(TARGETS["counted"]),
    ]  # fmt: skip
    audiences, counted = dict(Audience.choices), dict(Counted.choices)

    def rows() -> Iterator[Row]:
        for batch in _batches(_asked(request, level)):
            by_id = {one.pk: one for one in batch}
            for group in Reached.objects.filter(activity__in=by_id).order_by("activity", "by", "id"):
                one = by_id[group.activity_id]
                yield [
                    one.code, one.title, group.by, saying.group_words(group), group.get_sex_display(),
                    group.get_age_display(), str(audiences.get(group.audience, group.audience)), group.number,
                    one.reached, _word(counted, one.counted),
                ]  # fmt: skip

    return header, rows()


def projects(request: HttpRequest) -> List:
    """One row a project, with the filters of the page; the money's way from its first giver on."""
    level = level_of(request.user)
    named = request.GET.get("organisation", "").strip()[:250]
    organisation = forms.find_organisation(named, level)
    found = finding.listed_projects(level, q=request.GET.get("q", "")[:200], organisation=organisation)
    found = found.none() if named and organisation is None else found
    header = [
        _("id"), _("title"), str(TARGETS["owner"]), str(TARGETS["partners"]), _("funders, the first giver first"),
        _("what it wants to change"), str(TARGETS["about"]), str(TARGETS["begins"]), str(TARGETS["ends"]), _("budget"),
        str(TARGETS["currency"]), _("activities recorded"), str(TARGETS["results"]), str(TARGETS["source"]),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for start in range(0, found.count(), BATCH):
            yield from _project_rows(list(found[start : start + BATCH]), level)

    return header, rows()


def _project_rows(batch: list[Project], level: int) -> Iterator[Row]:
    parties: dict[int, list[tuple[int, str]]] = {}
    told_of = ProjectParty.objects.filter(project__in=batch).values_list("project", "organisation", "part")
    for number, organisation, part in told_of:
        parties.setdefault(number, []).append((organisation, part))
    names = queries.standing({number for said in parties.values() for number, _part in said}, level)
    counts = finding.activities_of(batch, level)
    for one in batch:
        shows, said = one.budget_visible_to <= level, parties.get(one.pk, [])

        def told(part: str, said: list[tuple[int, str]] = said) -> str:
            hidden = str(saying.NOT_PUBLIC)
            return _several(names[n].name if n in names else hidden for n, is_ in said if is_ == part)

        yield [
            one.code, one.title, told(Part.LEAD), told(Part.PARTNER), told(Part.FUNDER), one.aim, one.about,
            one.begins, one.ends, one.budget if shows else None, one.currency if shows else "",
            counts.get(one.pk, 0), one.results, one.source,
        ]  # fmt: skip
