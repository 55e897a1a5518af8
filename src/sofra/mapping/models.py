"""What we keep of mapping rounds, and who may see it.

A round's title, period and methodology are public once it is open; who was invited and who answered is seen by
mappers; an invited organisation sees its own invitation by its private link.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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
    source = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

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
    unreachable_at = models.DateTimeField(null=True)
    unreachable_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name", "id"]
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
        times: dict[str, Any] = {
            self.Step.INVITED: self.invited_at, self.Step.OPENED: self.opened_at, self.Step.BEGUN: self.begun_at,
        }  # fmt: skip
        if self.sent_at:
            return self.Step.SENT
        if self.refused_at:
            return self.Step.REFUSED
        if self.unreachable_at:
            return self.Step.UNREACHABLE
        reached = [step for step, at in times.items() if at]
        return reached[-1] if reached else self.Step.ADDED


class Letter(models.Model):
    """A letter of a round as it went out: every one can be read in the hub, by mappers. The link in it is left out."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        THANKS = "thanks", _("thanks")

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12, choices=Kind)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_because = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]


class Suggestion(models.Model):
    """What an answer would change in the registry: a proposal for the organisation's record, or an activity.

    It waits until a mapper accepts or returns it; accepting carries it out by the registry's own services.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")

    class Kind(models.TextChoices):
        RECORD = "record", _("change of the record")
        NEW = "new", _("new organisation")
        ACTIVITY = "activity", _("activity")

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="suggestions")
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.JSONField(default=dict, help_text="The draft, as the service that carries it out wants it")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+")
    made = models.CharField(max_length=120, blank=True, help_text="Code of the organisation or activity made of it")

    class Meta:
        ordering = ["id"]
