"""Training sessions and their counts as rows: what the pages show, whole, and hidden where the pages hide it."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of
from sofra.training import queries
from sofra.training.models import Sector, Session

from .lists import BATCH, List, Row, _several


def _asked(request: HttpRequest, level: int) -> QuerySet[Session]:
    """All sessions, or those of `?programme=`, or one `?session=`; of a programme that is not seen none."""
    found = queries.sessions(level)
    if "programme" in request.GET:
        found = found.filter(programme__in=queries.programmes(level).filter(code=request.GET["programme"][:60]))
    if "session" in request.GET:
        found = found.filter(activity__code=request.GET["session"][:60])
    return found


def sessions(request: HttpRequest) -> List:
    """One row a session, with how many attended."""
    level = level_of(request.user)
    among = _asked(request, level)
    seen = set(queries.programmes(level).values_list("pk", flat=True))
    sectors = {code: str(word) for code, word in Sector.choices}
    header = [
        _("id"), _("title"), _("id of the programme"), _("programme"), _("organisation"), _("codes of places"),
        _("places"), _("in person or online"), _("state"), _("begins"), _("ends"), _("days"), _("invited"),
        _("curriculum"), _("version"), _("trainers"), _("attended"), _("attended: stated or hidden"), _("source"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        totals = queries.totals_of(among, level)
        titles = queries.titles_of(totals.places)
        wanted = among.select_related("activity__owner", "programme", "edition__curriculum")
        wanted = wanted.prefetch_related("days", "trainers").order_by("activity__begins", "pk")
        for start in range(0, totals.sessions, BATCH):
            for one in wanted[start : start + BATCH]:
                activity, programme = one.activity, one.programme if one.programme_id in seen else None
                edition = one.edition if one.edition and one.edition.curriculum.visible_to <= level else None
                attended = totals.by_session.get(one.pk)
                why = _("hidden") if one.pk in totals.hidden_sessions else _("not stated") if attended is None else ""
                yield [
                    activity.code, activity.title, programme.code if programme else "", str(programme or ""),
                    activity.owner.name if activity.owner else "", _several(activity.places),
                    _several(titles.get(code, code) for code in activity.places), str(activity.get_mode_display()),
                    str(activity.get_status_display()), activity.begins, activity.ends,
                    _several(day.on.isoformat() for day in one.days.all()),
                    _several(sectors.get(code, code) for code in one.invited),
                    str(edition.curriculum) if edition else "", edition.number if edition else "",
                    len(one.trainers.all()) or "", "" if attended is None else attended, why or _("stated"),
                    activity.source,
                ]  # fmt: skip

    return header, rows()


def counts(request: HttpRequest) -> List:
    """One row a count in all, and one for each of its parts; what the public may not be told is "hidden"."""
    level = level_of(request.user)
    among = _asked(request, level)
    header = [
        _("id of the session"), _("session"), _("what is counted"), _("day"), _("told apart by"), _("part"),
        _("code of the part"), _("people"), _("stated or hidden"), _("how they were counted"),
        _("holds everybody"), _("source"),
    ]  # fmt: skip
    everybody = {True: _("yes"), False: _("no"), None: ""}

    def rows() -> Iterator[Row]:
        for session, lines in queries.lines_of_all(among, level):
            for line in lines:
                count, shown = line.count, line.shown
                first = [
                    session.activity.code, session.activity.title, str(count.get_what_display()),
                    count.day.on.isoformat() if count.day else "",
                ]  # fmt: skip
                last = [str(count.get_how_display()), everybody[count.complete], count.source]
                why = _("hidden") if shown.hidden_total else _("not stated") if shown.total is None else _("stated")
                yield [*first, "", "", "", "" if shown.total is None else shown.total, why, *last]
                for dimension, of in shown.parts.items():
                    name = queries.name_of_dimension(dimension)
                    for key, number in of.items():
                        words = queries.words_of(dimension, key)
                        yield [*first, name, words, f"{dimension}:{key}", number, _("stated"), *last]
                for name in line.hidden:
                    yield [*first, name, "", "", "", _("hidden"), *last]

    return header, rows()
