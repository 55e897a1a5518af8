"""What may come in for an address of phones."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from . import collecting
from .models import Collector, Version

LONGEST = timedelta(days=2 * 366)
_NO_DAY = _("Write the day as day.month.year, such as 15.10.2026.")


class CollectorForm(forms.Form):
    """Who collects, which forms, until when."""

    name = forms.CharField(
        label=_("Who collects"), max_length=120,
        help_text=_("A team in words, such as “Team of Elbasan”. Never a person's name."),
    )  # fmt: skip
    versions = forms.ModelMultipleChoiceField(
        label=_("Forms that its phones fetch"), queryset=Version.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one form.")},
    )  # fmt: skip
    last_day = forms.DateField(
        label=_("Open until"), required=False, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={"invalid": _NO_DAY}, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which phones may send. Empty: until you close the address."),
    )  # fmt: skip

    def __init__(self, *args: Any, collector: Collector | None = None, **kwargs: Any) -> None:
        if collector is not None:
            last = collecting.last_day(collector)
            kwargs["initial"] = {"name": collector.name, "versions": collector.versions.all(), "last_day": last}
        super().__init__(*args, **kwargs)
        asked = Version.objects.filter(state=Version.State.OPEN)
        if collector is not None:
            asked = asked | Version.objects.filter(collectors=collector)
        self.fields["versions"].queryset = asked.distinct().select_related("questionnaire")  # type: ignore[attr-defined]

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if day is not None and not today <= day <= today + LONGEST:
            raise ValidationError(__("Choose a day from today on, at most two years ahead."))
        return day

    def expires_at(self) -> datetime | None:
        """The end of the last day, on the clock of the hub."""
        day = self.cleaned_data["last_day"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
