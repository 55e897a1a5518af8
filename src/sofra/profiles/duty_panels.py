"""What the pages of curricula, programmes and sessions say of the duties by law that they deal with."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from sofra.accounts.access import level_of
from sofra.councils.models import Duty
from sofra.places.models import Kind, Place
from sofra.places.titles import short_name_of
from sofra.training import queries as training
from sofra.training.models import Curriculum, Programme, Session

from . import duties


def of_curriculum(request: HttpRequest, curriculum: Curriculum) -> str:
    lessons = duties.lessons_in(request.user, curriculum)
    return render_to_string("profiles/_duties.html", {"lessons": lessons}, request) if lessons else ""


def of_programme(request: HttpRequest, programme: Programme) -> str:
    """The duties of its curriculum, and the checklist of each municipality that a session was held in."""
    lessons = duties.lessons_in(request.user, programme.curriculum) if programme.curriculum else []
    if not lessons:
        return ""
    held = training.sessions(level_of(request.user)).filter(programme=programme)
    codes = {code for places in held.values_list("activity__places", flat=True) for code in places}
    return _shown(request, {"lessons": lessons}, codes)


def of_session(request: HttpRequest, session: Session) -> str:
    curriculum = session.edition.curriculum if session.edition else session.programme and session.programme.curriculum
    lessons = duties.lessons_in(request.user, curriculum) if curriculum else []
    return _shown(request, {"lessons": lessons}, set(session.activity.places)) if lessons else ""


def _shown(request: HttpRequest, context: dict[str, object], codes: set[str]) -> str:
    found = Place.objects.filter(code__in=codes, kind=Kind.MUNICIPALITY).order_by("sort_key")
    told = duties.answered(level_of(request.user), codes)
    context["places"] = [(place, short_name_of(place), told.get(place.code, 0)) for place in found]
    context["count"] = Duty.objects.count()
    return render_to_string("profiles/_duties.html", context, request)
