"""Recipes: which column is which field, remembered for the next file of the same shape.

They are kept in the database when a person saves one, and shipped as JSON files in data/recipes/:
{"what": …, "name": …, "mapping": {header: field}, "source": …}; without "what" it is of organisations.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from sofra.ground.text import fold

from .columns import COLUMNS, LEFT_OUT
from .models import Recipe
from .reading import Unreadable


def folder() -> Path:
    return Path(settings.PROJECT) / "data" / "recipes"


def recipe_for(header: Sequence[str], what: str) -> Recipe | None:
    """The newest recipe of this kind that knows every column of this header, and has no column which this lacks."""
    folded = sorted(fold(title) for title in header)
    for recipe in Recipe.objects.filter(what=what).order_by("-updated_at"):
        if recipe.headers and set(recipe.headers) <= set(folded) and len(recipe.headers) * 2 > len(folded):
            return recipe
    return None


def load_recipe(name: str, what: str = "organisations") -> dict[str, Any]:
    """A recipe by its name, its file's name or path. Raises `Unreadable` with a sentence."""
    kept = Recipe.objects.filter(name=name, what=what).first()
    if kept is not None:
        return {"name": kept.name, "mapping": kept.mapping, "source": kept.source}
    for path in (Path(name), folder() / f"{name}.json", folder() / name):
        if path.suffix == ".json" and path.is_file():
            return _read(path, what)
    known = sorted({path.stem for path in folder().glob("*.json")} | set(Recipe.objects.values_list("name", flat=True)))
    raise Unreadable(
        _("There is no recipe “%(name)s”. There are: %(known)s.") % {"name": name, "known": ", ".join(known) or "–"}
    )


def _read(path: Path, what: str) -> dict[str, Any]:
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
        mapping = {str(title): str(field) for title, field in recipe["mapping"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise Unreadable(
            _("The recipe %(name)s cannot be read: it is no JSON with a “mapping”.") % {"name": path.name}
        ) from error
    if recipe.get("what", "organisations") != what:
        raise Unreadable(
            _("The recipe %(name)s is for %(of)s. Say so: sofra import %(of)s.")
            % {"name": path.name, "of": recipe.get("what", "organisations")}
        )
    targets = COLUMNS[what].targets
    if wrong := [field for field in mapping.values() if field != LEFT_OUT and field not in targets]:
        raise Unreadable(
            _("The recipe %(name)s maps to “%(field)s”, which is no field. Fields: %(fields)s.")
            % {"name": path.name, "field": wrong[0], "fields": ", ".join(targets)}
        )
    return {**recipe, "mapping": mapping}


def fit(mapping: dict[str, str], header: Sequence[str]) -> dict[str, str]:
    """A recipe's mapping for this header; titles are compared folded. Raises `Unreadable` where none is there."""
    by_fold = {fold(title): field for title, field in mapping.items()}
    fitted = {title: by_fold.get(fold(title), LEFT_OUT) for title in header}
    if not any(fitted.values()):
        raise Unreadable(
            _("The recipe does not fit this file: it has none of the columns %(columns)s.")
            % {"columns": ", ".join(mapping)}
        )
    return fitted
