"""What a person can do here: three ways in for each role, shown on the first page."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.accounts import roles
from sofra.accounts.access import has

# Icon, what can be done, the sentence below, route and anchor: three doors for each kind of reader.
_Door = tuple[str, Promise, Promise, tuple[str, str]]
_BEFORE: _Door = (
    "map",
    _("Before you plan"),
    _("One question – where, what, for whom, when – tells who is there, who could be a partner, and where nobody is."),
    ("plan", ""),
)
_OWN_WORK: _Door = (
    "pencil-square",
    _("Tell what you do"),
    _("Your activities in one table: add one in two minutes, copy last year’s, paste from a spreadsheet."),
    ("my_organisations", ""),
)
_VISITOR: tuple[_Door, ...] = (
    (
        "magnifying-glass",
        _("Find who works near you"),
        _("Every organisation with its themes, places and contacts, in a list, a table or on the map."),
        ("organisations", ""),
    ),
    _BEFORE,
    (
        "hand-raised",
        _("Put your record right"),
        _("Is your organisation here, or missing? What is said of it is yours to see, correct and contest."),
        ("about", "#record"),
    ),
)
_MEMBER: tuple[_Door, ...] = (
    _OWN_WORK,
    _BEFORE,
    (
        "check",
        _("Is your record still true?"),
        _("Confirm it with one click, or propose what should change. A mapper answers with a reason."),
        ("my_organisations", ""),
    ),
)
_MAPPER: tuple[_Door, ...] = (
    (
        "document-arrow-up",
        _("Bring in a list"),
        _("A table, or a report with a table in it. You see every reading before anything is kept, and can undo it."),
        ("imports", ""),
    ),
    (
        "document-duplicate",
        _("Judge duplicates"),
        _("Records that may be the same body, with the reasons. You decide; it can be taken back."),
        ("duplicates", ""),
    ),
    (
        "inbox-stack",
        _("Answer proposals"),
        _("What organisations ask to change in their own records."),
        ("proposals", ""),
    ),
)
_COORDINATOR: tuple[_Door, ...] = (
    (
        "user-plus",
        _("Invite people"),
        _("Bring people to the table, and give or end what they may do."),
        ("people", ""),
    ),
    (
        "inbox-stack",
        _("Answer proposals"),
        _("What organisations ask to change in their own records."),
        ("proposals", ""),
    ),
    (
        "scale",
        _("See what is crowded and what is forgotten"),
        _("Where many work with the same people at once, and where nobody is known, each with its rows."),
        ("coverage_crowded", ""),
    ),
)
_TECHNICAL: tuple[_Door, ...] = (
    ("users", _("Keep the accounts"), _("Who may sign in, and what they may do."), ("people", "")),
    (
        "shield-check",
        _("Read the audit"),
        _("Everything that happened, in a chain that shows any alteration."),
        ("audit", ""),
    ),
    ("key", _("See who may do what"), _("Every address of the hub, every method, every role."), ("permissions", "")),
)
# The first role that a person holds decides; everyone is at least a visitor.
_BY_ROLE: tuple[tuple[roles.Role, tuple[_Door, ...]], ...] = (
    (roles.COORDINATOR, _COORDINATOR),
    (roles.MAPPER, _MAPPER),
    (roles.MEMBER, _MEMBER),
    (roles.TECHNICAL, _TECHNICAL),
    (roles.VISITOR, _VISITOR),
)


def doors_for(user: Any) -> list[dict[str, Any]]:
    """Three things that this person can do here."""
    doors = next(doors for role, doors in _BY_ROLE if has(user, role))
    found = []
    for icon, title, sentence, (route, anchor) in doors:
        try:
            found.append({"icon": icon, "title": title, "sentence": sentence, "url": reverse(route) + anchor})
        except NoReverseMatch:  # a room that is not built in
            continue
    return found
