"""A plan of 5,000 measures with 20,000 indicators and 500,000 readings: its page, roll-ups, and readings brought in.

The tree has a parent indicator for each measure and three leaves below it; each measure is a part of another up to
four deep, and so are their parents. A full roll-up stands beside one SQL aggregate over the same rows.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.apart import apart, median_seconds
from bench.printing import _peak
from bench.tables import Table

MEASURES, LEAVES, PERIODS = 5_000, 3, 33
VIEWS = ("timeline", "bodies", "places", "money", "indicators", "readings", "history")
STEPS = ("page", "objective", *VIEWS, "one", "full", "aggregate", "import")
NAMES = {
    "page": "the plan's page, from query to bytes",
    **{view: f"the plan's page {view}: the first hundred rows of all, from query to bytes" for view in VIEWS},
    "objective": "one objective with its first 50 measures and their parts",
    "one": "roll-up after one new reading, approved", "full": "full roll-up of the plan",
    "aggregate": "one SQL aggregate over the same readings", "import": "10,000 readings read, checked and handed in, and as many of their parts",
}  # fmt: skip


def fill(share: float) -> int:
    """The plan, the same each time. Gives how many readings it has."""
    from django.core.management import call_command

    from sofra.plans import services
    from sofra.plans.models import Indicator, Measure, Objective, Reading

    call_command("migrate", verbosity=0, interactive=False)
    plan = services.add_plan(kind="strategy", code="al.bench", titles={"en": "Bench"}, state="adopted", by=None)
    for number in range(10):
        services.add_objective(plan, number=str(number), titles={"en": f"Objective {number}"}, by=None)
    objectives = list(Objective.objects.filter(plan=plan))
    count = round(MEASURES * share)
    measures = [
        Measure(plan=plan, objective=objectives[n % 10], code=f"al.bench.m{n}", number=str(n), position=n,
                titles={"en": f"Measure {n}"}, begins="2015", ends=str(2016 + n % 5))
        for n in range(count)
    ]  # fmt: skip
    measures = Measure.objects.bulk_create(measures, batch_size=1_000)
    above = {n: n - 10 * (1 + n // 10 % 4) for n in range(count) if n // 10 % 5}  # four parts below each whole
    for n, one in enumerate(measures):
        one.within = measures[above[n]] if n in above and above[n] >= 0 else None
        one.path = f"{one.within.path if one.within else ''}{one.pk}/"
    Measure.objects.bulk_update(measures, ["within", "path"], batch_size=500)
    tops = Indicator.objects.bulk_create(
        [Indicator(plan=plan, measure=one, code=f"{one.code}.i", titles={"en": "All"}, rolls_up="sum") for one in measures],
        batch_size=1_000,
    )  # fmt: skip
    for n, top in enumerate(tops):
        top.parent = tops[above[n]] if n in above and above[n] >= 0 else None
    Indicator.objects.bulk_update(tops, ["parent"], batch_size=500)
    leaves = Indicator.objects.bulk_create(
        [
            Indicator(plan=plan, measure=top.measure, parent=top, code=f"{top.code}.{n}", titles={"en": f"Part {n}"})
            for top in tops for n in range(LEAVES)
        ],
        batch_size=1_000,
    )  # fmt: skip
    periods = [f"{year}-{month:02d}" for year in (2016, 2017, 2018) for month in range(1, 13)][: PERIODS + 1]
    for start in range(0, len(leaves), 1_000):
        Reading.objects.bulk_create(
            [
                Reading(indicator=leaf, period=period, value=Decimal(n % 97), state="approved", source="a list")
                for n, leaf in enumerate(leaves[start : start + 1_000]) for period in periods
            ],
            batch_size=5_000,
        )  # fmt: skip
    return len(leaves) * len(periods)


def one(step: str, share: float) -> dict[str, float]:
    """Median seconds and peak memory in MB of one step."""
    from django.db.models import Count, Sum
    from django.test import Client

    from sofra.plans import importing, measuring, rolling
    from sofra.plans.models import Indicator, Plan, Reading

    if step == "fill":
        return {"rows": fill(share), "seconds": 0.0, "memory": 0.0}
    plan = Plan.objects.get(code="al.bench")
    leaf = Indicator.objects.filter(plan=plan, rolls_up="not").order_by("-id")[0]
    client = Client()

    def read_one() -> None:
        made = measuring.record_reading(leaf, period="2018-01", value=Decimal(5), source="x", submit=True, by=None)
        measuring.approve_reading(made, by=None)

    def bring() -> None:
        codes = Indicator.objects.filter(plan=plan, rolls_up="not").values_list("code", flat=True)[
            : round(10_000 * share)
        ]
        text = "indicator;period;value;source;sex: women\n"
        text += "\n".join(f"{code};2019-01;7;a list;4" for code in codes)
        checked = importing.checked(plan, importing.rows_of(text.encode(), "readings.csv"), by=None)
        measuring.keep_readings(checked.readings, plan=plan, by=None)

    def page(address: str) -> None:
        fresh = (
            f"{address}{'&' if '?' in address else '?'}n={time.perf_counter_ns()}"  # public pages are kept by address
        )
        if client.get(fresh, headers={"host": "localhost"}).status_code != 200:
            raise RuntimeError(address)

    def aggregate() -> None:
        rows = Reading.objects.filter(state="approved", indicator__plan=plan).order_by()
        list(rows.values("indicator__parent", "period").annotate(n=Count("id"), s=Sum("value")))

    ways: dict[str, tuple[Callable[[], Any], int]] = {
        "page": (lambda: page("/en/plans/al.bench/"), 5), "one": (read_one, 5), "import": (bring, 1),
        "objective": (lambda: page(f"/en/plans/al.bench/?objective={plan.objectives.all()[0].code}"), 5),
        **{view: (lambda view=view: page(f"/en/plans/al.bench/by/{view}/"), 5) for view in VIEWS},
        "full": (lambda: rolling.roll_up_all(plan), 3), "aggregate": (aggregate, 3),
    }  # fmt: skip
    work, times = ways[step]
    return {"seconds": median_seconds(work, times), "memory": _peak(), "rows": 0}


def run(quick: bool = False) -> list[Table]:
    share = 0.02 if quick else 1.0
    folder = Path(tempfile.mkdtemp(prefix="sofra-bench-"))
    try:
        rows = int(apart("plans", "fill", folder, share)["rows"])
        found = {step: apart("plans", step, folder, share) for step in STEPS}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratio = found["full"]["seconds"] / max(found["aggregate"]["seconds"], 1e-9)
    lines: list[list[object]] = [[NAMES[step], said["seconds"], said["memory"]] for step, said in found.items()]
    says = (
        f"{round(MEASURES * share):,} measures, {round(MEASURES * share) * (LEAVES + 1):,} indicators, {rows:,} readings."
        f" The full roll-up takes {ratio:.1f} times the aggregate: it also writes a row a parent and period."
    )
    return [Table("Plans and indicators", ["what", "seconds", "peak memory, MB"], lines, says)]
