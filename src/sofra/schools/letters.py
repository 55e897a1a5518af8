"""The letters about sessions, each in the language of who receives it.

A letter says what happened, where, when and for which classes, and where to answer. It goes to one person at a time:
no one learns another's address.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.accounts.letters import send_quietly
from sofra.accounts.models import User

from . import queries
from .models import Reminder, Session, Step

Kind = Step.Kind

SUBJECTS: dict[str, Promise] = {
    Kind.ASKED: _("A session is asked for: %(title)s"),
    Kind.PROPOSED: _("Another date is proposed: %(title)s"),
    Kind.AGREED: _("The proposed date is accepted: %(title)s"),
    Kind.DECLINED: _("The proposed date is declined: %(title)s"),
    Kind.ACCEPTED: _("The session is accepted: %(title)s"),
    Kind.REFUSED: _("The session is refused: %(title)s"),
    Kind.WITHDRAWN: _("The request is withdrawn: %(title)s"),
    Kind.MOVED: _("The session is moved: %(title)s"),
    Kind.CANCELLED: _("The session is cancelled: %(title)s"),
    Reminder.Kind.SOON: _("Soon: %(title)s"),
    Reminder.Kind.WAITING: _("A request waits for an answer: %(title)s"),
}
# What happened, in a sentence. `organisation` asked, `school` was asked.
SENTENCES: dict[str, Promise] = {
    Kind.ASKED: _("%(organisation)s asks %(school)s for a session."),
    Kind.PROPOSED: _("%(school)s proposes another date. Please accept or decline it."),
    Kind.AGREED: _("%(organisation)s comes on the date that you proposed. The session is agreed."),
    Kind.DECLINED: _("%(organisation)s cannot come on the date that you proposed. What it asked for stands again."),
    Kind.ACCEPTED: _("%(school)s has accepted the session."),
    Kind.REFUSED: _("%(school)s has refused the session."),
    Kind.WITHDRAWN: _("%(organisation)s has withdrawn its request."),
    Kind.MOVED: _("The session at %(school)s takes place at another time."),
    Kind.CANCELLED: _("The session at %(school)s does not take place."),
    Reminder.Kind.SOON: _("%(organisation)s holds a session at %(school)s in the next days."),
    Reminder.Kind.WAITING: _("This request has waited for an answer for more than a week."),
}
_FROM_ORGANISATION = {Kind.ASKED, Kind.AGREED, Kind.DECLINED, Kind.WITHDRAWN}


def tell(number: int, kind: str, *, words: str, by: User | None) -> None:
    """Tell the other side of a step; whoever took it is not written to."""
    session = Session.objects.select_related(*queries.AROUND).prefetch_related("classes").get(pk=number)
    for person in receivers(session, kind):
        if by is None or person.pk != by.pk:
            send_quietly(letter(session, kind, person, words=words))


def receivers(session: Session, kind: str) -> list[User]:
    """Whom a letter of this kind goes to: the other side, or both where both must know."""
    asking = [session.organisation]
    office = session.school.office
    deciding = [session.school.organisation, *([office.organisation] if office else [])]
    if kind == Reminder.Kind.WAITING:
        return queries.people_of(*(asking if session.state == Session.State.PROPOSED else deciding))
    if kind in (Kind.CANCELLED, Kind.MOVED, Reminder.Kind.SOON):
        return queries.people_of(*asking, *deciding)
    return queries.people_of(*(deciding if kind in _FROM_ORGANISATION else asking))


def letter(session: Session, kind: str, to: User, *, words: str = "") -> EmailMessage:
    with translation.override(to.language):
        begins, ends = queries.when(session)
        known: dict[str, Any] = {
            "title": session.title, "organisation": session.organisation.name, "school": str(session.school),
        }  # fmt: skip
        text = render_to_string(
            "schools/mail/session.txt",
            {
                "name": to.name, "sentence": str(SENTENCES[kind]) % known, "session": session, "words": words,
                "begins": begins.astimezone(queries.zone()), "ends": ends.astimezone(queries.zone()),
                "classes": ", ".join(one.name for one in session.classes.all()), "hub": settings.HUB_NAME,
                "link": settings.ORIGIN.rstrip("/") + reverse("session", args=[session.pk]),
            },
        )  # fmt: skip
        subject = " ".join((str(SUBJECTS[kind]) % known).split())
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [to.email])
