"""Pages of coverage. Each reads what was asked from its address, so that every answer can be shared and printed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.activities import queries as activities
from sofra.activities import services as activity_services
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity
from sofra.organisations import queries as organisations
from sofra.organisations.forms import place_choices
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.places.titles import short_name_of, title_of

from . import crowds, forms, listing, queries, rules, services, wording
from .models import Asking, PriorityArea
from .rows import rows_of, ways_to_write

PAGE = 25
MOST_PAIRS = 500  # so many overlaps are paged through; the download has them all
MOST_SPANS = 8
MOST_WORKS = 40  # so many activities stand below a crowded place; the link leads to all


# — before you plan ————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Four questions; with an answer where the address says at least where."""
    level = level_of(request.user)
    mine = _mine(request)
    asked = request.GET if any(request.GET.values()) else None
    form = forms.PlanForm(asked, level=level, mine=mine, initial={"organisation": mine[0].code if mine else ""})
    context: dict[str, Any] = {"form": form, "known_places": place_choices(), "mine": mine, **_folded(form)}
    if asked is not None and form.is_valid():
        context |= _answer(request, form, level, mine)
    return render(request, "coverage/plan.html", context, status=422 if form.errors else 200)


def asked_of(request: HttpRequest) -> QueryDict:
    """What the address asks, without the page of a list and without what says nothing."""
    query = request.GET.copy()
    query.pop("page", None)
    for empty in [key for key in query if not any(query.getlist(key))]:
        del query[empty]
    return query


def _mine(request: HttpRequest) -> list[Organisation]:
    """The organisations that the person may write activities for by name, each by the record that stands for it."""
    if not request.user.is_authenticated:
        return []
    mine = organisations.edited_by(request.user).select_related("joined_to").order_by("sort_key", "id")
    return list({one.pk: one for one in map(organisations.head, mine)}.values())


def _folded(form: forms.PlanForm) -> dict[str, Any]:
    """The boxes of the form: the kinds of chapter IV at first sight, the long lists folded unless ticked."""
    kinds = list(form["kind"].subwidgets)
    goals = kinds[forms.FORM_COUNT :]
    return {
        "kind_boxes": kinds[: forms.FORM_COUNT],
        "goal_boxes": goals,
        "goals_open": any(box.data.get("selected") for box in goals),
        "themes_open": any(box.data.get("selected") for box in form["theme"].subwidgets),
    }


def _answer(
    request: HttpRequest, form: forms.PlanForm, level: int, mine: Sequence[Organisation]
) -> dict[str, Any]:  # fmt: skip
    question = form.question()
    answer = queries.before(level, question)
    lists = (answer.there, answer.was_there, answer.background)
    known = [one for listed in lists for found in listed.found for one in found.organisations]
    known += [partner.organisation for partner in answer.partners]
    name = short_name_of(question.where)
    ways = ways_to_write(known, level, _("What we plan in %(place)s") % {"place": name})
    titles = wording.titles_of(code for listed in lists for found in listed.found for code in found.places)
    there = _found(answer.there, titles, ways, question)
    query = asked_of(request)
    return {
        "question": question,
        "answer": answer,
        "asked": wording.asked_words(question),
        "place_name": name,
        "meanings": _meanings(form, request),
        "possible_count": answer.there.total - answer.there.sure,
        "there_shown": len(there),
        "there_left": answer.there.total > len(there) or answer.there.more,
        "there": [one for one in there if one["found"].sure],
        "possibly": [one for one in there if not one["found"].sure],
        "was_there": _found(answer.was_there, titles, ways, question),
        "background": _found(answer.background, titles, ways, question),
        "partners": [_partner(one, ways) for one in answer.partners],
        "notices": [_crowding(one, answer.municipality) for one in answer.crowding if one.crowd is not None],
        "nobody_near": [_near(one, query) for one in answer.nobody_near],
        "working_title": wording.working_title(question),
        "query": query.urlencode(),
        "kept": [(name, value) for name in query for value in query.getlist(name)],
        "may_plan": has(request.user, roles.MAPPER),
        "as_whom": [] if question.organisation else [(one.name, _asked_as(query, one)) for one in mine],
    }


def _asked_as(query: QueryDict, organisation: Organisation) -> str:
    """The same question, asked by this organisation."""
    asked = query.copy()
    asked["organisation"] = organisation.code
    return f"?{asked.urlencode()}"


def _meanings(form: forms.PlanForm | forms.ListForm, request: HttpRequest) -> list[tuple[str, str]]:
    """Other places that were perhaps meant, each with the address that asks about it."""
    found = []
    for place in form.other_meanings():
        query = request.GET.copy()
        query["place"] = place.code
        found.append((title_of(place), f"?{query.urlencode()}"))
    return found


def _found(
    listed: queries.Listed, titles: wording.Titles, ways: Mapping[int, Any], question: queries.Question
) -> list[dict[str, Any]]:
    return [
        {
            "found": one,
            "url": _address("activity", one.code),
            "organisations": one.organisations,
            "way": next((ways[body.pk] for body in one.organisations if body.pk in ways), None),
            "places": [titles.get(code, code) for code in one.places],
            "when": wording.dates.written_span(one.begins, one.ends),
            "status": _status(one.status),
            "why": wording.why(one.why, titles, question, (one.begins, one.ends)),
        }
        for one in listed.found
    ]


def _status(code: str) -> str:
    return str(dict(Activity._meta.get_field("status").flatchoices).get(code, code))


def _address(route: str, *args: Any) -> str:
    try:
        return reverse(route, args=args)
    except NoReverseMatch:  # a room that is not built in
        return ""


def _partner(one: queries.Partner, ways: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "partner": one,
        "way": ways.get(one.organisation.pk),
        "places": [(title_of(place), place.get_absolute_url()) for place in one.places],
        "audiences": [wording.audience_word(code) for code in one.audiences],
        "kinds": [wording.work_word(code) for code in one.kinds],
        "example_url": _address("activity", one.example.code),
    }


def _crowding(one: queries.Crowding, where: Place | None) -> dict[str, Any]:
    assert one.crowd is not None
    assert where is not None
    now, planned = (
        (one.now_sure, one.planned_sure) if one.crowd.sure else (one.now_possible, one.planned_possible)
    )  # fmt: skip
    return {
        "crowding": one,
        "cell": cell_address(where.code, one.audience or queries.UNKNOWN, one.crowd.spans),
        "care": wording.care(
            now if one.crowded_now else planned, one.audience, sure=one.crowd.sure, planned=not one.crowded_now
        ),
        "now": now,
        "planned": planned,
        "spans": [wording.days(span) for span in one.crowd.spans],
        "sure": one.crowd.sure,
    }


def _near(one: queries.Near, query: QueryDict) -> dict[str, Any]:
    there = query.copy()
    there["place"] = one.place.code
    return {
        "url": f"?{there.urlencode()}",
        "near": one,
        "title": title_of(one.place),
        "kilometres": None if one.kilometres is None else round(one.kilometres),
        "asked": one.state == rules.State.NOBODY,
        "state": rules.State(one.state).label,
        "askings": [_asking(asking) for asking in one.askings],
    }


def _asking(asking: Asking) -> dict[str, Any]:
    return {"by": asking.asked_by, "on": wording.dates.written(asking.asked_on), "source": asking.source}


@require_POST
def plan_save(request: HttpRequest) -> HttpResponse:
    """The question becomes a planned activity, as a draft of an organisation that the person edits."""
    user = require(request.user, roles.MEMBER)
    level = level_of(user)
    form = forms.PlanForm(request.POST, level=level)
    back = f"{reverse('plan')}?{_kept(request)}"
    if not form.is_valid():
        return redirect(back)
    question, owner = form.question(), None
    if code := request.POST.get("owner", ""):
        owner = activities.organisation_for(user, code)
    elif not has(user, roles.MAPPER):
        messages.warning(request, _("Choose the organisation that plans this; you speak for none so far."))
        return redirect(back)
    whole = question.where.level == 0
    draft = ActivityDraft(
        title=(request.POST.get("title", "").strip() or wording.working_title(question))[:250],
        owner=owner.code if owner else "", kinds=list(question.kinds), themes=list(question.themes),
        audiences=list(question.audiences), places=[] if whole else [question.where.code], whole_country=whole,
        begins=question.begins, ends=question.ends, status="planned",
    )  # fmt: skip
    try:
        made = activity_services.add_once(draft, by=user)
    except ValidationError as problem:
        for sentence in problem.messages:
            messages.error(request, sentence)
        return redirect(back)
    messages.success(request, _("Kept as a draft. Only you and the mappers see it until you publish it."))
    return redirect(_address("activity_edit", made.code) or _address("activity", made.code) or back)


def _kept(request: HttpRequest) -> str:
    """The question of a form that was sent, as parameters of an address."""
    query = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "owner", "title"):
        query.pop(name, None)
    return query.urlencode()


# — lists ——————————————————————————————————————————————————————————————————————————————————————————————————


def _listed(request: HttpRequest, form: forms.ListForm) -> dict[str, Any]:
    """What every list shows around its rows: the filters, what was asked, other meanings, the address of downloads."""
    query = asked_of(request)
    valid = form.is_valid()
    return {
        "form": form,
        "known_places": place_choices(),
        "asked": query.urlencode(),
        "chips": _chips(form, query) if valid else [],
        "meanings": _meanings(form, request) if valid else [],
        "may_record": has(request.user, roles.MAPPER),
        "sees_hidden": level_of(request.user) > 0,
    }


def _chips(form: forms.ListForm, query: QueryDict) -> list[dict[str, str]]:
    chips = []
    for name, field in form.fields.items():
        parameter = form.add_prefix(name)
        value = query.get(parameter, "")
        if not value:
            continue
        words = form.typed_place if name == "place" else dict(getattr(field, "choices", ())).get(value, value)
        if name in {"begins", "ends"}:
            words = wording.dates.written(form.cleaned_data[name])
        if name == "organisation":
            words = form.cleaned_data[name].name
        if name == "activity":
            words = form.activity_title
        rest = query.copy()
        rest.pop(parameter)
        label = str(field.label) if name == "sure" else f"{field.label or _('Activity')}: {words}"
        chips.append({"label": label, "url": f"?{rest.urlencode()}"})
    return chips


def _status_of(form: forms.ListForm) -> int:
    return 422 if form.errors else 200


@require_safe
def coverage_rules(request: HttpRequest) -> HttpResponse:
    sides = [(side.label, rules.SHARED[side], rules.UNKNOWN[side]) for side in rules.Side]
    states = [(state.label, rules.REASONS[state]) for state in rules.State]
    return render(request, "coverage/rules.html", {"sides": sides, "states": states, "most": settings.CROWD})


@require_safe
def overlaps(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    form = forms.ListForm(request.GET, level=level)
    context = _listed(request, form)
    if form.is_valid() and crowds.is_large() and not _is_narrow(form.filters()):
        places = crowds.overlapping(level, form.filters())
        context["places"] = [(title_of(place), f"?{_narrowed(request, place)}") for place in places]
        return render(request, "coverage/overlap_list.html", context)
    found = list(islice(listing.overlaps(level, form.filters()), MOST_PAIRS + 1)) if form.is_valid() else []
    if len(found) <= MOST_PAIRS:
        found.sort(key=lambda one: not one.sure)
    page = Paginator(found[:MOST_PAIRS], PAGE).get_page(request.GET.get("page"))
    context |= {"page": page, "more": len(found) > MOST_PAIRS, "most": MOST_PAIRS}
    context["pairs"] = _pairs(list(page.object_list), level)
    return render(request, "coverage/overlap_list.html", context, status=_status_of(form))


def _is_narrow(filters: listing.Filters) -> bool:
    """Can the overlaps be listed at once, however large the hub is?"""
    narrow = filters.place is not None and filters.place.level >= 2
    return narrow or bool(filters.organisation or filters.activity)


def _narrowed(request: HttpRequest, place: Place) -> str:
    query = asked_of(request)
    query["place"] = place.code
    return query.urlencode()


def _pairs(found: list[listing.Overlap], level: int) -> list[dict[str, Any]]:
    numbers = {named.number for one in found for named in (one.first, one.second)}
    rows = {row.activity.pk: row for row in rows_of(activities.activities(level).filter(pk__in=numbers), level)}
    titles = wording.titles_of(
        code for one in found for reason in one.why if reason.side == rules.Side.PLACE for code in reason.shared
    )
    return [
        {
            "overlap": one,
            "both": [rows[named.number] for named in (one.first, one.second) if named.number in rows],
            "why": wording.why(one.why, titles),
            "days": wording.days(one.days),
        }
        for one in found
    ]


@require_safe
def crowded(request: HttpRequest) -> HttpResponse:
    """Crowded places; in a large hub only a single municipality is shown with the activities that say so."""
    level = level_of(request.user)
    form = forms.ListForm(request.GET, level=level, without=("organisation", "activity", "kind", "theme"))
    context = _listed(request, form)
    found: list[Any] = []
    counted = crowds.is_large() and not (form.is_valid() and form.asked_place and form.asked_place.level >= 2)
    if form.is_valid():
        find = crowds.crowds if counted else queries.crowded_places
        found = find(level, form.filters())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    told = _counted_crowds(page.object_list, form) if counted else _notices(list(page.object_list), level)
    context |= {"page": page, "notices": told, "most": settings.CROWD}
    return render(request, "coverage/crowded_list.html", context, status=_status_of(form))


def _notices(found: list[queries.Notice], level: int) -> list[dict[str, Any]]:
    numbers = {work.number for one in found for work in one.crowd.works[:MOST_WORKS]}
    rows = {row.activity.pk: row for row in rows_of(activities.activities(level).filter(pk__in=numbers), level)}
    return [
        {
            "place": one.place,
            "title": title_of(one.place),
            "audience": wording.audience_word(one.audience),
            "sure": one.crowd.sure,
            "number": one.crowd.number,
            "spans": [wording.days(span) for span in one.crowd.spans[:MOST_SPANS]],
            "organisations": one.organisations[:MOST_WORKS],
            "unnamed": len({work.counts_as for work in one.crowd.works}) - len(one.organisations),
            "rows": [rows[work.number] for work in one.crowd.works[:MOST_WORKS] if work.number in rows],
            "count": len(one.crowd.works),
            "more": max(0, len(one.crowd.works) - MOST_WORKS),
            "cell": cell_address(one.place.code, one.audience or queries.UNKNOWN, one.crowd.spans),
        }
        for one in found
    ]


def _counted_crowds(found: Iterable[crowds.Crowded], form: forms.ListForm) -> list[dict[str, Any]]:
    found = list(found)
    places = Place.objects.in_bulk({one.place for one in found})
    begins, ends = form.when
    return [
        {
            "place": places[one.place],
            "title": title_of(places[one.place]),
            "audience": wording.audience_word(one.audience),
            "sure": one.sure,
            "number": one.number,
            "spans": [wording.days((one.first, one.last)) for one in one.quarters[:MOST_SPANS]],
            "details": wording.encoded({"place": one.place, "audience": one.audience, "from": begins, "to": ends}),
            "cell": cell_address(one.place, one.audience or queries.UNKNOWN, [one.span]),
        }
        for one in found
    ]


def cell_address(place: str, audience: str, spans: Iterable[rules.Span]) -> str:
    """Where the rows behind a crowd are listed: from its first to its last day."""
    spans = list(spans)
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    query = {"place": place, "audience": audience, "from": _iso(first), "to": _iso(last)}
    return f"{reverse('coverage_cell')}?{wording.encoded(query)}"


def _iso(day: int) -> str:
    return "" if day in {wording.dates.LONG_AGO, wording.dates.FAR_OFF} else wording.date.fromordinal(day).isoformat()


@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    form = forms.ListForm(request.GET, level=level, without=("organisation", "activity", "kind", "theme", "sure"))
    context = _listed(request, form)
    found = list(queries.gaps(level, form.filters())) if form.is_valid() else []
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    states = [one.state for one in found]
    context |= {
        "page": page,
        "gaps": [_gap(one, form) for one in page.object_list],
        "asked_count": states.count(rules.State.NOBODY),
        "not_asked_count": states.count(rules.State.NOT_ASKED),
    }
    return render(request, "coverage/gap_list.html", context, status=_status_of(form))


def _gap(one: queries.Gap, form: forms.ListForm) -> dict[str, Any]:
    begins, ends = form.when
    query = {"place": one.place.code, "audience": one.audience, "from": begins, "to": ends}
    return {
        "gap": one,
        "title": title_of(one.place),
        "audience": wording.audience_word(one.audience) if one.audience else "",
        "asked": one.state == rules.State.NOBODY,
        "state": rules.State(one.state).label,
        "reason": rules.REASONS[one.state],
        "askings": [_asking(asking) for asking in one.askings],
        "priorities": one.priorities,
        "plan": f"{reverse('plan')}?{wording.encoded(query)}",
        "wider": f"{reverse('coverage_cell')}?{wording.encoded({**query, 'place': settings.COUNTRY})}",
    }


@require_safe
def cell(request: HttpRequest) -> HttpResponse:
    """The activities behind a number. Those that may belong to it, since for whom is not known, stand apart."""
    level = level_of(request.user)
    form = forms.CellForm(request.GET, level=level)
    context = _listed(request, form)
    if not form.is_valid():
        return render(request, "coverage/cell.html", context, status=422)
    asked = form.cell()
    page = Paginator(queries.activities_of(level, asked), PAGE).get_page(request.GET.get("page"))
    place = form.asked_place
    context |= {
        "page": page,
        "rows": rows_of(page.object_list, level),
        "words": wording.cell_words(asked, title_of(place) if place else ""),
        "unknown": _perhaps_too(request, level, asked),
    }
    return render(request, "coverage/cell.html", context)


def _perhaps_too(request: HttpRequest, level: int, asked: queries.Cell) -> dict[str, Any] | None:
    """How many more may be for these people, since for whom they are is not known, and where they are listed."""
    if asked.audience in {"", queries.UNKNOWN}:
        return None
    count = queries.activities_of(level, replace(asked, audience=queries.UNKNOWN)).count()
    query = asked_of(request)
    query["audience"] = queries.UNKNOWN
    return {"count": count, "url": f"?{query.urlencode()}"} if count else None


# — askings and priorities —————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def askings(request: HttpRequest) -> HttpResponse:
    """Which places were asked about; mappers add what they asked."""
    may_record = has(request.user, roles.MAPPER)
    if request.method == "POST":
        require(request.user, roles.MAPPER)
    form = forms.AskingForm(request.POST or None, initial={"place": request.GET.get("place", "")[:80]})
    if form.is_valid() and _recorded(form, services.record_asking, by=request.user):
        messages.success(request, _("Kept. Where nobody is known there, the lists now say that it was asked."))
        return redirect("askings")
    page = Paginator(queries.askings(), PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "asking": one,
            "title": title_of(one.place),
            "on": wording.dates.written(one.asked_on),
            "audiences": [wording.audience_word(code) for code in one.audiences],
            "when": wording.time_of(one.begins, one.ends or one.asked_on),  # none named: until it was asked
        }
        for one in page.object_list
    ]
    context = {"form": form, "page": page, "rows": rows, "may_record": may_record, "known_places": place_choices()}
    return render(request, "coverage/asking_list.html", context, status=422 if form.errors else 200)


def _recorded(form: Any, service: Any, *, by: Any) -> bool:
    """Do it; what the service refuses stands beside its field."""
    try:
        service(**form.cleaned_data, by=by)
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


@require_POST
def asking_end(request: HttpRequest, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    services.end_asking(get_object_or_404(Asking, pk=number), by=by)
    messages.success(request, _("Taken back: it counts as not asked."))
    return redirect("askings")


@require_http_methods(["GET", "HEAD", "POST"])
def priorities(request: HttpRequest) -> HttpResponse:
    """Declared priority areas, for those who may see them; mappers write down what a body declared."""
    user = require(request.user, roles.MEMBER)
    may_record = has(user, roles.MAPPER)
    if request.method == "POST" and not may_record:
        raise PermissionDenied
    form = forms.PriorityForm(request.POST or None, initial={"place": request.GET.get("place", "")[:80]})
    if form.is_valid() and _recorded(form, services.declare_priority, by=user):
        messages.success(request, _("Kept. The list of places where nobody is known begins with it."))
        return redirect("priorities")
    found = queries.priority_areas(level_of(user)).order_by("place__sort_key", "id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [
        {"area": one, "title": title_of(one.place), "on": wording.dates.written(one.declared_on)}
        for one in page.object_list
    ]
    context = {"form": form, "page": page, "rows": rows, "may_record": may_record, "known_places": place_choices()}
    return render(request, "coverage/priority_list.html", context, status=422 if form.errors else 200)


@require_POST
def priority_end(request: HttpRequest, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    area = get_object_or_404(PriorityArea, pk=number, visible_to__lte=level_of(by))
    services.end_priority(area, by=by)
    messages.success(request, _("Ended: it is no priority any more."))
    return redirect("priorities")
