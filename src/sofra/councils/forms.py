"""What may come in for councils, meetings and decisions. What hangs together the services check."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.places.queries import find_place, name_of

from . import queries, rules
from .deciding import DecisionWish
from .models import Council, Decision, Document, Group, Meeting, Present, Seat, Share
from .services import CouncilWish, File

_DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
_NO_DAY = _("Write the day as day.month.year, such as 15.10.2026.")
_NO_TIME = _("Write the time as hours and minutes, such as 10:30; the last of a day is 23:59.")
_NO_NUMBER = _("Write a whole number.")


def _day(label: Any, *, needed: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=needed, input_formats=_DAYS, help_text=hint,
        error_messages={"invalid": _NO_DAY, "required": _NO_DAY},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def _time(label: Any, *, needed: bool = True) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=needed, input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        error_messages={"invalid": _NO_TIME, "required": _NO_TIME},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip


def _words(label: Any, *, needed: bool = False, rows: int = 2, longest: int = 1000, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=needed, max_length=longest, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def _seen() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput)


def _shares(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[(code, capfirst(word)) for code, word in Share.choices], widget=forms.RadioSelect
    )


# — councils ———————————————————————————————————————————————————————————————————————————————————————————————


class CouncilForm(forms.Form):
    """Where it is, on what it stands, how often it meets."""

    name = forms.CharField(
        label=_("The council's name, or its code in the registry"), max_length=250,
        help_text=_("One that is new is added to the registry."),
    )  # fmt: skip
    place = forms.CharField(label=_("Municipality"), max_length=120)
    legal_basis = forms.CharField(
        label=_("Legal basis"), required=False, max_length=300, help_text=_("Order or regulation, as it is numbered.")
    )
    since = forms.CharField(
        label=_("Since"), required=False, max_length=20, help_text=_("A year, a month or a day; empty: not known.")
    )
    meets_every = forms.IntegerField(
        label=_("Meets at least once in so many months"), required=False, error_messages={"invalid": _NO_NUMBER},
        widget=forms.NumberInput(attrs={"min": 1, "max": 24}),
        help_text=_("As the regulation says; empty: not said, and then no meeting counts as due."),
    )  # fmt: skip
    quorum = forms.ChoiceField(
        label=_("Quorum"),
        choices=[("half", _("more than half of the voting seats")), ("two_thirds", _("two thirds of the voting seats")),
                 ("number", _("a number of seats"))],
    )  # fmt: skip
    seats_needed = forms.IntegerField(
        label=_("How many seats"), required=False, error_messages={"invalid": _NO_NUMBER},
        help_text=_("Only where the quorum is a number of seats."),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), required=False, max_length=300)
    seen = _seen()

    def __init__(self, *args: Any, council: Council | None = None, **said: Any) -> None:
        said["initial"] = _first_said(council)
        super().__init__(*args, **said)
        if council is not None:
            del self.fields["name"]

    def clean_place(self) -> str:
        found = find_place(str(self.cleaned_data["place"]))
        if found is None or found.kind != "municipality":
            raise ValidationError(_("This is no municipality that the hub knows: write its name or its code."))
        return found.code

    def clean_since(self) -> str:
        return dates.read_when(str(self.cleaned_data["since"]))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("quorum") == "number" and not said.get("seats_needed"):
            self.add_error("seats_needed", _("Write how many seats make the quorum."))
        return said

    def wish(self) -> CouncilWish:
        said = self.cleaned_data
        quorum = str(said["seats_needed"]) if said["quorum"] == "number" else said["quorum"]
        return CouncilWish(
            place=said["place"], legal_basis=said["legal_basis"], since=said["since"],
            meets_every=said["meets_every"], quorum=quorum, source=said["source"],
        )  # fmt: skip

    def organisation(self) -> Organisation | None:
        """The registered organisation with this code or name that may be a council."""
        typed = str(self.cleaned_data["name"]).strip()
        standing = Organisation.objects.filter(ended_in=None, joined_to=None)
        return standing.filter(Q(code=typed) | Q(name=typed, kind="council")).first()


def _first_said(council: Council | None) -> dict[str, Any]:
    if council is None:
        return {"seen": 0, "quorum": "half"}
    counted = council.quorum.isdigit()
    return {
        "place": name_of(council.place), "legal_basis": council.legal_basis, "since": dates.written(council.since),
        "meets_every": council.meets_every, "quorum": "number" if counted else council.quorum,
        "seats_needed": int(council.quorum) if counted else None, "source": council.source, "seen": council.version,
    }  # fmt: skip


class SeatForm(forms.Form):
    """A seat by body, as the regulation names it."""

    body = forms.CharField(
        label=_("Body"), max_length=200, help_text=_("As the regulation names it; no person’s name.")
    )
    sector = forms.ChoiceField(label=_("What kind of body"), choices=list(rules.SECTORS.items()))
    votes = forms.BooleanField(label=_("It votes"), required=False, initial=True)
    chairs = forms.BooleanField(label=_("It chairs the council"), required=False)


class MandateForm(forms.Form):
    """Who sits in a seat, from when to when."""

    seat = forms.ChoiceField(label=pgettext_lazy("council", "Seat"))
    function = forms.CharField(label=_("Function"), max_length=200)
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Only members of this council read it.")
    )
    email = forms.EmailField(
        label=_("E-mail address of the account"), required=False,
        help_text=_("Whoever signs in with it is a member of this council for the time of the mandate."),
    )  # fmt: skip
    begins = _day(_("From"))
    ends = _day(_("To"), needed=False, hint=_("The last day; empty: not known yet."))
    deputy = forms.BooleanField(label=_("As deputy"), required=False)
    secretary = forms.BooleanField(label=_("Secretary: writes the minutes"), required=False)

    def __init__(self, *args: Any, council: Council, **said: Any) -> None:
        super().__init__(*args, **said)
        self.user: User | None = None
        self.seats = {str(one.pk): one for one in council.seats.filter(ended_on=None)}
        self.fields["seat"].choices = [(key, one.body) for key, one in self.seats.items()]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"]).lower()
        if typed:
            self.user = User.objects.filter(email=typed, is_active=True).first()
            if self.user is None:
                raise ValidationError(_("Nobody signs in with this address: the coordinator invites the person first."))
        return typed


class SeatEditForm(SeatForm):
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class MandateEditForm(MandateForm):
    """A mandate put right; whose account it is, and in which seat, stays."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        for name in ("seat", "email"):
            del self.fields[name]


class EndForm(forms.Form):
    """The last day of a mandate."""

    ends = _day(_("Last day"))


class GroupForm(forms.Form):
    title = forms.CharField(label=_("Name"), max_length=200)
    task = _words(_("Task"))
    seats = forms.MultipleChoiceField(label=pgettext_lazy("council", "Seats"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, council: Council, **said: Any) -> None:
        super().__init__(*args, **said)
        self.known = {str(one.pk): one for one in council.seats.filter(ended_on=None)}
        self.fields["seats"].choices = [(key, one.body) for key, one in self.known.items()]  # type: ignore[attr-defined]

    def chosen(self) -> list[Seat]:
        return [self.known[key] for key in self.cleaned_data["seats"]]


class _WithFile(forms.Form):
    file = forms.FileField(label=_("File"), required=False, help_text=_("A PDF, a picture, a document; 20 MB at most."))

    def brought(self) -> File | None:
        found = self.cleaned_data.get("file")
        return File(found.name, found.chunks()) if found else None


class DocumentForm(_WithFile):
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(code, capfirst(word)) for code, word in Document.Kind.choices]
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    dated = forms.CharField(label=_("Date"), required=False, max_length=20)
    url = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")
    source = forms.CharField(
        label=_("Source"), required=False, max_length=300,
        help_text=_("Where it is said that it exists, if there is neither file nor address."),
    )  # fmt: skip
    share = _shares(_("Who reads it"))

    field_order = ("kind", "title", "dated", "file", "url", "source", "share")

    def clean_dated(self) -> str:
        return dates.read_when(str(self.cleaned_data["dated"]))


# — meetings ———————————————————————————————————————————————————————————————————————————————————————————————


class MeetingForm(forms.Form):
    """When and where; of the whole council or of a working group."""

    day = _day(_("Day"))
    time = _time(_("Begins at"))
    until = _time(_("Ends at"), needed=False)
    where = forms.CharField(label=_("Where"), required=False, max_length=200)
    group = forms.ChoiceField(label=_("Who meets"), required=False)
    why = forms.CharField(label=_("Why"), required=False, max_length=300)
    seen = _seen()

    def __init__(self, *args: Any, council: Council, meeting: Meeting | None = None, **said: Any) -> None:
        said["initial"] = {"seen": 0} if meeting is None else _when_of(meeting)
        super().__init__(*args, **said)
        self.groups: dict[str, Group] = {str(one.pk): one for one in council.groups.filter(ended_on=None)}
        if meeting is not None or not self.groups:
            del self.fields["group"]
        else:
            whole = [("", _("the whole council"))]
            self.fields["group"].choices = whole + [(key, one.title) for key, one in self.groups.items()]  # type: ignore[attr-defined]
        if meeting is None:
            del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("day") and said.get("time") is not None:
            said["begins"] = _moment(said["day"], said["time"])
            said["ends"] = _moment(said["day"], said["until"]) if said.get("until") else None
            if said["ends"] is not None and said["ends"] <= said["begins"]:
                self.add_error("until", _("The meeting ends before it begins: one of the two times is wrong."))
        return said


def _moment(day: date, at: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def _when_of(meeting: Meeting) -> dict[str, Any]:
    begins = timezone.localtime(meeting.begins)
    ends = timezone.localtime(meeting.ends) if meeting.ends else None
    return {"day": begins.date(), "time": begins.time(), "until": ends.time() if ends else None,
            "where": meeting.where, "seen": meeting.version}  # fmt: skip


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), required=False, max_length=300)
    seen = _seen()


class SeenForm(forms.Form):
    seen = _seen()


class RemoveForm(forms.Form):
    """A point of the agenda, by its number."""

    item = forms.IntegerField(min_value=1, max_value=2**62)


class ItemForm(forms.Form):
    title = forms.CharField(label=_("Point of the agenda"), max_length=300)
    text = _words(_("More about it"))
    is_closed = forms.BooleanField(label=_("Closed: for members of this council only"), required=False)


class AttendanceForm(forms.Form):
    """How each seat was taken; empty where nobody noted it."""

    seen = _seen()

    def __init__(self, *args: Any, meeting: Meeting, **said: Any) -> None:
        super().__init__(*args, **said)
        choices = [("", _("not noted")), *((code, word) for code, word in Present.How.choices)]
        for one, how in queries.attendance_of(meeting):
            self.fields[f"seat_{one.seat.pk}"] = forms.ChoiceField(
                label=one.seat.body, required=False, choices=choices, initial=how
            )
        self.fields["seen"].initial = meeting.version

    def noted(self) -> dict[int, str]:
        return {
            int(name.removeprefix("seat_")): how for name, how in self.cleaned_data.items() if name.startswith("seat_")
        }


class MinutesForm(forms.Form):
    """The minute-book. A line that begins with "Vendim:" becomes a decision."""

    minutes = forms.CharField(
        label=pgettext_lazy("council", "Minutes"),
        required=False, max_length=rules.MOST_MINUTES, widget=forms.Textarea(attrs={"rows": 20}),
        help_text=_("Markdown: # heading, - list, **bold**. A line that begins with “Decision:” (or “Vendim:”) becomes"
                    " a decision with a number."),
    )  # fmt: skip
    closed = forms.CharField(
        label=_("Closed part"), required=False, max_length=rules.MOST_MINUTES,
        widget=forms.Textarea(attrs={"rows": 8}), help_text=_("Only members of this council ever read it."),
    )  # fmt: skip
    seen = _seen()


class AdoptForm(forms.Form):
    share = _shares(_("Who reads the minutes besides the council"))
    seen = _seen()


# — decisions ——————————————————————————————————————————————————————————————————————————————————————————————


class DecisionForm(forms.Form):
    """What was decided, who does it until when, and whether somebody verifies it."""

    text = _words(_("What was decided"), needed=True, rows=3, longest=2000)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    due_on = _day(_("Due date"), needed=False)
    priority = forms.ChoiceField(
        label=_("Priority"),
        initial="normal",
        choices=list(rules.PRIORITIES.items()),
        help_text=_("What is of high priority is verified by somebody else than its owner, ticked below or not."),
    )
    place = forms.CharField(label=_("Place"), required=False, max_length=120)
    needs_verifying = forms.BooleanField(label=_("Somebody else than its owner verifies it"), required=False)
    is_closed = forms.BooleanField(label=_("Closed: for members of this council only"), required=False)
    why = forms.CharField(label=_("Why it is changed"), required=False, max_length=300)
    seen = _seen()

    def __init__(self, *args: Any, council: Council, decision: Decision | None = None, **said: Any) -> None:
        said["initial"] = {"seen": 0, "priority": "normal"} if decision is None else _decision_said(decision)
        super().__init__(*args, **said)
        self.seats = {str(one.pk): one for one in council.seats.filter(ended_on=None)}
        if decision is not None and decision.owner is not None:
            self.seats.setdefault(str(decision.owner.pk), decision.owner)
        seats = [(key, one.body) for key, one in self.seats.items()]
        self.fields["owner"].choices = [("", _("not said yet")), *seats]  # type: ignore[attr-defined]
        if decision is None:
            del self.fields["why"]

    def clean_place(self) -> list[str]:
        typed = str(self.cleaned_data["place"]).strip()
        found: Place | None = find_place(typed) if typed else None
        if typed and found is None:
            raise ValidationError(_("No place of this name is known: check the spelling, or leave it empty."))
        return [found.code] if found else []

    def wish(self) -> DecisionWish:
        said = self.cleaned_data
        return DecisionWish(
            text=said["text"], owner=self.seats.get(said["owner"]), due_on=said["due_on"], priority=said["priority"],
            places=said["place"], needs_verifying=said["needs_verifying"], is_closed=said["is_closed"],
        )  # fmt: skip


def _decision_said(decision: Decision) -> dict[str, Any]:
    return {
        "text": decision.text, "owner": str(decision.owner_id or ""), "due_on": decision.due_on,
        "priority": decision.priority, "place": name_of(decision.places[0]) if decision.places else "",
        "needs_verifying": decision.needs_verifying, "is_closed": decision.is_closed, "seen": decision.version,
    }  # fmt: skip


class DoneForm(_WithFile):
    """What was done, and where that can be seen."""

    done = _words(_("What was done"), rows=3, longest=2000)
    evidence = forms.URLField(label=_("Evidence: an address"), required=False, max_length=500, assume_scheme="https")
    seen = _seen()

    field_order = ("done", "evidence", "file", "seen")


class WordsForm(forms.Form):
    words = _words(_("Why"))
    seen = _seen()

    def __init__(self, *args: Any, label: Any = None, **said: Any) -> None:
        super().__init__(*args, **said)
        if label:
            self.fields["words"].label = label


class FilterForm(forms.Form):
    """What the list of decisions is narrowed to."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), ("open", _("open")), ("late", _("past the due date")),
                 ("verify", _("to be verified")), ("done", _("done"))],
    )  # fmt: skip
    council = forms.ChoiceField(label=_("Council"), required=False)
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=[("", _("all")), *rules.PRIORITIES.items()]
    )

    def __init__(self, *args: Any, councils: Iterable[Council], **said: Any) -> None:
        super().__init__(*args, **said)
        named = [(one.organisation.code, one.organisation.name) for one in councils]
        self.fields["council"].choices = [("", _("all")), *named]  # type: ignore[attr-defined]

    def asked(self) -> queries.DecisionFilters:
        self.is_valid()
        said = self.cleaned_data
        return queries.DecisionFilters(said.get("state", ""), said.get("council", ""), said.get("priority", ""))
