"""Which column of an export is which question: by the question's path or label, as Kobo and ODK head their columns.

A target is the path of a question (work/kinds), of one choice among several (work/kinds=school), of one part of a
place (where@latitude), or what is known of the whole filling (@instance, @submitted).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.ground.text import fold
from sofra.questionnaires import queries
from sofra.questionnaires.models import Version
from sofra.questionnaires.xform import Form

from .columns import LEFT_OUT
from .models import Import, What

INSTANCE, SUBMITTED = "@instance", "@submitted"
OF_TURNS = " › "  # between the name of a repeat's table and its column
PLACE_PARTS = ("latitude", "longitude", "altitude", "precision")
_INSTANCE = ("meta/instanceid", "meta-instanceid", "meta:instanceid", "meta.instanceid", "instanceid", "key", "_uuid")
_SUBMITTED = ("_submission_time", "submissiondate", "__system/submissiondate", "__system.submissiondate")
_OURS = {"instance": INSTANCE, "sent": SUBMITTED}  # as this hub itself exports answers
_SEPARATORS = ("/", "-", ".", ":", "_")
_SAID_OF_PLACES = {"latitude": 0, "longitude": 1, "altitude": 2, "precision": 3, "accuracy": 3}


@dataclass(frozen=True)
class Known:
    """What a form asks, for reading its exports. `choices`: path -> {folded label or name: name}."""

    form: Form
    kinds: Mapping[str, str]
    labels: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    headings: Mapping[str, str]
    repeats: tuple[str, ...]

    def repeat_of(self, path: str) -> str:
        """The innermost repeat around a question; "" where it is asked once."""
        return next((one for one in self.repeats if path.startswith(f"{one}/")), "")


def version_of(imported: Import) -> Version:
    """The version of the questionnaire that an export's rows answer."""
    return Version.objects.select_related("questionnaire").get(pk=imported.options["version"])


def may_read(imported: Import, user: Any) -> bool:
    """May this mapper read the rows? Those of a questionnaire with sealed questions only who brought them in, and

    the coordinators.
    """
    if imported.what != What.ANSWERS or imported.by_id == user.pk or has(user, roles.COORDINATOR):
        return True
    return not queries.form_of(version_of(imported)).sealed


def known_of(version: Version) -> Known:
    return _known(version.pk, version.xform)


@lru_cache(maxsize=16)
def _known(number: int, _xform: str) -> Known:
    version = Version.objects.get(pk=number)
    form = queries.form_of(version)
    kinds: dict[str, str] = {}
    labels: dict[str, str] = {}
    choices: dict[str, dict[str, str]] = {}
    spoken: list[dict[str, str]] = []
    for language in [*form.languages, ""] if form.languages else [""]:
        asked = queries.questions(version, language, sealed=True)
        spoken.append({one.path: one.label for one in asked})
        for one in asked:
            kinds[one.path] = one.kind
            labels.setdefault(one.path, one.label)
            named = choices.setdefault(one.path, {})
            named |= {fold(label): code for code, label in one.choices if fold(label)}
            named |= {code: code for code, _label in one.choices}
    for path, item in form.items.items():
        short = path.removeprefix(f"/{form.root}/")
        if item.kind not in {"group", "repeat", "note"}:
            kinds.setdefault(short, item.kind)
    repeats = tuple(
        sorted(
            (path.removeprefix(f"/{form.root}/") for path, item in form.items.items() if item.kind == "repeat"),
            key=len, reverse=True,
        )
    )  # fmt: skip
    return Known(form, kinds, labels, choices, _headings(kinds, spoken, choices), repeats)


def _headings(
    kinds: Mapping[str, str], spoken: Iterable[Mapping[str, str]], choices: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Every way in which a question may head a column -> its target. What two questions share heads neither."""
    found: dict[str, str] = {}
    shared: set[str] = set()

    def add(heading: str, target: str) -> None:
        if heading and found.setdefault(heading, target) != target:
            shared.add(heading)

    for path in kinds:
        for heading in _ways(path):
            found[heading] = path
    for path in kinds:
        add(path.rpartition("/")[2].lower(), path)
    for labels in spoken:
        for path, label in labels.items():
            add(fold(label), path)
    for heading in shared - {way for path in kinds for way in _ways(path)}:
        found.pop(heading, None)
    return found


def _ways(path: str) -> Iterator[str]:
    """A path as exports write it: work/kinds, work-kinds, work.kinds, work:kinds."""
    return (path.replace("/", separator).lower() for separator in _SEPARATORS[:4])


def targets(known: Known) -> dict[str, str]:
    """Everything that a column may be mapped to, with words for the person who chooses."""
    found = {INSTANCE: _("number of the filling (instanceID)"), SUBMITTED: _("when it was sent")}
    for path, kind in known.kinds.items():
        found[path] = known.labels.get(path) or path
        if kind in {"select_multiple", "rank"}:
            names = dict.fromkeys(known.choices.get(path, {}).values())
            found |= {f"{path}={name}": f"{found[path]}: {name}" for name in names}
        elif kind == "geopoint":
            found |= {f"{path}@{part}": f"{found[path]}: {part}" for part in PLACE_PARTS}
    return found


def suggest(titles: Iterable[str], known: Known) -> dict[str, str]:
    """Column -> target for a whole header; what nobody knows is left out, and each single target stands once."""
    mapping = {title: _target(title, known) for title in titles}
    _choose_one(mapping, INSTANCE, _INSTANCE)
    _choose_one(mapping, SUBMITTED, _SUBMITTED)
    taken: set[str] = set()
    for title, target in mapping.items():
        if target in taken:
            mapping[title] = LEFT_OUT
        elif target:
            taken.add(target)
    parted = {target.partition("=")[0] for target in taken if "=" in target}
    # Choices in columns of their own cannot be mistaken; labels in one column can.
    return {title: LEFT_OUT if target in parted else target for title, target in mapping.items()}


def _choose_one(mapping: dict[str, str], target: str, best: tuple[str, ...]) -> None:
    """Of several columns that say the same, the one that says it best; form's own questions go before."""
    found = [title for title, mapped in mapping.items() if mapped == target]
    found.sort(key=lambda title: best.index(title.lower()) if title.lower() in best else len(best))
    for title in found[1:]:
        mapping[title] = LEFT_OUT


def _target(heading: str, known: Known) -> str:
    table, _mark, title = heading.rpartition(OF_TURNS)
    plain = re.sub(r" \(\d+\)$", "", title.strip()).lower()
    if not table and plain in _INSTANCE:
        return INSTANCE
    if not table and plain in _SUBMITTED:
        return SUBMITTED
    if plain in known.headings:
        return known.headings[plain]
    if not table and plain in _OURS:
        return _OURS[plain]
    return _part_of_place(plain, known) or _choice_of(title.strip(), known) or known.headings.get(fold(title), LEFT_OUT)


def _part_of_place(plain: str, known: Known) -> str:
    """Kobo: _where_latitude; ODK: where-Latitude, where:Accuracy."""
    match = re.fullmatch(r"_?(.+)[-_:./](latitude|longitude|altitude|precision|accuracy)", plain)
    path = known.headings.get(match[1], "") if match else ""
    if match is None or known.kinds.get(path) != "geopoint":
        return LEFT_OUT
    return f"{path}@{PLACE_PARTS[_SAID_OF_PLACES[match[2]]]}"


def _choice_of(title: str, known: Known) -> str:
    """A column of its own for one choice: work/kinds/school, or by label: Kinds of work/In schools."""
    for separator in _SEPARATORS:
        at = len(title)
        while (at := title.rfind(separator, 0, at)) > 0:
            heading, choice = title[:at], title[at + 1 :]
            path = known.headings.get(heading.lower()) or known.headings.get(fold(heading), "")
            if known.kinds.get(path) in {"select_multiple", "rank"}:
                named = known.choices.get(path, {})
                name = named.get(choice) or named.get(fold(choice))
                if name:
                    return f"{path}={name}"
    return LEFT_OUT
