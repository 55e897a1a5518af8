"""Pages of who is asked: whom to invite, how far each came, one invitation, the letters, and the way to refuse."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.accounts.models import User
from sofra.organisations import queries as registry
from sofra.organisations.forms import FilterForm
from sofra.organisations.models import Organisation
from sofra.questionnaires.models import Filling
from sofra.questionnaires.queries import filling_by_key

from . import forms, letters, pasting, queries, services, tables, tasks
from .models import Invitation, Round
from .services import Pasted, RefusedBefore
from .views import around, read_number

PAGE = 50
MOST = 500  # bodies put on the list at once
AT_ONCE = 3  # letters that go out while the page waits; more are left to the worker


# — whom to invite —————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def round_invite(request: HttpRequest, code: str) -> HttpResponse:
    """From the registry by its own filters, or pasted."""
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    if request.method == "POST":
        if request.POST.get("act") in ("read", "confirm"):
            return _pasted(request, found, by)
        return _chosen(request, found, by)
    return _invite_page(request, found)


def _filtered(request: HttpRequest) -> tuple[FilterForm, Any]:
    form = FilterForm(request.GET)
    known = registry.listed(level_of(request.user), form.filters())
    return form, known.none() if form.unknown_place() else known


def _invite_page(request: HttpRequest, found: Round, **more: Any) -> HttpResponse:
    form, known = _filtered(request)
    asked = set(found.invitations.values_list("organisation", flat=True))
    page = Paginator(known, PAGE).get_page(request.GET.get("page"))
    context = {
        **around(request, found, "round_invite"),
        "form": form, "groups": list(form.groups()), "ages": form.fields["age"].choices, "filters": form.filters(),  # type: ignore[attr-defined]
        "page": page, "rows": [(one, one.pk in asked) for one in page],
        "fresh": known.exclude(pk__in=asked - {None}).count(),
        "most": MOST, "paste": more.pop("paste", None) or forms.PasteForm(), **more,
    }  # fmt: skip
    return render(request, "mapping/round_invite.html", context, status=422 if more.get("wrong") else 200)


def _chosen(request: HttpRequest, found: Round, by: User) -> HttpResponse:
    _form, known = _filtered(request)
    whole = request.POST.get("act") == "all"
    codes = [code for code in request.POST.getlist("organisation") if "\x00" not in code]
    wanted = list(known[:MOST] if whole else known.filter(code__in=codes[:MOST]))
    if not wanted:
        messages.error(request, _("Tick at least one organisation."))
        return redirect(request.get_full_path())
    despite = forms.DespiteForm(request.POST)
    despite.is_valid()
    try:
        made = services.invite(found, organisations=wanted, despite=despite.cleaned_data.get("despite", ""), by=by)
    except RefusedBefore as before:
        return _refused_page(
            request, found, before, despite, {"act": ["chosen"], "organisation": [o.code for o in wanted]}
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(request.get_full_path())
    return _invited(request, found, made)


def _pasted(request: HttpRequest, found: Round, by: User) -> HttpResponse:
    """Read what was pasted; a person says which records are meant; only then they are on the list."""
    paste = forms.PasteForm(request.POST)
    if not paste.is_valid():
        return _invite_page(request, found, paste=paste, wrong=True)
    lines: list[pasting.Line] = paste.cleaned_data["lines"]
    likely = queries.matches(line.name for line in lines if not line.problem)
    confirming = request.POST.get("act") == "confirm"
    match = forms.MatchForm(request.POST if confirming else None, lines=lines, likely=likely)
    if confirming and match.is_valid():
        despite = forms.DespiteForm(request.POST)
        despite.is_valid()
        try:
            words = despite.cleaned_data.get("despite", "")
            made = services.invite(found, pasted=_wanted(match, lines), despite=words, by=by)
            return _invited(request, found, made)
        except RefusedBefore as before:
            names = [name for name in request.POST if name.startswith("line") or name == "act"]
            return _refused_page(request, found, before, despite, {name: request.POST.getlist(name) for name in names})
        except ValidationError as problem:
            match.add_error(None, problem)
    context = {
        **around(request, found, "round_invite"), "match": match, "lines": lines, "typed": paste.data["lines"],
        "bad": [line for line in lines if line.problem],
    }  # fmt: skip
    return render(request, "mapping/round_match.html", context, status=422 if match.errors else 200)


def _wanted(match: forms.MatchForm, lines: list[pasting.Line]) -> list[Pasted]:
    said = match.cleaned_data
    codes = [said[f"line{line.number}"] for line in match.lines]
    known = {one.code: one for one in Organisation.objects.filter(code__in=codes).select_related("joined_to")}
    return [
        Pasted(line.name, line.email, line.language or "sq", known.get(code))
        for line, code in zip(match.lines, codes, strict=True)
        if code != "leave"
    ]


def _refused_page(
    request: HttpRequest, found: Round, before: RefusedBefore, despite: forms.DespiteForm, again: dict[str, list[str]]
) -> HttpResponse:
    """Who refused before, when and why: asked again only with a reason."""
    if "despite" in request.POST:
        despite.add_error("despite", _("Say why you ask again: whoever refused will want to know."))
    else:
        despite = forms.DespiteForm()
    context = {
        **around(request, found, "round_invite"), "refusals": before.refusals, "despite": despite,
        "again": [(name, value) for name, values in again.items() for value in values],
    }  # fmt: skip
    return render(request, "mapping/round_refused.html", context, status=422)


def _invited(request: HttpRequest, found: Round, made: list[Invitation]) -> HttpResponse:
    number = len(made)
    if number:
        said = ngettext("%(n)s is on the list now.", "%(n)s are on the list now.", number) % {"n": number}
        messages.success(request, f"{said} {_('No letter has gone out yet.')}")
    else:
        messages.info(request, _("All of them stand on the list already."))
    return redirect("round_responses", code=found.code)


# — how far each came ——————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def round_responses(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    everyone = queries.response_table(found)
    form = forms.ResponsesForm(request.GET, counties=tables.counties_of(everyone))
    rows = tables.narrowed(everyone, form.asked())
    letter = forms.LetterForm(request.POST or None)
    if request.method == "POST" and letter.is_valid():
        return _send(request, found, rows, letter, by)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **around(request, found, "round_responses"), "form": form, "asked": query.urlencode(), "all": len(everyone),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "steps": queries.steps_counted(everyone),
        "whole": queries.whole_rate(everyone), "letter": letter, "number": len(rows),
        "by_county": queries.rates(everyone, "county"), "by_kind": queries.rates(everyone, "kind"),
        "arrivals": queries.arrivals(found)[:20], "post": queries.in_the_post(found),
    }  # fmt: skip
    return render(request, "mapping/round_responses.html", context)


def _send(
    request: HttpRequest, found: Round, rows: list[queries.Row], letter: forms.LetterForm, by: User
) -> HttpResponse:
    ticked = set(request.POST.getlist("invitation"))
    whole = request.POST.get("act") == "all"
    chosen = [row.invitation for row in rows if whole or str(row.invitation.pk) in ticked]
    if not chosen:
        messages.error(request, _("Tick whom to write to."))
        return redirect(request.get_full_path())
    said = letter.cleaned_data
    few = len(chosen) <= AT_ONCE
    write = services.send_letters if few else services.write_letters
    done = write(chosen, said["kind"], by=by, words=said["words"])
    if done.waiting:
        tasks.post.enqueue(get_language() or settings.LANGUAGE_CODE)
    tell_sent(request, done)
    return redirect(request.get_full_path())


def tell_sent(request: HttpRequest, done: services.Sent) -> None:
    """What became of the letters, in sentences; the reasons with the names they belong to."""
    if done.waiting:
        said = ngettext("%(n)s letter is written.", "%(n)s letters are written.", done.waiting) % {"n": done.waiting}
        messages.success(request, f"{said} {_('They go out one after the other; you need not wait here.')}")
    if done.sent:
        messages.success(
            request, ngettext("%(n)s letter went out.", "%(n)s letters went out.", done.sent) % {"n": done.sent}
        )
    if done.failed:
        messages.error(
            request,
            ngettext(
                "%(n)s letter could not go; the list says why.", "%(n)s letters could not go; the list says why.",
                done.failed,
            ) % {"n": done.failed},
        )  # fmt: skip
    for invitation, why in done.left_out[:10]:
        messages.warning(request, f"{invitation.name}: {why}")
    if len(done.left_out) > 10:
        messages.warning(request, _("And %(n)s more were left out.") % {"n": len(done.left_out) - 10})


# — one invitation —————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def round_invitation(request: HttpRequest, code: str, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    invitation = queries.invitation_for(found, number)
    act = request.POST.get("act", "")
    if request.method == "POST" and act not in _ACTS:
        messages.error(request, _("Nothing was changed: choose one of the buttons."))
        return redirect("round_invitation", code=code, number=number)
    bound = _bound_forms(request, invitation, act)
    if request.method == "POST" and all(form.is_valid() for form in bound.values() if form.is_bound):
        try:
            said = _ACTS[act](invitation, bound, by)
            if isinstance(said, services.Sent):
                tell_sent(request, said)
            else:
                messages.success(request, said)
            return redirect("round_invitation", code=code, number=number)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
    wrong = any(form.errors for form in bound.values())
    context = {
        **around(request, found, "round_responses"), **bound, "invitation": invitation,
        "letters": invitation.letters.all(), "earlier": services.last_answers(invitation),
        "link": letters.link_of(invitation.filling, invitation.language) if invitation.filling else "",
        "suggestions": invitation.suggestions.count(), "arrivals": queries.arrivals(found)[:50],
        "likely": [] if invitation.organisation else queries.matches([invitation.name]).get(invitation.name, []),
    }  # fmt: skip
    return render(request, "mapping/invitation.html", context, status=422 if wrong else 200)


def _bound_forms(request: HttpRequest, invitation: Invitation, act: str) -> dict[str, Any]:
    def data(*acts: str) -> Any:
        return request.POST if act in acts else None

    first = {"name": invitation.name, "email": invitation.email, "language": invitation.language}
    return {
        "address": forms.AddressForm(data("address"), initial=first, prefix="to"),
        "record": forms.RecordForm(data("match"), prefix="record"),
        "reason": forms.ReasonForm(data("refused", "unreachable", "again"), prefix="why"),
        "letter": forms.LetterForm(data("letter"), prefix="letter"),
    }


def _address(invitation: Invitation, bound: dict[str, Any], by: User) -> str:
    services.change_address(invitation, by=by, **bound["address"].cleaned_data)
    return _("The address is changed.")


def _match(invitation: Invitation, bound: dict[str, Any], by: User) -> str:
    services.match_invitation(invitation, bound["record"].cleaned_data["record"], by=by)
    return _("The invitation belongs to this record now.")


def _refused(invitation: Invitation, bound: dict[str, Any], by: User) -> str:
    services.mark_refused(invitation, because=bound["reason"].cleaned_data["reason"], by=by)
    return _("The refusal is noted. Nobody writes to it any more.")


def _unreachable(invitation: Invitation, bound: dict[str, Any], by: User) -> str:
    services.mark_unreachable(invitation, because=bound["reason"].cleaned_data["reason"], by=by)
    return _("It is noted that it cannot be reached.")


def _again(invitation: Invitation, bound: dict[str, Any], by: User) -> str:
    services.ask_again(invitation, because=bound["reason"].cleaned_data["reason"], by=by)
    return _("It may be asked again.")


def _letter(invitation: Invitation, bound: dict[str, Any], by: User) -> services.Sent:
    said = bound["letter"].cleaned_data
    return services.send_letters([invitation], said["kind"], by=by, words=said["words"])


def _renew(invitation: Invitation, bound: dict[str, Any], by: User) -> str:
    services.renew_link(invitation, by=by)
    return _("The old link opens nothing any more. Send a letter with the new one, or hand it over.")


_ACTS: dict[str, Any] = {
    "address": _address, "match": _match, "refused": _refused, "unreachable": _unreachable, "again": _again,
    "letter": _letter, "renew": _renew,
}  # fmt: skip


@require_http_methods(["POST"])
def round_arrival(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say whose answers these are that came without an invitation."""
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    filling = queries.arrivals(found).filter(pk=number).first()
    if filling is None:
        messages.error(request, _("These answers belong to somebody on the list already."))
        return redirect("round_responses", code=code)
    invitation = found.invitations.filter(pk=read_number(request.POST.get("invitation", ""))).first()
    try:
        name = request.POST.get("name", "").replace("\x00", "")
        made = services.attach_filling(found, filling, invitation=invitation, name=name, by=by)
        messages.success(request, _("These are the answers of %(name)s now.") % {"name": made.name})
        return redirect("round_invitation", code=code, number=made.pk)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("round_responses", code=code)


# — letters ————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def round_letters(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    page = Paginator(queries.letters(found), PAGE).get_page(request.GET.get("page"))
    context = {**around(request, found, "round_letters"), "page": page, "post": queries.in_the_post(found)}
    return render(request, "mapping/letter_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def round_letter(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A letter as it went out; that it came back can be noted here."""
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    letter = queries.letter_for(found, number)
    form = forms.ReasonForm(
        request.POST if request.method == "POST" else None, label=_("What the mail server wrote back"),
        needed=_("Write what the mail server wrote back, or what you were told: it stands beside the address."),
    )  # fmt: skip
    if form.is_valid():
        services.record_bounce(letter, because=form.cleaned_data["reason"], by=by)
        messages.success(request, _("It is noted that the letter came back."))
        return redirect("round_letter", code=code, number=number)
    text = letter.body or letters.written(letter.invitation, letter.kind, words=letter.words, link=False).body
    context = {**around(request, found, "round_letters"), "letter": letter, "text": text, "form": form}
    return render(request, "mapping/letter.html", context, status=422 if form.errors else 200)


# — those who were asked ———————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_refuse(request: HttpRequest, key: str) -> HttpResponse:
    """By the private link: we do not take part, or this is not us. It asks once, and does not plead."""
    filling: Filling | None = filling_by_key(key)
    invitation = queries.invitation_of(filling) if filling else None
    if filling is None or invitation is None:
        raise Http404
    form = forms.RefuseForm(request.POST or None)
    if form.is_valid() and not invitation.sent_at:
        said = form.cleaned_data
        if said["what"] == "refuse":
            services.mark_refused(invitation, because=said["reason"])
        else:
            services.mark_not_them(invitation, because=said["reason"])
        return redirect("invitation_refuse", key=key)
    context = {"invitation": invitation, "round": invitation.round, "form": form, "key": key}
    response = render(request, "mapping/refuse.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
