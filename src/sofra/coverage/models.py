"""What we keep beside activities: which places were asked about, and which were declared a priority, by whom."""

from django.conf import settings
from django.db import models

from sofra.ground.models import Visibility
from sofra.places.models import Place


class Asking(models.Model):
    """A place that was asked about: by whom, when, about whom. Without it "nobody known" would only be "not asked"."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    audiences = models.JSONField(default=list, help_text="Empty: about everybody")
    begins = models.CharField(max_length=10, blank=True, help_text="The time that was asked about, a partial date")
    ends = models.CharField(max_length=10, blank=True)
    asked_on = models.CharField(max_length=10, help_text="When it was asked, a partial date")
    asked_by = models.CharField(max_length=200, help_text="Who asked whom, in words; no person's name")
    source = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_on = models.DateField(null=True, help_text="Taken back")


class PriorityArea(models.Model):
    """A place that somebody declared a priority. Seen by members by default: a public list would stigmatise."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    declared_by = models.CharField(max_length=200, help_text="Which body declared it")
    declared_on = models.CharField(max_length=10, help_text="A partial date")
    reason = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_on = models.DateField(null=True)
