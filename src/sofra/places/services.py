"""What can happen to places: the packs are loaded, a reading is confirmed, boundaries are loaded."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.ground.audit import Account, record
from sofra.ground.text import fold, sort_key

from .boundaries import Sheet
from .gazetteer import Pack, packs, wider
from .models import Boundary, Place, PlaceName, Reading

BATCH = 500
_NOT_IN_SORT = ("Qark ", "Qarku ")


@transaction.atomic
def load_places(*, by: Account | None = None) -> dict[str, int]:
    """Bring the places of all packs into the database; a second time it only brings what the packs changed.

    Nothing is taken away: a place that a pack dropped stays, since records may stand on it. Gives how many places and
    names there are now, and how many rows were added or changed.
    """
    wanted = [place for pack in packs() for place in _places(pack)] + [_wider(row) for row in wider()]
    fields = [f.name for f in Place._meta.concrete_fields if not f.primary_key]
    columns = [f.attname for f in Place._meta.concrete_fields if not f.primary_key]
    known = {place.pk: place for place in Place.objects.all()}
    new = [place for place in wanted if place.pk not in known]
    changed = [
        place
        for place in wanted
        if place.pk in known and any(getattr(place, c) != getattr(known[place.pk], c) for c in columns)
    ]
    for level in sorted({place.level for place in new}):  # parents first
        for kind in ("region", "country", "county", "canton", ""):
            part = [p for p in new if p.level == level and (p.kind == kind or (not kind and p.level > 1))]
            Place.objects.bulk_create(part, batch_size=BATCH)
    if changed:
        Place.objects.bulk_update(changed, fields, batch_size=100)
    names_changed = _load_names()
    if new or changed or names_changed:
        record(what="places.loaded", about="places", by=by, new=len(new), changed=len(changed), names=names_changed)
    return {
        "places": Place.objects.count(),
        "names": PlaceName.objects.count(),
        "written": len(new) + len(changed) + names_changed,
    }


def _places(pack: Pack) -> Iterable[Place]:
    paths: dict[str, str] = {}
    for row in pack.places:
        code, parent = row["code"], row["parent"]
        paths[code] = f"{paths.get(parent, '')}{code}/"
        row_column = pack.tiles.get(code)
        sorted_name = row["name"]
        for word in _NOT_IN_SORT:
            sorted_name = sorted_name.removeprefix(word)
        yield Place(
            code=code,
            kind=row["kind"],
            country=pack.code,
            parent_id=parent or None,
            path=paths[code],
            level=int(row["level"]),
            local_kind=row["local_kind"],
            name=row["name"],
            name_definite=row["name_definite"],
            name_genitive=row["name_genitive"],
            name_en=row["name_en"],
            name_local=row["name_local"],
            sort_key=sort_key(sorted_name),
            seat=row["seat"],
            lat=float(row["lat"]) if row["lat"] else None,
            lon=float(row["lon"]) if row["lon"] else None,
            population={y: int(row[f"population_{y}"]) for y in ("2011", "2023") if row[f"population_{y}"]},
            identifiers={
                key: row[key] for key in ("iso_3166_2", "lau", "instat", "geonames", "geonames_seat") if row[key]
            },
            footnote=pack.about.get("footnote", "") if not parent else "",
            tile_row=row_column[0] if row_column else None,
            tile_column=row_column[1] if row_column else None,
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            sources={
                key: row[f"source_{key}"]
                for key in ("names", "forms", "point", "population", "ids")
                if row[f"source_{key}"]
            },
        )


def _wider(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        kind=row["kind"],
        country="",
        path=f"{row['code']}/",
        level=0,
        name=row["name"],
        name_en=row["name_en"],
        name_local=row["name_local"],
        sort_key=sort_key(row["name"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _load_names() -> int:
    wanted: dict[tuple[str, str, str], PlaceName] = {}
    for pack in packs():
        for row in pack.names:
            wanted[(row["code"], row["name"], row["form"])] = PlaceName(
                place_id=row["code"],
                name=row["name"],
                folded=fold(row["name"])[:160],
                form=row["form"],
                language=row["language"],
                source=row["source"][:300],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            )
    for row in wider():
        for key, form, language in (("name", "indefinite", "sq"), ("name_en", "english", "en")):
            wanted[(row["code"], row[key], form)] = PlaceName(
                place_id=row["code"], name=row[key], folded=fold(row[key]), form=form, language=language
            )
    known = set(PlaceName.objects.values_list("place_id", "name", "form"))
    new = [name for key, name in wanted.items() if key not in known]
    PlaceName.objects.bulk_create(new, batch_size=BATCH)
    return len(new)


@transaction.atomic
def confirm_reading(*, text: str, codes: list[str], by: Account) -> Reading:
    """A person says that a text means these places; from now on it is read so. Raises ValidationError."""
    folded = fold(text)[:500]
    if not folded:
        raise ValidationError(_("Write the text whose reading is confirmed."))
    known = set(Place.objects.filter(pk__in=codes).values_list("pk", flat=True))
    if unknown := [code for code in codes if code not in known]:
        raise ValidationError(
            _("There is no place with the code %(codes)s; choose from the list of places.")
            % {"codes": ", ".join(unknown)}
        )
    reading, _created = Reading.objects.update_or_create(
        folded=folded,
        defaults={
            "text": text[:500],
            "codes": list(dict.fromkeys(codes)),
            "confirmed_by_id": by.pk,
            "confirmed_on": timezone.localdate(),
        },
    )
    record(what="place.reading_confirmed", about=",".join(reading.codes)[:120] or "–", by=by, reading=reading.pk)
    return reading


@transaction.atomic
def load_boundaries(sheet: Sheet, *, by: Account | None = None) -> int:
    """Keep a checked sheet of boundaries as a new generation, which is what maps draw from now on. Gives its number.

    Raises ValidationError where the places are not in the database yet.
    """
    known = set(Place.objects.filter(pk__in=sheet.shapes).values_list("pk", flat=True))
    if missing := sorted(set(sheet.shapes) - known):
        raise ValidationError(
            _("The places %(codes)s are not in the database: run “sofra places load” first.")
            % {"codes": ", ".join(missing[:5])}
        )
    newest: int = Boundary.objects.aggregate(newest=models.Max("generation"))["newest"] or 0
    generation = newest + 1
    rows: list[Any] = [
        Boundary(place_id=code, generation=generation, geometry=geometry, licence=sheet.licence[:300])
        for code, geometry in sheet.shapes.items()
    ]
    Boundary.objects.bulk_create(rows, batch_size=100)
    record(
        what="places.boundaries_loaded",
        about=sheet.pack,
        by=by,
        generation=generation,
        kind=sheet.kind,
        shapes=len(rows),
        licence=sheet.licence,
    )
    return generation
