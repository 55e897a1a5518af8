"""What becomes of those who speak for organisations when their account ends."""

from django.db import transaction

from sofra.accounts.models import User

from .models import Editor
from .services import end_editor


@transaction.atomic
def end_all_speaking(user: User) -> None:
    """A person whose account ends speaks for nobody any more (see accounts.own_account.on_closing)."""
    for editor in Editor.objects.filter(user=user, ended_on=None).select_related("organisation"):
        end_editor(editor, by=user)
