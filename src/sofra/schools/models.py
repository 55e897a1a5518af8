"""What we keep of schools and of the sessions that organisations ask them for.

That a school is there, and where, is public. A request is seen by the editors of the organisation that asks, by those
of the school and of its office, and by mappers and coordinators; the public sees what became of it as an activity.
Classes are kept by name. No pupil, teacher or trainer is named.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.places.titles import title_of


class Office(models.Model):
    """An education office: the organisation whose editors decide for the schools that belong to it."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="office")
    limit_per_term = models.PositiveSmallIntegerField(null=True, help_text="For its schools; None: the hub's")

    def __str__(self) -> str:
        return self.organisation.name

    def get_absolute_url(self) -> str:
        return reverse("office", args=[self.organisation.code])


class School(models.Model):
    """A school with room for sessions: its organisation, where it is, which office decides with it."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="school")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="schools")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", help_text="The municipality or unit it is in")
    limit_per_term = models.PositiveSmallIntegerField(null=True, help_text="None: as its office says")

    def __str__(self) -> str:
        return self.organisation.name

    def get_absolute_url(self) -> str:
        return reverse("school", args=[self.organisation.code])

    @property
    def code(self) -> str:
        return self.organisation.code

    @property
    def where(self) -> str:
        """The place in the reader's words: "Bashkia Pukë"."""
        return title_of(self.place)


class Session(models.Model):
    """A session that an organisation asks a school for, from the asking to what became of it.

    `begins` and `minutes` are what was asked for, and once accepted what was agreed; `offered_…` what the school
    proposed instead. `term` follows from `begins`. `version` grows with each step, so that of two people who decide
    at once the second learns what the first one did; calendars are told it too.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("session", "asked")
        PROPOSED = "proposed", pgettext_lazy("session", "another date proposed")
        ACCEPTED = "accepted", pgettext_lazy("session", "accepted")
        REFUSED = "refused", pgettext_lazy("session", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("session", "withdrawn")
        CANCELLED = "cancelled", pgettext_lazy("session", "cancelled")

    school = models.ForeignKey(School, models.PROTECT, related_name="sessions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", help_text="Who asks")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    kinds = models.JSONField(default=list, help_text="Codes of activities.vocabulary.KINDS")
    themes = models.JSONField(default=list)
    audiences = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    who_comes = models.CharField(max_length=300, blank=True, help_text="Roles in words; no person's name")
    guests = models.PositiveSmallIntegerField(null=True, help_text="How many come; None: not said")
    pupils = models.PositiveIntegerField(null=True, help_text="How many are expected; None: not said")
    begins = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    offered_begins = models.DateTimeField(null=True)
    offered_minutes = models.PositiveSmallIntegerField(null=True)
    term = models.CharField(max_length=6, help_text="rules.Term.code of `begins`")
    visible_to = models.PositiveSmallIntegerField(
        choices=Visibility, null=True, help_text="Who may see the activity it becomes; None: it stays a draft"
    )
    activity = models.OneToOneField(Activity, models.PROTECT, null=True, related_name="school_session")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["begins", "id"]
        indexes = [
            models.Index(fields=["school", "term", "state"], name="session_load"),
            models.Index(fields=["school", "begins"], name="session_of_school"),
            models.Index(fields=["organisation", "-begins"], name="session_of_asker"),
            models.Index(fields=["state", "begins"], name="session_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.pk])

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def offered_ends(self) -> datetime | None:
        if self.offered_begins is None:
            return None
        return self.offered_begins + timedelta(minutes=self.offered_minutes or self.minutes)

    @property
    def is_open(self) -> bool:
        """Does it wait for a decision?"""
        return self.state in OPEN

    @property
    def is_plain(self) -> bool:
        """Does it wait for the school, without another date between?"""
        return self.state == self.State.ASKED

    @property
    def is_past(self) -> bool:
        return self.begins <= timezone.now()


OPEN = (Session.State.ASKED, Session.State.PROPOSED)
STANDING = (*OPEN, Session.State.ACCEPTED)


class SessionClass(models.Model):
    """A class that a session is for. `folded` is what "X-a" and "10 A" have in common (rules.fold_class)."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="classes")
    name = models.CharField(max_length=30)
    folded = models.CharField(max_length=12)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["session", "folded"], name="session_class_once")]


class Step(models.Model):
    """One step of a request's way: who, when, what, and the words that went with it. Never altered."""

    class Kind(models.TextChoices):
        ASKED = "asked", pgettext_lazy("session", "asked")
        PROPOSED = "proposed", pgettext_lazy("session", "another date proposed")
        AGREED = "agreed", pgettext_lazy("session", "proposed date accepted")
        DECLINED = "declined", pgettext_lazy("session", "proposed date declined")
        ACCEPTED = "accepted", pgettext_lazy("session", "accepted")
        REFUSED = "refused", pgettext_lazy("session", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("session", "withdrawn")
        MOVED = "moved", pgettext_lazy("session", "moved to another date")
        CANCELLED = "cancelled", pgettext_lazy("session", "cancelled")

    session = models.ForeignKey(Session, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=1000, blank=True)
    begins = models.DateTimeField(null=True, help_text="The date that was meant, where one was")

    class Meta:
        ordering = ["id"]


class Feed(models.Model):
    """A private calendar address of one person for one organisation that the person speaks for.

    The address carries a signature over `pk` and `nonce` made with the hub's secret key: its owner can be shown it
    again, and a copy of the database alone opens nothing. A new nonce makes the old address worthless.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=43)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="feed_once")]


class Reminder(models.Model):
    """A letter that was written, so that nobody gets it twice. `about` is what it is of: the moment of the session.

    The row is made before the letter goes out and taken away where it could not go, so that it is tried again.
    """

    class Kind(models.TextChoices):
        SOON = "soon", _("a session is near")
        WAITING = "waiting", _("a request waits")

    session = models.ForeignKey(Session, models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user", "kind", "about"], name="reminder_once"),
        ]
