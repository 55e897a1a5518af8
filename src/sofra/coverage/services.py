"""What can happen: a place is said to have been asked about, or declared a priority; and each can be taken back."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.organisations.vocabulary import Audience
from sofra.places.models import Place

from .models import Asking, PriorityArea

Wrong = dict[str, list[str]]


@transaction.atomic
def record_asking(
    *, place: Place, asked_by: str, asked_on: str, audiences: Collection[str] = (), begins: str = "", ends: str = "",
    source: str = "", by: User | None,
) -> Asking:  # fmt: skip
    """Keep that a place was asked about; dates are partial. Raises ValidationError of {field: sentences}."""
    wrong: Wrong = {}
    _check_words(wrong, asked_by=(asked_by, 200), source=(source, 300))
    if not asked_by.strip():
        wrong["asked_by"] = [_("Say who asked whom, without names of persons: “the hub asked the municipality”.")]
    _check_day(wrong, "asked_on", asked_on)
    if unknown := [code for code in audiences if code not in Audience.values]:
        wrong["audiences"] = [_("“%(code)s” is not one of the choices.") % {"code": unknown[0]}]
    _check_dates(wrong, begins=begins, ends=ends)
    if not {"begins", "ends"} & wrong.keys():
        try:
            dates.check_span(begins, ends)
        except ValidationError as error:
            wrong["ends"] = list(error.messages)
    if wrong:
        raise ValidationError(wrong)
    asking = Asking.objects.create(
        place=place, asked_by=asked_by.strip(), asked_on=asked_on, audiences=list(dict.fromkeys(audiences)),
        begins=begins, ends=ends, source=source.strip(), by=by,
    )  # fmt: skip
    record(what="asking.recorded", about=place.code, by=by, asking=asking.pk)
    return asking


@transaction.atomic
def end_asking(asking: Asking, *, by: User | None) -> Asking:
    """Take it back: from now on it counts as not asked. What was taken back already stays as it is."""
    asking = Asking.objects.select_for_update().get(pk=asking.pk)
    if asking.ended_on is None:
        asking.ended_on = timezone.localdate()
        asking.save(update_fields=["ended_on"])
        record(what="asking.ended", about=asking.place_id, by=by, asking=asking.pk)
    return asking


@transaction.atomic
def declare_priority(
    *, place: Place, declared_by: str, declared_on: str, reason: str = "", source: str = "",
    visible_to: int = Visibility.MEMBERS, by: User | None,
) -> PriorityArea:  # fmt: skip
    """Keep that a body declared a place a priority. Raises ValidationError of {field: sentences}."""
    wrong: Wrong = {}
    _check_words(wrong, declared_by=(declared_by, 200), reason=(reason, 500), source=(source, 300))
    if not declared_by.strip():
        wrong["declared_by"] = [_("Say which body declared it.")]
    _check_day(wrong, "declared_on", declared_on)
    if visible_to not in Visibility.values:
        wrong["visible_to"] = [_("Choose who may see it.")]
    if wrong:
        raise ValidationError(wrong)
    area = PriorityArea.objects.create(
        place=place, declared_by=declared_by.strip(), declared_on=declared_on, reason=reason.strip(),
        source=source.strip(), visible_to=visible_to, by=by,
    )  # fmt: skip
    record(what="priority.declared", about=place.code, by=by, priority=area.pk)
    return area


@transaction.atomic
def end_priority(area: PriorityArea, *, by: User | None) -> PriorityArea:
    """The place is no longer a priority. What was ended already stays as it is."""
    area = PriorityArea.objects.select_for_update().get(pk=area.pk)
    if area.ended_on is None:
        area.ended_on = timezone.localdate()
        area.save(update_fields=["ended_on"])
        record(what="priority.ended", about=area.place_id, by=by, priority=area.pk)
    return area


def _check_words(wrong: Wrong, **said: tuple[str, int]) -> None:
    for name, (text, longest) in said.items():
        if len(text.strip()) > longest:
            wrong[name] = [_("Shorten this to %(longest)s letters.") % {"longest": longest}]


def _check_dates(wrong: Wrong, **said: str) -> None:
    for name, when in said.items():
        try:
            if when:
                dates.first_day(when)
        except ValueError:
            wrong[name] = [_("Write day.month.year (05.10.2018), month.year (10.2018) or the year (2018).")]


def _check_day(wrong: Wrong, name: str, when: str) -> None:
    """The day on which something was said: it is known at least by its year, and has come."""
    _check_dates(wrong, **{name: when})
    if not when:
        wrong[name] = [_("Say when that was; the month or the year is enough.")]
    elif name not in wrong and dates.first_day(when) > timezone.localdate():
        wrong[name] = [_("That day has not come yet: look at the date again.")]
