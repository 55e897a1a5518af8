"""A proposal, a consultation and a driver: one of each for every door that names one.

`show_mechanisms` adds what addresses name to the world of `test_doors`. al.one is the council's organisation of the
country, so that its editor speaks for the place.
"""

from collections.abc import Callable
from typing import Any

from sofra.councils import mechanism_services as services
from sofra.councils.mechanism_services import Said
from sofra.councils.models import Council, Duty
from sofra.organisations.models import Organisation
from sofra.places.models import Place


def show_mechanisms(made: Any) -> None:
    one, besa = Organisation.objects.get(code="al.one"), made.people["besa"]
    Council.objects.get_or_create(organisation=one, defaults={"place": "AL"})
    albania = Place.objects.get(code="AL")
    Place.objects.get_or_create(
        code="AL153",
        defaults={"kind": "municipality", "country": "AL", "parent": albania, "path": "AL/AL153/", "level": 2,
                  "name": "Pukë", "name_en": "Pukë", "sort_key": "Puke"},
    )  # fmt: skip
    said = Said("yes", source="An order of the table")
    made.asked["proposal"] = services.propose_mechanism(said, place="AL", kind="policing", by=besa).pk
    talked = services.record_consultation(place="AL", kind="meeting", asked=["A bench"], source="Minutes", by=besa)
    made.asked["consultation"] = talked.pk
    driver = services.record_driver(
        place="AL", kind="push", statements={"en": "Few tables"}, source="A study", by=besa, agreed=True
    )
    duty, _made = Duty.objects.get_or_create(code="table", defaults={"law": "A law", "texts": {"sq": "Të shtrojë"}})
    made.asked["taught"] = services.link_taught(duty, curriculum="none", module="A table", by=besa).pk
    made.asked["driver"] = driver.pk


def _numbered(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"number": world.asked[name]}


def _place(_world: Any) -> dict[str, Any]:
    return {"code": "AL"}


def _kind(_world: Any) -> dict[str, Any]:
    return {"code": "AL", "kind": "policing"}


MECHANISM_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys("place_mechanisms consultation_new place_drivers driver_new place_duties".split(), _place),
    **dict.fromkeys("mechanism mechanism_edit mechanism_confirm".split(), _kind),
    "place_profile": lambda _world: {"code": "AL153"},
    "mechanism_decide": _numbered("proposal"),
    "consultation": _numbered("consultation"),
    "consultation_edit": _numbered("consultation"),
    "duty": lambda _world: {"code": "table"},
    "duty_untaught": lambda world: {"code": "table", "number": world.asked["taught"]},
    "driver_end": _numbered("driver"),
    **{
        f"{name}_download": lambda _world: {"form": "csv"}
        for name in ("mechanisms", "consultations", "drivers", "duties")
    },
}
