"""The letters that the hub writes to people."""

import logging
from smtplib import SMTPException
from threading import Thread

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Invitation

log = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Whether the letter went out. Where it did not, the inviter still has the link to hand over."""
    text = render_to_string(
        "accounts/mail/invitation.txt",
        {"invitation": invitation, "link": link, "hub": settings.HUB_NAME, "role": invitation.offered},
    )
    subject = _("Invitation to %(hub)s") % {"hub": settings.HUB_NAME}
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    except (SMTPException, OSError):
        log.exception("An invitation could not be mailed")
        return False
    return True


SUBJECTS = {
    "new_address": gettext_lazy("Your new address at %(hub)s"),
    "address_changed": gettext_lazy("Your address at %(hub)s was changed"),
    "account_closed": gettext_lazy("Your account at %(hub)s is closed"),
}


def send_told(email: str, letter: str, *, language: str, link: str = "") -> None:
    """One of SUBJECTS to one address, in the language of the account."""
    with translation.override(language):
        known = {"hub": settings.HUB_NAME, "link": link, "origin": settings.ORIGIN}
        text = render_to_string(f"accounts/mail/{letter}.txt", known)
        subject = str(SUBJECTS[letter]) % known
    send_quietly(EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email]))


def send_quietly(message: EmailMessage) -> None:
    """Send; a mail server that is away must neither break the page nor tell whether an address is known.

    Nor may one that is there: a page that waited for it would be slower for addresses that have an account.
    """
    if settings.MODE == "serve":
        Thread(target=sent, args=[message], daemon=False).start()
    else:
        sent(message)


def sent(message: EmailMessage) -> bool:
    """Whether the letter went out; where the mail server is away, the log says so and it may be tried again later."""
    try:
        message.send()
    except (SMTPException, OSError):
        log.exception("A letter could not be mailed")
        return False
    return True
