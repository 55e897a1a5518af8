"""What we keep of sources and findings, and who may see each.

`visible_to` of a source, quote or finding says who reads it. `Source.person` is read by the researcher who recorded it
and by nobody else. A withdrawn consent takes a source's content; what stood on it says that it lost it.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sofra.activities import dates
from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.ground.tongues import part_in, said
from sofra.mapping.models import Round
from sofra.organisations.models import Organisation
from sofra.questionnaires.models import Filling


class Source(models.Model):
    """Where a statement comes from: an interview, a meeting, a document, … "al.2018.mapping.s07"."""

    class Kind(models.TextChoices):
        QUESTIONNAIRE = "questionnaire", _("questionnaire")
        INTERVIEW = "interview", _("interview")
        MEETING = "meeting", _("meeting")
        DOCUMENT = "document", _("desk document")
        SOCIAL = "social", _("social media")
        EVALUATION = "evaluation", _("evaluation report")
        ACTIVITY = "activity", _("activity attended")

    class Consent(models.TextChoices):
        NOT_NEEDED = "not_needed", _("not needed: it is published")
        GIVEN = "given", _("given")
        NOT_ASKED = "not_asked", _("not asked")
        UNKNOWN = "unknown", _("not known")
        WITHDRAWN = "withdrawn", _("withdrawn")

    round = models.ForeignKey(Round, models.PROTECT, related_name="sources")
    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=14, choices=Kind)
    title = models.CharField(max_length=500)
    who = models.CharField(
        max_length=300, blank=True, help_text="In what function: a body, an office, an author in print"
    )
    person = models.CharField(max_length=200, blank=True, help_text="Read by the recording researcher only")
    organisations = models.ManyToManyField(Organisation, related_name="+")
    places = models.JSONField(default=list, help_text="Codes of places")
    when = models.CharField(max_length=10, blank=True, help_text="A partial date; empty: not known")
    url = models.URLField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    consent = models.CharField(max_length=12, choices=Consent, default=Consent.UNKNOWN)
    consent_note = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    filling = models.ForeignKey(Filling, models.PROTECT, null=True, related_name="sources", help_text="Coded answers")
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.code])

    @property
    def name(self) -> str:
        """Its title, in the reader's language where it is written in both."""
        return part_in(self.title)

    @property
    def whose(self) -> str:
        """Whose words, in the reader's language where it is written in both."""
        return part_in(self.who)

    @property
    def noted(self) -> str:
        """The notes, in the reader's language where they are written in both."""
        return part_in(self.notes)

    @property
    def agreed(self) -> str:
        """To what it was agreed, in the reader's language where it is written in both."""
        return part_in(self.consent_note)

    @property
    def dated(self) -> str:
        return dates.written(self.when)


class SourceRevision(models.Model):
    """What a source said before it was changed; a person's name is not among it. Emptied when consent is withdrawn.

    Seen like the source, by mappers.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="source_revised_once")]


class SourceFile(models.Model):
    """A file of a source (a scan, a recording's notes). Seen like the source; gone when consent is withdrawn."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)


class Quote(models.Model):
    """Words of a source, with the page they stand on. `text` is emptied when the source's consent is withdrawn."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="quotes")
    text = models.TextField(blank=True)
    page = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.MEMBERS)

    class Meta:
        ordering = ["source", "id"]


class Figure(models.Model):
    """Numbers with their source: a survey's shares, a count. "al.2018.mapping.n2".

    `base` is how many were asked; None: the source does not say. `series` is [{"label": {"sq","en"}, "value": text}],
    the value as the source states it, "" where it is not known.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="figures")
    code = models.CharField(max_length=80, unique=True)
    titles = models.JSONField(default=dict)
    unit = models.CharField(max_length=40, blank=True, help_text="%, people, EUR, …")
    base = models.PositiveIntegerField(null=True)
    base_note = models.JSONField(default=dict, help_text="Language -> whom the base counts, or that it is not stated")
    series = models.JSONField(default=list)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="figures")
    page = models.CharField(max_length=40, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("figure", args=[self.code])

    @property
    def counted(self) -> str:
        """The unit, in the reader's language where it is written in both ("njerëz / people")."""
        return part_in(self.unit)


class FigureRevision(models.Model):
    """What a figure said before it was changed. Gone when its source's consent is withdrawn. Seen by mappers."""

    figure = models.ForeignKey(Figure, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["figure", "number"], name="figure_revised_once")]


class Finding(models.Model):
    """A statement that stands on evidence: "al.2018.mapping.f07". `chapter` is a code of vocabulary.CHAPTERS."""

    class Kind(models.TextChoices):
        ACHIEVEMENT = "achievement", _("achievement")
        PRACTICE = "practice", _("good practice")
        GAP = "gap", _("gap")
        OBSTACLE = "obstacle", _("obstacle")
        STRENGTH = "strength", _("strength")
        OPPORTUNITY = "opportunity", _("opportunity")
        WEAKNESS = "weakness", _("weakness")
        CHALLENGE = "challenge", _("challenge")
        RECOMMENDATION = "recommendation", _("recommendation")
        OBSERVATION = "observation", _("observation")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        CONTESTED = "contested", _("contested")
        REFUSED = "refused", _("refused")

    round = models.ForeignKey(Round, models.PROTECT, related_name="findings")
    code = models.CharField(max_length=80, unique=True)
    statements = models.JSONField(default=dict, help_text="Language -> the statement, a sentence or a few")
    chapter = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="Within its chapter")
    kind = models.CharField(max_length=16, choices=Kind)
    places = models.JSONField(default=list)
    organisations = models.ManyToManyField(Organisation, related_name="+")
    activity_class = models.CharField(max_length=10, blank=True, help_text="specific, relevant, both or empty")
    where_said = models.CharField(max_length=120, blank=True, help_text="Its place in the document it is taken from")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_index=True)
    visible_to = models.PositiveSmallIntegerField(
        choices=Visibility, default=Visibility.PUBLIC, help_text="Once it is confirmed; before that nobody outside"
    )
    confirmed_at = models.DateTimeField(null=True, help_text="None: nobody confirmed it, so the public does not see it")
    version = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["round", "chapter", "position", "id"]

    def __str__(self) -> str:
        return said(self.statements) or self.code

    def get_absolute_url(self) -> str:
        return reverse("finding", args=[self.code])

    @property
    def where(self) -> str:
        """Its place in the document, in the reader's language where it is written in both."""
        return part_in(self.where_said)


class Evidence(models.Model):
    """One thing that a finding stands on. Exactly what its kind names is set.

    `asked` of answers is {"version", "question", "value"} and of a coverage row the address of the page and line;
    `seen` is what it said when it was last looked at ({"count", "base"}), so that a change shows itself:
    `changed_at` is when it began to differ, and is emptied when somebody looked again.
    """

    class Kind(models.TextChoices):
        ANSWERS = "answers", _("answers")
        SOURCE = "source", _("source")
        QUOTE = "quote", _("quote")
        FIGURE = "figure", pgettext_lazy("numbers", "figure")
        ACTIVITY = "activity", _("activity")
        COVERAGE = "coverage", _("coverage")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind)
    asked = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="evidence")
    quote = models.ForeignKey(Quote, models.PROTECT, null=True, related_name="evidence")
    figure = models.ForeignKey(Figure, models.PROTECT, null=True, related_name="evidence")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="+")
    page = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True, help_text="Its source's consent was withdrawn")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class RoundTable(models.Model):
    """A meeting that goes through proposed findings one by one. Its minutes are public when it is closed."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SITTING = "sitting", _("in session")
        CLOSED = "closed", _("closed")

    round = models.ForeignKey(Round, models.PROTECT, related_name="tables")
    code = models.CharField(max_length=80, unique=True)
    titles = models.JSONField(default=dict)
    on = models.CharField(max_length=10, blank=True, help_text="A partial date")
    place = models.CharField(max_length=40, blank=True, help_text="Code of a place; empty: not known")
    stated_attendance = models.CharField(max_length=200, blank=True, help_text='As stated: "more than 25 CSOs"')
    minutes = models.TextField(blank=True, help_text="Markdown")
    source = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="Of the minutes: grows with each save")

    class Meta:
        ordering = ["-on", "code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("round_table", args=[self.code])

    @property
    def dated(self) -> str:
        return dates.written(self.on)

    @property
    def attendance_said(self) -> str:
        """How many came as the source states it, in the reader's language where it is written in both."""
        return part_in(self.stated_attendance)


class MinutesVersion(models.Model):
    """What the minutes said before they were saved anew: of two secretaries' texts none is lost. Seen by mappers."""

    table = models.ForeignKey(RoundTable, models.CASCADE, related_name="minutes_versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number", "-id"]


class AgendaItem(models.Model):
    """A finding on a table's agenda."""

    table = models.ForeignKey(RoundTable, models.CASCADE, related_name="agenda")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="agendas")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["table", "finding"], name="agenda_holds_once")]


class Seat(models.Model):
    """A body invited to, or present at, a round table; never a person. `name` as the document writes it."""

    table = models.ForeignKey(RoundTable, models.CASCADE, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=250)
    email = models.EmailField(blank=True, help_text="For the invitation; seen by mappers")
    invited_at = models.DateTimeField(null=True)
    present = models.BooleanField(null=True, help_text="None: not known")
    people = models.PositiveIntegerField(null=True, help_text="How many came for it; None: not known")

    class Meta:
        ordering = ["name", "id"]


class TableLetter(models.Model):
    """An invitation to a round table: it waits for the post, went out (`sent_at`) or could not go. Seen by mappers."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="letters")
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, help_text="When the worker took it up")
    sent_at = models.DateTimeField(null=True)
    failed_because = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    @property
    def waits(self) -> bool:
        """Is it written, and not with the mail server yet?"""
        return self.sent_at is None and not self.failed_because


class Step(models.Model):
    """What happened to a finding: dated, signed, with the reason, before and after. Rows are only ever added."""

    class Kind(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        EDITED = "edited", _("edited")
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        AMENDED = "amended", _("amended")
        CONTESTED = "contested", _("contested")
        REFUSED = "refused", _("refused")
        REOPENED = "reopened", _("opened again")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    table = models.ForeignKey(RoundTable, models.PROTECT, null=True, related_name="steps")
    objector = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    objector_name = models.CharField(max_length=250, blank=True, help_text="A body that is not in the registry")
    objection = models.TextField(blank=True, help_text="How it objected, in its words")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class Code(models.Model):
    """A code that free answers and quotes are sorted by, with what it means. Seen by mappers."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="codes")
    code = models.SlugField(max_length=40)
    names = models.JSONField(default=dict)
    meaning = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="code_once_a_round")]

    def __str__(self) -> str:
        return said(self.names) or self.code


class Coding(models.Model):
    """One person's judgement that a free answer or a quote speaks of a code; `code` None: none of them does.

    `filling`, `question` and `turn` name the answer, since answers are derived anew when a filling changes.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="codings")
    filling = models.ForeignKey(Filling, models.CASCADE, null=True, related_name="+")
    question = models.CharField(max_length=200, blank=True)
    turn = models.CharField(max_length=40, blank=True)
    quote = models.ForeignKey(Quote, models.CASCADE, null=True, related_name="codings")
    code = models.ForeignKey(Code, models.PROTECT, null=True, related_name="codings")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="When the coder took it back")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["round", "question"], name="coding_of_question")]


class CodingTask(models.Model):
    """That a person codes one question's answers (or, without a question, the quotes) of a round.

    Before `done_at` nobody else sees the codes, and the coder sees nobody else's; agreement is of the codes as they
    stood then. Seen by mappers.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="coding_tasks")
    question = models.CharField(max_length=200, blank=True)
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(
        null=True, help_text="When the person read what others gave without coding: it codes this no more"
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "question", "coder"], name="coded_once_by_each")]
