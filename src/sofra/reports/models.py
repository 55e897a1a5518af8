"""What we keep of reports, and who may see it.

A report is seen by mappers until its first edition; an edition is public and holds only what the public may see.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sofra.ground.tongues import said
from sofra.mapping.models import Round


class Licence(models.TextChoices):
    """Under what others may use a report and its data."""

    CC_BY = "CC-BY-4.0", _("Creative Commons Attribution 4.0")
    CC_BY_SA = "CC-BY-SA-4.0", _("Creative Commons Attribution-ShareAlike 4.0")
    CC_ZERO = "CC0-1.0", _("Creative Commons Zero 1.0: no conditions")
    NONE = "", _("not stated")


class Report(models.Model):
    """What is written from a round's findings: "al.2018.mapping" is also the code of the round's first report."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports")
    code = models.CharField(max_length=80, unique=True)
    titles = models.JSONField(default=dict)
    subtitles = models.JSONField(default=dict)
    publisher = models.CharField(max_length=300, blank=True)
    authors = models.CharField(max_length=300, blank=True, help_text="Who signs it in print")
    funder = models.CharField(max_length=300, blank=True)
    licence = models.CharField(
        max_length=20, blank=True, choices=Licence, default=Licence.CC_BY, help_text="Empty: not stated"
    )
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.code])


class Block(models.Model):
    """One piece of a report's outline, in order.

    `about` names what it shows: a finding's or figure's code, a chapter's code, the name of a chart, map, table or
    annex (pieces.py); `options` how. `texts` is Markdown of a text, or the words of a heading or caption.
    """

    class Kind(models.TextChoices):
        HEADING = "heading", _("heading")
        TEXT = "text", _("text")
        FINDING = "finding", _("finding")
        FINDINGS = "findings", _("findings of a chapter")
        FIGURE = "figure", pgettext_lazy("numbers", "figure")
        CHART = "chart", _("chart")
        MAP = "map", _("map")
        TABLE = "table", _("table")
        ANNEX = "annex", _("annex")

    report = models.ForeignKey(Report, models.CASCADE, related_name="blocks")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    level = models.PositiveSmallIntegerField(default=1, help_text="Of a heading: 1 to 3")
    about = models.CharField(max_length=120, blank=True)
    texts = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]


class Outline(models.Model):
    """An outline as it stood before one change, whole, so that every change can be taken back. Seen by mappers.

    `number` is the report's version that the change ended; `blocks` are what services.outline_of says.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="outlines")
    number = models.PositiveIntegerField()
    blocks = models.JSONField(default=list)
    what = models.CharField(max_length=20, help_text="add, edit, move, indent, remove, arrange or undo")
    about = models.CharField(max_length=200, blank=True, help_text="Which block, in words, in the editor's language")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="outline_numbered_once")]


class Edition(models.Model):
    """A report as it was published: frozen with all its evidence, numbered, public.

    `content` is {"documents": {language: printing.blocks as JSON}, "stands": what stands on which source (freezing.py),
    "data": the tables of the data package}, all as the public may see it; `digest` is its SHA-256. A later change of
    data never alters it. One thing does: a consent that is withdrawn takes a source's content out, and `taken_out`
    says so: [{"at", "source", "digest" before}].
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    taken_out = models.JSONField(default=list)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="edition_numbered_once")]

    def __str__(self) -> str:
        return f"{self.report} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("edition", args=[self.report.code, self.number])


class Printed(models.Model):
    """A file of an edition, made once and kept (ground.files). As public as the edition."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="files")
    language = models.CharField(max_length=8)
    form = models.CharField(max_length=8, help_text="pdf, docx, html, xlsx or package")
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "language", "form"], name="printed_once")]
