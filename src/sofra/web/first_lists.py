"""The lists under data/ that the demo begins with, brought in as any user would bring them in.

Which of them a demo holds stands in the file `loaded` of its folder, so that a later version adds what came since.
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from sofra.coverage import services as coverage
from sofra.coverage.models import PriorityArea
from sofra.places.models import Place
from sofra.places.resolving import resolve
from sofra.plans import first_plans
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.models import Version

from . import mapping_2018, municipal_training

Say = Callable[[str], None]

# What the rows are, the file, its recipe. In this order: a list names what the lists before it brought in.
TABLES = (
    ("organisations", "annex-1.txt", "annex-1.json"),
    ("organisations", "chapters.csv", "chapters.json"),
    ("activities", "activities.csv", "activities.json"),
)
PRIORITIES = "priorities.csv"
MAPPING = "mapping-2018"  # the folder of what the mapping of 2018 found
QUESTIONNAIRE = "al.mapping"  # the questionnaire that rounds in Albania ask by: data/questionnaires/al.mapping.xlsx
PLANS = "plans"  # the folder of the strategies and plans that the report names, and of the bank of indicators
NAMES = [*(name for _what, name, _recipe in TABLES), PRIORITIES, QUESTIONNAIRE, MAPPING, municipal_training.FILE, PLANS]


def are_loaded() -> bool:
    """Was the demo loaded to the end, by this version or an earlier one?"""
    return _remembered().exists()


def missing() -> list[str]:
    """The lists that came since this demo was loaded."""
    held = json.loads(_remembered().read_text(encoding="utf-8"))["lists"]
    return [name for name in NAMES if name not in held]


def load_lists(wanted: list[str], say: Say) -> None:
    """Bring in what is wanted. A table is imported after those before it, of which only new rows come in then.

    What was changed since, joined or edited, stays: the importer adds nothing that it has brought in before.
    """
    say("Loading the places of six countries …")
    call_command("places", "load", stdout=Quiet())
    last = max((place for place, (_what, name, _recipe) in enumerate(TABLES) if name in wanted), default=-1)
    for what, name, recipe in TABLES[: last + 1]:
        say(f"Importing data/{name}, as any user would …")
        _import(what, name, recipe)
    if PRIORITIES in wanted:
        declare_priorities()
    if QUESTIONNAIRE in wanted:
        load_questionnaire(say)
    if MAPPING in wanted:
        rebuild_mapping(say)
    if PLANS in wanted:
        say("Loading data/plans …")
        first_plans.load(settings.PROJECT / "data" / "plans")
    if municipal_training.FILE in wanted:
        municipal_training.load_training(say)


def load_questionnaire(say: Say) -> Version:
    """The mapping questionnaire that ships with the hub, its first version open; nothing where it is there."""
    known = Version.objects.filter(questionnaire__code=QUESTIONNAIRE).order_by("number").first()
    if known is not None:
        return known
    say(f"Loading data/questionnaires/{QUESTIONNAIRE}.xlsx, as any user would …")
    content = (settings.PROJECT / "data" / "questionnaires" / f"{QUESTIONNAIRE}.xlsx").read_bytes()
    made = questionnaires.add_questionnaire(
        code=QUESTIONNAIRE, by=None, source="Written after the mapping report of 2018, its Annex I and its Annex II",
        titles={"sq": "Pyetësori i hartëzimit", "en": "The mapping questionnaire"},
    )  # fmt: skip
    version = questionnaires.load_version(made, content, f"{QUESTIONNAIRE}.xlsx", by=None)
    questionnaires.open_version(version, by=None)
    return version


def rebuild_mapping(say: Say) -> None:
    """The mapping of 2018; where somebody took away what it names, the demo starts without it and says why."""
    try:
        mapping_2018.load_mapping(say)
    except mapping_2018.Unresolved as error:
        say(f"The mapping of 2018 is left out: {error}")


def _import(what: str, name: str, recipe: str) -> None:
    folder = settings.PROJECT / "data"
    # Likely twins come in as records of their own: whether they are one body is judged at the duplicates desk.
    call_command(
        "import", what, str(folder / name), recipe=str(folder / "recipes" / recipe), decide=folder / "decisions.json",
        yes_new=True, stdout=Quiet(),
    )  # fmt: skip


def declare_priorities() -> None:
    """The places that a body declared a priority, as far as the documents name them; members see them."""
    with (settings.PROJECT / "data" / PRIORITIES).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = Place.objects.get(code=resolve(row["place"]).codes[0])
            if not PriorityArea.objects.filter(place=place, source=row["source"]).exists():
                coverage.declare_priority(
                    place=place, declared_by=row["declared_by"], declared_on=row["declared_on"], reason=row["reason"],
                    source=row["source"], by=None,
                )  # fmt: skip


def remember_lists() -> None:
    """Note that this version's lists are all there."""
    _remembered().write_text(json.dumps({"lists": NAMES}), encoding="utf-8")


def _remembered() -> Path:
    return Path(settings.DATA) / "loaded"


class Quiet:
    """Where the words of a command go that the demo speaks for."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None
