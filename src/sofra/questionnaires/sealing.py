"""Sealed questions: whose answers only the coordinators read, and who filled them in until they are sent.

A question is sealed by the column `bind::sofra:sealed` of the XLSForm (yes), a group seals all that it holds. What is
worked out from a sealed answer is sealed with it. A sealed answer has no row that is counted, exported, coded, bound
or shown as evidence: `models.Answer.objects` passes it over. After it was sent, its link does not show it any more,
because whoever wrote the letter knows the link too.
"""

from lxml import etree

from . import trees, xpath
from .ordering import refs
from .shapes import Form, Group, Item, Question, under
from .xpath import BadExpression

SOFRA = "urn:sofra:xforms"
ATTRIBUTE = f"{{{SOFRA}}}sealed"
_YES = frozenset({"yes", "true", "true()", "1", "po"})
_NO = frozenset({"", "no", "false", "false()", "0", "jo"})
etree.register_namespace("sofra", SOFRA)


def says_no(word: str) -> bool:
    return word.strip().lower() in _NO


def understood(word: str) -> bool:
    return word.strip().lower() in _YES | _NO


def written(xform: str, paths: set[str]) -> str:
    """The XForm with the mark at the binds of these paths, so that it travels with the form."""
    root = trees.element(xform, largest=40 * 1024 * 1024, most=3_000_000)
    for bind in root.iter("{http://www.w3.org/2002/xforms}bind"):
        if (bind.get("nodeset") or "").strip() in paths:
            bind.set(ATTRIBUTE, "yes")
    return trees.plain(root)


def sealed_paths(form: Form) -> frozenset[str]:
    """Every question whose answer is sealed: by its author, by its group, or because it follows from a sealed one."""
    found = {path for path, item in form.items.items() if item.sealed}
    for path, item in list(form.items.items()):
        if item.sealed and isinstance(item, Group):
            found |= {one.path for one in under(item.children)}
            found |= {other for other in form.items if other.startswith(f"{path}/")}
    if not found:
        return frozenset()
    reads = {path: _read_by(form, item) for path, item in form.items.items() if isinstance(item, Question)}
    grown = True
    while grown:
        more = {path for path, read in reads.items() if path not in found and _touches(read, found)}
        grown = bool(more)
        found |= more
    return frozenset(path for path in found if isinstance(form.items[path], Question))


def _touches(read: set[str], found: set[str]) -> bool:
    return bool(read & found) or any(one.startswith(f"{path}/") for path in read for one in found)


def _read_by(form: Form, item: Item) -> set[str]:
    """Paths that a question's value or choices follow from."""
    texts = [item.calculate] + [action.value for action in form.actions if action.ref == item.path]
    if isinstance(item, Question) and item.itemset is not None:
        texts.append(item.itemset.nodeset)
    found: set[str] = set()
    for text in filter(None, texts):
        found |= read_in(text, item.path)
    return found


def read_in(text: str, home: str) -> set[str]:
    """Paths of the form that an expression reads; none where it cannot be read."""
    try:
        tree = xpath.parse(text)
    except (BadExpression, RecursionError):
        return set()
    return {"/" + "/".join(path) for path, _how in refs(tree, tuple(home.strip("/").split("/")))}


def telltales(form: Form) -> list[str]:
    """Unsealed questions that are asked because of a sealed answer, so that they tell something of it."""
    if not form.sealed:
        return []
    sealed = set(form.sealed)
    return [
        path
        for path, item in form.items.items()
        if path not in sealed and item.relevant and read_in(item.relevant, path) & sealed
    ]
