"""What can be imported: how each kind of row is checked, written and taken back."""

from collections.abc import Callable

from .activity_checking import ActivityChecker
from .activity_work import ActivityWork
from .checking import Checker, OrganisationChecker
from .importing import OrganisationWork, Work
from .models import Import, What
from .reading import Table
from .school_checking import SchoolChecker
from .school_work import SchoolWork

CHECKERS: dict[str, Callable[[Import, Table], Checker]] = {
    What.ORGANISATIONS: OrganisationChecker,
    What.ACTIVITIES: ActivityChecker,
    What.SCHOOLS: SchoolChecker,
}
WORK: dict[str, Work] = {
    What.ORGANISATIONS: OrganisationWork(),
    What.ACTIVITIES: ActivityWork(),
    What.SCHOOLS: SchoolWork(),
}
