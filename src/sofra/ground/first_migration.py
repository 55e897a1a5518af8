"""A database from nothing, made in a fraction of the time.

Django renders every model that has to do with a new one anew, and with it all that those have to do with: a hundred
models of rooms that refer to one another were rendered eleven thousand times, for most of the time that the first
start took. In an empty database nothing refers to a new table yet, so only the new or changed one is rendered there.
Upgrades go Django's own way. tests/operations/test_first_migration.py compares the tables that both ways make.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState

_migrate = MigrationExecutor.migrate
_add_model = ProjectState.add_model
_find = ProjectState._find_reload_model  # type: ignore[attr-defined]


def _add_only(self: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:  # type: ignore[attr-defined]
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])


def _only_itself(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    return {(app_label, model_name)}


@contextmanager
def rendered_once() -> Iterator[None]:
    ProjectState.add_model = _add_only  # type: ignore[method-assign]
    ProjectState._find_reload_model = _only_itself  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState.add_model = _add_model  # type: ignore[method-assign]
        ProjectState._find_reload_model = _find  # type: ignore[attr-defined]


def _migrate_from_nothing(self: MigrationExecutor, *given: Any, **said: Any) -> Any:
    if self.loader.applied_migrations:
        return _migrate(self, *given, **said)
    with rendered_once():
        return _migrate(self, *given, **said)


def install() -> None:
    """Called once, when the hub starts."""
    MigrationExecutor.migrate = _migrate_from_nothing  # type: ignore[method-assign]
