"""What this room does when something happens below it."""

from sofra.questionnaires.listeners import Happened
from sofra.questionnaires.models import Filling


def filling_changed(filling: Filling, happened: Happened) -> None:
    """An answer came in, changed or was withdrawn: what stands on it is marked."""
    if happened in (Happened.SENT, Happened.WITHDRAWN):
        from . import deciding  # what counts takes long to import, and most commands receive no answer

        deciding.refresh_evidence(filling.version_id)
