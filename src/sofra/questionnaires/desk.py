"""What the mappers' pages show of questionnaires, versions and fillings, and who may see which."""

from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from sofra.accounts import roles
from sofra.accounts.access import has

from . import posts, queries, showing
from .instance import BadInstance, Instance
from .marked import plain
from .models import Filling, Media, Questionnaire, Revision, Version

_MOST_REVISIONS = 200


def listed(*, all_of_them: bool) -> QuerySet[Questionnaire]:
    """With how many versions each has, how many of them are open, and how many fillings were sent."""
    found = Questionnaire.objects.annotate(
        count=Count("versions", distinct=True),
        open=Count("versions", Q(versions__state=Version.State.OPEN), distinct=True),
        sent=Count("versions__fillings", Q(versions__fillings__state=Filling.State.SENT), distinct=True),
    ).order_by("code")
    return found if all_of_them else found.filter(open__gt=0)


def questionnaire_for(user: Any, code: str) -> Questionnaire:
    """404 for who may not know of it: only mappers see what was never opened."""
    found = get_object_or_404(Questionnaire, code=code)
    if not has(user, roles.MAPPER) and not found.versions.exclude(state=Version.State.DRAFT).exists():
        raise Http404
    return found


def versions_of(questionnaire: Questionnaire, *, all_of_them: bool) -> QuerySet[Version]:
    found = questionnaire.versions.defer("xform").annotate(
        begun=Count("fillings", Q(fillings__state=Filling.State.BEGUN)),
        sent=Count("fillings", Q(fillings__state=Filling.State.SENT)),
    )
    return found.order_by("-number") if all_of_them else found.exclude(state=Version.State.DRAFT).order_by("-number")


def version_for(user: Any, code: str, number: int) -> Version:
    found = get_object_or_404(Version.objects.select_related("questionnaire"), questionnaire__code=code, number=number)
    if found.state == Version.State.DRAFT and not has(user, roles.MAPPER):
        raise Http404
    return found


def media_for(user: Any, code: str, number: int, name: str) -> Media:
    """A draft's only for those who may read the draft."""
    found = get_object_or_404(
        Media.objects.select_related("version"), version__questionnaire__code=code, version__number=number, name=name
    )
    if found.version.state == Version.State.DRAFT and not has(user, roles.MAPPER):
        raise Http404
    return found


def address(version: Version) -> str:
    return reverse("version", args=[version.questionnaire.code, version.number])


def media_url(version: Version) -> str:
    """Where the files of its labels begin: a name behind it is a file."""
    return reverse("version_media", args=[version.questionnaire.code, version.number, "x"])[:-1]


def names_of_files(version: Version) -> frozenset[str]:
    """Files of the form that are here."""
    return frozenset(version.media.values_list("name", flat=True))


def missing_files(version: Version) -> list[str]:
    """Files that the form looks answers up in or shows, and that nobody added yet."""
    form, there = queries.form_of(version), names_of_files(version)
    return [name for name in dict.fromkeys([*form.wanted, *form.media]) if name not in there]


def asked(version: Version, language: str) -> list[queries.Asked]:
    """What it asks, in plain words."""
    return [
        replace(one, label=plain(one.label), choices=[(code, plain(label)) for code, label in one.choices])
        for one in queries.questions(version, language, sealed=True)
    ]


def counts_of(version: Version) -> dict[str, int]:
    counted = dict.fromkeys(Filling.State.values, 0)
    for state, many in version.fillings.order_by().values_list("state").annotate(Count("pk")):
        counted[state] = many
    return counted


# — fillings ———————————————————————————————————————————————————————————————————————————————————————————————


def fillings_of(version: Version, *, state: str = "", way: str = "") -> QuerySet[Filling]:
    found = version.fillings.defer("document").select_related("collector", "typed_by")
    if state:
        found = found.filter(state=state)
    return (found.filter(way=way) if way else found).order_by("-saved_at", "-pk")


def filling_for(user: Any, code: str, number: int, pk: int) -> Filling:
    found = version_for(user, code, number).fillings.select_related("version__questionnaire", "typed_by", "begun_from")
    return get_object_or_404(found, pk=pk)


def address_of(filling: Filling) -> str:
    return reverse("filling_record", args=[filling.version.questionnaire.code, filling.version.number, filling.pk])


def revisions_of(filling: Filling) -> list[Revision]:
    """The newest first."""
    return list(filling.revisions.defer("document").select_related("by").order_by("-number")[:_MOST_REVISIONS])


def changes_at(
    filling: Filling, number: str, now: Instance, language: str, *, sealed: bool
) -> dict[str, Any] | None:  # fmt: skip
    """What differs between an earlier revision and what stands, question by question; `sealed` ones too."""
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    revision = filling.revisions.filter(number=int(number)).first()
    if revision is None:
        return None
    try:
        before = Instance.read(now.form, revision.document)
    except BadInstance:
        return None
    rows = []
    for path in dict.fromkeys([*posts.leaves(now), *posts.leaves(before)]):
        was, holds = before.get(path), now.get(path)
        if was != holds and (sealed or showing.untold(path) not in now.form.sealed):
            rows.append({
                "name": showing.name_of(now, path, language), "was": showing.said_at(now, path, was, language),
                "now": showing.said_at(now, path, holds, language),
            })  # fmt: skip
    return {"number": revision.number, "rows": rows, "at": revision.at}
