"""What the ground keeps: the audit chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.IntegerChoices):
    """Who may see a fact. A viewer has a level of the same scale and sees what is at or below it."""

    PUBLIC = 0, _("everyone")
    MEMBERS = 1, _("members of the hub")
    SEALED = 2, _("the coordinator and the organisation itself")


class AuditLine(models.Model):
    """One thing that happened. Lines are only ever added; each carries the hash of the one before it.

    Seen by the coordinator and the technical administrator. `by` is an account's number, never a name or address.
    """

    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    what = models.CharField(max_length=60)
    about = models.CharField(max_length=120, db_index=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
