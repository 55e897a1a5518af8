"""What an activity's page says where the activity is a training session, and parts of training's own pages that rooms
above this one write, such as the duties by law that a curriculum deals with: HTML, "" where they have nothing to say.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.template.loader import render_to_string

from sofra.activities.models import Activity

from .models import Curriculum, Programme, Session

on_curriculum: list[Callable[[HttpRequest, Curriculum], str]] = []
on_programme: list[Callable[[HttpRequest, Programme], str]] = []
on_session: list[Callable[[HttpRequest, Session], str]] = []


def of_activity(request: HttpRequest, activity: Activity) -> str:
    """Whoever reads the activity may read its session."""
    found = Session.objects.filter(activity=activity).select_related("activity").first()
    return render_to_string("training/_of_activity.html", {"session": found}, request) if found else ""
