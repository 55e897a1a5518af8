"""Skip logic in words, for paper: "only if the answer to question 3 is “Yes”".

The common conditions become sentences; a rarer one gets none, and the page then shows it as the form writes it.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from . import xpath
from .xpath import BadExpression, Tree

Saying = Callable[[str, str], str]  # path of a question, value -> how the choice is called


def in_words(expression: str, home: str, numbers: Mapping[str, str], choice: Saying) -> str:
    """The condition as half a sentence, "" where it is of a kind that has none. `home`: whose condition it is."""
    try:
        tree = xpath.parse(expression)
    except BadExpression:
        return ""
    return _said(tree, home, numbers, choice) or ""


def _said(tree: Tree, home: str, numbers: Mapping[str, str], choice: Saying) -> str | None:
    if tree[0] == "op" and tree[1] in ("and", "or"):
        left, right = (_said(side, home, numbers, choice) for side in tree[2:])
        if left is None or right is None:
            return None
        return (_("%(one)s and %(other)s") if tree[1] == "and" else _("%(one)s or %(other)s")) % {
            "one": left, "other": right,
        }  # fmt: skip
    if tree[0] == "op" and tree[1] in ("=", "!=", "<", ">", "<=", ">="):
        return _compared(tree, home, numbers, choice)
    if tree[0] == "call" and tree[1] == "selected" and len(tree[2]) == 2:
        return _chosen(tree[2], home, numbers, choice, _("%(question)s: “%(answer)s” is ticked"))
    if tree[0] == "call" and tree[1] == "not" and len(tree[2]) == 1:
        return _not(tree[2][0], home, numbers, choice)
    if tree[0] == "filter" and not tree[2]:
        return _said(tree[1], home, numbers, choice)
    return None


def _not(tree: Tree, home: str, numbers: Mapping[str, str], choice: Saying) -> str | None:
    if tree[0] == "call" and tree[1] == "selected" and len(tree[2]) == 2:
        return _chosen(tree[2], home, numbers, choice, _("%(question)s: “%(answer)s” is not ticked"))
    inner = _said(tree, home, numbers, choice)
    return None if inner is None else _("it is not so that %(condition)s") % {"condition": inner}


def _chosen(
    given: tuple[Tree, ...], home: str, numbers: Mapping[str, str], choice: Saying, words: str
) -> str | None:  # fmt: skip
    path = _path(given[0], home)
    if path not in numbers or given[1][0] != "str":
        return None
    return words % {"question": _question(numbers[path]), "answer": choice(path, given[1][1])}


def _question(number: str) -> str:
    return _("question %(number)s") % {"number": number}


def _compared(tree: Tree, home: str, numbers: Mapping[str, str], choice: Saying) -> str | None:
    _op, sign, left, right = tree
    if left[0] == "call" and left[1] == "string-length" and right == ("num", 0.0) and sign in (">", "!="):
        left, right, sign = left[2][0], ("str", ""), "!="
    if left[0] == "call" and left[1] == "count-selected" and right[0] == "num":
        return _counted(left[2][0], sign, right[1], home, numbers)
    path = _path(left, home)
    if path not in numbers or right[0] not in ("str", "num"):
        return None
    question = _question(numbers[path])
    if right == ("str", ""):
        return (_("%(question)s is answered") if sign == "!=" else _("%(question)s is not answered")) % {
            "question": question
        }
    said = choice(path, right[1]) if right[0] == "str" else _plain(right[1])
    return _SIGNS[sign]() % {"question": question, "answer": said}


def _counted(given: Tree, sign: str, number: float, home: str, numbers: Mapping[str, str]) -> str | None:
    path = _path(given, home)
    if path not in numbers:
        return None
    words = _("%(question)s: the number of ticked answers %(sign)s %(answer)s")
    return words % {"question": _question(numbers[path]), "sign": sign, "answer": _plain(number)}


_SIGNS: dict[str, Callable[[], str]] = {
    "=": lambda: _("%(question)s is “%(answer)s”"),
    "!=": lambda: _("%(question)s is not “%(answer)s”"),
    "<": lambda: _("%(question)s is below %(answer)s"),
    ">": lambda: _("%(question)s is above %(answer)s"),
    "<=": lambda: _("%(question)s is at most %(answer)s"),
    ">=": lambda: _("%(question)s is at least %(answer)s"),
}


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _path(tree: Tree, home: str) -> str:
    """The question that a path means, "" where it is no plain path."""
    if tree[0] == "filter" and not tree[2]:
        return _path(tree[1], home)
    if tree[0] == "call" and tree[1] in ("number", "string", "int") and len(tree[2]) == 1:
        return _path(tree[2][0], home)
    if tree[0] != "path" or tree[1] not in ("/", "."):
        return ""
    steps = [] if tree[1] == "/" else home.strip("/").split("/")
    for axis, name, predicates in tree[2]:
        if predicates:
            return ""
        if axis == "parent" and steps:
            steps.pop()
        elif axis == "child":
            steps.append(name)
        elif axis != "self":
            return ""
    return "/" + "/".join(steps)
