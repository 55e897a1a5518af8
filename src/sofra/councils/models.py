"""What we keep of councils and mechanisms, and who may see it.

That a council exists and its legal basis is public; minutes and decisions are seen as their `visible_to` says, closed
parts by the council's own members only.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations.models import Organisation


class Share(models.TextChoices):
    """Who reads minutes, a decision or an action plan, besides the council's own members."""

    COUNCIL = "council", _("the council only")
    NETWORK = "network", _("councils of other municipalities")
    MEMBERS = "members", _("members of the hub")
    PUBLIC = "public", _("everyone")


class Council(models.Model):
    """A municipality's security council: the organisation with its seats, rules and meetings."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="council")
    place = models.CharField(max_length=40, help_text="Code of the municipality")
    legal_basis = models.CharField(max_length=300, blank=True, help_text="Order or regulation, as it is numbered")
    since = models.CharField(max_length=10, blank=True, help_text="A partial date; empty: not known")
    meets_every = models.PositiveSmallIntegerField(
        null=True, help_text="Months, as its regulation says; None: not said"
    )
    quorum = models.CharField(max_length=10, default="half", help_text="half, two_thirds, or a number of seats")
    source = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.organisation.name

    def get_absolute_url(self) -> str:
        return reverse("council", args=[self.organisation.code])


class Document(models.Model):
    """An order, regulation or action plan of a council."""

    class Kind(models.TextChoices):
        ORDER = "order", _("order or decision that founds it")
        REGULATION = "regulation", _("regulation")
        PLAN = "plan", _("action plan")
        OTHER = "other", _("other document")

    council = models.ForeignKey(Council, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    title = models.CharField(max_length=300)
    dated = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    size = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=100, blank=True)
    url = models.URLField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True, help_text="Where it is said that there is such a document")
    share = models.CharField(max_length=10, choices=Share, default=Share.COUNCIL)

    class Meta:
        ordering = ["kind", "-dated", "id"]


class Seat(models.Model):
    """A body's seat in a council; `body` in words as the regulation names it."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="seats")
    body = models.CharField(max_length=200)
    sector = models.CharField(max_length=20, help_text="Code of rules.SECTORS")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    votes = models.BooleanField(default=True)
    chairs = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    ended_on = models.DateField(null=True)

    class Meta:
        ordering = ["position", "id"]


class Mandate(models.Model):
    """Who sits in a seat from when to when, with a deputy: a function and a name that council members read.

    `user` is the account by which the holder signs in, who then is a member of this council.
    """

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="mandates")
    function = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True, help_text="Read by members of this council only")
    deputy = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="mandates")
    begins = models.DateField()
    ends = models.DateField(null=True)
    secretary = models.BooleanField(default=False, help_text="Writes the minutes")


class Group(models.Model):
    """A working group of a council."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="groups")
    title = models.CharField(max_length=200)
    task = models.TextField(blank=True)
    seats = models.ManyToManyField(Seat, related_name="groups")
    ended_on = models.DateField(null=True)


class Meeting(models.Model):
    """A meeting of a council. Held, it is an activity too, so that coverage sees it.

    `minutes` and `closed` are Markdown; `closed` is read by the council's members only. `version` grows with each
    save, so that the second of two secretaries learns what the first one wrote.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CALLED = "called", _("called")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    council = models.ForeignKey(Council, models.PROTECT, related_name="meetings")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="meetings")
    activity = models.OneToOneField(Activity, models.PROTECT, null=True, related_name="council_meeting")
    number = models.PositiveIntegerField()
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    where = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was cancelled or moved")
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    minutes = models.TextField(blank=True)
    closed = models.TextField(blank=True)
    adopted_on = models.DateField(null=True, help_text="When the minutes were adopted")
    share = models.CharField(max_length=10, choices=Share, default=Share.COUNCIL)
    sequence = models.PositiveIntegerField(default=0, help_text="Of the calendar file: grows with each change")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-begins"]
        constraints = [models.UniqueConstraint(fields=["council", "number"], name="meeting_numbered_once")]

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.council.organisation.code, self.number])


class MinutesBefore(models.Model):
    """What the minutes said before they were changed."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="earlier")
    version = models.PositiveIntegerField()
    minutes = models.TextField(blank=True)
    closed = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class Decision(models.Model):
    """What a council decided: who does it until when, and whether it was done. Open ones return on the next agenda.

    `needs_verifying`: somebody else than its owner must say that it was done.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        VERIFIED = "verified", _("done and verified")
        DROPPED = "dropped", _("given up")

    council = models.ForeignKey(Council, models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    owner = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="decisions")
    due_on = models.DateField(null=True)
    priority = models.CharField(max_length=8, default="normal", help_text="high, normal or low")
    places = models.JSONField(default=list)
    needs_verifying = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False, help_text="Read by the council's members only")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["council", "number"]
        constraints = [models.UniqueConstraint(fields=["council", "number"], name="decision_numbered_once")]

    def get_absolute_url(self) -> str:
        return reverse("decision", args=[self.council.organisation.code, self.number])


class DecisionStep(models.Model):
    """What happened to a decision: dated, signed, with what was done or why, and where the evidence is."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="steps")
    what = models.CharField(max_length=12, help_text="made, done, verified, returned, dropped, moved, reopened")
    text = models.TextField(blank=True)
    evidence = models.URLField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True, help_text="Of an evidence file")
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class Letter(models.Model):
    """A letter about a meeting to one of those who sit there. It waits as a row until the mail server has it, so that
    no page waits for many and none is lost; the council's secretaries read it afterwards."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="letters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, help_text="called, moved or cancelled")
    subject = models.CharField(max_length=500)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, help_text="When somebody last took it to the post")
    sent_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-id"]


class Reminder(models.Model):
    """A letter that went out once: to whom, of which kind, about what (with its date, so that a new date is new)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "about"], name="council_reminded_once")]


class Item(models.Model):
    """A point of a meeting's agenda; `decision` where an open one returned by itself."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    is_closed = models.BooleanField(default=False)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="returned_on")

    class Meta:
        ordering = ["position", "id"]


class Present(models.Model):
    """Who of a seat was at a meeting. None stands for nobody: a row is only there where it was noted."""

    class How(models.TextChoices):
        HOLDER = "holder", _("present")
        DEPUTY = "deputy", _("by deputy")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="seat_noted_once")]


class Mechanism(models.Model):
    """Whether a mechanism exists in a municipality, its basis, who coordinates it, and how one reaches it."""

    class Kind(models.TextChoices):
        DOMESTIC_VIOLENCE = "domestic_violence", _("referral mechanism against domestic violence")
        CHILD_PROTECTION = "child_protection", _("child protection mechanism")
        TRAFFICKING = "trafficking", _("mechanism against trafficking in human beings")
        SCHOOLS = "schools", _("schools as community centres")
        POLICING = "policing", _("community policing")
        COUNCIL = "council", _("local public safety council")

    class Exists(models.TextChoices):
        YES = "yes", _("exists")
        NO = "no", _("does not exist")
        UNKNOWN = "unknown", _("not known")

    class Stage(models.TextChoices):
        STANDING = "standing", _("stands")
        PROPOSED = "proposed", _("proposed")
        RETURNED = "returned", _("returned")

    place = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=20, choices=Kind)
    exists = models.CharField(max_length=8, choices=Exists, default=Exists.UNKNOWN)
    legal_basis = models.CharField(max_length=300, blank=True)
    office = models.CharField(max_length=200, blank=True, help_text="The coordinator's office, never a person's name")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    how_to_reach = models.JSONField(default=dict, help_text="Language -> how one reaches it, in plain words")
    confirmed_on = models.DateField(null=True, help_text="When somebody last said that this is still true")
    source = models.CharField(max_length=300, blank=True)
    contact_visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, help_text="A newer row says otherwise; this one stays readable")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.STANDING, help_text="Proposals stand apart")
    answer = models.CharField(max_length=300, blank=True, help_text="Why a proposal came back")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["place", "kind", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind"], name="one_standing_mechanism",
                condition=models.Q(replaced_at=None, stage="standing"),
            ),
        ]  # fmt: skip


class Consultation(models.Model):
    """A meeting of police and citizens, or a survey: how many came, what they asked for, what was done."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("consultation")
        SURVEY = "survey", _("survey")

    place = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=8, choices=Kind)
    when = models.CharField(max_length=10, blank=True)
    by_body = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    people = models.PositiveIntegerField(null=True)
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    version = models.PositiveIntegerField(default=1)

    def get_absolute_url(self) -> str:
        return reverse("consultation", args=[self.pk])


class Asked(models.Model):
    """One thing that citizens asked for, and what became of it."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="asked")
    text = models.TextField()
    answer = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="open", help_text="open, done, refused")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)


class Driver(models.Model):
    """A push or pull factor as a sourced statement on a place and a period; never on a person or a group as such."""

    class Kind(models.TextChoices):
        PUSH = "push", _("push factor")
        PULL = "pull", _("pull factor")

    place = models.CharField(max_length=40, db_index=True, help_text="Code; the country for what is said of all of it")
    kind = models.CharField(max_length=4, choices=Kind)
    statements = models.JSONField(default=dict)
    begins = models.CharField(max_length=10, blank=True)
    ends = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=300)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)


class Duty(models.Model):
    """What a law asks of a municipality, and what that means in practice: a checklist that the training uses."""

    code = models.SlugField(max_length=60, unique=True)
    law = models.CharField(max_length=300)
    article = models.CharField(max_length=60, blank=True)
    texts = models.JSONField(default=dict)
    practice = models.JSONField(default=dict, help_text="Language -> what it means in practice")
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return said(self.texts) or self.code


class Taught(models.Model):
    """Where a training deals with a duty: a module of a curriculum, by the curriculum's code and the module's title."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="taught")
    curriculum = models.CharField(max_length=60, db_index=True)
    module = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["duty", "curriculum", "module"], name="taught_once")]


class DutyCheck(models.Model):
    """What a municipality says of a duty. The newest row stands."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="checks")
    place = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=8, help_text="yes, partly, no, unknown")
    note = models.TextField(blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
