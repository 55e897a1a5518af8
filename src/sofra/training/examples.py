"""An invented programme, for the demo only: so that each page of training has something to show.

Every name says that it is invented. It is seen by members only, so that it counts in no public figure. What the
article tells of the real programme stands beside it as the article states it.
"""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import AuditLine, Visibility
from sofra.organisations.models import Organisation
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires import services as fillings
from sofra.questionnaires.models import Version

from . import chains, services, surveying
from .models import Cohort, Edition, Programme, Session, Survey, Trainer
from .services import SessionDay, SessionDraft

QUESTIONNAIRE = "al.training"
_MADE = "demo.training_made"
_SOURCE = "Shembull i trilluar i demonstrimit"
_HIDDEN = int(Visibility.MEMBERS)
_PLACES = (("Pukë", "AL153"), ("Cërrik", "AL212"), ("Bulqizë", "AL111"))
# What the invented people answered before and after: first time, knows the mechanisms, whom to turn to, the drivers.
_BEFORE = 7 * (("yes", "no", "no", "partly"),) + 7 * (("no", "partly", "no", "no"),)
_AFTER = 8 * (("yes", "yes", "yes", "partly"),) + 6 * (("no", "partly", "yes", "yes"),)


@transaction.atomic
def make_demo_training(*, owner: Organisation, besa: User) -> None:
    """Make it once, written by Besa. Raises ImproperlyConfigured in every mode but the demo."""
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has invented training.")
    if AuditLine.objects.filter(what=_MADE).exists():
        return
    record(what=_MADE, about="hub", by=None)
    edition = _curriculum(owner, besa)
    programme = services.make_programme(
        titles={"sq": "Program prove “Zambaku” (i trilluar)", "en": "Trial programme “Lily” (invented)"}, host=owner,
        about={
            "sq": "Është këtu vetëm që të provoni faqet: njerëzit, numrat dhe përgjigjet janë të trilluara.",
            "en": "It is here only for you to try the pages: people, numbers and answers are invented.",
        },
        curriculum=edition.curriculum, source=_SOURCE, visible_to=_HIDDEN, by=besa,
    )  # fmt: skip
    trainers = _trainers(owner, besa, edition)
    held = [_session(programme, edition, owner, besa, number, trainers) for number in range(len(_PLACES))]
    _counts(held, besa)
    _surveys(programme, besa)


def _curriculum(owner: Organisation, besa: User) -> Edition:
    made = services.make_curriculum(
        titles={"sq": "Kurrikul prove (i trilluar)", "en": "Trial curriculum (invented)"}, owner=owner, source=_SOURCE,
        visible_to=_HIDDEN, by=besa,
    )  # fmt: skip
    modules = [("Mekanizmat vendorë", 90), ("Faktorët shtytës dhe tërheqës", 60), ("Punë në grupe", 120)]
    edition = services.add_edition(
        made, language="sq", days=2, modules=[{"title": title, "minutes": n} for title, n in modules], by=besa
    )
    sheet = ContentFile("Fletë pune e trilluar\n\n1. Kush vepron në bashkinë tuaj?\n".encode(), "flete-pune.txt")
    services.add_material(edition, title="Fletë pune (e trilluar)", file=sheet, rights="CC0", language="sq", by=besa)
    for sq, en in (("Vëzhgoi dy seanca", "Watched two sessions"), ("Mbajti një seancë", "Held a session")):
        chains.add_requirement(made, texts={"sq": sq, "en": en}, by=besa)
    return edition


def _trainers(owner: Organisation, besa: User, edition: Edition) -> list[Trainer]:
    """A chain of three groups, two trainers of the first, one mentoring the other."""
    today, above = timezone.localdate(), None
    groups = (
        (Cohort.Role.TRAINERS, 4, "Trajnues prove (të trilluar)", "Trial trainers (invented)"),
        (Cohort.Role.PEERS, 12, "Edukatorë prove (të trilluar)", "Trial peer educators (invented)"),
        (Cohort.Role.REACHED, None, "Nxënës prove (të trilluar)", "Trial pupils (invented)"),
    )  # fmt: skip
    first: Cohort | None = None
    for role, people, sq, en in groups:
        above = chains.add_cohort(
            titles={"sq": sq, "en": en}, role=role, people=people, came_from=above, how="list", source=_SOURCE,
            visible_to=_HIDDEN, added_for=owner, by=besa,
        )  # fmt: skip
        first = first or above
    one, two = (
        chains.add_trainer(name=name, organisation=owner, consented_on=today, cohort=first, languages=["sq"], by=besa)
        for name in ("Trajnuesi Prove Një", "Trajnuesja Prove Dy")
    )
    watched = edition.curriculum.requirements.all()[0]
    chains.mark_done(two, watched, done_on=today - timedelta(days=20), by=besa)
    pair = chains.begin_mentoring(
        host=owner, mentor=one, mentored=two, goals="Të mbajë vetë një seancë\nTë shkruajë planin e saj",
        begun_on=today - timedelta(days=60), by=besa,
    )  # fmt: skip
    chains.add_meeting(pair, on=today - timedelta(days=30), note="Plani i seancës së parë", by=besa)
    return [one, two]


def _session(
    programme: Programme, edition: Edition, owner: Organisation, besa: User, number: int, trainers: list[Trainer]
) -> Session:
    name, code = _PLACES[number]
    day = _day(number)
    return services.schedule_session(
        SessionDraft(
            title=f"Seancë prove në {name} (e trilluar)", owner=owner.code, places=[code], programme=programme,
            mode="in-person" if number else "both", status="held",
            days=[SessionDay(day), SessionDay(day + timedelta(1))],
            invited=["municipality", "police", "education", "health"], languages=["sq"], trainers=trainers,
            edition=edition, source=_SOURCE, visible_to=_HIDDEN,
        ), by=besa,
    )  # fmt: skip


def _day(number: int) -> date:
    return timezone.localdate() - timedelta(days=40 + 10 * number)


def _counts(held: list[Session], besa: User) -> None:
    """One counted by day and in parts, one whose list has more women than people; of the third nothing is known."""
    one, two, _none = held
    days = list(one.days.all())
    parts = {
        "sex": {"women": 17, "men": 12}, "first": {"yes": 18, "no": 11},
        "sector": {"municipality": 14, "police": 8, "education": 7},
    }  # fmt: skip
    services.record_count(one, what="registered", total=34, how="list", complete=True, source=_SOURCE, by=besa)
    services.record_count(one, what="present", day=days[0], total=26, how="heads", source=_SOURCE, by=besa)
    services.record_count(
        one, what="present", day=days[0], total=29, parts=parts, how="list", complete=True, source=_SOURCE, by=besa
    )
    services.record_count(
        one, what="present", day=days[1], total=24, parts={"sex": {"women": 10}}, how="heads", complete=False,
        source=_SOURCE, by=besa,
    )  # fmt: skip
    services.record_count(
        two, what="present", total=20, parts={"sex": {"women": 21}}, how="list", source=_SOURCE, sure=True, by=besa
    )


def _surveys(programme: Programme, besa: User) -> None:
    version = load_questionnaire()
    for when, answers in ((Survey.When.BEFORE, _BEFORE), (Survey.When.AFTER, _AFTER)):
        survey = surveying.open_survey(version, when=when, programme=programme, by=besa)
        for said in answers:
            _answer(survey, said)


def _answer(survey: Survey, said: tuple[str, str, str, str]) -> None:
    filling = fillings.begin_filling(survey.version, way="web", language="sq")
    survey.fillings.add(filling)
    instance = questionnaires.instance_of(filling)
    for name, value in zip(("first", "mechanisms", "whom", "drivers"), said, strict=True):
        instance.put(f"/{instance.form.root}/knows/{name}", value)
    instance.recalculate()
    fillings.send_filling(fillings.save_filling(filling, instance, seen=filling.revision, confirmed=()))


def load_questionnaire() -> Version:
    """What is asked before and after a training, its first version open; as it is where the hub has it already."""
    known = Version.objects.filter(questionnaire__code=QUESTIONNAIRE).order_by("number").first()
    if known is not None:
        return known
    name = f"{QUESTIONNAIRE}.xlsx"
    made = fillings.add_questionnaire(
        code=QUESTIONNAIRE, titles={"sq": "Para dhe pas trajnimit", "en": "Before and after the training"},
        source="Written after the article on municipal training", by=None,
    )  # fmt: skip
    content = (settings.PROJECT / "data" / "questionnaires" / name).read_bytes()
    version = fillings.load_version(made, content, name, by=None)
    fillings.open_version(version, by=None)
    return version
