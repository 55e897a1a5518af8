"""What we keep of plans and indicators, and who may see it.

An adopted plan is public with its measures; a draft is seen by members of the bodies that write it and by mappers.
Money says by itself who may see it; a reading is public once it is approved.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.activities import dates
from sofra.activities.models import Activity, Project
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations.models import Organisation


class Plan(models.Model):
    """A strategy, a sector's plan or a municipality's: "al.strategy-2015". `under` is the plan that it nests in."""

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("national strategy")
        SECTOR = "sector", _("sector plan")
        LOCAL = "local", _("local plan")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ADOPTED = "adopted", _("adopted")
        ENDED = "ended", _("ended")

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    titles = models.JSONField(default=dict, help_text="Language -> title")
    about = models.JSONField(default=dict, help_text="Language -> Markdown")
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", help_text="Whose plan it is")
    place = models.CharField(max_length=40, blank=True, help_text="Code of a place; a local plan's municipality")
    under = models.ForeignKey("self", models.PROTECT, null=True, related_name="nested")
    begins = models.CharField(max_length=10, blank=True, help_text="A partial date; empty: not known")
    ends = models.CharField(max_length=10, blank=True)
    adopted_on = models.CharField(max_length=10, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("plan_tree", args=[self.code])

    @property
    def when(self) -> str:
        return dates.written_span(self.begins, self.ends)


class Objective(models.Model):
    """What a plan wants to reach. Its measures stand below it; `within` is the objective that it is a part of."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="objectives")
    within = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    code = models.CharField(max_length=80, unique=True)
    number = models.CharField(max_length=10, help_text="As the plan numbers it: 1, A, II")
    titles = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return said(self.titles) or self.code


class Measure(models.Model):
    """What is to be done for an objective, by whom, until when. `within` is the measure that it is a part of.

    `serves` is the measure of a higher plan that it counts towards. `path` is the codes from the top ("12/40/"), so
    that all below is asked at once; services keep it, and refuse a measure below itself.
    """

    class Status(models.TextChoices):
        UNKNOWN = "unknown", _("not known")
        PLANNED = "planned", _("planned")
        UNDER_WAY = "under_way", _("under way")
        DONE = "done", _("done")
        LATE = "late", _("late")
        STOPPED = "stopped", _("stopped")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measures")
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, related_name="measures")
    within = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    path = models.CharField(max_length=200, db_index=True, default="")
    serves = models.ForeignKey("self", models.PROTECT, null=True, related_name="served_by")
    code = models.CharField(max_length=80, unique=True)
    number = models.CharField(max_length=20, blank=True)
    titles = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    responsible = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    partners = models.ManyToManyField(Organisation, related_name="+")
    places = models.JSONField(default=list, help_text="Codes of places")
    begins = models.CharField(max_length=10, blank=True)
    ends = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.UNKNOWN)
    needs = models.JSONField(default=dict, help_text="Language -> what it needs to go on")
    activities = models.ManyToManyField(Activity, related_name="measures")
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("measure", args=[self.code])

    @property
    def when(self) -> str:
        return dates.written_span(self.begins, self.ends)


class Step(models.Model):
    """What happened to a plan or to a thing of it: dated, signed, with its reason. Rows are only ever added."""

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="steps")
    measure = models.ForeignKey(Measure, models.CASCADE, null=True, related_name="steps")
    about = models.CharField(max_length=100, help_text="Code of what it happened to")
    what = models.CharField(max_length=20)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["about"], name="plan_step_about")]


class Money(models.Model):
    """Money of a measure: what it asks, what was found and by whom, what was spent. Never added across currencies."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked")
        FOUND = "found", _("found")
        SPENT = "spent", _("spent")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="money")
    kind = models.CharField(max_length=6, choices=Kind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    funder = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    when = models.CharField(max_length=10, blank=True, help_text="A partial date")
    source = models.CharField(max_length=300, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    ended_at = models.DateTimeField(null=True, help_text="Taken back; the row stays")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class Indicator(models.Model):
    """What is measured. `plan` and `measure` None: it stands in the bank of indicators to start from.

    `rolls_up` says how a parent follows from its children. A share keeps numerator and denominator, so that it rolls
    up by adding those. `figure` names a figure of the hub (ground.figures) that it is read from by itself.
    `of_people`: it counts people; it is the same for all that roll up into one another.
    """

    class Direction(models.TextChoices):
        UP = "up", _("more is better")
        DOWN = "down", _("less is better")
        NONE = "none", _("neither")

    class Scale(models.TextChoices):
        NUMBER = "number", _("a number")
        SHARE = "share", _("a share, with numerator and denominator")
        LEVELS = "levels", _("levels in words")

    class RollsUp(models.TextChoices):
        NOT = "not", _("does not follow from others")
        SUM = "sum", _("the sum of its parts")
        SHARE = "share", _("numerators and denominators added")
        WORST = "worst", _("the lowest level of its parts")
        LATEST = "latest", _("the newest reading of its parts")

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="indicators")
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, related_name="indicators")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="indicators")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    code = models.CharField(max_length=100, unique=True)
    titles = models.JSONField(default=dict)
    definitions = models.JSONField(default=dict)
    unit = models.CharField(max_length=40, blank=True)
    of_people = models.BooleanField(default=False, help_text="Few of what it counts are not told in public")
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.NONE)
    scale = models.CharField(max_length=6, choices=Scale, default=Scale.NUMBER)
    levels = models.JSONField(default=list, help_text='Of levels, from the lowest: [{"sq", "en"}]')
    how = models.JSONField(default=dict, help_text="Language -> how it is measured")
    measured_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    how_often = models.CharField(max_length=10, blank=True, help_text="year, half, quarter, month; empty: not said")
    rolls_up = models.CharField(max_length=6, choices=RollsUp, default=RollsUp.NOT)
    figure = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=40, blank=True)
    baseline = models.DecimalField(max_digits=16, decimal_places=4, null=True, help_text="None: not known")
    baseline_numerator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    baseline_denominator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    baseline_on = models.CharField(max_length=10, blank=True)
    baseline_source = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("indicator", args=[self.code])


class Target(models.Model):
    """What is to be reached by the end of a period ("2018", "2018-H1", "2018-Q3", "2018-05")."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets", db_index=False)
    period = models.CharField(max_length=7)
    value = models.DecimalField(max_digits=16, decimal_places=4)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["period"]
        constraints = [models.UniqueConstraint(fields=["indicator", "period"], name="target_once_a_period")]


class Reading(models.Model):
    """What was read for a period. `value` is derived from numerator and denominator where it is a share.

    None: not known, which is not 0; `why_unknown` says why. Approved readings are public and count; a newer one of the
    same period replaces an older one, which stays. `sequence` orders them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        REPLACED = "replaced", _("replaced")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="readings", db_index=False)
    period = models.CharField(max_length=7)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    numerator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    why_unknown = models.CharField(max_length=300, blank=True)
    complete = models.BooleanField(null=True, help_text="Does it hold everything? None: not known")
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    reason = models.TextField(blank=True, help_text="Why it was returned")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["indicator", "period", "id"]
        indexes = [models.Index(fields=["indicator", "state", "period"], name="reading_asked")]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period"], name="one_approved_reading", condition=models.Q(state="approved")
            ),
        ]


class Rolled(models.Model):
    """What a parent's parts make together for a period, by its rule. Derived from readings, and can be made again.

    `known` of `parts` had something to tell; of the others nothing is known, so that the rest is no whole.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="rolled", db_index=False)
    period = models.CharField(max_length=7)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    latest = models.BigIntegerField(null=True, help_text="Of the newest reading of its parts: that reading's number")
    known = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["period"]
        constraints = [models.UniqueConstraint(fields=["indicator", "period"], name="rolled_once_a_period")]


class ReadingPart(models.Model):
    """A part of a reading: of whom (dimension and key, "sex" and "women"), how many. Parts need not add up."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="parts", db_index=False)
    dimension = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=16, decimal_places=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "dimension", "key"], name="reading_part_once")]


class Lock(models.Model):
    """A period of a plan for which nothing more is read, from when and by whom; ended when it is opened again."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="locks")
    period = models.CharField(max_length=7)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)


class Assessment(models.Model):
    """What a project was to change, what did, what was learnt, what did not work: as easy to tell as a success."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="assessments")
    was_to_change = models.TextField(blank=True)
    changed = models.TextField(blank=True)
    learnt = models.TextField(blank=True)
    did_not_work = models.TextField(blank=True)
    themes = models.JSONField(default=list)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    source = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.project)

    def get_absolute_url(self) -> str:
        return reverse("assessment", args=[self.pk])
