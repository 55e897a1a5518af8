"""Whose class a viewer is not told: of their activities, the kinds of Annex II are not told either, nor counted by.

An organisation may keep its class from the public. A filter or a column by those kinds would tell it all the same, so
for the public its activities are read as if those kinds had not been recorded.
"""

from sofra.activities.finding import TELLING
from sofra.activities.vocabulary import WORK_BITS
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation

REST = sum(WORK_BITS.values()) & ~TELLING  # all kinds and themes that tell no class


def veiled(level: int) -> frozenset[int]:
    """The numbers of organisations whose class a viewer of this level is not told, records joined to them as well."""
    if level >= Visibility.MEMBERS:
        return frozenset()
    heads = set(Organisation.objects.filter(class_hidden=True).order_by().values_list("pk", flat=True))
    if not heads:
        return frozenset()
    return frozenset(heads.union(Organisation.objects.filter(joined_to__in=heads).values_list("pk", flat=True)))
