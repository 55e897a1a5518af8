"""A council with a meeting, a decision, a document and evidence: one of each for every door.

`show_councils` adds what addresses name to the world of `test_doors`: al.one is a council whose secretary is Besa.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sofra.councils import deciding, holding, services
from sofra.councils.deciding import DecisionWish
from sofra.councils.models import Share
from sofra.councils.services import CouncilWish, File


def show_councils(made: Any) -> None:
    """`made.sat`: what an address names -> its number."""
    besa = made.people["besa"]
    council = services.register_council(CouncilWish(place="AL"), organisation=made.one, by=None)
    seat = services.add_seat(council, body="The table", sector="municipality", by=None)
    began = timezone.localdate() - timedelta(days=400)
    services.seat_member(seat, function="Head of the table", begins=began, user=besa, secretary=True, by=None)
    document = services.add_document(
        council, kind="plan", title="A plan", share=Share.PUBLIC, file=File("plan.txt", [b"A plan for the table."]),
        by=None,
    )  # fmt: skip
    meeting = holding.plan_meeting(council, begins=timezone.now() - timedelta(days=3), by=besa)
    meeting = holding.hold_meeting(meeting, attendance={seat.pk: "holder"}, by=besa, seen=meeting.version)
    meeting = holding.save_minutes(meeting, minutes="Said.", closed="", by=besa, seen=meeting.version)
    decision = deciding.make_decision(meeting, DecisionWish("Lay the table"), by=besa)
    deciding.complete_decision(decision, done="Laid", file=File("proof.txt", [b"It was laid."]), by=besa, seen=1)
    holding.adopt_minutes(meeting, share=Share.PUBLIC, by=besa, seen=meeting.version)
    made.sat = {"document": document.pk, "step": decision.steps.get(what="done").pk}


def _code(world: Any) -> dict[str, Any]:
    return {"code": "al.one"}


def _numbered(world: Any) -> dict[str, Any]:
    return {"code": "al.one", "number": 1}


COUNCIL_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys("council council_edit council_seats meeting_new".split(), _code),
    **dict.fromkeys(
        "meeting meeting_edit meeting_attendance meeting_minutes meeting_ics decision_new decision"
        " decision_edit".split(),
        _numbered,
    ),
    "council_document": lambda world: {"code": "al.one", "number": world.sat["document"]},
    "meeting_file": lambda world: _numbered(world) | {"form": "md"},
    "decision_evidence": lambda world: _numbered(world) | {"step": world.sat["step"]},
    **{f"{name}_download": lambda world: {"form": "csv"} for name in ("councils", "decisions")},
}
