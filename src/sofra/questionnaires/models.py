"""What we keep of questionnaires, and who may see it.

A questionnaire's questions are public once a version is open. What was filled in is seen by mappers and by whoever
holds the filling's private link; sealed questions by coordinators only.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.tongues import said


class Questionnaire(models.Model):
    """What is asked, over all its versions. `code` ("al.mapping") is its stable public name."""

    code = models.CharField(max_length=60, unique=True)
    titles = models.JSONField(default=dict, help_text="Language -> title")
    source = models.CharField(max_length=300, blank=True, help_text="Whose methodology it follows")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("questionnaire", args=[self.code])


class Version(models.Model):
    """One state of a questionnaire; what is open never changes, a change is a new version.

    `xform` is the form as ODK's phones read it, `xlsform` the digest of the spreadsheet it was made from
    (ground.files). `notices` name what the form uses and this hub does not: [{"sheet", "row", "what", "sentence"}].
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(help_text="1, 2, … in the order loaded")
    form_id = models.CharField(max_length=100)
    form_version = models.CharField(max_length=60, blank=True, help_text="As the form's author numbers it")
    languages = models.JSONField(default=list, help_text="Codes or names of languages, the default first")
    xform = models.TextField()
    xlsform = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    bindings = models.JSONField(default=dict, help_text="Path of a question -> what it is bound to (bindings.py)")
    notices = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["questionnaire", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="version_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.number}"


class Media(models.Model):
    """A file that a version shows or looks values up in (an image, a CSV of choices). As public as the questions."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="media")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 (ground.files)")
    md5 = models.CharField(max_length=32, help_text="What OpenRosa's manifest asks for")
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="media_named_once")]


class Collector(models.Model):
    """A private address from which a phone fetches forms and to which it sends them; its key is kept hashed.

    `versions` says which forms it offers. Seen by the mappers; whoever holds the address may send, never read.
    """

    name = models.CharField(max_length=120, help_text="Who collects, in words: a team, never an enumerator's name")
    key_hash = models.CharField(max_length=64, unique=True)
    versions = models.ManyToManyField(Version, related_name="collectors")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Filling(models.Model):
    """One questionnaire filled in, or being filled in.

    `document` is the instance as XML, the same on the web and from a phone; answers are derived from it.
    `revision` grows with each save, so that the second of two people learns what the first one wrote.
    `key_hash` is that of the private link by which it is reached and come back to, None where it came otherwise; the
    key follows from `instance`, `generation` and the hub's secret (keys.py), so that a reminder repeats the same link.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("begun")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Way(models.TextChoices):
        WEB = "web", _("on the web")
        PHONE = "phone", _("on a phone")
        PAPER = "paper", _("on paper, typed in")
        IMPORT = "import", _("from an export")

    version = models.ForeignKey(Version, models.PROTECT, related_name="fillings")
    instance = models.CharField(max_length=120, unique=True, help_text="instanceID (uuid:…): the same is stored once")
    state = models.CharField(max_length=10, choices=State, default=State.BEGUN)
    way = models.CharField(max_length=10, choices=Way)
    key_hash = models.CharField(max_length=64, null=True, unique=True)
    generation = models.PositiveSmallIntegerField(default=1, help_text="Grows when its link is taken back")
    expires_at = models.DateTimeField(null=True, help_text="Of the private link")
    opened_at = models.DateTimeField(null=True, help_text="When its link was first opened")
    document = models.TextField()
    language = models.CharField(max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=1)
    part = models.CharField(max_length=200, blank=True, help_text="The part that was open last")
    begun_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="continued", db_index=False)
    carried = models.JSONField(
        default=list,
        help_text="Paths whose values came from `begun_from` and that nobody has said are still true, or changed, yet",
    )
    collector = models.ForeignKey(Collector, models.PROTECT, null=True, related_name="fillings")
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    notices = models.JSONField(
        default=list, help_text='What the hub found wrong after it came: [{"path", "sentence"}]; never refused for it'
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["version", "state"], name="filling_of_version")]


class OpenAnswers(models.Manager["Answer"]):
    """Without what is sealed: whoever counts, lists or quotes answers cannot forget to ask."""

    def get_queryset(self) -> models.QuerySet["Answer"]:
        return super().get_queryset().filter(sealed=False)


class Answer(models.Model):
    """One value given to one question; a choice among several gives a row each, a repeat's place says which turn.

    Derived from the filling's document whenever that is sent or changed. `value` is what is counted (a choice's
    code, a number, a date); long texts are in `text` and `value` holds their beginning.
    """

    filling = models.ForeignKey(Filling, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=200, help_text="Path without the root: work/kinds")
    turn = models.CharField(max_length=40, blank=True, help_text="Of repeats around it, from 1: 2 or 2.1")
    value = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    sealed = models.BooleanField(default=False, help_text="Read by coordinators only (sealing.py)")

    objects = OpenAnswers()
    every: models.Manager["Answer"] = models.Manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["question", "value"], name="answer_counted")]


class Upload(models.Model):
    """A file that came with a filling (a photo, a scan). Seen by whoever may read the filling."""

    filling = models.ForeignKey(Filling, models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=200, help_text="As the document names it")
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filling", "name"], name="upload_named_once")]


class Revision(models.Model):
    """What a filling said before it was changed: nothing that somebody wrote is lost. Seen like the filling."""

    filling = models.ForeignKey(Filling, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filling", "number"], name="revision_numbered_once")]
