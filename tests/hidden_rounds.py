"""A mapping round with an invitation, a letter, a suggestion and a methodology: one of each for every door.

`show_rounds` adds what addresses name to the worlds of `test_doors` and `test_leaks`, `hide_rounds` marked secrets to
the latter: who was asked, what was written to them, what they answered; questionnaires and rounds that are not open.
"""

from collections.abc import Callable
from typing import Any

from tests.mapping.conftest import FORM, answer

from sofra.findings import services as findings
from sofra.ground import files
from sofra.mapping import consortium, services
from sofra.mapping.models import Letter, Round
from sofra.mapping.services import Pasted
from sofra.organisations.models import Organisation
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.collecting import make_collector
from sofra.questionnaires.keys import key_of


def show_rounds(made: Any) -> None:
    """`made.asked`: what an address names -> its code, number or key."""
    drita, one = made.people["drita"], Organisation.objects.get(code="al.one")
    questionnaire = questionnaires.add_questionnaire(code="al.tabled", titles={"en": "At the table"}, by=drita)
    version = questionnaires.load_version(questionnaire, FORM.encode(), "tabled.md", by=drita)
    questionnaires.open_version(version, by=drita)
    version.refresh_from_db()
    found = services.open_round(
        code="al.asked.mapping", country="AL", titles={"en": "Who sits where"}, version=version, by=drita
    )
    first, second = services.invite(
        found, organisations=[one], pasted=[Pasted("A new table", "new@example.org")], by=drita
    )  # fmt: skip
    services.send_letters([second], Letter.Kind.INVITATION, by=drita)
    answer(first, name="A table", website="other.example.org")
    kept = consortium.import_methodology(consortium.export_methodology(found), by=drita)
    made.asked = {
        "round": found.code, "invitation": second.pk, "letter": second.letters.get().pk, "methodology": kept.pk,
        "key": key_of(second.filling.instance, 1), "arrival": second.filling_id,
    }  # fmt: skip


def _of(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"code" if at == 0 else "number": world.asked[name] for at, name in enumerate(names)}


ROUND_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys(
        "round round_edit round_move round_next round_invite round_responses round_letters round_suggestions"
        " round_changes round_methodology".split(),
        _of("round"),
    ),
    **{f"{name}_download": lambda world: _of("round")(world) | {"form": "csv"} for name in ("responses", "changes")},
    "round_invitation": _of("round", "invitation"),
    "round_letter": _of("round", "letter"),
    "round_arrival": _of("round", "arrival"),
    "methodology": lambda world: {"number": world.asked["methodology"]},
    "invitation_refuse": lambda world: {"key": world.asked["key"]},
}


New = Callable[[str, str], str]
PICTURE = b"\x89PNG\r\n\x1a\n"


def hide_rounds(made: Any, new: New) -> None:
    """Mappers read all of it, and nobody else; letters' links and refused ones' reasons included."""
    drita, found = made.people["drita"], Round.objects.get(code="al.asked.mapping")
    asked, refusing, lost = services.invite(
        found, by=drita,
        pasted=[Pasted(new(f"{name}name", "mappers"), f"{new(f'{name}mail', 'mappers')}@example.org")
                for name in ("asked", "refusing", "lost")],
    )  # fmt: skip
    services.send_letters([asked], Letter.Kind.INVITATION, words=new("letterwords", "mappers"), by=drita)
    filling = asked.filling
    questionnaires.keep_upload(filling, _file(f"{new('uploadname', 'mappers')}.png"), by=drita)
    answer(
        asked, name=new("answername", "mappers"), website=f"{new('answersite', 'mappers')}.example.org",
        place=new("answerplace", "mappers"), activity=[{"title": new("answeract", "mappers")}],
    )  # fmt: skip
    services.mark_refused(refusing, because=new("refusedbecause", "mappers"), by=drita)
    services.mark_unreachable(lost, because=new("lostbecause", "mappers"), by=drita)
    made.secrets.words[key_of(refusing.filling.instance, 1)] = "mappers"
    source = findings.record_source(
        round=found, kind="interview", title="What they said to us", visible_to=0, consent="given", by=drita
    )
    findings.attach_filling(source, filling, by=drita)
    team, key = make_collector(name=new("team", "mappers"), versions=[found.version], expires_at=None, by=drita)
    made.secrets.words[key] = "nobody"
    made.asked_hidden = [
        f"/rounds/{found.code}/invitations/{one.pk}/" for one in (asked, refusing, lost)
    ] + [
        f"/rounds/{found.code}/letters/{asked.letters.get(kind='invitation').pk}/", f"/collectors/{team.pk}/",
        f"/sources/{source.code}/",
        f"/questionnaires/al.tabled/1/fillings/{filling.pk}/", "/questionnaires/al.tabled/1/fillings/",
    ]  # fmt: skip
    _coded(made, new, found, filling)
    _not_open(made, new)


def _file(name: str) -> questionnaires.File:
    kept = files.keep([PICTURE])
    return questionnaires.File(name=name, digest=kept.digest, size=kept.size, media_type="image/png")


def _coded(made: Any, new: New, found: Round, filling: Any) -> None:
    drita = made.people["drita"]
    code = findings.add_code(
        round=found, names={"en": new("codename", "mappers")}, meaning=new("codemeaning", "mappers"), by=drita
    )
    findings.code_answer(round=found, codes=[code], filling=filling, question="body/place", by=drita)
    made.asked_hidden += [f"/coding/{found.code}/{page}?question=body/place" for page in ("", "codes/", "compare/")]


def _not_open(made: Any, new: New) -> None:
    """A questionnaire that is a draft, and a round that is one."""
    drita = made.people["drita"]
    drafted = questionnaires.add_questionnaire(code="al.unasked", titles={"en": new("unasked", "mappers")}, by=drita)
    form = FORM.replace("| Organisation |", f"| {new('unaskedgroup', 'mappers')} |")
    form = form.replace("| tried | 1 |", "| unasked | 1 |")
    version = questionnaires.load_version(drafted, form.encode(), "unasked.md", by=drita)
    services.open_round(
        code="al.unopened", country="AL", titles={"en": new("unopened", "mappers")}, state=Round.State.DRAFT,
        methodology={"en": new("unopenedhow", "mappers")}, source=new("unopenedsource", "mappers"), version=version,
        by=drita,
    )  # fmt: skip
    made.asked_hidden += [f"/questionnaires/al.unasked/{page}" for page in (
        "", "1/", "1/sheet/", "1/xform/", "1/print/", "1/print.pdf", "1/preview/")]  # fmt: skip
    made.asked_hidden += ["/rounds/al.unopened/", "/rounds/al.unopened/edit/", "/rounds/al.unopened/responses/"]


def round_addresses(world: Any) -> list[str]:
    """The lists with their filters, and the pages of each hidden thing."""
    return [
        "/rounds/", "/en/rounds/", "/questionnaires/", "/rounds/al.asked.mapping/", "/en/rounds/al.asked.mapping/",
        *(f"/rounds/al.asked.mapping/{page}" for page in (
            "responses/", "responses.csv", "responses/?step=refused", "letters/", "suggestions/", "changes/")),
        "/methodologies/compare/?left=al.tabled-1&right=al.unasked-1", "/questionnaires/al.tabled/1/answers.csv",
        *world.asked_hidden,
    ]  # fmt: skip
