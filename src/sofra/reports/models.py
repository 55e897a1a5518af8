"""What we keep of reports, and who may see it.

A report is seen by mappers until its first edition; an edition is public and holds only what the public may see.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.tongues import said
from sofra.mapping.models import Round


class Report(models.Model):
    """What is written from a round's findings: "al.2018.mapping" is also the code of the round's first report."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports")
    code = models.CharField(max_length=80, unique=True)
    titles = models.JSONField(default=dict)
    subtitles = models.JSONField(default=dict)
    publisher = models.CharField(max_length=300, blank=True)
    authors = models.CharField(max_length=300, blank=True, help_text="Who signs it in print")
    funder = models.CharField(max_length=300, blank=True)
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
        FIGURE = "figure", _("figure")
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

    class Meta:
        ordering = ["position", "id"]


class Edition(models.Model):
    """A report as it was published: frozen with all its evidence, numbered, public. Never altered.

    `content` is the whole document (printing.blocks as JSON) in each language, with the evidence behind each
    statement as the public may see it; `digest` is its SHA-256.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="edition_numbered_once")]
