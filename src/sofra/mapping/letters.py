"""The letters of a round: invitation, reminder, thanks, each in the language of whom it goes to.

A letter's row is written before it goes out. The hub keeps its words without the private link: whoever may read
letters here must not thereby be able to answer for somebody.
"""

import logging
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sofra.ground.tongues import said
from sofra.questionnaires.keys import key_of
from sofra.questionnaires.models import Filling

from .models import Invitation, Letter

log = logging.getLogger(__name__)
Kind = Letter.Kind
SUBJECTS: dict[str, Promise] = {
    Kind.INVITATION: gettext_lazy("%(round)s: an invitation to %(name)s"),
    Kind.REMINDER: gettext_lazy("%(round)s: your answers are still awaited, %(name)s"),
    Kind.THANKS: gettext_lazy("%(round)s: thank you, %(name)s"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as text. `link` stands in `body` where the reader may have it, LEFT_OUT in what the hub keeps."""

    subject: str
    body: str


LEFT_OUT = "[…]"


def link_of(filling: Filling, language: str) -> str:
    """The private address of a filling, in the language of whom it is sent to."""
    return settings.ORIGIN.rstrip("/") + address_of("filling", filling, language)


def address_of(route: str, filling: Filling, language: str) -> str:
    with translation.override(language):
        return reverse(route, args=[key_of(filling.instance, filling.generation)])


def _language(invitation: Invitation) -> str:
    return invitation.language if invitation.language in settings.LANGUAGES_COMPLETE else settings.LANGUAGE_CODE


def subject_of(invitation: Invitation, kind: str) -> str:
    language = _language(invitation)
    with translation.override(language):
        known = {"round": said(invitation.round.titles, language), "name": invitation.name}
        return " ".join((str(SUBJECTS[kind]) % known).split())[:250]


def written(invitation: Invitation, kind: str, *, words: str = "", link: bool = True) -> Words:
    """The letter in the invitation's language; without its link where the hub keeps or shows it."""
    language = _language(invitation)
    filling, found = invitation.filling, invitation.round
    with translation.override(language):
        known: dict[str, Any] = {"round": said(found.titles, language), "name": invitation.name}
        text = render_to_string(
            f"mapping/mail/{kind}.txt",
            {
                "name": invitation.name, "round": known["round"], "words": words.strip(), "hub": settings.HUB_NAME,
                "answers_by": found.answers_by, "carried": bool(filling and filling.begun_from_id),
                "link": link_of(filling, language) if link and filling else LEFT_OUT,
                "refuse": _refuse(filling, language) if link and filling else LEFT_OUT,
                "about": settings.ORIGIN.rstrip("/") + reverse("round", args=[found.code]),
                "begun": invitation.begun_at is not None,
            },
        )  # fmt: skip
    return Words(subject_of(invitation, kind), text)


def _refuse(filling: Filling, language: str) -> str:
    return settings.ORIGIN.rstrip("/") + address_of("invitation_refuse", filling, language)


def post(letter: Letter, body: str, connection: Any = None) -> str:
    """Hand the letter to the mail server. Returns "" or, where it could not go, a sentence that says why."""
    message = EmailMessage(letter.subject, body, settings.DEFAULT_FROM_EMAIL, [letter.to], connection=connection)
    message.extra_headers["Message-ID"] = message_id(letter)
    try:
        message.send()
    except SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()), (0, b""))
        told = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
        return _("The mail server of the address refused it: %(code)s %(answer)s") % {
            "code": code, "answer": told[:200],
        }  # fmt: skip
    except (SMTPException, OSError) as error:
        log.exception("A letter of a round could not be mailed")
        return _("The letter could not be handed to the mail server (%(error)s). It can be sent again.") % {
            "error": type(error).__name__
        }
    return ""


def message_id(letter: Letter) -> str:
    """By which a letter that came back is known again."""
    host = settings.ORIGIN.partition("://")[2].partition(":")[0].strip("/") or "localhost"
    return f"<letter-{letter.pk}@{host}>"
