"""Readings of places on a record: what a source wrote, the places it was read as, and who said that this is right."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.places.services import confirm_reading as remember

from .models import Change, Fact, Organisation
from .services import edit_record

_PLACES = ("place", "seat")


def unconfirmed(facts: Iterable[Fact]) -> bool:
    """Whether any of these places was read from a text by the hub and by nobody else."""
    return any(fact.field in _PLACES and fact.detail.get("sure") is False for fact in facts)


@transaction.atomic
def confirm_reading(organisation: Organisation, *, text: str, by: User) -> Change:
    """A person says that the places were read rightly from the text; it is read so from now on, also elsewhere.

    Raises ValidationError where no place of the record was read from this text.
    """
    read = [fact for fact in _read_from(organisation, text) if fact.value]
    if not read:
        raise ValidationError(_("No place of this record was read from “%(text)s”.") % {"text": text})
    changes = [
        {
            "do": "replace",
            "fact": fact.pk,
            "field": fact.field,
            "value": fact.value,
            "language": fact.language,
            "detail": {**fact.detail, "sure": True},
            "source": fact.source,
            "visible_to": fact.visible_to,
        }
        for fact in read
    ]
    change = edit_record(organisation, changes=changes, by=by, note=_("Reading confirmed: “%(text)s”") % {"text": text})
    remember(text=text, codes=[fact.value for fact in read], by=by)
    return change


@transaction.atomic
def edit_places(organisation: Organisation, *, changes: Sequence[dict[str, Any]], by: User, note: str = "") -> Change:
    """As edit_record, for a mapper's change of places: a text that is read otherwise is remembered as now read."""
    replaced = Fact.objects.in_bulk([wish["fact"] for wish in changes if wish["do"] == "replace"])
    texts = {
        str(replaced[wish["fact"]].detail.get("text", ""))
        for wish in changes
        if wish["do"] == "replace" and wish["fact"] in replaced and replaced[wish["fact"]].value != wish["value"]
    }
    change = edit_record(organisation, changes=changes, by=by, note=note)
    for text in sorted(texts - {""}):
        codes = [fact.value for fact in _read_from(organisation, text) if fact.value]
        if codes:
            remember(text=text, codes=codes, by=by)
    return change


def _read_from(organisation: Organisation, text: str) -> list[Fact]:
    said = organisation.facts.filter(ended_in=None, field__in=_PLACES).order_by("id")
    return [fact for fact in said if fact.detail.get("text") == text]
