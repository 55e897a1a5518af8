"""A council with a meeting, a decision, a document and evidence: one of each for every door.

`show_councils` adds what addresses name to the world of `test_doors`: al.one is a council whose secretary is Besa.
`hide_councils` adds marked secrets for `test_leaks`.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from sofra.councils import deciding, holding, services
from sofra.councils.deciding import DecisionWish
from sofra.councils.models import Council, DecisionStep, Seat, Share
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


New = Callable[[str, str], str]


def hide_councils(made: Any, new: New) -> None:
    """Besa writes al.one's minutes and Genta those of al.two: what is closed is read by her own council's people only,
    what a council shares with the others by both."""
    closed_of = {"besa": made.one.council, "genta": _second(made)}
    for who, council in closed_of.items():
        by, name = made.people[who], f"of{who}"
        seat = council.seats.get()
        seat.mandates.update(name=new(f"{name}sits", who))
        for share, readers in (("council", who), ("network", "councils"), ("members", "members")):
            _met(council, seat, share, partial(_named, new, f"{name}{share}"), readers, who, by)
        coming = holding.plan_meeting(
            council, begins=timezone.now() + timedelta(days=9), where=new(f"{name}where", who), by=by
        )  # fmt: skip
        holding.add_item(coming, title=new(f"{name}point", who), text=new(f"{name}pointtext", who), by=by)
        made.asked_hidden += _pages(council)


def _named(new: New, name: str, what: str, who: str) -> str:
    return new(f"{name}{what}", who)


def _pages(council: Council) -> list[str]:
    here = council.get_absolute_url()
    found = [here, f"/en{here}", f"{here}seats/", f"/decisions/?council={council.organisation.code}&state=open"]
    found += [f"{here}documents/{one.pk}/" for one in council.documents.all()]
    for one in council.meetings.all():
        found += [one.get_absolute_url() + page for page in ("", "minutes/", "minutes.md")]
    found.append(f"{here}meetings/{council.meetings.filter(adopted_on__isnull=False).count()}/minutes.docx?part=closed")
    found += [one.get_absolute_url() for one in council.decisions.all()]
    steps = DecisionStep.objects.filter(decision__council=council).exclude(digest="")
    return found + [f"{one.decision.get_absolute_url()}evidence/{one.pk}/" for one in steps]


def _second(made: Any) -> Council:
    council = services.register_council(CouncilWish(place="AL"), organisation=made.two, by=None)
    seat = services.add_seat(council, body="Another table", sector="municipality", by=None)
    began = timezone.localdate() - timedelta(days=400)
    services.seat_member(seat, function="Head of another table", begins=began, user=made.people["genta"],
                         secretary=True, by=None)  # fmt: skip
    return council


def _met(council: Council, seat: Seat, share: str, new: New, readers: str, own: str, by: Any) -> None:
    """A meeting whose minutes `readers` read but for its closed part, and a document that they may fetch."""
    services.add_document(
        council, kind="plan", title=new("title", readers), share=share, by=None,
        file=File(f"{new('filename', readers)}.txt", [new("inside", readers).encode()]),
    )  # fmt: skip
    meeting = holding.plan_meeting(council, begins=timezone.now() - timedelta(days=5), by=by)
    holding.add_item(meeting, title=new("closeditem", own), is_closed=True, by=by)
    meeting = holding.hold_meeting(meeting, attendance={seat.pk: "holder"}, by=by, seen=meeting.version)
    said = f"{new('minutes', readers)}\n\nDecision: {new('decision', readers)}"
    closed = f"{new('closed', own)}\n\nDecision: {new('closeddecision', own)}"
    meeting = holding.save_minutes(meeting, minutes=said, closed=closed, by=by, seen=meeting.version)
    holding.adopt_minutes(meeting, share=share, by=by, seen=meeting.version)
    for made in meeting.decisions.all():
        to = own if made.is_closed else readers
        kind = "closed" if made.is_closed else "open"
        deciding.complete_decision(
            made, done=new(f"{kind}done", to), by=by, seen=made.version,
            file=File(f"{new(f'{kind}proof', to)}.txt", [new(f"{kind}proofinside", to).encode()]),
        )  # fmt: skip
