"""A programme with a session of al.one, for every door; the marked secrets of the room are tried on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from sofra.ground import files
from sofra.questionnaires.models import Version
from sofra.training import chains, checking_in, services
from sofra.training.models import ListScan, Survey
from sofra.training.services import SessionDay, SessionDraft


def show_training(made: Any) -> None:
    """`made.found` gets the codes of a programme, its session and a curriculum, all of al.one."""
    besa = made.people["besa"]
    curriculum = services.make_curriculum(titles={"en": "The table's course"}, owner=made.one, by=besa)
    edition = services.add_edition(curriculum, language="en", modules=[{"title": "A table", "minutes": 5}], by=besa)
    material = services.add_material(edition, title="A sheet", file=ContentFile(b"A table", "sheet.txt"), by=besa)
    programme = services.make_programme(titles={"en": "The table trains"}, host=made.one, by=besa)
    today: date = timezone.localdate()
    draft = SessionDraft(
        title="A table is learnt", owner=made.one.code, places=["AL"], programme=programme, status="running",
        days=[SessionDay(today), SessionDay(today + timedelta(days=1))],
    )  # fmt: skip
    session = services.schedule_session(draft, by=besa)
    made.found |= {
        **_people(made, session),
        "programme": programme.code, "training_session": session.activity.code, "curriculum": curriculum.code,
        "material": material.pk,
    }  # fmt: skip


def _people(made: Any, session: Any) -> dict[str, Any]:
    """A photo of a list, a check-in, a questionnaire, two trainers and their mentoring."""
    besa, now = made.people["besa"], timezone.now()
    kept = files.keep([b"\xff\xd8\xff"])
    scan = ListScan.objects.create(
        session=session, name="list.jpg", digest=kept.digest, size=kept.size, media_type="image/jpeg",
        delete_on=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    inside = checking_in.open_check_in(session.days.first(), closes_at=now + timedelta(hours=2), by=besa)
    version = Version.objects.filter(questionnaire__code="al.filled").get()
    survey = Survey.objects.create(session=session, when="before", version=version, code="ask23456")
    one, two = (
        chains.add_trainer(name=name, organisation=made.one, consented_on=timezone.localdate(), by=besa)
        for name in ("Trainer Një", "Trainer Dy")
    )
    pair = chains.begin_mentoring(
        host=made.one, mentor=one, mentored=two, goals="A first session", begun_on=timezone.localdate(), by=besa
    )
    group = chains.add_cohort(titles={"en": "A table's peers"}, role="peers", people=20, by=besa, added_for=made.one)
    return {
        "cohort": group.pk, "scan": scan.pk, "check_in": inside.code, "survey": survey.code, "trainer": one.pk,
        "mentoring": pair.pk,
    }  # fmt: skip


def _named(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"code": world.found[name]}


_SESSION_DOORS = (
    "training_session", "session_surveys",
    *(f"training_{name}" for name in (
        "session_edit", "count", "history", "list", "scan_add", "participants", "certificates", "check_in",
    )),
)  # fmt: skip

TRAINING_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys(("programme", "programme_edit", "programme_stated", "training_join"), _named("programme")),
    **dict.fromkeys(
        ("curriculum", "curriculum_edition", "curriculum_edit", "curriculum_material"), _named("curriculum")
    ),
    "curriculum_requirement": _named("curriculum"),
    **dict.fromkeys(_SESSION_DOORS, _named("training_session")),
    "programme_surveys": _named("programme"),
    "training_scan": lambda world: {"code": world.found["training_session"], "number": world.found["scan"]},
    "training_in": _named("check_in"),
    "training_ask": _named("survey"),
    "material_file": lambda world: {"code": world.found["curriculum"], "number": world.found["material"]},
    "cohort_edit": lambda world: {"number": world.found["cohort"]},
    "trainer": lambda world: {"number": world.found["trainer"]},
    "mentoring": lambda world: {"number": world.found["mentoring"]},
}
