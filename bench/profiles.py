"""The two-page profiles of all 61 municipalities as PDF: seconds and memory, beside one profile alone.

Organisations are generated over all of Albania, every municipality has its six mechanisms, drivers and a council's word;
each step is a process of its own.
"""

import shutil
import tempfile
import time
from pathlib import Path

from bench.apart import apart
from bench.printing import _peak
from bench.tables import Table

ORGANISATIONS, DRIVERS = 2000, 4
STEPS = ("gathered", "one", "all")
NAMES = {
    "gathered": "what is known of all municipalities, gathered from the rooms, no PDF",
    "one": "one municipality, one language, as PDF",
    "all": "all municipalities, one language, as PDF",
}


def fill(share: float) -> None:
    """Organisations, mechanisms and drivers of every municipality; the same each time."""
    from bench import worlds
    from django.core.management import call_command

    from sofra.councils import mechanism_queries, mechanism_services
    from sofra.councils.models import Mechanism

    call_command("migrate", verbosity=0, interactive=False)
    call_command("places", "load", verbosity=0)
    worlds.fill(round(ORGANISATIONS * share))
    for place in mechanism_queries.municipalities():
        for kind in Mechanism.Kind.values:
            said = mechanism_services.Said("yes", "Urdhri 1", "Zyra e koordinatorit", source="Provë", confirmed=True)
            mechanism_services.record_mechanism(said, place=place.code, kind=kind, by=None)
        for number in range(DRIVERS):
            mechanism_services.record_driver(
                place=place.code, kind="push", statements={"sq": f"Faktori i provës {number}"}, source="Provë",
                visible_to=0, by=None, agreed=True,
            )  # fmt: skip


def one(step: str, share: float) -> dict[str, float]:
    """Seconds and peak memory in MB of one step, how many municipalities, and MB of what it made."""
    from django.contrib.auth.models import AnonymousUser

    from sofra.profiles import documents, queries

    if step == "fill":
        fill(share)
        return {}
    places = queries.all_municipalities()
    places = places[:1] if step == "one" else places[: max(round(len(places) * share), 2)]
    size = 0
    began = time.perf_counter()
    for place in places:
        if step == "gathered":
            queries.profile(AnonymousUser(), place)
        else:
            size += len(documents.written(place, language="sq"))
    return {"seconds": time.perf_counter() - began, "memory": _peak(), "number": len(places), "size": size / 1e6}


def run(quick: bool = False) -> list[Table]:
    share = 0.05 if quick else 1.0
    folder = Path(tempfile.mkdtemp(prefix="sofra-bench-"))
    try:
        apart("profiles", "fill", folder, share)
        found = {step: apart("profiles", step, folder, share) for step in STEPS}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows: list[list[object]] = [
        [NAMES[step], int(one_["number"]), one_["seconds"], one_["memory"], one_["size"] or ""]
        for step, one_ in found.items()
    ]
    says = f"{round(ORGANISATIONS * share)} organisations. Each step once, in a new process, cold."
    head = ["what", "municipalities", "seconds", "peak memory, MB", "files, MB"]
    return [Table("Profiles of municipalities", head, rows, says)]
