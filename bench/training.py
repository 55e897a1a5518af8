"""Programme totals over 10,000 sessions with 300,000 rows of attendance, beside one SQL aggregate over the same rows.

A row is a part of a count: so many women, so many of the police; 25 a count. Every fifth session has a count that a newer one
replaced, every fortieth fewer than five people. The aggregate adds up the parts of the counts that say how many
attended, and knows nothing of who may read what; the totals do, and tell how many sessions, places and people.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.apart import apart, median_seconds
from bench.printing import _peak
from bench.tables import Table

SIZES = (1_000, 10_000)  # sessions
STEPS = ("aggregate", "members", "public", "figure", "page", "counted")
NAMES = {
    "aggregate": "one SQL aggregate over the same rows", "members": "programme totals, as members read them",
    "public": "programme totals, as the public reads them: small numbers hidden",
    "figure": "people who attended, all programmes, as an indicator asks",
    "page": "the programme's page, from query to bytes", "counted": "one more count written",
}  # fmt: skip
SEX, FIRST = ("women", "men"), ("yes", "no")
SECTORS = (
    "municipality",
    "prefecture",
    "police",
    "health",
    "education",
    "media",
    "civil_society",
    "religious",
    "other",
)
AGES = ("0-14", "15-18", "19-24", "25-29", "30-64", "65+")


def fill(sessions: int) -> int:
    """One programme, the same each time. Gives how many rows of attendance it has."""
    from django.core.management import call_command

    from sofra.activities.models import Activity
    from sofra.places.models import Place
    from sofra.training import rules, services
    from sofra.training.models import Count, CountPart, Session

    call_command("migrate", verbosity=0, interactive=False)
    call_command("places", "load", verbosity=0)
    programme = services.make_programme(titles={"en": "Bench"}, host=None, code="al.bench", by=None)
    places = list(Place.objects.filter(country="AL", level=2).order_by("code").values_list("code", flat=True))
    activities = Activity.objects.bulk_create(
        (
            Activity(
                code=f"al.bench-{n}", title=f"Session {n}", state="published", status="held",
                places=[places[n % len(places)]], begins=f"2026-{1 + n % 12:02}-01",
            )
            for n in range(sessions)
        ),
        batch_size=1_000,
    )  # fmt: skip
    held = Session.objects.bulk_create(
        (Session(activity=one, programme=programme) for one in activities), batch_size=1_000
    )
    chance = random.Random(5)
    counts = [_count(one, n, chance, newest=True) for n, one in enumerate(held)]
    counts += [_count(one, n, chance, newest=False) for n, one in enumerate(held) if n % 5 == 0]
    counts = Count.objects.bulk_create(counts, batch_size=1_000)
    newest = {count.session_id: count for count in counts if count.attends}
    old = [count for count in counts if not count.attends]
    for count in old:
        count.replaced_by = newest[count.session_id]
    Count.objects.bulk_update(old, ["replaced_by"], batch_size=500)

    def parts() -> Any:
        for count in counts:
            of = _parts(count.total or 0, chance)
            told = rules.shown_in_public(count.total, of).parts
            for dimension, numbers in of.items():
                for key, number in numbers.items():
                    yield CountPart(count=count, dimension=dimension, key=key, number=number, told=dimension in told)

    rows = 0
    waiting: list[CountPart] = []
    for one in parts():
        waiting.append(one)
        if len(waiting) == 20_000:
            rows += len(CountPart.objects.bulk_create(waiting, batch_size=2_000))
            waiting = []
    return rows + len(CountPart.objects.bulk_create(waiting, batch_size=2_000))


def _count(session: Any, number: int, chance: random.Random, *, newest: bool) -> Any:
    from sofra.training.models import Count

    total = chance.randint(1, 4) if number % 40 == 0 else chance.randint(15, 60)
    return Count(session=session, what="present", total=total, how="list", complete=number % 7 != 0, attends=newest)


def _parts(total: int, chance: random.Random) -> dict[str, dict[str, int]]:
    """25 parts: by sex, first time, sector and age, and women by age."""
    women = chance.randint(0, total)
    of = {
        "sex": dict(zip(SEX, (women, total - women), strict=True)),
        "first": {"yes": total // 2, "no": total - total // 2},
    }
    of["sector"] = {key: total // len(SECTORS) for key in SECTORS}
    of["age"] = {key: total // len(AGES) for key in AGES}
    of["sex+age"] = {f"women+{age}": total // 12 for age in AGES}
    return of


def one(step: str, sessions: int) -> dict[str, float]:
    """Median seconds and peak memory in MB of one step."""
    from django.db.models import Sum
    from django.test import Client

    from sofra.ground.figures import Asked, told
    from sofra.ground.models import Visibility
    from sofra.training import queries, services
    from sofra.training.models import CountPart, Programme

    if step == "fill":
        return {"rows": fill(sessions), "seconds": 0.0, "memory": 0.0}
    programme = Programme.objects.get(code="al.bench")
    client, number = Client(), iter(range(100, 200))

    def aggregate() -> None:
        rows = CountPart.objects.filter(count__attends=True, count__session__programme=programme).order_by()
        list(rows.values("dimension", "key").annotate(n=Sum("number")))

    def totals(level: int) -> None:
        queries.totals_of(queries.sessions(level).filter(programme=programme), level)

    def page() -> None:  # public pages are kept by address, so each time another one
        address = f"/en/training/programmes/al.bench/?n={time.perf_counter_ns()}"
        if client.get(address, headers={"host": "localhost"}).status_code != 200:
            raise RuntimeError(address)

    def counted() -> None:
        session = programme.sessions.order_by("pk")[7]
        parts = {"sex": {"women": 10, "men": 20}}
        services.record_count(session, what="present", total=next(number), parts=parts, by=None)

    ways: dict[str, tuple[Callable[[], Any], int]] = {
        "aggregate": (aggregate, 7), "members": (lambda: totals(Visibility.MEMBERS), 7),
        "public": (lambda: totals(Visibility.PUBLIC), 7), "page": (page, 5), "counted": (counted, 7),
        "figure": (lambda: told("training.attendees", Asked(Visibility.PUBLIC)), 5),
    }  # fmt: skip
    work, times = ways[step]
    work()  # the first one also opens the database
    return {"seconds": median_seconds(work, times), "memory": _peak(), "rows": 0}


def run(quick: bool = False) -> list[Table]:
    rows: list[list[object]] = []
    for sessions in (100,) if quick else SIZES:
        folder = Path(tempfile.mkdtemp(prefix="sofra-bench-"))
        try:
            parts = int(apart("training", "fill", folder, sessions)["rows"])
            found = {step: apart("training", step, folder, sessions) for step in STEPS}
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        least = max(found["aggregate"]["seconds"], 1e-9)
        rows += [
            [sessions, parts, NAMES[step], said["seconds"], said["seconds"] / least, said["memory"]]
            for step, said in found.items()
        ]
    says = "Medians, each step in a process of its own after one run that is not counted."
    head = ["sessions", "rows of attendance", "what", "seconds", "times the aggregate", "peak memory, MB"]
    return [Table("Totals of a training programme", head, rows, says)]
