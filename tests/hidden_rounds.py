"""A mapping round with an invitation, a letter, a suggestion and a methodology: one of each for every door.

`show_rounds` adds what addresses name to the world of `test_doors`.
"""

from collections.abc import Callable
from typing import Any

from tests.mapping.conftest import FORM, answer

from sofra.mapping import consortium, services
from sofra.mapping.models import Letter
from sofra.mapping.services import Pasted
from sofra.organisations.models import Organisation
from sofra.questionnaires import services as questionnaires
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
