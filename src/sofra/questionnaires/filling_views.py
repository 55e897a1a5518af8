"""Filling in by a private link: first page, list of parts, a part a page, check, send, copy.

Every step works without a script. What is typed is kept whatever is wrong with it; the check speaks before sending.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import asking, bringing, desk, posts, queries, services, showing, tongue, unsealing
from .doorways import by_key, hand_of
from .instance import Fault, Instance, Part, Status
from .marked import plain
from .models import Filling
from .saving import Outcome, keep_typed, resolve
from .seals import seal

SECONDS_A_QUESTION = 20  # what an answer takes on average, for "about ten minutes"


def _language(request: HttpRequest, filling: Filling, instance: Instance) -> str:
    return tongue.language_for(request, filling, instance.form)


def _base(filling: Filling, instance: Instance, key: str, language: str) -> dict[str, Any]:
    """What every page behind the link shows."""
    return {
        "filling": filling, "key": key, "form_lang": tongue.code_of(language),
        "form_title": plain(instance.form.title) or str(filling.version.questionnaire),
        "media_url": desk.media_url(filling.version), "paper": filling.way == Filling.Way.PAPER,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@by_key(reading=True)
def start(request: HttpRequest, filling: Filling, key: str) -> HttpResponseBase:
    """Who asks, why, how long it takes, who sees it; and in which language."""
    instance = queries.instance_of(filling)
    form = instance.form
    if request.method == "POST":
        return _begun(request, filling, instance, key)
    if request.method == "GET":
        services.note_opened(filling)
    parts = _titled(request, filling, instance, _language(request, filling, instance))
    blank = Instance.blank(form)  # what other answers bring up is not asked of everybody
    asked = [one for one in showing.questions_of(form) if blank.relevant(one.path)]
    minutes = max(5, -(-len(asked) * SECONDS_A_QUESTION // 300) * 5)
    asked_by = asking.asked_by(filling)
    context = _base(filling, instance, key, _language(request, filling, instance)) | {
        "asked": asked_by, "minutes": minutes, "whom": asked_by.whom,
        "stranger": asking.stranger(filling, request.user), "parts": parts,
        "languages": [(name, tongue.spoken(name), tongue.code_of(name)) for name in form.languages],
        "chosen": _language(request, filling, instance), "begun": filling.revision > 1,
        "sent": filling.state == Filling.State.SENT,
    }  # fmt: skip
    return render(request, "questionnaires/filling_start.html", context)


def _begun(request: HttpRequest, filling: Filling, instance: Instance, key: str) -> HttpResponse:
    """To the parts, in the language chosen: its page where the hub has it, else remembered by this browser."""
    chosen = request.POST.get("language", "")
    code = tongue.code_of(chosen) if chosen in instance.form.languages else ""
    of_hub = code in dict(settings.LANGUAGES)
    with translation.override(code if of_hub else translation.get_language()):
        answer = redirect(_next_address(filling, instance, key, chosen))
    if of_hub or chosen not in instance.form.languages:
        answer.delete_cookie(tongue.cookie_of(filling))
    else:
        answer.set_cookie(
            tongue.cookie_of(filling), chosen, max_age=90 * 86_400, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return answer


def _next_address(filling: Filling, instance: Instance, key: str, language: str) -> str:
    parts = instance.parts(language)
    if len(parts) == 1:
        return reverse("filling_part", args=[key, 1])
    return reverse("filling_tasks", args=[key])


@require_safe
@by_key()
def tasks(request: HttpRequest, filling: Filling, key: str) -> HttpResponseBase:
    """The parts, each with how far it is."""
    instance = queries.instance_of(filling)
    language = _language(request, filling, instance)
    parts = _parts(filling, _titled(request, filling, instance, language))
    asked = [part for part in parts if part.status != Status.BLOCKED]
    context = _base(filling, instance, key, language) | {
        "parts": [
            (number, part, showing.title_of(instance, part), _unconfirmed(filling, part))
            for number, part in enumerate(parts, start=1)
        ],
        "asked": len(asked),
        "whom": asking.asked_by(filling).whom,
        "stranger": asking.stranger(filling, request.user),
        "done": sum(part.status == Status.DONE for part in asked),
        "last": next((number for number, part in enumerate(parts, 1) if part.key == filling.part), 0),
        "link": request.build_absolute_uri(reverse("filling", args=[key])),
    }  # fmt: skip
    return render(request, "questionnaires/filling_tasks.html", context)


def _parts(filling: Filling, parts: Sequence[Part]) -> list[Part]:
    """The parts; what was answered last time is not done before somebody says that it is still true."""
    return [
        replace(one, status=Status.DOING) if one.status == Status.DONE and _unconfirmed(filling, one) else one
        for one in parts
    ]


def _titled(request: HttpRequest, filling: Filling, instance: Instance, language: str) -> list[Part]:
    """The parts; their titles say nothing that is sealed and was sent."""
    parts = instance.parts(language)
    seen = unsealing.seen_by(filling, instance, request.user)
    return parts if seen is instance else unsealing.titled(parts, seen, language)


def _unconfirmed(filling: Filling, here: Part) -> int:
    """Answers from last time of which nobody said yet that they still hold."""
    return sum(showing.within(path, here.paths) for path in filling.carried)


# — a part a page ——————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
@by_key()
def part(request: HttpRequest, filling: Filling, key: str, number: int) -> HttpResponseBase:
    """One part: its questions; what is sent is kept first, then the page goes where its button says."""
    instance = queries.instance_of(filling)
    language = _language(request, filling, instance)
    parts = instance.parts(language)
    here = _part_of(parts, number)
    if request.method != "POST":
        faults = _wanted_faults(request, instance, here, language)
        return _drawn(request, filling, instance, key, number, faults=faults)
    act = "stay" if {"add", "remove"} & set(request.POST) else request.POST.get("act", "next")
    resolved = "resolved" in request.POST
    outcome = (resolve if resolved else keep_typed)(request, filling, here)
    if outcome.conflicts:
        return _asked_what_holds(request, outcome, key, number, language)
    _tell(request, outcome, language)
    wrong = list(outcome.refused)
    if wrong or (act in ("next", "true") and not resolved):
        wrong += [fault for fault in outcome.instance.faults(language) if showing.within(fault.path, here.paths)]
    if wrong:
        return _drawn(
            request, outcome.filling, outcome.instance, key, number, faults=wrong, status=422, ranks=outcome.ranks
        )  # fmt: skip
    return _gone_on(request, outcome, key, number, language, act)


def _part_of(parts: Sequence[Part], number: int) -> Part:
    if not 0 < number <= len(parts):
        raise Http404
    return parts[number - 1]


def _wanted_faults(request: HttpRequest, instance: Instance, here: Part, language: str) -> list[Fault]:
    """A link of the check page asks for the sentences at the questions."""
    if "wrong" not in request.GET:
        return []
    return [fault for fault in instance.faults(language) if showing.within(fault.path, here.paths)]


def _drawn(
    request: HttpRequest, filling: Filling, instance: Instance, key: str, number: int, *,
    faults: Sequence[Fault] = (), status: int = 200, ranks: posts.Ranks | None = None,
) -> HttpResponse:  # fmt: skip
    language = _language(request, filling, instance)
    parts = _parts(filling, _titled(request, filling, instance, language))
    here = _part_of(parts, number)
    shown = _shown(instance, here, language, faults, filling, request.user, ranks)
    context = _base(filling, instance, key, language) | shown
    asked = [one for one in parts if one.status != Status.BLOCKED]
    context |= {
        "heading": plain(here.title) if showing.is_group(instance, here) else "",
        "number": number, "parts": len(parts), "asked": len(asked), "key": key,
        "done": sum(one.status == Status.DONE for one in asked),
        "saved": filling.saved_at if filling.revision > 1 else None, "problems": faults,
        "last": _next_number(parts, number) == 0, "before": _number_before(parts, number),
    }  # fmt: skip
    return render(request, "questionnaires/filling_part.html", context, status=status)


def _shown(
    instance: Instance, here: Part, language: str, faults: Sequence[Fault], filling: Filling, user: Any,
    ranks: posts.Ranks | None = None,
) -> dict[str, Any]:  # fmt: skip
    shut = unsealing.shut_away(filling, instance, user)
    if shut:
        instance = unsealing.without(queries.instance_of(filling))
    files = desk.names_of_files(filling.version) if instance.form.media else None
    page = showing.Page(
        instance, language, faults, carried=filling.carried, shut=shut, ranks=ranks, files=files
    )  # fmt: skip
    nodes = page.of_part(here)
    told = [
        (showing.id_of(fault.path), fault.sentence, showing.name_of(instance, fault.path, language)) for fault in faults
    ]
    return {"nodes": nodes, "shape": showing.shape(nodes), "told": told, "carried": _unconfirmed(filling, here)}


def _next_number(parts: Sequence[Part], number: int) -> int:
    """The next part that is asked, 0 behind the last."""
    later = [at for at, one in enumerate(parts, start=1) if at > number and one.status != Status.BLOCKED]
    return later[0] if later else 0


def _number_before(parts: Sequence[Part], number: int) -> int:
    earlier = [at for at, one in enumerate(parts, start=1) if at < number and one.status != Status.BLOCKED]
    return earlier[-1] if earlier else 0


def _tell(request: HttpRequest, outcome: Outcome, language: str) -> None:
    """What another person changed meanwhile, by name of the question."""
    if outcome.theirs:
        seen = unsealing.seen_by(outcome.filling, outcome.instance, request.user)
        names = [showing.name_of(seen, path, language) for path in outcome.theirs]
        shown = "; ".join(names[:5]) + ("; …" if len(names) > 5 else "")
        words = _("Somebody else answered here at the same time. Both are kept. They changed: %(names)s")
        messages.info(request, words % {"names": shown})


def _gone_on(
    request: HttpRequest, outcome: Outcome, key: str, number: int, language: str, act: str
) -> HttpResponse:  # fmt: skip
    """Where the button leads; after a turn was added or taken out, back to it."""
    if outcome.turn:
        return redirect(reverse("filling_part", args=[key, number]) + "#" + showing.id_of(outcome.turn))
    if act == "later":
        at = date_format(timezone.localtime(outcome.filling.saved_at), "H:i")
        messages.success(
            request, _("Saved at %(time)s. Come back by the same link whenever you like.") % {"time": at}
        )  # fmt: skip
        return redirect("filling_tasks", key=key)
    if act == "tasks":
        return redirect("filling_tasks", key=key)
    if act == "stay":
        return redirect("filling_part", key=key, number=number)
    following = _next_number(outcome.instance.parts(language), number)
    return redirect("filling_part", key=key, number=following) if following else redirect("filling_check", key=key)


def _asked_what_holds(
    request: HttpRequest, outcome: Outcome, key: str, number: int, language: str
) -> HttpResponse:  # fmt: skip
    """Both answered the same question: the person sees both and says which holds. Nothing is written yet."""
    instance = outcome.instance
    seen = unsealing.seen_by(outcome.filling, instance, request.user)
    rows = [
        {
            "path": one.path, "name": showing.name_of(seen, one.path, language), "mine": one.mine,
            "theirs": one.theirs, "was": seal(one.theirs),
            "mine_said": showing.said_at(instance, one.path, one.mine, language),
            "theirs_said": showing.said_at(instance, one.path, one.theirs, language),
        }
        for one in outcome.conflicts
    ]  # fmt: skip
    context = _base(outcome.filling, instance, key, language) | {
        "rows": rows, "take": [(path, value, seal(instance.get(path))) for path, value in outcome.take.items()],
         "number": number,
        "at": outcome.filling.saved_at, "act": request.POST.get("act", "next"),
    }  # fmt: skip
    return render(request, "questionnaires/filling_conflict.html", context, status=409)


@require_POST
@by_key()
def keep(request: HttpRequest, filling: Filling, key: str, number: int) -> HttpResponseBase:
    """The script's way of saving: says when, and draws the part anew where other questions are asked now."""
    instance = queries.instance_of(filling)
    language = _language(request, filling, instance)
    here = _part_of(instance.parts(language), number)
    outcome = keep_typed(request, filling, here, typing=True)
    if outcome.conflicts:
        says = _("Somebody else answered the same question. Press “Save and go on” to see both answers.")
        return JsonResponse({"says": says, "conflict": True}, status=409)
    at = date_format(timezone.localtime(outcome.filling.saved_at), "H:i")
    answer: dict[str, Any] = {"says": _("saved %(time)s") % {"time": at}}
    if outcome.ranks:
        answer["says"] += " · " + next(fault.sentence for fault in outcome.refused if fault.path in outcome.ranks)
    shown = _shown(
        outcome.instance, here, language, outcome.refused, outcome.filling, request.user, outcome.ranks
    )  # fmt: skip
    if shown["shape"] != request.POST.get("shape", ""):
        context = shown | {
            "form_lang": tongue.code_of(language),
            "key": key,
            "media_url": desk.media_url(filling.version),
        }
        answer |= {
            "shape": shown["shape"], "html": render_to_string("questionnaires/_nodes.html", context, request)
        }  # fmt: skip
    shut = unsealing.shut_away(outcome.filling, outcome.instance, request.user)
    answer["seals"] = {
        path: seal("" if path in shut else outcome.instance.get(path))
        for path in posts.seals(request.POST)
        if path not in outcome.theirs
    }
    if outcome.theirs:
        answer["says"] += " · " + _("somebody else is answering here too; both are kept")
    return JsonResponse(answer)


@require_safe
@by_key(reading=True)
def file(request: HttpRequest, filling: Filling, key: str, name: str) -> HttpResponseBase:
    """A file that came with the answers, to take away: never shown inside the hub's pages."""
    if unsealing.is_shut_file(filling, name, request.user):
        raise Http404
    return bringing.attached(filling, name)


# — check, send, copy ——————————————————————————————————————————————————————————————————————————————————————


@require_safe
@by_key()
def check(request: HttpRequest, filling: Filling, key: str) -> HttpResponseBase:
    """All answers before they are sent."""
    return _checked(request, filling, key)


def _checked(request: HttpRequest, filling: Filling, key: str, *, status: int = 200) -> HttpResponse:
    instance = queries.instance_of(filling)
    language = _language(request, filling, instance)
    faults = instance.faults(language)
    parts = _titled(request, filling, instance, language)
    seen = unsealing.seen_by(filling, instance, request.user)
    told = []
    for fault in faults:
        number = next((at for at, one in enumerate(parts, 1) if showing.within(fault.path, one.paths)), 1)
        address = reverse("filling_part", args=[key, number]) + "?wrong=1#" + showing.id_of(fault.path)
        told.append((address, fault.sentence, showing.name_of(seen, fault.path, language)))
    context = _base(filling, instance, key, language) | {
        "summary": _read(request, filling, instance, language, parts), "told": told,
        "sent": filling.state == Filling.State.SENT,
    }  # fmt: skip
    return render(request, "questionnaires/filling_check.html", context, status=status)


def _read(
    request: HttpRequest, filling: Filling, instance: Instance, language: str, parts: Sequence[Part] | None = None
) -> list[showing.Section]:
    """All answers; what is sealed and was sent is said to be there."""
    shut = unsealing.shut_away(filling, instance, request.user)
    if shut:
        instance = unsealing.without(queries.instance_of(filling))
    return showing.summary(instance, language, parts, shut=shut)


@require_POST
@by_key()
def send(request: HttpRequest, filling: Filling, key: str) -> HttpResponseBase:
    """Send, where nothing is missing; else the check page says what is."""
    try:
        services.send_filling(filling, by=hand_of(request))
    except ValidationError:
        return _checked(request, filling, key, status=422)
    return redirect("filling_sent", key=key)


@require_safe
@by_key(reading=True)
def sent(request: HttpRequest, filling: Filling, key: str) -> HttpResponseBase:
    """Thanks, and what happens now."""
    if filling.state != Filling.State.SENT:
        return redirect("filling_tasks", key=key)
    instance = queries.instance_of(filling)
    language = _language(request, filling, instance)
    context = _base(filling, instance, key, language) | {
        "asked": asking.asked_by(filling), "open": filling.version.state == "open",
    }  # fmt: skip
    return render(request, "questionnaires/filling_sent.html", context)


@require_safe
@by_key(reading=True)
def copy(request: HttpRequest, filling: Filling, key: str) -> HttpResponseBase:
    """The answers to keep: printed, it is one's own copy."""
    instance = queries.instance_of(filling)
    language = _language(request, filling, instance)
    context = _base(filling, instance, key, language) | {
        "summary": _read(request, filling, instance, language), "asked": asking.asked_by(filling),
    }  # fmt: skip
    return render(request, "questionnaires/filling_copy.html", context)
