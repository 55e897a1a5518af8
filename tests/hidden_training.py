"""A programme with a session of al.one, for every door; the marked secrets of the room are tried on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from sofra.training import services
from sofra.training.services import SessionDay, SessionDraft


def show_training(made: Any) -> None:
    """`made.found` gets the codes of a programme, its session and a curriculum, all of al.one."""
    besa = made.people["besa"]
    curriculum = services.make_curriculum(titles={"en": "The table's course"}, owner=made.one, by=besa)
    programme = services.make_programme(titles={"en": "The table trains"}, host=made.one, by=besa)
    today: date = timezone.localdate()
    draft = SessionDraft(
        title="A table is learnt", owner=made.one.code, places=["AL"], programme=programme, status="running",
        days=[SessionDay(today), SessionDay(today + timedelta(days=1))],
    )  # fmt: skip
    session = services.schedule_session(draft, by=besa)
    made.found |= {
        "programme": programme.code, "training_session": session.activity.code, "curriculum": curriculum.code,
    }  # fmt: skip


def _named(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"code": world.found[name]}


TRAINING_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys(("programme", "programme_edit", "training_join"), _named("programme")),
    **dict.fromkeys(("curriculum", "curriculum_edition"), _named("curriculum")),
    **dict.fromkeys(("training_session", "training_session_edit", "training_count"), _named("training_session")),
}
