"""The training programme that the article tells of, and the chains of trainers that the report names, for the demo.

What stands among the activities already becomes the sessions: the file data/training/municipalities.json adds what
training knows more, and nothing is entered twice. Numbers of the whole programme stay of the whole.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from sofra.activities.models import Activity
from sofra.organisations.models import Organisation
from sofra.profiles.examples import link_duties
from sofra.training import chains, services
from sofra.training.models import Cohort, Programme

FILE = "training/municipalities.json"


def load_training(say: Callable[[str], None]) -> None:
    """The programme with its sessions, and the cohorts; nothing where the programme is there."""
    told = json.loads((Path(settings.PROJECT) / "data" / FILE).read_text(encoding="utf-8"))
    if Programme.objects.filter(code=told["programme"]["code"]).exists():
        return
    say("Loading the training programme of the municipalities …")
    with transaction.atomic():
        _load_programme(told)
        _load_cohorts(told["cohorts"])
        link_duties(told["curriculum"]["code"])


def _load_programme(told: dict[str, Any]) -> None:
    about, plan = told["programme"], told["curriculum"]
    host = Organisation.objects.filter(code=about["host"]).first()
    curriculum = services.make_curriculum(
        code=plan["code"], titles=plan["titles"], about=plan["about"], guide=plan["guide"], source=plan["source"],
        owner=None, by=None,
    )  # fmt: skip
    for language, modules in plan["editions"].items():
        lines = [{"title": title, "minutes": None} for title in modules]
        services.add_edition(curriculum, language=language, modules=lines, by=None)
    programme = services.make_programme(
        code=about["code"], titles=about["titles"], about=about["about"], host=host, curriculum=curriculum,
        source=about["source"], by=None,
    )  # fmt: skip
    for one in about["stated"]:
        services.state_number(
            programme, what=one["what"], value=Decimal(one["value"]), unit=one["unit"], about=one.get("about", False),
            words=one["words"], source=f"{told['source']}, {one['paragraph']}", by=None,
        )  # fmt: skip
    held = Activity.objects.filter(project__title=told["project"], source__startswith=told["source"], training=None)
    for activity in held.order_by("pk"):
        services.make_session_of(activity, programme=programme, invited=about["invited"], by=None)


def _load_cohorts(rows: list[dict[str, Any]]) -> None:
    known: dict[str, Cohort] = {}
    for row in rows:
        activity = Activity.objects.filter(title=row["activity"]).order_by("pk").first() if row["activity"] else None
        known[row["key"]] = chains.add_cohort(
            titles=row["titles"], role=row["role"], people=row["people"], came_from=known.get(row["from"]),
            trained_in=activity, places=row["places"], source=row["source"], by=None,
        )  # fmt: skip
