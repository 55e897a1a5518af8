"""What an activity's page says where the activity is a training session."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from sofra.activities.models import Activity

from .models import Session


def of_activity(request: HttpRequest, activity: Activity) -> str:
    """Whoever reads the activity may read its session."""
    found = Session.objects.filter(activity=activity).select_related("activity").first()
    return render_to_string("training/_of_activity.html", {"session": found}, request) if found else ""
