"""What we keep of tables that came in. Seen by mappers and the coordinator."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    """What the rows of a file are. Answers are those to the version whose number `Import.options` holds."""

    ORGANISATIONS = "organisations", _("organisations")
    ACTIVITIES = "activities", _("activities")
    SCHOOLS = "schools", _("schools")
    ANSWERS = "answers", _("answers to a questionnaire")


class Recipe(models.Model):
    """How a kind of file is read: which column is which field, remembered for the next file of that shape."""

    what = models.CharField(max_length=20, choices=What, default=What.ORGANISATIONS)
    name = models.CharField(max_length=120, unique=True)
    headers = models.JSONField(default=list, help_text="Folded headers that the recipe fits")
    mapping = models.JSONField(default=dict, help_text="Header → field of the registry")
    source = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One file on its way into the registry, from upload to undo.

    A process that checks or imports holds a lock on the import's file (see running.py), so one that was killed is
    noticed at once: the state says that somebody works, and nobody holds the lock.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, waiting for you")
        QUEUED = "queued", _("waiting its turn")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped")
        UNDONE = "undone", _("taken back")

    what = models.CharField(max_length=20, choices=What, default=What.ORGANISATIONS)
    file_name = models.CharField(max_length=200)
    stored = models.CharField(max_length=200, help_text="Path below the data folder")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    shape = models.JSONField(default=dict, help_text="What was recognised: kind, encoding, sheet, header, rows")
    options = models.JSONField(default=dict, help_text="Sheet and encoding, where a person chose them; decisions")
    mapping = models.JSONField(default=dict, help_text="Header → field of the registry")
    source = models.CharField(max_length=300, blank=True)
    recipe = models.ForeignKey(Recipe, models.SET_NULL, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Verdict → rows, as they were when the import was done")
    problem = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    seen_change = models.PositiveBigIntegerField(default=0, help_text="The newest change when the rows were checked")
    change = models.OneToOneField("organisations.Change", models.PROTECT, null=True, related_name="+")
    batch = models.OneToOneField("activities.Batch", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])


class ImportRow(models.Model):
    """One row: what stood in the file, how it was read, what is wrong with it, what became of it.

    `key` is the same for rows that say the same, in whatever file they stand. `asks` names what a person decides:
    "place", "twin", "shape", "body" (an organisation that the row names), "doubt" (a value that is unlikely).
    `same_row` is the earlier row of the same file that the row adds to or repeats. `organisation`, `activity`,
    `project` and `filling` are what the row became, or was before.
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("new organisation")
        UPDATE = "update", _("adds to an organisation")
        SAME = "same", _("nothing new")
        ASK = "ask", _("needs a decision")
        BAD = "bad", _("cannot be read")
        SKIP = "skip", _("left out")

    # No index of their own on what is looked up by another one or never: a long file is staged so much faster.
    imported = models.ForeignKey(Import, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="Row number as the file's reader counts it")
    raw = models.JSONField(default=list)
    reading = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="See problems.py")
    verdict = models.CharField(max_length=10, choices=Verdict)
    asks = models.CharField(max_length=30, blank=True)
    key = models.BigIntegerField(null=True)
    same_row = models.PositiveIntegerField(null=True)
    twin = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+", db_index=False)
    probability = models.FloatField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, related_name="+", db_index=False)
    project = models.ForeignKey("activities.Project", models.PROTECT, null=True, related_name="+", db_index=False)
    filling = models.ForeignKey("questionnaires.Filling", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint("imported", "number", name="import_row_once")]
        indexes = [
            models.Index(fields=["imported", "verdict", "number"], name="import_row_verdict"),
            # Only rows that came in are looked for by what they say.
            models.Index(fields=["key"], name="import_row_key", condition=~models.Q(organisation=None)),
            models.Index(fields=["key"], name="import_row_activity", condition=~models.Q(activity=None)),
            models.Index(fields=["filling"], name="import_row_filling", condition=~models.Q(filling=None)),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}/{self.number}"

    @property
    def becomes(self) -> str:
        """The verdict in words that fit what the file is of."""
        if self.verdict == self.Verdict.NEW and self.reading.get("whole"):
            return str(_("new project"))
        return str(said_of_verdict(self.verdict, self.imported.what))


def said_of_verdict(verdict: str, what: str) -> str:
    """A verdict in words, for a file of this kind of rows."""
    if verdict == ImportRow.Verdict.NEW and what in _NEW:
        return str(_NEW[what])
    if verdict == ImportRow.Verdict.UPDATE and what == What.ANSWERS:
        return str(_("answers that come back"))
    return str(ImportRow.Verdict(verdict).label)


_NEW = {"activities": _("new activity"), "schools": _("new school"), "answers": _("new answers")}
