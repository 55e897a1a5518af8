"""Pages of the registry. Each fetches by a query that also says whether the reader may, then shows or acts."""

from typing import Any

from django import forms as djangoforms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.places import maps
from sofra.places.titles import title_of

from . import duplicates, forms, panels, queries, readings, rules, services, vocabulary
from .models import Candidate, Change, Fact, Judgement, Organisation, Proposal
from .records import Draft

PAGE = 25
IN_LISTS = ("theme", "place", "seat", "website")


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    form = forms.FilterForm(request.GET)
    filters = form.filters()
    found = queries.listed(level, filters) if not form.unknown_place() else Organisation.objects.none()
    view = request.GET.get("view", "list")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "filters": filters,
        "page": page,
        "rows": _rows(page.object_list, level) if view != "map" else [],
        "view": view if view in {"list", "map", "table"} else "list",
        "level": level,
        "may_add": queries.may_decide(request.user),
        **_around_the_list(request, form),
    }
    if view == "map":
        context |= _map(queries.counts_of(found, level), context["query_without_place"])
    return render(request, "organisations/organisation_list.html", context)


def _around_the_list(request: HttpRequest, form: forms.FilterForm) -> dict[str, Any]:
    """The filters' parts of the page: long choices, chips that take one filter away, other views, downloads."""
    query = request.GET.copy()
    view = query.get("view", "")
    for name in ("page", "view"):
        query.pop(name, None)
    for name in list(query):  # fields that were left empty make addresses long and say nothing
        if not any(query.getlist(name)):
            query.pop(name)
    chips = []
    for name, field in form.fields.items():
        labels: dict[Any, Any] = dict(field.choices) if isinstance(field, djangoforms.ChoiceField) else {}  # type: ignore[arg-type]
        for value in query.getlist(name):
            if value and (not labels or value in labels):
                rest = query.copy()
                rest.setlist(name, [other for other in query.getlist(name) if other != value])
                words = form.typed_place if name == "place" else capfirst(labels.get(value, value))
                if view:
                    rest["view"] = view
                chips.append({"label": f"{field.label}: {words}", "url": f"?{rest.urlencode()}"})
    asked = query.urlencode()
    without_place = query.copy()
    without_place.pop("place", None)
    before = f"{text}&" if (text := without_place.urlencode()) else ""
    after = f"&view={view}" if view in {"map", "table"} else ""
    return {
        "groups": list(form.groups()),
        "ages": form.fields["age"].choices,  # type: ignore[attr-defined]
        "chips": chips,
        "views": [("list", _("List"), "list-bullet"), ("map", _("Map"), "map"), ("table", _("Table"), "table-cells")],
        "query_without_view": f"{asked}&" if asked else "",
        "query_without_place": before,
        "meanings": [(title_of(place), f"?{before}place={place.code}{after}") for place in form.other_meanings()],
        "asked": asked,
    }


def _rows(organisations: Any, level: int) -> list[dict[str, Any]]:
    said = queries.facts_for(organisations, level, IN_LISTS)
    places = queries.place_titles(
        fact.value for facts in said.values() for fact in facts if fact.field in {"place", "seat"}
    )
    rows = []
    for organisation in organisations:
        facts = said[organisation.pk]
        rows.append(
            {
                "organisation": organisation,
                "themes": [capfirst(vocabulary.Theme(f.value).label) for f in facts if f.field == "theme"],
                "places": [places.get(f.value) or f.detail.get("text", "") for f in facts if f.field == "place"],
                "seat": next((places.get(f.value, "") for f in facts if f.field == "seat"), ""),
                "website": next((f.value for f in facts if f.field == "website"), ""),
                "shows_class": not organisation.class_hidden or level >= Visibility.MEMBERS,
            }
        )
    return rows


def _map(counts: Any, asked: str) -> dict[str, Any]:
    """The map of what is listed, and the same as a table; each municipality leads to its part of the list."""

    def href(code: str) -> str:
        return f"?{asked}view=list&place={code}"

    regions = maps.rows(settings.COUNTRY, counts, href=href)
    rows = [row for region in regions for row in (region.below or (region,)) if row.count]
    return {"map": maps.tile_grid(settings.COUNTRY, counts, href=href), "map_rows": rows}


@require_safe
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.organisation_for(request.user, code)
    if found.joined_to is not None:
        return redirect(found.joined_to, permanent=False)
    level = queries.level_at(request.user, found)
    record = queries.record_of(found, level)
    kinds = [fact.value for fact in record.get("activity_kind", []) if fact.visible_to == Visibility.PUBLIC]
    context = {
        "organisation": found,
        "record": record,
        "fields": [(vocabulary.FIELDS[field], _by_provenance(facts, level)) for field, facts in record.items()],
        "names": record.get("name", [])[1:],
        "verdict": rules.classify(kinds),
        "shows_class": not found.class_hidden or level >= Visibility.MEMBERS,
        "contests": queries.contests(found),
        "joined": queries.joined_to(found, level),
        "level": level,
        "may_propose": queries.may_propose(request.user, found),
        "may_decide": queries.may_decide(request.user),
        "panels": [panel(request, found) for panel in panels.on_organisation],
    }
    return render(request, "organisations/organisation_detail.html", context)


def _by_provenance(facts: list[Fact], level: int) -> list[dict[str, Any]]:
    """A field's facts in groups that share source and confirmation, so that a page says each of them once.

    Places that were read from one text make a group: the text stands beside them, and whether a person confirmed it.
    """
    groups: dict[tuple[Any, ...], list[Fact]] = {}
    for fact in facts:
        by = fact.by_name if level >= Visibility.MEMBERS else ""
        text = str(fact.detail.get("text", "")) if fact.field in {"place", "seat"} else ""
        groups.setdefault((fact.source, by, fact.confirmed_on, text), []).append(fact)
    return [
        {
            "facts": said,
            "source": source,
            "by": by,
            "on": on,
            "text": "" if [fold(fact.shown) for fact in said] == [fold(text)] else text,
            "unconfirmed": text if readings.unconfirmed(said) else "",
            "read": any(fact.value for fact in said),
        }
        for (source, by, on, text), said in groups.items()
    ]


@require_safe
def my_organisations(request: HttpRequest) -> HttpResponse:
    """The records that the person speaks for: is each still true, and what became of the proposals?"""
    user = require(request.user)
    mine = queries.edited_by(user).select_related("joined_to").order_by("sort_key", "id")
    heads = {head.pk: head for head in map(queries.head, mine)}
    entries = [
        {"organisation": head, "proposals": list(queries.proposals_of(head)[:3]), "contests": queries.contests(head)}
        for head in heads.values()
    ]
    return render(request, "organisations/organisation_mine.html", {"entries": entries})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    form = forms.NewOrganisation(request.POST or None)
    if form.is_valid():
        draft = Draft(kind=form.cleaned_data["kind"], facts=form.facts())
        try:
            return redirect(services.register(draft, by=by))
        except ValidationError as problem:
            form.add_error(None, problem)
    context = {"form": form, "known_places": forms.place_choices()}
    return _form_page(request, "organisations/organisation_new.html", context, form.errors)


@require_safe
def organisation_edit(request: HttpRequest, code: str) -> HttpResponse:
    """All fields of the record, each with a link to change it."""
    found = _editable(request, code)
    record = queries.record_of(found, queries.level_at(request.user, found))
    fields = [(field, record.get(field.code, [])) for field in vocabulary.FIELDS.values()]
    context = {
        "organisation": found,
        "fields": fields,
        "proposals": queries.proposals_of(found),
        "direct": queries.may_decide(request.user),
    }
    return render(request, "organisations/organisation_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_field(request: HttpRequest, code: str, field: str) -> HttpResponse:
    """Change one field. A mapper's change is made at once, an editor's becomes a proposal."""
    found = _editable(request, code)
    if field not in vocabulary.FIELDS:
        raise Http404
    known = vocabulary.FIELDS[field]
    level = queries.level_at(request.user, found)
    facts = queries.record_of(found, level).get(field, [])
    rows = forms.fact_forms(known, facts, request.POST or None)
    note = forms.NoteForm(request.POST or None)
    direct = queries.may_decide(request.user)
    if request.method == "POST" and all([*(row.is_valid() for row in rows), note.is_valid()]):
        by_id = {fact.pk: fact for fact in facts}
        changes = [wish for row in rows for wish in row.wishes(by_id)]
        act: Any = services.propose_change
        if direct:
            act = readings.edit_places if field in {"place", "seat"} else services.edit_record
        try:
            if changes:
                act(found, changes=changes, by=require(request.user), note=note.cleaned_data["note"])
                done = _("The record was changed.") if direct else _("Your proposal was sent. A mapper will answer it.")
                messages.success(request, done)
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect("organisation_edit", code=found.code)
        except ValidationError as problem:
            note.add_error(None, problem)
        except services.Outdated:
            note.add_error(None, forms.CHANGED_MEANWHILE)
    context = {
        "organisation": found,
        "field": known,
        "rows": rows,
        "note": note,
        "all_forms": [*rows, note],
        "direct": direct,
        "known_places": forms.place_choices() if field in {"place", "seat"} else [],
    }
    invalid = request.method == "POST"
    return _form_page(request, "organisations/organisation_field.html", context, invalid)


def _editable(request: HttpRequest, code: str) -> Organisation:
    require(request.user)
    found = queries.head(queries.organisation_for(request.user, code))
    if not queries.may_propose(request.user, found):
        raise PermissionDenied
    return found


def _form_page(request: HttpRequest, template: str, context: dict[str, Any], invalid: object) -> HttpResponse:
    return render(request, template, context, status=422 if invalid else 200)


@require_POST
def organisation_confirm(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    services.confirm_record(found, by=require(request.user))
    messages.success(request, _("Thank you. The record is marked as true today."))
    return redirect(found)


@require_POST
def organisation_reading(request: HttpRequest, code: str) -> HttpResponse:
    """A mapper says that the places were read rightly from the source's text."""
    by = require(request.user, roles.MAPPER)
    found = queries.head(queries.organisation_for(request.user, code))
    try:
        readings.confirm_reading(found, text=request.POST.get("text", ""), by=by)
        messages.success(request, _("The reading is confirmed. The same text is read so from now on."))
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
    except services.Outdated:
        messages.warning(request, forms.CHANGED_MEANWHILE)
    return redirect(found)


@require_POST
def organisation_class(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the class label out of public view, or show it again: for the organisation's own people."""
    found = _editable(request, code)
    hidden = request.POST.get("hidden") == "1"
    services.hide_class(found, hidden=hidden, by=require(request.user))
    said = _("The label is out of public view now.") if hidden else _("Everyone sees the label again.")
    messages.success(request, said)
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_contest(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    form = forms.ContestForm(request.POST or None)
    if form.is_valid():
        services.propose_change(
            found, changes=[], by=require(request.user), note=form.cleaned_data["note"], contests_class=True
        )
        messages.success(request, _("Your objection was sent, and the page says that the class is contested."))
        return redirect(found)
    return _form_page(
        request, "organisations/organisation_contest.html", {"organisation": found, "form": form}, form.errors
    )


@require_safe
def organisation_history(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user)
    found = queries.head(queries.organisation_for(request.user, code))
    level = queries.level_at(request.user, found)
    if level < Visibility.MEMBERS:
        raise PermissionDenied
    page = Paginator(queries.history_of(found, level), PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": found,
        "page": page,
        "may_undo": queries.may_decide(request.user),
        "contests": found.proposals.filter(contests_class=True).select_related("by", "decided_by").order_by("-at"),
        "reads_contests": queries.may_propose(request.user, found),
    }
    return render(request, "organisations/organisation_history.html", context)


@require_POST
def change_undo(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take back one change of one record. A change of many records (an import) is undone where it was made."""
    by = require(request.user, roles.MAPPER)
    found = queries.head(queries.organisation_for(request.user, code))
    of_this_record = Q(facts_added__organisation=found) | Q(facts_ended__organisation=found)
    change = get_object_or_404(Change.objects.filter(of_this_record).distinct(), pk=number)
    if change.kind == Change.Kind.IMPORT:
        raise PermissionDenied
    try:
        services.undo_change(change, by=by)
        messages.success(request, _("The change was taken back."))
    except services.Outdated:
        messages.warning(request, _("This change was taken back already."))
    return redirect("organisation_history", code=found.code)


# — proposals ——————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    require(request.user)
    waiting = queries.open_proposals(request.user)
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "organisations/proposal_list.html", {"page": page, "may_decide": queries.may_decide(request.user)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """Before and after; a mapper accepts or returns it with a reason, its author may withdraw it."""
    require(request.user)
    found = queries.proposal_for(request.user, number)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, found, form):
        if found.contests_class and request.POST.get("act") == "accept":
            return redirect("organisation_field", code=found.organisation.code, field="activity_kind")
        return redirect("proposals")
    context = {
        "proposal": found,
        "steps": queries.before_and_after(found),
        "form": form,
        "may_decide": queries.may_decide(request.user),
        "is_author": found.by == request.user,
        "verdict": _verdict(found.organisation) if found.contests_class else None,
    }
    return _form_page(request, "organisations/proposal_detail.html", context, request.method == "POST")


def _verdict(organisation: Organisation) -> rules.Verdict:
    """The class as it stands now, with what it follows from."""
    kinds = queries.facts(Visibility.PUBLIC).filter(organisation=organisation, field="activity_kind")
    return rules.classify(list(kinds.values_list("value", flat=True)))


def _decided(request: HttpRequest, found: Proposal, form: forms.ReasonForm) -> bool:
    act, reason, by = request.POST.get("act"), form.cleaned_data["reason"], require(request.user)
    try:
        if act == "withdraw" and found.by == by:
            services.withdraw_proposal(found, by=by)
            messages.success(request, _("Your proposal is withdrawn."))
            return True
        require(by, roles.MAPPER)
        if act == "accept":
            services.accept_proposal(found, by=by, reason=reason)
        elif act == "return":
            services.return_proposal(found, by=by, reason=reason)
        else:
            form.add_error(None, _("Choose what to do with the proposal."))
            return False
    except ValidationError as problem:
        form.add_error("reason", problem)
        return False
    except services.Outdated:
        form.add_error(
            None, _("The record or the proposal changed in the meantime. Read both again; nothing was done.")
        )
        return False
    if found.contests_class and act == "accept":
        said = _("You agreed. Now set the kinds of activity right: the class follows from them at once.")
    else:
        said = _("Your answer was sent to %(name)s.") % {"name": found.by.name}
    messages.success(request, said)
    return True


# — duplicates —————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """The duplicates desk. POST looks through the registry again."""
    by = require(request.user, roles.MAPPER)
    if request.method == "POST":
        found = duplicates.look_for_duplicates(by=by)
        messages.success(request, _("%(n)s pairs wait for a person's word.") % {"n": found})
        return redirect("duplicates")
    level = level_of(by)
    page = Paginator(queries.candidates(level), PAGE).get_page(request.GET.get("page"))
    pairs = [(pair, _told(pair)) for pair in page]
    judged = Paginator(queries.judgements(level), PAGE).get_page(request.GET.get("judged"))
    return render(request, "organisations/duplicate_list.html", {"page": page, "pairs": pairs, "judged": judged})


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate_pair(request: HttpRequest, left: str, right: str) -> HttpResponse:
    """Two records side by side, and the question whether they are the same body."""
    by = require(request.user, roles.MAPPER)
    pair = [queries.organisation_for(request.user, code) for code in (left, right)]
    form = forms.JudgeForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        keep = next((one for one in pair if one.code == said["keep"]), pair[0])
        try:
            services.judge(*pair, verdict=said["verdict"], by=by, note=said["note"], keep=keep)
            messages.success(request, _judged(said["verdict"], keep))
            return redirect("duplicates")
        except ValidationError as problem:
            form.add_error(None, problem)
    level = level_of(request.user)
    context = {
        "pair": pair,
        "fields": queries.side_by_side(pair[0], pair[1], level),
        "candidate": (candidate := queries.candidate_of(*pair)),
        "told": _told(candidate) if candidate else [],
        "form": form,
    }
    return _form_page(request, "organisations/duplicate_pair.html", context, form.errors)


def _told(candidate: Candidate) -> list[str]:
    """The reasons, kept in English, in the reader's language."""
    from .matching.saying import in_words  # numpy is loaded only where duplicates are judged

    return [in_words(reason) for reason in candidate.reasons]


def _judged(verdict: str, keep: Organisation) -> str:
    if verdict == Judgement.Verdict.SAME:
        return _("Joined: what was said of both stands at “%(name)s” now. You can take it back below.") % {
            "name": keep.name
        }
    if verdict == Judgement.Verdict.DIFFERENT:
        return _("Kept apart: the hub will not ask about these two again.")
    return _("Noted that you are not sure. Take the word back below when you know more.")


@require_POST
def judgement_revoke(request: HttpRequest, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    try:
        services.revoke_judgement(queries.judgement_for(level_of(by), number), by=by)
        messages.success(request, _("The word was taken back; the two records stand apart again."))
    except services.Outdated:
        messages.warning(request, _("This word was taken back already."))
    return redirect("duplicates")
