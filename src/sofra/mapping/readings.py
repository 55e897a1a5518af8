"""What answers say about the registry: the words of bindings turned into facts and drafts. Nothing is written here.

A question is bound to "organisation.theme" or "activity.title" (questionnaires.bindings). What the answer of such a
question would change is worked out here, value by value, beside what the registry says now.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from sofra.activities import dates
from sofra.activities.vocabulary import KINDS, Status
from sofra.ground.text import fold
from sofra.organisations import vocabulary
from sofra.organisations.models import Fact
from sofra.organisations.records import FactDraft, check
from sofra.places.models import Place
from sofra.places.resolving import resolve
from sofra.questionnaires.models import Answer, Filling
from sofra.questionnaires.queries import form_of

# Word of a binding -> field of the record. What is not here (form, member, network, …) changes nothing there.
FIELDS = {
    "name": "name", "other_names": "name", "acronym": "acronym", "kind": "kind", "theme": "theme",
    "activity_kind": "activity_kind", "audience": "audience", "focus": "focus_text", "place": "place", "seat": "seat",
    "address": "contact", "email": "contact", "phone": "contact", "contact": "contact", "website": "website",
    "social": "social", "language": "language", "founded": "founded", "description": "about", "offers": "offers",
    "seeks": "seeks", "nuis": "identifier",
}  # fmt: skip
_CODED = frozenset({"theme", "activity_kind", "audience", "language", "place"})  # several stand side by side, as codes
_ONE_TEXT = frozenset({"website", "acronym"})  # where the registry has one, a new one takes its place
_NO_VALUE = frozenset({"places", "other", "none", "unknown", "not-known", "refused", "dont_know"})
_LISTS = {"kind": "kinds", "theme": "themes", "audience": "audiences", "language": "languages", "place": "places"}
_ACTIVITY_TEXTS = {"title": "title", "description": "about", "link": "results", "currency": "currency"}


@dataclass(frozen=True, slots=True)
class Said:
    """A value given to a bound question."""

    word: str
    question: str
    turn: str
    value: str


def bound_answers(filling: Filling) -> list[Said]:
    """The filling's answers to bound questions, in the form's order."""
    bindings = {_plain(path): word for path, word in filling.version.bindings.items()}
    shortened = _shortened(filling)
    answers = Answer.objects.filter(filling=filling, question__in=bindings).order_by("id")
    return [
        Said(
            bindings[one.question],
            one.question,
            one.turn,
            (one.text or one.value).strip()[: shortened.get(one.question)],
        )
        for one in answers
        if (one.text or one.value).strip()
    ]


def _shortened(filling: Filling) -> dict[str, int]:
    """Questions that ask for a month or a year only -> how many letters of their dates were really answered."""
    letters = {"month-year": 7, "year": 4}
    return {
        _plain(item.path): length
        for item in form_of(filling.version).items.values()
        for word, length in letters.items()
        if word in item.appearance.split()
    }


def _plain(path: str) -> str:
    """The path as answers name it: without the root."""
    return path.strip("/").partition("/")[2] if path.startswith("/") else path


# — the record —————————————————————————————————————————————————————————————————————————————————————————————


def facts_said(said: Iterable[Said]) -> dict[str, list[FactDraft]]:
    """Question -> the facts that its answers state; what cannot be kept (no code, no address) is left out."""
    found: dict[str, list[FactDraft]] = {}
    for one in said:
        room, _dot, word = one.word.partition(".")
        if room != "organisation" or word not in FIELDS or one.value in _NO_VALUE:
            continue
        for draft in _facts(FIELDS[word], word, one.value):
            try:
                check(draft)
            except ValidationError:
                continue
            found.setdefault(one.question, []).append(draft)
    return found


def _facts(field: str, word: str, value: str) -> Iterator[FactDraft]:
    if field in ("place", "seat"):
        yield from _places(field, value)
    elif field in ("website", "social"):
        address = value.split()[0]
        yield FactDraft(field, address if address.startswith(("http://", "https://")) else f"https://{address}")
    elif field == "contact":
        yield FactDraft(field, value if word in ("contact", "address") else f"{word}: {value}")
    elif field == "founded":
        yield FactDraft(field, value[:4])
    elif field == "identifier":
        yield FactDraft(field, value if "-" in value else f"AL-NIPT-{value.upper()}")
    elif field == "name" and word == "other_names":
        for name in re.split(r"[;\n]", value):
            if name.strip():
                yield FactDraft(field, name.strip())
    else:
        yield FactDraft(field, value)


def _places(field: str, value: str) -> Iterator[FactDraft]:
    """A code of the places' list as it is; a text as far as it is surely read, else kept as a text to be read."""
    codes = [value] if Place.objects.filter(pk=value).exists() else []
    read = None if codes else resolve(value)
    codes = codes or (read.codes if read and read.sure else [])
    for code in codes[: 1 if field == "seat" else None]:
        yield FactDraft(field, code, detail={"text": value, "sure": True} if read else {})
    if not codes:
        yield FactDraft(field, "", detail={"text": value})


def changes(
    question: str, drafts: list[FactDraft], standing: list[Fact], before: set[str]
) -> list[list[dict[str, Any]]]:
    """What these facts would change in the record: lists of changes (Proposal.changes), each decided for itself.

    `before` are the values that the last answers gave to the same question: what they said and these do not, ends.
    Nothing that only the registry knows is ended by an answer.
    """
    field = drafts[0].field
    known = [fact for fact in standing if fact.field == field]
    same = {fold(_text(fact)) for fact in known}
    new = [draft for draft in drafts if fold(_text(draft)) not in same]
    found: list[list[dict[str, Any]]] = []
    if field in _CODED:
        if new:
            found.append([_add(draft) for draft in new])
        now = {draft.value for draft in drafts}
        ended = [fact for fact in known if fact.value and fact.value in before - now]
        if ended:
            found.append([{"do": "end", "fact": fact.pk, "field": field} for fact in ended])
        return found
    for draft in new:
        one_only = not vocabulary.FIELDS[field].many or field in _ONE_TEXT
        old = known[0] if known and one_only and len(known) == 1 else _last_said(known, before)
        found.append([{"do": "replace", "fact": old.pk, **_body(draft)} if old else _add(draft)])
    return found


def _last_said(known: list[Fact], before: set[str]) -> Fact | None:
    """What the last answer to the question said, where it stands in the registry: the new answer takes its place."""
    folded = {fold(value) for value in before}
    return next((fact for fact in known if fold(_text(fact)) in folded), None)


def _text(fact: Fact | FactDraft) -> str:
    if fact.field in ("website", "social"):
        return fact.value.partition("://")[2].removeprefix("www.").rstrip("/")
    return fact.value or str(fact.detail.get("text", ""))


def _add(draft: FactDraft) -> dict[str, Any]:
    return {"do": "add", **_body(draft)}


def _body(draft: FactDraft) -> dict[str, Any]:
    return {
        "field": draft.field, "value": draft.value, "language": draft.language, "detail": draft.detail,
        "source": draft.source, "visible_to": draft.visible_to,
    }  # fmt: skip


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


def activities_said(said: Iterable[Said]) -> list[dict[str, Any]]:
    """What the turns of repeats say of activities: fields of ActivityDraft, only those that were answered."""
    turns: dict[tuple[str, str], list[Said]] = {}
    for one in said:
        if one.word.startswith("activity."):
            turns.setdefault((one.question.partition("/")[0], one.turn), []).append(one)
    drafts = [_activity(answers) for answers in turns.values()]
    return [draft for draft in drafts if draft.get("title")]


def _activity(answers: list[Said]) -> dict[str, Any]:
    draft: dict[str, Any] = {}
    notes: list[str] = []
    for one in answers:
        word, value = one.word.partition(".")[2], one.value
        if value in _NO_VALUE and word != "status":
            continue
        if word in _LISTS:
            _put_listed(draft, _LISTS[word], value)
        elif word in _ACTIVITY_TEXTS:
            draft[_ACTIVITY_TEXTS[word]] = value[:250] if word == "title" else value
        elif word in ("begins", "ends"):
            draft[word] = _when(value)
        elif word == "status" and value in Status.values:
            draft["status"] = value
        elif word in ("reached", "reached_women") and value.isdigit():
            draft[word] = int(value)
        elif word == "budget":
            draft["money"] = value
        elif word in ("partner", "donor"):
            notes.append(value)
    _settle(draft, notes)
    return draft


def _put_listed(draft: dict[str, Any], name: str, value: str) -> None:
    codes: Any = {
        "kinds": KINDS, "themes": vocabulary.Theme.values, "audiences": vocabulary.Audience.values,
        "languages": vocabulary.Language.values,
    }.get(name)  # fmt: skip
    if name != "places":
        if value in codes:
            draft.setdefault(name, []).append(value)
        return
    read = [value] if Place.objects.filter(pk=value).exists() else [*(r.codes if (r := resolve(value)).sure else [])]
    if not read:
        draft["place_text"] = f"{draft.get('place_text', '')} {value}".strip()[:200]
    for code in read:
        if len(code) <= 3:
            draft["whole_country"] = True
        elif code not in draft.setdefault("places", []):
            draft["places"].append(code)


def _when(value: str) -> str:
    try:
        return dates.read_when(value[:10])
    except ValidationError:
        return ""


def _settle(draft: dict[str, Any], notes: list[str]) -> None:
    """What hangs together: the whole country or places, money with its currency, women among those reached."""
    if draft.get("whole_country"):
        draft.pop("places", None)
    if "money" in draft and not draft.get("currency"):
        draft.pop("money")
    women = draft.pop("reached_women", None)
    if women is not None and women <= draft.get("reached", women):
        draft["groups"] = [{"by": "sex", "number": women, "sex": "f", "age": "", "audience": ""}]
    if notes:
        draft["about"] = "\n".join([draft.get("about", ""), *notes]).strip()
    link = draft.get("results", "")
    if link and not link.startswith(("http://", "https://")):
        draft["results"] = f"https://{link}"
