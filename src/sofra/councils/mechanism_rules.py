"""What may be said of mechanisms, drivers and duties; plain Python that a lawyer can read."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 2000
FEW = 5  # the usual limit of statistical offices: in public a smaller number of people is not told
ASKED_STATES: dict[str, Promise] = {"open": _("not answered yet"), "done": _("done"), "refused": _("cannot be done")}
DUTY_STATES: dict[str, Promise] = {
    "yes": _("is kept"), "partly": _("is kept in part"), "no": _("is not kept"), "unknown": _("not known"),
}  # fmt: skip
# Shown above the form of a driver, and ticked by whoever writes one.
DRIVER_RULE = _(
    "A driver says what pushes or pulls people in a place at a time, and who says so. It never names or describes a"
    " person, and it says nothing of a group as such: not of a faith, an ethnicity, a party, a neighbourhood or a"
    " family."
)


# How words begin that name people by faith or ethnicity, folded; a driver with one is kept only after a second look.
_GROUPS = (
    "mysliman", "musliman", "muslim", "krishter", "kristian", "christian", "ortodoks", "orthodox", "katolik",
    "catholic", "bektash", "evangjelist", "evangelical", "hebre", "cifut", "jewish", "jews", "selefi", "salafi",
    "egjiptian", "egyptian", "boshnjak", "bosniak", "maqedonas", "serbe", "serbs", "goran", "arumun", "vllehe",
    "romani",
)  # fmt: skip
_GROUP_WORDS = {"rom", "rome", "romet", "romeve", "roma", "serb", "cam", "camet", "vlleh", "jew"}
_CONTACT = re.compile(r"\S+@\S+\.\S+|\+?\d[\d /-]{6,}\d")


def group_named(folded: str) -> str:
    """The first word of a folded statement that names people by faith or ethnicity; "" where there is none."""
    return next((word for word in folded.split() if word in _GROUP_WORDS or word.startswith(_GROUPS)), "")


def tells_contact_of_person(text: str) -> bool:
    """An e-mail address or a telephone number belongs to somebody, and so to no driver."""
    return _CONTACT.search(text) is not None


def may_keep_driver(*, agreed: bool, source: str) -> bool:
    """A statement without a source, or by somebody who did not agree to the rule, is not kept."""
    return agreed and bool(source.strip())


def told_people(people: int | None, *, public: bool) -> tuple[int | None, bool]:
    """The number that this reader is told, and whether it was held back because it is too small."""
    few = public and people is not None and 0 < people < FEW
    return (None if few else people), few


def is_municipality_name(folded: str) -> bool:
    """Does this folded name belong to a municipality's own organisation: “bashkia …”, “municipality of …”?"""
    return folded.startswith(("bashkia ", "municipality of ")) or folded.endswith(" municipality")
