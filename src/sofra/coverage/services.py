"""What can happen: a place is said to have been asked about, or declared a priority; and each can be taken back."""

from sofra.accounts.models import User
from sofra.ground.models import Visibility
from sofra.places.models import Place

from .models import Asking, PriorityArea


def record_asking(
    *, place: Place, asked_by: str, asked_on: str, audiences: tuple[str, ...] = (), begins: str = "", ends: str = "",
    source: str = "", by: User | None,
) -> Asking:  # fmt: skip
    """Keep that a place was asked about; dates are partial. Raises ValidationError of {field: sentences}."""
    raise NotImplementedError


def end_asking(asking: Asking, *, by: User | None) -> Asking:
    """Take it back: from now on it counts as not asked. What was taken back already stays as it is."""
    raise NotImplementedError


def declare_priority(
    *, place: Place, declared_by: str, declared_on: str, reason: str = "", source: str = "",
    visible_to: int = Visibility.MEMBERS, by: User | None,
) -> PriorityArea:  # fmt: skip
    """Keep that a body declared a place a priority. Raises ValidationError of {field: sentences}."""
    raise NotImplementedError


def end_priority(area: PriorityArea, *, by: User | None) -> PriorityArea:
    raise NotImplementedError
