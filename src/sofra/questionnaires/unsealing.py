"""Who may see what is sealed (sealing.py), and a filling as those see it who may not."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sofra.accounts import roles
from sofra.accounts.access import has

from . import queries
from .instance import Instance, Part
from .models import Filling, Upload
from .xform import Form, Question


def may_open(user: Any) -> bool:
    return has(user, roles.COORDINATOR)


def shut_away(filling: Filling, instance: Instance, user: Any) -> frozenset[str]:
    """Paths (with turns) of answers that the pages behind the link do not show: after sending, all sealed ones;

    before that to a mapper who is signed in and neither types them in from paper nor is a coordinator.
    """
    form = instance.form
    if not form.sealed or may_open(user):
        return frozenset()
    mapper = has(user, roles.MAPPER) and filling.way != Filling.Way.PAPER
    if filling.state != Filling.State.SENT and not mapper:
        return frozenset()
    return _answered(instance)


def titled(parts: Sequence[Part], seen: Instance, language: str) -> list[Part]:
    """These parts with the titles that they have where what is sealed is not shown."""
    titles = {one.key: one.title for one in seen.parts(language)}
    return [replace(one, title=titles.get(one.key, one.title)) for one in parts]


def seen_by(filling: Filling, instance: Instance, user: Any) -> Instance:
    """The instance that names, titles and answers are shown from behind the link."""
    return without(queries.instance_of(filling)) if shut_away(filling, instance, user) else instance


def without(instance: Instance) -> Instance:
    """The same document with what is sealed taken out, labels that would say it too. Not to be saved."""
    for node in instance.root.walk():
        if isinstance(node.spec, Question) and node.spec.path in instance.form.sealed:
            node.text = ""
    return instance


def open_notices(filling: Filling, form: Form) -> list[dict[str, str]]:
    """What the hub found wrong, less what it says of sealed answers."""
    return [one for one in filling.notices if re.sub(r"\[\d+\]", "", one.get("path", "")) not in form.sealed]


def is_shut_file(filling: Filling, name: str, user: Any) -> bool:
    """Is this file an answer that the pages behind the link do not show?"""
    if not queries.form_of(filling.version).sealed:
        return False
    instance = queries.instance_of(filling)
    shut = shut_away(filling, instance, user)
    return any(instance.get(path) == name for path in shut)


def read_by(filling: Filling, user: Any) -> tuple[Instance, frozenset[str]]:
    """The filling as this person of the desk reads it, and the paths of sealed answers that were taken out."""
    instance = queries.instance_of(filling)
    if not instance.form.sealed or may_open(user):
        return instance, frozenset()
    shut = _answered(instance)
    return without(instance), shut


def uploads_for(filling: Filling, user: Any) -> list[Upload]:
    """Files that came along, less those of sealed answers for whoever may not open them."""
    uploads = list(filling.uploads.order_by("name"))
    if not uploads or not filling.document or not queries.form_of(filling.version).sealed or may_open(user):
        return uploads
    instance = queries.instance_of(filling)
    sealed = instance.form.sealed
    named = {node.text for _path, question, node in instance.answered(off=True) if question.path not in sealed}
    return [one for one in uploads if one.name in named]


def _answered(instance: Instance) -> frozenset[str]:
    sealed = instance.form.sealed
    return frozenset(path for path, question, _node in instance.answered(off=True) if question.path in sealed)
