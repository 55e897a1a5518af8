"""A meeting as a calendar file (iCalendar, RFC 5545): an invitation, its change, its cancellation."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Meeting

USUAL = timedelta(hours=2)  # where the invitation does not say when it ends


def ics_of(meeting: Meeting) -> bytes:
    """What calendars of other programs read. Points of the agenda stay here: some of them may be closed."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    found = icalendar.Calendar()
    found.add("prodid", f"-//{settings.HUB_NAME}//Sofra//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = icalendar.Event()
    event.add("uid", f"meeting-{meeting.pk}@{urlsplit(settings.ORIGIN).hostname or 'sofra'}")
    event.add("dtstamp", timezone.now())
    event.add("sequence", meeting.sequence)
    event.add("dtstart", timezone.localtime(meeting.begins))
    event.add("dtend", timezone.localtime(meeting.ends or meeting.begins + USUAL))
    event.add("summary", title_of(meeting))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.where:
        event.add("location", meeting.where)
    event.add("url", settings.ORIGIN.rstrip("/") + reverse("meeting", args=[meeting.council.organisation.code,
                                                                            meeting.number]))  # fmt: skip
    found.add_component(event)
    found.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2038, 1, 1))
    return found.to_ical()


def title_of(meeting: Meeting) -> str:
    known: dict[str, object] = {"number": meeting.number, "council": meeting.council.organisation.name}
    if meeting.group is not None:
        known["group"] = meeting.group.title
        return _("Meeting %(number)s of the working group “%(group)s”, %(council)s") % known
    return _("Meeting %(number)s, %(council)s") % known
