"""What we keep of training, and who may see it.

Programmes, curricula and sessions are seen like the activities they are. Counts are public above the small-number
limit (rules.py); participants' names are read by the host's editors only and are deleted on their day.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sofra.activities import dates
from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations.models import Organisation
from sofra.questionnaires.models import Filling, Version


class Sector(models.TextChoices):
    """Of invited bodies and of those who came: the sectors that the article and the report name."""

    MUNICIPALITY = "municipality", _("municipality")
    PREFECTURE = "prefecture", _("prefecture")
    POLICE = "police", _("police")
    HEALTH = "health", _("health")
    EDUCATION = "education", _("education")
    MEDIA = "media", _("media")
    CIVIL_SOCIETY = "civil_society", _("civil society")
    RELIGIOUS = "religious", _("religious communities")
    OTHER = "other", _("another sector")


class Curriculum(models.Model):
    code = models.CharField(max_length=60, unique=True)
    titles = models.JSONField(default=dict)
    about = models.JSONField(default=dict, help_text="Language -> Markdown")
    guide = models.CharField(max_length=300, blank=True, help_text="The guide that it follows, as that is titled")
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=300, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("curriculum", args=[self.code])


class Edition(models.Model):
    """A version of a curriculum in a language; what sessions were held by never changes."""

    curriculum = models.ForeignKey(Curriculum, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=8, default="sq")
    days = models.PositiveSmallIntegerField(null=True, help_text="None: not stated")
    modules = models.JSONField(default=list, help_text='[{"title", "minutes", "aims"}], minutes None: not stated')
    closed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["curriculum", "-number"]
        constraints = [models.UniqueConstraint(fields=["curriculum", "number", "language"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.curriculum} {self.number} ({self.language})"


class Material(models.Model):
    """A file or address that an edition uses, with its rights. Seen as `visible_to` says."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="materials")
    title = models.CharField(max_length=250)
    url = models.URLField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=8, blank=True)
    rights = models.CharField(max_length=200, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)


class Programme(models.Model):
    """Sessions that belong together. What its source states of the whole stays of the whole (Stated)."""

    code = models.CharField(max_length=60, unique=True)
    titles = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    curriculum = models.ForeignKey(Curriculum, models.PROTECT, null=True, related_name="programmes")
    begins = models.CharField(max_length=10, blank=True)
    ends = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=300, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return said(self.titles) or self.code

    def get_absolute_url(self) -> str:
        return reverse("programme", args=[self.code])

    @property
    def when(self) -> str:
        return dates.written_span(self.begins, self.ends)


STATED = {
    "municipalities": _("municipalities"), "sessions": _("sessions"), "attendees": _("attendees"),
    "women": _("women and girls"), "first_time": _("for the first time"), "completed": _("completed"),
    "trainers": _("trainers"),
}  # fmt: skip


class Stated(models.Model):
    """A number that a source states of a whole programme: 530 attendees, 54 % women. Stands beside what is computed."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="stated")
    what = models.CharField(max_length=30, help_text="municipalities, sessions, attendees, women, first_time")
    value = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=10, default="people")
    about = models.BooleanField(default=False, help_text='"approximately"')
    base = models.PositiveIntegerField(null=True, help_text="Of how many; None: not stated")
    words = models.JSONField(default=dict, help_text="Language -> how the source says it, in own words")
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "what", "source"], name="stated_once")]

    @property
    def get_what(self) -> str:
        return str(STATED.get(self.what, self.what))


class Session(models.Model):
    """A training session: the activity has place, mode, dates and who holds it; here stands what training adds."""

    activity = models.OneToOneField(Activity, models.PROTECT, related_name="training")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="sessions")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="sessions")
    invited = models.JSONField(default=list, help_text="Codes of Sector; empty: not stated")
    version = models.PositiveIntegerField(default=1)

    def get_absolute_url(self) -> str:
        return reverse("training_session", args=[self.activity.code])


class Day(models.Model):
    """A day of a session. Times are local; None: not stated."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="days")
    on = models.DateField()
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    room = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "on"], name="day_once")]


class Count(models.Model):
    """How many: registered, present on a day, or completed. A newer row replaces an older one, which stays.

    `total` None: not stated, which is not 0. Parts may be above or below the total; both are kept and the
    incompleteness is shown (`complete`: does the count hold everybody? None: not known).
    """

    class What(models.TextChoices):
        REGISTERED = "registered", _("registered")
        PRESENT = "present", _("those present")
        COMPLETED = "completed", _("completed")

    class How(models.TextChoices):
        LIST = "list", _("by list")
        HEADS = "heads", _("head count")
        ESTIMATE = "estimate", _("estimate")
        CHECK_IN = "check_in", _("by check-in")
        UNKNOWN = "unknown", _("not known how")

    session = models.ForeignKey(Session, models.CASCADE, related_name="counts")
    day = models.ForeignKey(Day, models.CASCADE, null=True, related_name="counts")
    what = models.CharField(max_length=10, choices=What)
    total = models.PositiveIntegerField(null=True)
    how = models.CharField(max_length=10, choices=How, default=How.UNKNOWN)
    complete = models.BooleanField(null=True)
    source = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaces")
    odd = models.BooleanField(default=False, help_text="Its parts go beyond its total, and somebody said: keep both")
    attends = models.BooleanField(default=False, help_text="This row says how many attended (rules.attendance)")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["session", "what"], name="count_stands", condition=models.Q(replaced_by=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session"], name="attended_once", condition=models.Q(attends=True)),
        ]


class CountPart(models.Model):
    """So many of a count are of this key: ("sex", "women"), ("sector", "police"), ("age", "15-24"), ("first", "yes").

    Two dimensions at once ("sex+age") have keys joined the same way ("women+15-24"). Rows, never columns. A count and
    its parts never change once they are written, so whether the public may read them is written with them (`told`).
    """

    count = models.ForeignKey(Count, models.CASCADE, related_name="parts")
    dimension = models.CharField(max_length=30)
    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    told = models.BooleanField(default=False, help_text="Rules 1 to 3 (rules.shown_in_public) tell it to the public")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["count", "dimension", "key"], name="count_part_once")]


class ListScan(models.Model):
    """The photo or sheet of a paper list that counts were typed from. Read by the host's editors; goes on its day."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="scans")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    delete_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)


class Participant(models.Model):
    """A name for a certificate, with consent and the day on which it is deleted. Never counted, never searched.

    Read by the host's editors only.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="participants")
    name = models.CharField(max_length=200)
    body = models.CharField(max_length=200, blank=True, help_text="Where from: an office, a school")
    consented_on = models.DateField()
    delete_on = models.DateField()
    completed = models.BooleanField(null=True)
    certificate = models.CharField(max_length=20, blank=True, help_text="The number on the certificate; names no one")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["session", "name", "body"], name="participant_once")]


class CheckIn(models.Model):
    """A code on the wall by which those present count themselves, on one day, without a name."""

    day = models.ForeignKey(Day, models.CASCADE, related_name="check_ins")
    code = models.CharField(max_length=12, unique=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class CheckedIn(models.Model):
    """One person counted by a code; what they chose to say of themselves. `device` is a random cookie's hash."""

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="people")
    device = models.CharField(max_length=64)
    said = models.JSONField(default=dict, help_text='{"sex": "women", "sector": "police", "first": "yes"}')
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_in", "device"], name="checked_in_once")]


class Survey(models.Model):
    """A questionnaire of a session or a whole programme, asked before, after, or 3 or 12 months later."""

    class When(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        MONTHS_3 = "months_3", _("after 3 months")
        MONTHS_12 = "months_12", _("after 12 months")

    programme = models.ForeignKey(Programme, models.CASCADE, null=True, related_name="surveys")
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="surveys")
    when = models.CharField(max_length=10, choices=When)
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    fillings = models.ManyToManyField(Filling, related_name="+")
    code = models.CharField(max_length=12, unique=True, help_text="Of the address that is handed out")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class Cohort(models.Model):
    """People who were trained together and go on to train others: trainers, peer educators, mentors, pupils.

    A number of people, never a list of names. `came_from` is the cohort that trained it: reach is counted once a row.
    """

    class Role(models.TextChoices):
        TRAINERS = "trainers", _("trainers")
        PEERS = "peers", _("peer educators")
        MENTORS = "mentors", _("mentors")
        REACHED = "reached", _("people reached")

    titles = models.JSONField(default=dict)
    role = models.CharField(max_length=10, choices=Role)
    people = models.PositiveIntegerField(null=True, help_text="None: not stated")
    how = models.CharField(max_length=10, choices=Count.How, default=Count.How.UNKNOWN)
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", help_text="Who wrote it down")
    trained_in = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="+")
    came_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="trained")
    places = models.JSONField(default=list)
    source = models.CharField(max_length=300, blank=True)
    visible_to = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PUBLIC)


class Trainer(models.Model):
    """A trainer, or one who becomes one, known to members by a name that they agreed to; to the public by a number.

    Whoever takes the consent back has no name here any more; what they did stays, of a trainer without a name.
    """

    name = models.CharField(max_length=200)
    consented_on = models.DateField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, related_name="trainers")
    languages = models.JSONField(default=list)
    sessions = models.ManyToManyField(Session, related_name="trainers")
    ended_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name or gettext("a trainer whose name was deleted")


class Requirement(models.Model):
    """What a trainer to be must have done for a curriculum."""

    curriculum = models.ForeignKey(Curriculum, models.CASCADE, related_name="requirements")
    texts = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return said(self.texts)


class Progress(models.Model):
    """A requirement that a trainer has met, when, and who says so."""

    trainer = models.ForeignKey(Trainer, models.CASCADE, related_name="progress")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="+")
    done_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trainer", "requirement"], name="requirement_met_once")]


class Mentoring(models.Model):
    """A mentor and the one who is mentored, with goals, meetings and a close. Read by its host's editors."""

    host = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Trainer, models.PROTECT, related_name="mentors_in")
    mentored = models.ForeignKey(Trainer, models.PROTECT, related_name="mentored_in")
    goals = models.TextField(blank=True)
    begun_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.TextField(blank=True)


class MentoringMeeting(models.Model):
    mentoring = models.ForeignKey(Mentoring, models.CASCADE, related_name="meetings")
    on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["on", "id"]
