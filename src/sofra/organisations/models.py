"""What we keep of organisations: one row of facts a statement, each with its source and who may see it.

`Organisation` carries the few values that lists need, derived from its public facts by the services.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility
from sofra.places.models import Place
from sofra.places.titles import title_of

from . import vocabulary


class Change(models.Model):
    """One act that added or ended facts: an edit, an import, an accepted proposal, an undo. Never altered."""

    class Kind(models.TextChoices):
        EDIT = "edit", _("edit")
        PROPOSAL = "proposal", _("accepted proposal")
        IMPORT = "import", _("import")
        UNDO = "undo", _("undo")

    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")


_STANDING = models.Q(ended_in=None, joined_to=None)


class Organisation(models.Model):
    """A body that acts. `code` is its own stable readable id ("al.inac") and its public address.

    `joined_to` is the record that stands for both once a person judged two records to be the same body.
    `ended_in` hides a record whose import was undone. Both can be taken back; no row is destroyed.
    """

    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=vocabulary.Kind)
    name = models.CharField(max_length=250)
    sort_key = models.CharField(max_length=300)
    acronym = models.CharField(max_length=40, blank=True)
    activity_class = models.CharField(
        max_length=10, choices=vocabulary.ActivityClass, default=vocabulary.ActivityClass.UNKNOWN
    )
    class_hidden = models.BooleanField(default=False, help_text="The organisation keeps its label out of public view")
    visible_to = models.PositiveSmallIntegerField(
        choices=Visibility, default=Visibility.PUBLIC, help_text="As visible as its most visible name"
    )
    searchable = models.TextField(blank=True, help_text="Public names, acronyms, places and themes, folded")
    confirmed_on = models.DateField(null=True, help_text="When somebody last said that the record is still true")
    created_in = models.ForeignKey(Change, models.PROTECT, related_name="organisations_created")
    ended_in = models.ForeignKey(Change, models.PROTECT, null=True, related_name="organisations_ended", db_index=False)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined", db_index=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["sort_key", "id"]
        indexes = [
            # Only what ended or was joined: an index over all would lead the planner to "everything that has not".
            # Said as "is not null": SQLite does not see that "not (is null)" holds wherever a number is asked for.
            models.Index(fields=["ended_in"], name="organisation_ended", condition=models.Q(ended_in__isnull=False)),
            models.Index(fields=["joined_to"], name="organisation_joined", condition=models.Q(joined_to__isnull=False)),
            # With the visibility: a deep page skips thousands of records without opening one.
            models.Index(fields=["sort_key", "id", "visible_to"], name="organisation_listed", condition=_STANDING),
            models.Index(fields=["kind", "sort_key", "id"], name="organisation_by_kind", condition=_STANDING),
            models.Index(
                fields=["activity_class", "sort_key", "id"], name="organisation_by_class", condition=_STANDING
            ),
            models.Index(fields=["-updated_at"], name="organisation_newest", condition=_STANDING),
            models.Index(fields=["id"], name="organisation_veiled", condition=models.Q(class_hidden=True)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.code])


class Fact(models.Model):
    """One thing said of an organisation, open until a later change ends it.

    `field` is a code of vocabulary.FIELDS; `value` is a text or a code (theme, audience, place, language);
    `detail` holds what belongs to the value (a contact's role, the raw text a place was read from).
    `said_of` never changes; `organisation` is the record that shows it, another one while records are joined.
    """

    said_of = models.ForeignKey(Organisation, models.PROTECT, related_name="facts_said")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="facts")
    field = models.CharField(max_length=20)
    value = models.TextField()
    language = models.CharField(max_length=8, blank=True)
    detail = models.JSONField(default=dict)
    source = models.CharField(max_length=300, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    confirmed_on = models.DateField(null=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    added_in = models.ForeignKey(Change, models.PROTECT, related_name="facts_added")
    ended_in = models.ForeignKey(Change, models.PROTECT, null=True, related_name="facts_ended", db_index=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["ended_in"], name="fact_ended", condition=models.Q(ended_in__isnull=False)),
            # Coded values only: a free text is never filtered by, and may be longer than an index entry.
            models.Index(
                fields=["field", "value", "organisation", "visible_to"],
                name="fact_filter",
                condition=models.Q(ended_in=None, field__in=vocabulary.FILTERED),
            ),
        ]

    place: Place | None = None  # set by queries.with_places, for a page of facts at once

    @property
    def field_name(self) -> str:
        return str(vocabulary.FIELDS[self.field].name)

    @property
    def shown(self) -> str:
        """The value in the reader's words: a code's name, a place's title, or the text as it stands."""
        if self.field == "activity_kind":
            return str(vocabulary.ACTIVITY_KINDS.get(self.value, self.value))
        choices = vocabulary.FIELDS[self.field].choices
        if choices is not None and self.value in choices.values:
            return str(choices(self.value).label)
        if self.field in {"place", "seat"}:
            return title_of(self.place) if self.place else str(self.detail.get("text") or self.value)
        return self.value

    @property
    def language_name(self) -> str:
        known = vocabulary.Language
        return str(known(self.language).label) if self.language in known.values else self.language

    @property
    def by_name(self) -> str:
        return self.confirmed_by.name if self.confirmed_by else ""


class Proposal(models.Model):
    """Changes to a record that an editor asks for, or a contest of what it says. Seen by its people and mappers.

    `changes` is a list of {"do": "add"|"end"|"replace", "fact": its id, "field", "value", "language", "detail",
    "visible_to"}; "add" has no fact, "end" has nothing else.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="proposals")
    changes = models.JSONField(default=list)
    contests_class = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    change = models.OneToOneField(Change, models.PROTECT, null=True, related_name="proposal")

    @property
    def fields_named(self) -> str:
        """The fields that it would change, in the reader's words; empty where it only takes something away."""
        codes = dict.fromkeys(step.get("field", "") for step in self.changes)
        return ", ".join(str(vocabulary.FIELDS[code].name) for code in codes if code in vocabulary.FIELDS)


class Judgement(models.Model):
    """A person's word on whether two records are the same body: dated, signed, revocable. `left.id < right.id`."""

    class Verdict(models.TextChoices):
        SAME = "same", _("the same")
        DIFFERENT = "different", _("different")
        UNSURE = "unsure", _("not sure")

    left = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    right = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    probability = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["left", "right"], name="one_standing_judgement", condition=models.Q(revoked_at=None)
            ),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="judgement_in_order"),
        ]


class Candidate(models.Model):
    """Two records that may be the same body, with the reasons, waiting for a person's word. Seen by mappers."""

    left = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    right = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    probability = models.FloatField(db_index=True)
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="candidate_once")]
        ordering = ["-probability", "id"]

    @property
    def percent(self) -> int:
        return min(round(self.probability * 100), 99)  # only a person is ever sure


class Editor(models.Model):
    """A person who speaks for an organisation, until when."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="edits")
    since = models.DateTimeField(auto_now_add=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_on = models.DateTimeField(null=True)
