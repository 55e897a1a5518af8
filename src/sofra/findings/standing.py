"""What living evidence says now: the counts of answers to a question, and the lines of coverage pages.

Coverage is always asked as the public sees it, so that a finding's evidence is the same whoever records or reads it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from sofra.coverage import forms as coverage_forms
from sofra.coverage import queries as coverage
from sofra.coverage import wording
from sofra.coverage.rules import State as GapState
from sofra.ground.models import Visibility
from sofra.mapping import queries as rounds
from sofra.mapping.models import Round
from sofra.mapping.rules import FEW
from sofra.places.models import Place
from sofra.places.titles import title_of
from sofra.questionnaires import queries as answers
from sofra.questionnaires.models import Filling, Version

from .models import Evidence

MOST_PAIRS = 500


@dataclass(frozen=True)
class Now:
    """`kept` is compared with what was seen before; `sentence` says it; `missing`: it cannot be asked any more."""

    kept: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    missing: bool = False


def now(evidence: Evidence) -> Now:
    """What evidence of answers or coverage says at this moment, in the language in force."""
    if evidence.kind == Evidence.Kind.ANSWERS:
        return _answers(evidence.asked, evidence.finding.round)
    return _coverage(evidence.asked)


def then(evidence: Evidence) -> str:
    """What it said when somebody last looked, in words; "" where that was not kept."""
    seen = evidence.seen
    if "base" in seen and "count" in seen:
        return of_base(seen["count"], seen["base"])
    if "base" in seen:
        return _("%(base)s answered") % {"base": seen["base"]}
    return _COUNTED[seen["page"]](seen) if seen.get("page") in _COUNTED else ""


def _version(asked: Mapping[str, Any]) -> Version | None:
    number = asked.get("version")
    return Version.objects.filter(pk=number).first() if isinstance(number, int) else None


def of_base(count: int, base: int) -> str:
    return _("%(count)s of %(base)s") % {"count": count, "base": base}


def checked(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked, in the form in which it is kept. Raises ValidationError for what cannot be answered."""
    if kind == Evidence.Kind.ANSWERS:
        version = _version(asked)
        if version is None:
            raise ValidationError({"question": _("Choose a question of the round's questionnaire.")})
        question = str(asked.get("question", ""))
        if question not in {one.path for one in answers.questions(version)}:
            raise ValidationError({"question": _("Choose a question of the round's questionnaire.")})
        return {"version": version.pk, "question": question, "value": str(asked.get("value", ""))[:200]}
    address = str(asked.get("address", "")).strip()
    line = str(asked.get("line", "")).strip()
    if page_of(address) is None:
        raise ValidationError(
            {"address": _("Copy the address of a page of coverage: gaps, crowded places, overlaps, or activities.")}
        )
    if line and not Place.objects.filter(pk=line).exists():
        raise ValidationError({"line": _("No place has the code “%(code)s”.") % {"code": line[:40]}})
    if _coverage({"address": address, "line": line}).missing:
        raise ValidationError({"address": _("This question gets no answer: open the page, and copy its address anew.")})
    parts = urlsplit(address)
    return {"address": f"{parts.path}?{parts.query}" if parts.query else parts.path, "line": line}


# — answers ————————————————————————————————————————————————————————————————————————————————————————————————


def fillings_of(round: Round, version: int | None) -> QuerySet[Filling]:
    """The fillings of this version that are the round's own: those of its invitations and sources, and what came
    uninvited (from a phone, on paper) in its time."""
    found = Filling.objects.filter(version=version)
    if not Round.objects.filter(version=version).exclude(pk=round.pk).exists():
        return found
    uninvited = rounds.uninvited_in(round, version) & Q(sources=None)
    return found.filter(Q(invitation__round=round) | Q(sources__round=round) | uninvited)


def _answers(asked: Mapping[str, Any], round: Round) -> Now:
    version = _version(asked)
    if version is None:
        return Now(missing=True, sentence=_("The questionnaire of these answers is not here any more."))
    value, question = str(asked.get("value", "")), str(asked.get("question", ""))
    found = answers.counts([version.pk], question, within=fillings_of(round, version.pk))
    label, labels = _labels(version, question)
    if value:
        count = found.values.get(value, 0)
        said = _("%(numbers)s say “%(answer)s” to “%(question)s”.") % {
            "numbers": of_base(count, found.base), "answer": labels.get(value, value), "question": label,
        }  # fmt: skip
        return Now({"count": count, "base": found.base}, said)
    said = ngettext(
        "%(base)s answer to “%(question)s”.", "%(base)s answers to “%(question)s”.", found.base
    ) % {"base": found.base, "question": label}  # fmt: skip
    if labels and found.values:
        said += " " + "; ".join(f"{labels.get(code, code)}: {number}" for code, number in found.values.items()) + "."
        return Now({"base": found.base, "values": dict(found.values)}, said)
    return Now({"base": found.base}, said)


def few_words(evidence: Evidence) -> str:
    """What is told instead of the answers of a few."""
    version, question = _version(evidence.asked), str(evidence.asked.get("question", ""))
    label = _labels(version, question)[0] if version else question
    return _("“%(question)s” – fewer than %(few)s answered, so their answers are not shown.") % {
        "question": label, "few": FEW,
    }  # fmt: skip


def _labels(version: Version, question: str) -> tuple[str, dict[str, str]]:
    for one in answers.questions(version, get_language() or ""):
        if one.path == question:
            return one.label, dict(one.choices)
    return question, {}


# — coverage ———————————————————————————————————————————————————————————————————————————————————————————————


def page_of(address: str) -> str | None:
    """The route's name of a page of coverage that evidence can be; None for every other address."""
    path = urlsplit(address.strip()).path
    for language_free in (path, "/" + path.lstrip("/").partition("/")[2]):
        try:
            with override(settings.LANGUAGE_CODE):  # whose addresses have no prefix, whatever language is read
                name = resolve(language_free).url_name or ""
        except (Resolver404, Http404):
            continue
        if name in _PAGES:
            return name
    return None


def _coverage(asked: Mapping[str, Any]) -> Now:
    address, line = str(asked.get("address", "")), str(asked.get("line", ""))
    page = page_of(address)
    if page is None:
        return Now(missing=True, sentence=_("This page of coverage is not here any more."))
    query = QueryDict(urlsplit(address).query, mutable=True)
    if line:
        query["place"] = line
    found = _PAGES[page](query)
    if found is None:
        return Now(missing=True, sentence=_("This question of coverage gets no answer any more."))
    where = _where(query)
    sentence = _COUNTED[page](found)
    return Now({"page": page, **found}, f"{where}: {sentence}" if where else sentence)


def _where(query: QueryDict) -> str:
    """Of which place, for whom, when, in the reader's words."""
    place = Place.objects.filter(pk=query.get("place", "")).first()
    parts = [title_of(place)] if place else []
    audience = query.get("audience")
    if audience and audience != coverage.UNKNOWN:
        parts.append(wording.audience_word(str(audience)))
    begins, ends = query.get("from", ""), query.get("to", "")
    if begins or ends:
        parts.append(wording.time_of(begins, ends))
    return ", ".join(parts)


def _form(query: QueryDict, *without: str) -> coverage_forms.ListForm | None:
    form = coverage_forms.ListForm(query, level=Visibility.PUBLIC, without=without)
    return form if form.is_valid() else None


def _gaps(query: QueryDict) -> dict[str, Any] | None:
    form = _form(query, "organisation", "activity", "kind", "theme", "sure")
    if form is None:
        return None
    states = [one.state for one in coverage.gaps(Visibility.PUBLIC, form.filters())]
    return {"count": len(states), "asked": states.count(GapState.NOBODY)}


def _crowded(query: QueryDict) -> dict[str, Any] | None:
    form = _form(query, "organisation", "activity", "kind", "theme")
    if form is None:
        return None
    found = coverage.crowded_places(Visibility.PUBLIC, form.filters())
    most = max((one.crowd.number for one in found), default=0)
    return {"count": len({one.place.pk for one in found}), "most": most}


def _overlaps(query: QueryDict) -> dict[str, Any] | None:
    form = _form(query)
    if form is None:
        return None
    found = coverage.overlaps(Visibility.PUBLIC, form.filters())
    return {"count": sum(1 for _pair, _other in zip(found, range(MOST_PAIRS), strict=False))}


def _cell(query: QueryDict) -> dict[str, Any] | None:
    form = coverage_forms.CellForm(query, level=Visibility.PUBLIC)
    if not form.is_valid():
        return None
    return {"count": coverage.activities_of(Visibility.PUBLIC, form.cell()).count()}


_PAGES: dict[str, Callable[[QueryDict], dict[str, Any] | None]] = {
    "coverage_gaps": _gaps, "coverage_crowded": _crowded, "coverage_overlaps": _overlaps, "coverage_cell": _cell,
}  # fmt: skip


def _said_gaps(found: Mapping[str, Any]) -> str:
    if not found["count"]:
        return _("somebody is known to work there, so there is no gap.")
    said = ngettext(
        "nobody is known in %(count)s municipality", "nobody is known in %(count)s municipalities", found["count"]
    ) % {"count": found["count"]}  # fmt: skip
    return said + " " + ngettext(
        "(%(count)s was asked about).", "(%(count)s were asked about).", found["asked"]
    ) % {"count": found["asked"]}  # fmt: skip


def _said_crowded(found: Mapping[str, Any]) -> str:
    if not found["count"]:
        return _("no municipality is crowded.")
    said = ngettext(
        "%(count)s crowded municipality", "%(count)s crowded municipalities", found["count"]
    ) % {"count": found["count"]}  # fmt: skip
    return said + ", " + ngettext(
        "with up to %(count)s organisation at once.", "with up to %(count)s organisations at once.", found["most"]
    ) % {"count": found["most"]}  # fmt: skip


def _said_overlaps(found: Mapping[str, Any]) -> str:
    if found["count"] >= MOST_PAIRS:
        return _("%(count)s pairs of activities or more overlap.") % {"count": MOST_PAIRS}
    return ngettext(
        "%(count)s pair of activities overlaps.", "%(count)s pairs of activities overlap.", found["count"]
    ) % {"count": found["count"]}  # fmt: skip


def _said_cell(found: Mapping[str, Any]) -> str:
    return ngettext("%(count)s activity.", "%(count)s activities.", found["count"]) % {"count": found["count"]}


_COUNTED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "coverage_gaps": _said_gaps, "coverage_crowded": _said_crowded, "coverage_overlaps": _said_overlaps,
    "coverage_cell": _said_cell,
}  # fmt: skip
