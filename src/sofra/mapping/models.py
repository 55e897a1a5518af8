"""What we keep of mapping rounds, and who may see it.

A round's title, period and methodology are public once it is open; who was invited and who answered is seen by
mappers; an invited organisation sees its own invitation by its private link.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sofra.activities import dates
from sofra.ground.tongues import said
from sofra.organisations.models import Organisation, Proposal
from sofra.questionnaires.models import Filling, Version


class Round(models.Model):
    """One mapping of one country: "al.2018.mapping". `before` is the round whose answers this one starts from."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    code = models.CharField(max_length=60, unique=True)
    country = models.CharField(max_length=2, help_text="ISO 3166: AL")
    titles = models.JSONField(default=dict, help_text="Language -> title")
    methodology = models.JSONField(default=dict, help_text="Language -> Markdown")
    begins = models.CharField(max_length=10, blank=True, help_text="A partial date; empty: not known")
    ends = models.CharField(max_length=10, blank=True)
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="rounds")
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="after")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    answers_by = models.DateField(null=True, help_text="The last day to answer, told in the letters; None: not said")
    remind_after = models.PositiveSmallIntegerField(
        null=True, default=10, help_text="Days after the invitation; None: the hub reminds nobody by itself"
    )
    source = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begins", "code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("round", args=[self.code])

    @property
    def when(self) -> str:
        return dates.written_span(self.begins, self.ends)


class Invitation(models.Model):
    """An organisation that a round asks. The times say how far it came; what did not happen is None.

    `filling` is made with the invitation; its link is the invitation's. Seen by mappers and whoever holds it.
    A refusal stands until the organisation goes on after it, or a mapper asks again and says why (`asked_again_at`).
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=250, help_text="As invited: pasted names may not be in the registry (yet)")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="sq")
    filling = models.OneToOneField(Filling, models.PROTECT, null=True, related_name="invitation")
    added_at = models.DateTimeField(auto_now_add=True)
    invited_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_because = models.CharField(max_length=500, blank=True)
    asked_again_at = models.DateTimeField(null=True)
    asked_again_because = models.CharField(max_length=500, blank=True)
    unreachable_at = models.DateTimeField(null=True)
    unreachable_because = models.CharField(max_length=500, blank=True)
    not_them = models.BooleanField(default=False, help_text="Whoever got the letter says: this is not us")
    elsewhere = models.CharField(
        max_length=300, blank=True, help_text="It took part outside this hub: where that is said; when is not known"
    )
    suggested_at = models.DateTimeField(null=True, help_text="When its answers were last read for suggestions")

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["round", "sent_at"], name="invitation_answered")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation"], name="organisation_invited_once",
                condition=models.Q(organisation__isnull=False),
            ),
        ]  # fmt: skip

    class Step(models.TextChoices):
        ADDED = "added", _("not invited yet")
        INVITED = "invited", _("invited")
        OPENED = "opened", _("opened")
        BEGUN = "begun", _("begun")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused")
        UNREACHABLE = "unreachable", _("unreachable")

    @property
    def step(self) -> str:
        """How far it came; a refusal or an unreachable address stands until the organisation goes on after it."""
        if self.sent_at or self.elsewhere:
            return self.Step.SENT
        if self.refuses:
            return self.Step.REFUSED
        if self.unreachable_at:
            return self.Step.UNREACHABLE
        times: dict[str, Any] = {
            self.Step.BEGUN: self.begun_at, self.Step.OPENED: self.opened_at, self.Step.INVITED: self.invited_at,
        }  # fmt: skip
        return next((step for step, at in times.items() if at), self.Step.ADDED)

    @property
    def step_at(self) -> datetime | None:
        """When it came that far; None where that is not known."""
        moments = {
            self.Step.SENT: self.sent_at, self.Step.REFUSED: self.refused_at, self.Step.BEGUN: self.begun_at,
            self.Step.UNREACHABLE: self.unreachable_at, self.Step.OPENED: self.opened_at,
            self.Step.INVITED: self.invited_at,
        }  # fmt: skip
        return moments.get(self.Step(self.step), self.added_at)

    @property
    def step_name(self) -> str:
        return str(self.Step(self.step).label)

    @property
    def times(self) -> list[tuple[str, datetime]]:
        """When each thing happened that did, in words."""
        known = (
            (_("Put on the list"), self.added_at), (_("Invited"), self.invited_at), (_("Opened"), self.opened_at),
            (_("Begun"), self.begun_at), (_("Sent"), self.sent_at),
            (pgettext_lazy("one organisation", "Refused"), self.refused_at),
        )  # fmt: skip
        return [(str(words), at) for words, at in known if at]

    @property
    def refuses(self) -> bool:
        """Does its refusal stand: it refused, and was not asked again since?"""
        return self.refused_at is not None and (self.asked_again_at is None or self.asked_again_at < self.refused_at)


class Letter(models.Model):
    """A letter of a round: every one can be read in the hub, by mappers. The link in it is left out.

    It waits for the post, went out (`sent_at`), or could not go (`failed_because`).
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        THANKS = "thanks", _("thanks")

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12, choices=Kind)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField(blank=True, help_text="As it went out; empty while it waits for the post")
    words = models.TextField(blank=True, help_text="What its writer added")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="When the worker took it up")
    sent_at = models.DateTimeField(null=True)
    failed_because = models.CharField(max_length=500, blank=True)
    bounced_because = models.CharField(max_length=500, blank=True, help_text="It went out and came back")
    due = models.CharField(max_length=40, blank=True, help_text="What the hub reminded of by itself; once each")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "due"], name="reminded_once_of_it", condition=~models.Q(due="")
            ),
        ]

    @property
    def waits(self) -> bool:
        """Is it written, and not with the mail server yet?"""
        return self.sent_at is None and not self.failed_because


class Suggestion(models.Model):
    """What an answer would change in the registry: a proposal for the organisation's record, or an activity.

    It waits until a mapper accepts or returns it; accepting carries it out by the registry's own services.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        REPLACED = "replaced", _("replaced by a later answer")

    class Kind(models.TextChoices):
        RECORD = "record", _("change of the record")
        NEW = "new", _("new organisation")
        ACTIVITY = "activity", _("activity")

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="suggestions")
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.JSONField(default=dict, help_text="The draft, as the service that carries it out wants it")
    key = models.CharField(max_length=64, help_text="SHA-256 of what it suggests: the same is suggested once")
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+")
    made = models.CharField(max_length=120, blank=True, help_text="Code of the organisation or activity made of it")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["invitation", "key"], name="suggested_once")]


class Methodology(models.Model):
    """A methodology file of another hub, or this one's own, as it came in: what may be compared and begun from.

    `content` is what the file's manifest says, without the files themselves, which are kept by their digests.
    Seen by mappers.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the whole file")
    code = models.CharField(max_length=60, help_text="Of the questionnaire that it carries")
    country = models.CharField(max_length=2, blank=True, help_text="Of the hub that wrote it")
    hub = models.CharField(max_length=120, blank=True, help_text="The name of the hub that wrote it")
    content = models.JSONField(default=dict)
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
