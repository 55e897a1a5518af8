"""Words by which a question says what its answer is about: the column `bind::sofra:field` (or `sofra`) of XLSForm.

This room knows the words only; what an answer then changes in the registry is mapping's business.
"""

ORGANISATION = (
    "name", "other_names", "kind", "form", "theme", "focus", "place", "address", "website", "email", "phone",
    "language", "founded", "contact", "description", "member", "network", "class", "nuis",
    "acronym", "seat", "activity_kind", "audience", "social", "offers", "seeks",
)  # fmt: skip
ACTIVITY = (
    "title", "description", "kind", "theme", "audience", "place", "begins", "ends", "partner", "donor", "budget",
    "currency", "reached", "reached_women", "status", "language", "link",
)  # fmt: skip
WORDS = frozenset(
    [f"organisation.{word}" for word in ORGANISATION]
    + [f"activity.{word}" for word in ACTIVITY]
    + ["finding", "consent"]
)


def known(word: str) -> bool:
    return word in WORDS
