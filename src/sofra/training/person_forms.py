"""What may come in: lists, photos of lists, check-ins, surveys, trainers, mentoring."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.accounts.access import level_of
from sofra.ground.tongues import said
from sofra.organisations.vocabulary import Language
from sofra.places.queries import name_of
from sofra.questionnaires.models import Version

from . import chains, queries, rules
from .forms import OwnedForm, found_place
from .models import Cohort, Count, Sector, Session, Survey, Trainer

_NO_DAY = _("Write the day as day.month.year, such as 15.10.2026.")


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={"invalid": _NO_DAY, "required": _NO_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class ListForm(forms.Form):
    """A list pasted or uploaded. Names are thrown away unless certificates are asked for."""

    what = forms.ChoiceField(label=_("What is counted"), choices=[], initial="present")
    day = forms.ChoiceField(label=_("Day"), required=False)
    pasted = forms.CharField(
        label=_("The list, pasted"), required=False, max_length=600_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("The first line names the columns: Name, Institution, Sex, Sector, Age, First time, Consent"),
    )  # fmt: skip
    sheet = forms.FileField(label=_("Or a sheet (CSV, XLSX)"), required=False)
    certificates = forms.BooleanField(
        label=_("Keep the names for certificates"), required=False,
        help_text=_("Without this no name is kept, only the counts. With a column “Consent” only those with “yes”."),
    )  # fmt: skip
    consented_on = day_field(_("When they agreed that their names are kept"), required=False)
    delete_on = day_field(_("When the names are deleted"), required=False, help_text=_("Within a year"))
    sure = forms.BooleanField(label=_("The list says so: keep the numbers as they are"), required=False)

    def __init__(self, *args: Any, session: Session, **said: Any) -> None:
        super().__init__(*args, **said)
        self.days = {str(day.pk): day for day in session.days.all()}
        days = [(str(pk), f"{day.on:%d.%m.%Y}") for pk, day in self.days.items()]
        choose: dict[str, Any] = self.fields
        choose["day"].choices = [("", _("The whole session")), *days]
        choose["what"].choices = [(code, capfirst(word)) for code, word in Count.What.choices]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("pasted") and not said.get("sheet") and "sheet" not in self.errors:
            self.add_error("pasted", _("Paste the list, or choose a file."))
        if said.get("certificates") and not said.get("consented_on"):
            self.add_error("consented_on", _("Write on which day they agreed that their names are kept."))
        if said.get("certificates") and not said.get("delete_on"):
            self.add_error("delete_on", _("Write the day of deletion: after today, and within a year."))
        return said


class ScanForm(forms.Form):
    scan = forms.FileField(label=_("A photo of the paper list"))
    delete_on = day_field(_("When it is deleted"), help_text=_("Within a year"))


class ParticipantForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    body = forms.CharField(label=_("Where from"), max_length=200, required=False)
    consented_on = day_field(_("When they agreed that their names are kept"))
    delete_on = day_field(_("When the names are deleted"), help_text=_("Within a year"))


class CheckInForm(forms.Form):
    day = forms.ChoiceField(label=_("Day"))
    closes = forms.TimeField(
        label=_("Closes at"), input_formats=["%H:%M", "%H.%M"], widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"invalid": _("Write the time as hours and minutes, such as 10:30.")},
    )  # fmt: skip

    def __init__(self, *args: Any, session: Session, **said: Any) -> None:
        super().__init__(*args, **said)
        today = timezone.localdate()
        self.days = {str(day.pk): day for day in session.days.filter(on__gte=today, on__lte=today + timedelta(1))}
        choose: Any = self.fields["day"]
        choose.choices = [(pk, f"{day.on:%d.%m.%Y}") for pk, day in self.days.items()]

    def closes_at(self) -> datetime:
        """The hour on the wall of that day."""
        day = self.days[self.cleaned_data["day"]]
        return timezone.make_aware(datetime.combine(day.on, self.cleaned_data["closes"]))


class HereForm(forms.Form):
    """What somebody may say of themselves with the tap; nothing of it is needed."""

    sex = forms.ChoiceField(
        label=_("I am"), required=False, choices=[("", _("I do not say")), ("women", _("a woman or a girl")),
                                                  ("men", _("a man or a boy"))],
    )  # fmt: skip
    first = forms.ChoiceField(
        label=_("Training on this subject"), required=False,
        choices=[("", _("I do not say")), *rules.KEYS["first"].items()],
    )  # fmt: skip
    sector = forms.ChoiceField(
        label=_("I come from"), required=False, choices=[("", _("I do not say")), *Sector.choices]
    )


class SurveyForm(forms.Form):
    when = forms.ChoiceField(label=_("When it is asked"), choices=Survey.When.choices)
    version = forms.ModelChoiceField(
        Version.objects.none(), label=_("Questionnaire"), empty_label=None,
        error_messages={"invalid_choice": _("Choose an open questionnaire of the list.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        choose: Any = self.fields["version"]
        choose.queryset = (
            Version.objects.filter(state=Version.State.OPEN).select_related("questionnaire").order_by("-pk")
        )


class CohortField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return said(obj.titles) or str(obj.pk)


class SessionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        activity = obj.activity
        return f"{activity.title}, {activity.when}" if activity.begins else str(activity.title)


class CohortForm(OwnedForm):
    """A group of people who were trained together: a number, never names."""

    title_sq = forms.CharField(label=_("Who they are, in Albanian"), max_length=250, required=False)
    title_en = forms.CharField(label=_("Who they are, in English"), max_length=250, required=False)
    role = forms.ChoiceField(label=_("What they became"), choices=Cohort.Role.choices)
    people = forms.IntegerField(
        label=_("How many"), required=False, min_value=0, help_text=_("Empty: not stated, which is not 0"),
        error_messages={"min_value": _("A number of people cannot be less than 0.")},
    )  # fmt: skip
    how = forms.ChoiceField(label=_("How they were counted"), choices=Count.How.choices, initial="unknown")
    came_from = CohortField(Cohort.objects.none(), label=_("Who trained them"), required=False)
    trained_in = SessionField(Session.objects.none(), label=_("In which session"), required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False, help_text=_("A municipality or a unit"))
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    field_order = ("title_sq", "title_en", "organisation")

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, user=user, **said)
        self.places: list[str] = []
        choose: dict[str, Any] = self.fields
        choose["came_from"].queryset = chains.cohorts(level_of(user))
        choose["trained_in"].queryset = queries.sessions(level_of(user)).order_by("-activity__begins", "-pk")[:500]

    def clean_place(self) -> str:
        typed = str(self.cleaned_data["place"]).strip()
        if typed:
            self.places = [found_place(typed)]
        return typed

    def said(self) -> dict[str, Any]:
        """As chains.add_cohort takes it."""
        said = self.cleaned_data
        session = said["trained_in"]
        names = ("role", "people", "how", "came_from", "source")
        return {name: said[name] for name in names} | {
            "titles": {code: said[f"title_{code}"] for code in ("sq", "en")}, "places": self.places,
            "trained_in": session.activity if session else None,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("title_sq") or said.get("title_en")):
            self.add_error("title_sq", _("Say in a few words who they are, as a group; never names."))
        return said


def first_cohort(found: Cohort) -> dict[str, Any]:
    """What the form of a group begins with."""
    return {
        "title_sq": found.titles.get("sq", ""), "title_en": found.titles.get("en", ""), "role": found.role,
        "organisation": found.host.code if found.host else "", "people": found.people, "how": found.how,
        "came_from": found.came_from_id, "source": found.source,
        "trained_in": Session.objects.filter(activity=found.trained_in_id).values_list("pk", flat=True).first(),
        "place": name_of(found.places[0]) if len(found.places) == 1 else "",
    }  # fmt: skip


class TrainerForm(OwnedForm):
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("Members see it; visitors see a number only"))
    consented_on = day_field(_("When the trainer agreed to it"))
    cohort = CohortField(Cohort.objects.none(), label=_("Trained with"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("name", "consented_on", "organisation")

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, user=user, **said)
        choose: Any = self.fields["cohort"]
        choose.queryset = chains.cohorts(level_of(user))


class RequirementForm(forms.Form):
    text_sq = forms.CharField(label=_("What must have been done, in Albanian"), max_length=300, required=False)
    text_en = forms.CharField(label=_("The same in English"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("text_sq") or said.get("text_en")):
            raise ValidationError(_("Say what must have been done."))
        return said


class MentoringForm(OwnedForm):
    mentor = forms.ModelChoiceField(Trainer.objects.none(), label=_("Mentor"))
    mentored = forms.ModelChoiceField(Trainer.objects.none(), label=_("Who is mentored"))
    goals = forms.CharField(label=_("Goals"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    begun_on = day_field(_("Begins"))

    def __init__(self, *args: Any, user: Any, **said: Any) -> None:
        super().__init__(*args, user=user, **said)
        standing = Trainer.objects.filter(ended_on=None).order_by("name")
        choose: dict[str, Any] = self.fields
        choose["mentor"].queryset = choose["mentored"].queryset = standing


class MeetingForm(forms.Form):
    on = day_field(_("Day"))
    note = forms.CharField(
        label=_("What was worked on"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseForm(forms.Form):
    on = day_field(_("Closed on"))
    outcome = forms.CharField(
        label=_("What came of the goals"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
