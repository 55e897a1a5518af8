"""What can be imported: how each kind of row is checked, written and taken back."""

from collections.abc import Callable
from typing import Any

from .activity_checking import ActivityChecker
from .activity_work import ActivityWork
from .checking import Checker, OrganisationChecker
from .filled_checking import FilledChecker
from .filled_work import FilledWork
from .importing import OrganisationWork, Work
from .models import Import, What
from .school_checking import SchoolChecker
from .school_work import SchoolWork

CHECKERS: dict[str, Callable[[Import, Any], Checker]] = {
    What.ORGANISATIONS: OrganisationChecker,
    What.ACTIVITIES: ActivityChecker,
    What.SCHOOLS: SchoolChecker,
    What.ANSWERS: FilledChecker,
}
WORK: dict[str, Work] = {
    What.ORGANISATIONS: OrganisationWork(),
    What.ACTIVITIES: ActivityWork(),
    What.SCHOOLS: SchoolWork(),
    What.ANSWERS: FilledWork(),
}
