"""Two versions of a questionnaire side by side: questions, choices and texts that were added, taken out or changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.questionnaires.xform import Form, Group, Item, Question


class What(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    TEXT = "text"
    RULE = "rule"
    KIND = "kind"
    CHOICE_ADDED = "choice-added"
    CHOICE_REMOVED = "choice-removed"
    CHOICE_TEXT = "choice-text"


WORDS: dict[str, Promise] = {
    What.ADDED: _("question added"),
    What.REMOVED: _("question taken out"),
    What.TEXT: _("words changed"),
    What.RULE: _("rule changed"),
    What.KIND: _("kind of question changed"),
    What.CHOICE_ADDED: _("choice added"),
    What.CHOICE_REMOVED: _("choice taken out"),
    What.CHOICE_TEXT: _("choice worded otherwise"),
}
_RULES = ("relevant", "required", "constraint", "calculate", "readonly")
_TEXTS = ("label", "hint", "constraint", "required")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs at a question. `language` of a text, "" where it has none; a text may be empty."""

    what: str
    path: str
    label: str
    before: str = ""
    after: str = ""
    language: str = ""

    @property
    def words(self) -> str:
        return str(WORDS[self.what])


def compare(before: Form, after: Form, language: str) -> list[Difference]:
    """In the order of the later form, what was taken out last. Paths are told without the form's root."""
    one, other = _items(before), _items(after)
    labels = {path: _label(after, item, language) for path, item in other.items()}
    found: list[Difference] = []
    for path, item in other.items():
        if path not in one:
            found.append(Difference(What.ADDED, path, labels[path], after=labels[path]))
        else:
            found += _changed(before, after, one[path], item, path, labels[path])
    for path, item in one.items():
        if path not in other:
            label = _label(before, item, language)
            found.append(Difference(What.REMOVED, path, label, before=label))
    return found


def _items(form: Form) -> dict[str, Item]:
    """Questions, groups with a title and calculations, by their path without the root."""
    return {
        path.removeprefix(f"/{form.root}/"): item
        for path, item in form.items.items()
        if item.kind not in ("meta", "hidden") and (not isinstance(item, Group) or item.texts)
    }


def _label(form: Form, item: Item, language: str) -> str:
    return _text(form, item, "label", form.language_for(language)) or item.name


def _text(form: Form, item: Item, role: str, language: str) -> str:
    return _written(form.said(item.texts[role], language)) if role in item.texts else ""


def _written(pieces: Any) -> str:
    return " ".join("".join(piece if isinstance(piece, str) else "…" for piece in pieces).split())


def _changed(before: Form, after: Form, one: Item, other: Item, path: str, label: str) -> Iterator[Difference]:
    if (one.kind, one.type) != (other.kind, other.type):
        yield Difference(What.KIND, path, label, one.kind, other.kind)
    for role in _RULES:
        old, new = _rule(before, one, role), _rule(after, other, role)
        if old != new:
            yield Difference(What.RULE, path, label, f"{role}: {old or '—'}", f"{role}: {new or '—'}")
    for language, theirs in _languages(before, after):
        for role in _TEXTS:
            words, now = _text(before, one, role, theirs), _text(after, other, role, language)
            if words != now:
                yield Difference(What.TEXT, path, label, words, now, language)
    yield from _choices(before, after, one, other, path, label)


def _rule(form: Form, item: Item, role: str) -> str:
    """The rule without the root's name, which differs from country to country."""
    return re.sub(rf"/{re.escape(form.root)}/", "/", str(getattr(item, role)))


def _languages(before: Form, after: Form) -> Iterator[tuple[str, str]]:
    """The languages of the later form that both have: (as it names it, as the earlier one does)."""
    for language in after.languages:
        match = re.search(r"\((\w+)\)", language)
        theirs = before.language_for(match[1] if match else language)
        if theirs == language or (match and f"({match[1]})" in theirs):
            yield language, theirs


def _choices(before: Form, after: Form, one: Item, other: Item, path: str, label: str) -> Iterator[Difference]:
    for number, (language, theirs) in enumerate(_languages(before, after)):
        old, new = _offered(before, one, theirs), _offered(after, other, language)
        if number == 0:
            for code in new.keys() - old.keys():
                yield Difference(What.CHOICE_ADDED, path, label, after=f"{new[code]} ({code})")
            for code in old.keys() - new.keys():
                yield Difference(What.CHOICE_REMOVED, path, label, before=f"{old[code]} ({code})")
        for code in [code for code in new if code in old and old[code] != new[code]]:
            yield Difference(What.CHOICE_TEXT, path, label, old[code], new[code], language)


def _offered(form: Form, item: Item, language: str) -> dict[str, str]:
    """Every choice of a question, unfiltered: its code and its words."""
    if not isinstance(item, Question) or item.itemset is None:
        return {}
    if item.itemset.fixed:
        return {code: _written(form.said(said, language)) for code, said in item.itemset.fixed}
    found = re.match(r"instance\('([^']+)'\)", item.itemset.nodeset)
    root = form.instances.get(found[1]) if found else None
    offered: dict[str, str] = {}
    for node in _rows(root):
        code = _kid(node, item.itemset.value)
        texts = form.translations.get(language, {}).get(_kid(node, "itextId"), {})
        offered[code] = _written(texts[""]) if "" in texts else _kid(node, "label") or code
    return offered


def _rows(root: Any) -> list[Any]:
    """The rows of a list of choices: instance/root/item, or what was read of a CSV file in the same shape."""
    while root is not None and root.kids and not root.kids[0].named.get("name"):
        if len({kid.name for kid in root.kids}) > 1 or root.kids[0].kids == []:
            break
        root = root.kids[0]
    return list(root.kids) if root is not None else []


def _kid(node: Any, name: str) -> str:
    return node.named[name][0].text.strip() if node.named.get(name) else ""
