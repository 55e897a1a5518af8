"""What we keep of projects and activities, and who may see each.

A draft is seen by those who may edit it. What is published is seen by whom `visible_to` names; money only by whom
`budget_visible_to` names. Numbers of people are kept as they were counted, never the people.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility
from sofra.ground.text import fold, sort_key
from sofra.organisations.models import Organisation

from . import dates
from .vocabulary import AgeBand, Counted, Mode, Part, Sex, Status, audience_bits_of, work_of

_SEARCHED = 2_000  # letters of title and description that a search looks into
_PUBLISHED = models.Q(state="published")


class Kept(models.Model):
    """What projects and activities have in common: owner, state, who may see it, and the number of its version.

    `owner` is the organisation that leads it, whose editors write it; None where the source does not name it.
    `version` grows with each change, so that the second of two editors learns what the first one wrote.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        BINNED = "binned", _("in the bin")

    code = models.CharField(max_length=60, unique=True, help_text="al.a17, al.p3: stable and readable")
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=250)
    about = models.TextField(blank=True)
    begins = models.CharField(max_length=10, blank=True, help_text="A partial date (dates.py); empty: not known")
    ends = models.CharField(max_length=10, blank=True)
    results = models.URLField(max_length=500, blank=True, help_text="Where its results can be read")
    source = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    version = models.PositiveIntegerField(default=1)
    sort_key = models.CharField(max_length=300, db_default="", help_text="The title in Albanian order, derived")
    searchable = models.TextField(db_default="", help_text="Title and description, folded, derived")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def when(self) -> str:
        return dates.written_span(self.begins, self.ends)

    def derive(self) -> None:
        """Set what lists are searched and sorted by from what it says. Services call it before they write."""
        self.sort_key = sort_key(self.title)[:300]
        self.searchable = fold(f"{self.title} {self.about}")[:_SEARCHED]


class Project(Kept):
    """What several activities are part of: who leads and pays, and what it wants to change."""

    aim = models.TextField(blank=True, help_text="What it wants to change")
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="None: not known")
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217")
    budget_visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)

    class Meta:
        ordering = ["-begins", "title", "id"]
        indexes = [models.Index(fields=["owner", "state"], name="project_of_owner")]

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.code])


class ProjectParty(models.Model):
    """An organisation's part in a project. The lead is the project's owner and stands here too.

    Funders form a chain: step 1 gave the money first, step 2 passed it on, and so forth; `amount` is what each gave.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part)
    step = models.PositiveSmallIntegerField(default=0, help_text="Of a funder: its place in the chain, from 1")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="Of a funder; in the currency")

    class Meta:
        ordering = ["part", "step", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "organisation", "part"], name="project_party_once"),
        ]


class Batch(models.Model):
    """Activities that were written in one act (a paste, an import, a copy of last year's), to be undone as one."""

    class Kind(models.TextChoices):
        PASTE = "paste", _("pasted")
        IMPORT = "import", _("imported")
        COPY = "copy", _("copied")

    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)


class Activity(Kept):
    """Something that is, was or will be done. It belongs to a project or stands alone.

    `places` are codes of places of work; `whole_country` is said, not guessed from many places; neither: not known.
    `reached` is the total as counted, which parts (Reached) need not add up to; None: not known.
    """

    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="activities")
    kinds = models.JSONField(default=list, help_text="Codes of vocabulary.KINDS")
    themes = models.JSONField(default=list)
    audiences = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    places = models.JSONField(default=list, help_text="Codes of places")
    place_text = models.CharField(max_length=500, blank=True, help_text="The words the places were read from")
    whole_country = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.UNKNOWN)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.UNKNOWN)
    times_held = models.PositiveIntegerField(null=True, help_text="How many sessions, workshops …; None: not known")
    reached = models.PositiveIntegerField(null=True)
    counted = models.CharField(max_length=10, choices=Counted, default=Counted.UNKNOWN)
    reached_complete = models.BooleanField(null=True, help_text="Does the total hold everybody? None: not known")
    money = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="What it costs; None: not known")
    currency = models.CharField(max_length=3, blank=True)
    money_visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="activities")
    work = models.BigIntegerField(db_default=0, help_text="Bits of kinds and themes (vocabulary.work_of), derived")
    whom = models.BigIntegerField(db_default=0, help_text="Bits of audiences (vocabulary.audience_bits_of), derived")

    class Meta:
        ordering = ["-begins", "-id"]
        indexes = [
            models.Index(fields=["owner", "state", "-begins", "-id"], name="activity_of_owner"),
            # Of what is published only, with all that a list is narrowed by: a page walks the index and opens its own
            # rows alone. `state` stands in them because SQLite would open each row to see it, the condition apart.
            models.Index(
                fields=["-begins", "-id", "visible_to", "owner", "work", "whom", "status", "mode", "ends", "state"],
                name="activity_listed", condition=_PUBLISHED,
            ),
            models.Index(
                fields=["sort_key", "id", "visible_to", "owner", "state"],
                name="activity_by_title", condition=_PUBLISHED,
            ),
            models.Index(
                fields=["-updated_at", "-id", "visible_to", "owner", "state"],
                name="activity_newest", condition=_PUBLISHED,
            ),
            models.Index(fields=["id"], name="activity_cancelled", condition=models.Q(status="cancelled")),
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        return reverse("activity", args=[self.code])

    def derive(self) -> None:
        super().derive()
        self.work, self.whom = work_of(self.kinds, self.themes), audience_bits_of(self.audiences)


class ActivityParty(models.Model):
    """An organisation's part in an activity, lead (its owner) or partner. A project's partners are not repeated."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part)

    class Meta:
        ordering = ["part", "id"]
        constraints = [models.UniqueConstraint(fields=["activity", "organisation"], name="activity_party_once")]


class Reached(models.Model):
    """How many of those reached were of one group: disaggregation as rows, so that a new group needs no new column.

    What a row does not say ("" ) was not asked or not counted apart. Rows of one `by` never overlap; rows of different
    `by` describe the same people in another way.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="groups")
    by = models.CharField(max_length=20, help_text="What is told apart: sex, age, audience, sex-age")
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    age = models.CharField(max_length=8, choices=AgeBand, blank=True)
    audience = models.CharField(max_length=30, blank=True)
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["by", "id"]


class Version(models.Model):
    """What a project or activity said before and after one change. Never altered; undo writes a new one."""

    class Kind(models.TextChoices):
        ADDED = "added", _("added")
        EDITED = "edited", _("changed")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("made a draft again")
        BINNED = "binned", _("put in the bin")
        RESTORED = "restored", _("taken out of the bin")
        UNDONE = "undone", _("a change was taken back")

    activity = models.ForeignKey(Activity, models.CASCADE, null=True, related_name="versions")
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    said = models.JSONField(default=dict, help_text="All that it says from then on (services.said_of)")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "number"], name="activity_version_once"),
            models.UniqueConstraint(fields=["project", "number"], name="project_version_once"),
        ]


class Presence(models.Model):
    """What of an activity counts for coverage: a row for each of its places with each of its audiences.

    Only published activities that were not cancelled have rows. Rows are never altered: a change takes an activity's
    rows out (see PresenceGone) and writes new ones, so that whoever read them up to a number need not read them again.

    `area` is what the planner is asked by: the municipality that the place is or lies in; the place itself where it is
    larger (a county); the country where the activity is in the whole of it; "" where the place is not known.
    `audience` is a number of vocabulary.AUDIENCE_NUMBERS, 0 where not known; `work` bits of kinds and themes, 0 where
    not known. Days are ordinals (dates.Days); `sure_begin` and `sure_end` are None where no day is sure.
    `span` is the bit length of the days from `may_begin` to `may_end`: it bounds how far back a search must look.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="presences")
    place = models.CharField(max_length=40, blank=True)
    area = models.CharField(max_length=40, blank=True)
    audience = models.PositiveSmallIntegerField()
    work = models.BigIntegerField()
    span = models.PositiveSmallIntegerField()
    may_begin = models.IntegerField()
    may_end = models.IntegerField()
    sure_begin = models.IntegerField(null=True)
    sure_end = models.IntegerField(null=True)
    visible_to = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            # All that is read of a presence before planning stands in the index: at a million activities the rows
            # themselves lie all over the table, and opening them took half of the time.
            models.Index(
                fields=["area", "audience", "span", "may_begin", "may_end", "visible_to", "work", "activity", "place",
                        "sure_begin", "sure_end"],
                name="presence_asked",
            ),
            models.Index(fields=["area", "activity", "visible_to"], name="presence_there"),
        ]  # fmt: skip


class PresenceGone(models.Model):
    """The number of a presence that was taken out, so that a reader who keeps them can forget it."""

    presence = models.BigIntegerField()


class Unsaved(models.Model):
    """What a person typed and has not saved yet: a form of an activity (None: a new one), or a table to be pasted.

    Only its own person sees it. It is taken away when what it holds is saved or thrown away by that person.
    """

    class What(models.TextChoices):
        FORM = "form", _("a form")
        PASTE = "paste", _("a pasted table")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    owner = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+", db_index=False)
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=5, choices=What)
    typed = models.JSONField(default=dict, help_text="The form's fields, each with the list of what was typed")
    seen = models.PositiveIntegerField(null=True, help_text="The version of the activity that the person saw")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "owner", "what"], name="unsaved_of")]


Said = dict[str, Any]  # all that a project or an activity says, as services.said_of gives it
