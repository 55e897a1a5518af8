"""What the first page of an invitation's private link says: who asks, whom, why and until when."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.organisations.models import Editor
from sofra.organisations.queries import head
from sofra.questionnaires.asking import Asked
from sofra.questionnaires.models import Filling

from . import letters, queries
from .models import Invitation


def names(fillings: Collection[Filling] | QuerySet[Filling]) -> dict[int, str]:
    """Of which organisation the answers are, as it was invited."""
    found = Invitation.objects.filter(filling__in=fillings).order_by()
    return {filling: name for filling, name in found.values_list("filling_id", "name") if filling is not None}


def stranger(filling: Filling, user: Any) -> str:
    """The organisation that the reader edits, where the link was sent to another one."""
    invitation = queries.invitation_of(filling)
    if not has(user, roles.MEMBER) or has(user, roles.MAPPER) or invitation is None:
        return ""
    edited = Editor.objects.filter(user=user, ended_on=None).select_related("organisation__joined_to")
    own = [head(one.organisation) for one in edited]
    if not own or invitation.organisation is None or head(invitation.organisation) in own:
        return ""
    return str(own[0])


def asked(filling: Filling) -> Asked | None:
    """None for a filling that no round asks for."""
    invitation = queries.invitation_of(filling)
    if invitation is None:
        return None
    found = invitation.round
    return Asked(
        by=settings.HUB_NAME,
        why=_("“%(round)s” tells who does what in preventing violent extremism, where and with whom.")
        % {"round": str(found)},
        whom=invitation.name,
        until=found.answers_by,
        afterwards=_(
            "A person looks at what you answer before anything in your record changes. What becomes public you can read"
            " on the page of the round, and correct at any time."
        ),
        refuse_url=letters.address_of("invitation_refuse", filling, get_language() or settings.LANGUAGE_CODE),
        about_url=reverse("round", args=[found.code]),
    )
