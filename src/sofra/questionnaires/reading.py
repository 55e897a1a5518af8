"""The XForm that pyxform (or any author) writes, read into shapes; each form is read once and kept."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from lxml import etree

from . import functions, lookups, trees, xpath
from .ordering import settle
from .sealing import ATTRIBUTE as SEALED
from .sealing import sealed_paths
from .shapes import Action, BadForm, Form, Group, Item, Itemset, Piece, Question, Repeat, Said, Text
from .trees import Node, split
from .xpath import BadExpression

LARGEST = 40 * 1024 * 1024
JR = "{http://openrosa.org/javarosa}"

_CACHE: OrderedDict[str, Form] = OrderedDict()
_CACHED = 24
_LOCK = Lock()


def parse(xform: str, media: tuple[tuple[str, bytes], ...] = ()) -> Form:
    """The form, from a cache where it was read before. `media`: (name, content) of the files it looks values up in.

    Raises BadForm.
    """
    digest = hashlib.sha256(xform.encode())
    for name, content in media:
        digest.update(b"\0" + name.encode() + b"\0" + content)
    return cached(digest.hexdigest(), lambda: read(xform, dict(media)))


def read(xform: str, media: dict[str, bytes] | None = None) -> Form:
    """The same, read anew. Raises BadForm."""
    return _Reader(xform, media or {}).form()


def cached(key: str, make: Callable[[], Form]) -> Form:
    with _LOCK:
        if key in _CACHE:
            _CACHE.move_to_end(key)
            return _CACHE[key]
    form = make()
    with _LOCK:
        _CACHE[key] = form
        while len(_CACHE) > _CACHED:
            _CACHE.popitem(last=False)
    return form


def _local(it: etree._Element) -> str:
    return split(it.tag)[1] if isinstance(it.tag, str) else ""


def _below(it: etree._Element, name: str) -> list[etree._Element]:
    return [kid for kid in it if _local(kid) == name]


def _first(it: etree._Element | None, name: str) -> etree._Element | None:
    found = _below(it, name) if it is not None else []
    return found[0] if found else None


_ITEXT = re.compile(r"\s*jr:itext\(\s*(['\"])(.*?)\1\s*\)\s*")
_CONTROLS = {"input", "select", "select1", "upload", "trigger", "range", "rank", "secret"}
_SCALARS = {
    "int": "integer", "integer": "integer", "decimal": "decimal", "date": "date", "time": "time",
    "dateTime": "dateTime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "barcode": "barcode", "boolean": "boolean",
}  # fmt: skip
_UPLOADS = ("image", "audio", "video")


class _Reader:
    def __init__(self, xform: str, media: dict[str, bytes]) -> None:
        try:
            html = trees.element(xform, largest=LARGEST, most=3_000_000)
        except trees.BadXml as error:
            raise BadForm(f"{error.why}: {error}") from None
        self.media = media
        head, body = _first(html, "head"), _first(html, "body")
        model = _first(head, "model")
        if model is None or body is None:
            raise BadForm("no model or no body")
        self.head, self.model, self.body = head, model, body
        self.items: dict[str, Item] = {}
        self.actions: list[Action] = []
        self.templates: dict[str, Node] = {}
        self.binds = self._binds()

    def form(self) -> Form:
        instances = _below(self.model, "instance")
        primary = next((it for it in instances if len(it)), None)
        if primary is None:
            raise BadForm("no instance")
        root = trees.tree(primary[0])
        self.root = f"/{root.name}"
        title = _first(self.head, "title")
        translations, languages = self._translations()
        children = self._children(self.body, None, "")
        self._model_only(root, self.root)
        self.order: dict[str, list[str]] = {}
        self._ordered(root, self.root)
        self._templates(root, self.root)
        self._actions(self.model, "", "")
        repeats = frozenset(path for path, item in self.items.items() if isinstance(item, Repeat))
        sources = {it.get("id", ""): it.get("src") or "" for it in instances if it is not primary and it.get("src")}
        form = Form(
            form_id=root.attributes.get("id") or root.space or root.name,
            version=next((value for key, value in root.attributes.items() if split(key)[1] == "version"), ""),
            title=("".join(title.itertext()) if title is not None else "") or root.name,
            root=root.name, languages=languages, children=children, items=self.items, blank=root,
            translations=translations, instances=self._secondary(instances, primary), sources=sources,
            actions=self.actions, repeats=repeats, instance_id=primary.get("id") or "",
            order=self.order, volatile=self._volatile(),
        )  # fmt: skip
        for path, item in self.items.items():
            if isinstance(item, Repeat):
                item.template = self.templates.get(path)
        form.homeless = tuple(
            path for path, item in self.items.items() if isinstance(item, Question) and path not in self.order
        )
        settle(form)
        form.sealed = sealed_paths(form)
        return form

    # — the model ——————————————————————————————————————————————————————————————————————————————————————————————————

    def _binds(self) -> dict[str, etree._Element]:
        found: dict[str, etree._Element] = {}
        for bind in _below(self.model, "bind"):
            found.setdefault(_plain(bind.get("nodeset") or bind.get("ref") or ""), bind)
            for inner in _below(bind, "bind"):
                path = inner.get("nodeset") or ""
                found[_plain(path if path.startswith("/") else f"{bind.get('nodeset')}/{path}")] = inner
        self.by_id = {bind.get("id"): path for path, bind in found.items() if bind.get("id")}
        return found

    def _bound(self, item: Item) -> None:
        """What the bind of this path says. Raises nothing: what is no expression is told by `ordering`."""
        bind = self.binds.get(item.path)
        if bind is None:
            return
        item.type = (bind.get("type") or "").rpartition(":")[2]
        for role in ("relevant", "required", "readonly", "constraint", "calculate"):
            setattr(item, role, (bind.get(role) or "").strip())
        item.preload = (bind.get(f"{JR}preload") or "", bind.get(f"{JR}preloadParams") or "")
        item.sealed = (bind.get(SEALED) or "").strip().lower() in ("yes", "true", "true()", "1")
        for role, key in (("constraint", "constraintMsg"), ("required", "requiredMsg")):
            if message := bind.get(f"{JR}{key}"):
                item.texts[role] = _said(message)

    def _model_only(self, node: Node, path: str) -> None:
        """Items for what has no control: calculations, hidden values, groups that are not shown."""
        if path not in self.items:
            self._modelled(node, path)
        node.spec = self.items[path]
        for kid in node.kids:
            self._model_only(kid, f"{path}/{kid.name}")

    def _modelled(self, node: Node, path: str) -> None:
        above = self.items.get(path.rpartition("/")[0])
        parent = above if isinstance(above, Group) else None
        item: Item
        if node.kids:
            kind = Repeat if f"{JR}template" in node.attributes else Group
            item = kind(path, node.name, "repeat" if kind is Repeat else "group", parent=parent)
        else:
            item = Question(path, node.name, "hidden", parent=parent)
        self._bound(item)
        if isinstance(item, Question):
            item.kind = "calculate" if item.calculate else "hidden"
            if path.split("/")[2:3] == ["meta"] or item.preload[0]:
                item.kind = "meta"
        self.items[path] = item

    def _ordered(self, node: Node, path: str) -> None:
        """The order of children, templates and turns counted once."""
        names = self.order.setdefault(path, [])
        for kid in node.kids:
            if kid.name not in names:
                names.append(kid.name)
            self._ordered(kid, f"{path}/{kid.name}")

    def _volatile(self) -> frozenset[str]:
        """Calculations by chance: a value once drawn stays."""
        found = set()
        for path, item in self.items.items():
            try:
                if item.calculate and xpath.calls(xpath.parse(item.calculate)) & functions.VOLATILE:
                    found.add(path)
            except BadExpression:
                continue
        return frozenset(found)

    def _templates(self, node: Node, path: str) -> None:
        """Take the templates out of the blank document; what a new turn looks like is kept with its repeat."""
        for kid in list(node.kids):
            below = f"{path}/{kid.name}"
            repeated = isinstance(self.items[below], Repeat)
            is_template = kid.attributes.pop(f"{JR}template", None) is not None
            if repeated and (is_template or below not in self.templates):
                self.templates[below] = kid.copy() if not is_template else kid
                if is_template:
                    node.remove(kid)
            self._templates(kid, below)
        if path in self.templates and self.templates[path] is not node:
            return

    def _translations(self) -> tuple[dict[str, dict[str, dict[str, Text]]], list[str]]:
        found: dict[str, dict[str, dict[str, Text]]] = {}
        default = ""
        itext = _first(self.model, "itext")
        for translation in _below(itext, "translation") if itext is not None else []:
            language = translation.get("lang") or "default"
            if translation.get("default") is not None and not default:
                default = language
            texts = found.setdefault(language, {})
            for text in _below(translation, "text"):
                texts[text.get("id") or ""] = {
                    value.get("form") or "": _text(value) for value in _below(text, "value")
                }  # fmt: skip
        languages = sorted(found, key=lambda name: name != default) if default else list(found)
        return found, languages or ["default"]

    def _secondary(self, instances: list[etree._Element], primary: etree._Element) -> dict[str, Node | None]:
        found: dict[str, Node | None] = {}
        for it in instances:
            name = it.get("id") or ""
            if it is primary:
                continue
            if source := it.get("src"):
                found[name] = lookups.read(source, self.media)
            else:
                found[name] = trees.tree(it)
        if "itemsets.csv" in self.media:
            for name, node in lookups.itemsets(self.media["itemsets.csv"]).items():
                found.setdefault(name, node)
        return found

    # — the body ———————————————————————————————————————————————————————————————————————————————————————————————————

    def _ref(self, it: etree._Element) -> str:
        if (bound := it.get("bind")) and bound in self.by_id:
            return self.by_id[bound]
        return _plain(it.get("ref") or it.get("nodeset") or "")

    def _children(self, it: etree._Element, parent: Group | None, repeat: str) -> list[Item]:
        found: list[Item] = []
        for kid in it:
            name = _local(kid)
            if name == "group":
                found += self._group(kid, parent, repeat)
            elif name == "repeat":
                found.append(self._repeat(kid, parent, None))
            elif name in _CONTROLS and self._ref(kid) and self._ref(kid) not in self.items:
                found.append(self._question(kid, name, parent, repeat))
            elif name in _CONTROLS and self._ref(kid):
                self._actions(kid, self._ref(kid), repeat)
        self._actions(it, "", repeat)
        return found

    def _group(self, it: etree._Element, parent: Group | None, repeat: str) -> list[Item]:
        path, inner = self._ref(it), _below(it, "repeat")
        if len(inner) == 1 and (not path or self._ref(inner[0]) == path):
            found: list[Item] = [self._repeat(inner[0], parent, it)]
            return found + self._children_but(it, inner[0], parent, repeat)
        if not path or path in self.items:
            return self._children(it, parent, repeat)
        group = Group(path, path.rpartition("/")[2], "group", parent=parent, asked=True)
        self._shown(group, it)
        self.items[path] = group
        group.children = self._children(it, group, repeat)
        return [group]

    def _children_but(self, it: etree._Element, one: etree._Element, parent: Group | None, repeat: str) -> list[Item]:
        others = [kid for kid in it if kid is not one and _local(kid) in (*_CONTROLS, "group")]
        found: list[Item] = []
        for kid in others:
            if _local(kid) == "group":
                found += self._group(kid, parent, repeat)
            elif self._ref(kid) and self._ref(kid) not in self.items:
                found.append(self._question(kid, _local(kid), parent, repeat))
        return found

    def _repeat(self, it: etree._Element, parent: Group | None, around: etree._Element | None) -> Repeat:
        path = self._ref(it)
        repeat = Repeat(path, path.rpartition("/")[2], "repeat", parent=parent, asked=True)
        self._shown(repeat, around if around is not None else it)
        if around is not None and not repeat.appearance:
            repeat.appearance = (it.get("appearance") or "").strip()
        repeat.count = (it.get(f"{JR}count") or "").strip()
        repeat.fixed = (it.get(f"{JR}noAddRemove") or "").strip() == "true()"
        if path in self.items:
            raise BadForm(f"{path} twice")
        self.items[path] = repeat
        repeat.children = self._children(it, repeat, path)
        return repeat

    def _shown(self, item: Item, it: etree._Element) -> None:
        item.appearance = (it.get("appearance") or "").strip()
        self._bound(item)
        for role in ("label", "hint"):
            text = _first(it, role)
            if text is not None:
                reference = text.get("ref")
                item.texts[role] = _said(reference) if reference else Said(text=_text(text))

    def _question(self, it: etree._Element, control: str, parent: Group | None, repeat: str) -> Question:
        path = self._ref(it)
        question = Question(path, path.rpartition("/")[2], "text", parent=parent, asked=True)
        self._shown(question, it)
        self.items[path] = question
        question.kind = self._kind(question, it, control)
        question.parameters = {
            split(key)[1]: value
            for key, value in it.attrib.items()
            if split(key)[1] not in ("ref", "appearance", "query")
        }  # fmt: skip
        bind = self.binds.get(path)
        if bind is not None:
            known = {"max-pixels", "quality", "allow-mock-accuracy", "incremental"}
            question.parameters |= {
                split(key)[1]: value for key, value in bind.attrib.items() if split(key)[1] in known
            }
        question.itemset = self._itemset(it, control)
        if question.itemset and question.kind not in ("select_one", "select_multiple", "rank"):
            question.kind = "select_one" if it.get("query") else question.kind
        self._actions(it, path, repeat)
        return question

    def _kind(self, question: Question, it: etree._Element, control: str) -> str:
        if control in ("select1", "select", "rank", "range", "trigger"):
            return {"select1": "select_one", "select": "select_multiple", "trigger": "acknowledge"}.get(
                control, control
            )
        if control == "upload":
            kind = (it.get("mediatype") or "").partition("/")[0]
            return kind if kind in _UPLOADS else "file"
        if question.type in _SCALARS:
            return _SCALARS[question.type]
        if question.readonly in ("true()", "true", "1") and not question.calculate:
            return "note"
        return "text"

    def _itemset(self, it: etree._Element, control: str) -> Itemset | None:
        if query := it.get("query"):
            return Itemset(query, "name", "label")
        sets = _below(it, "itemset")
        if sets:
            value, label = _first(sets[0], "value"), _first(sets[0], "label")
            return Itemset(
                sets[0].get("nodeset") or "",
                (value.get("ref") if value is not None else "") or "name",
                (label.get("ref") if label is not None else "") or "label",
            )
        fixed = []
        for item in _below(it, "item"):
            value, label = _first(item, "value"), _first(item, "label")
            said = Said()
            if label is not None:
                said = _said(label.get("ref")) if label.get("ref") else Said(text=_text(label))
            fixed.append((("".join(value.itertext()) if value is not None else "").strip(), said))
        return Itemset(fixed=tuple(fixed)) if fixed or control in ("select", "select1") else None

    def _actions(self, it: etree._Element, owner: str, repeat: str) -> None:
        for kid in it:
            if _local(kid) == "setvalue":
                self.actions.append(
                    Action(
                        events=frozenset((kid.get("event") or "").split()),
                        ref=self._ref(kid),
                        value=(kid.get("value") or "").strip(),
                        text="".join(kid.itertext()),
                        owner=owner,
                        repeat=repeat,
                    )
                )


def _plain(path: str) -> str:
    """A path without spaces and predicates, each name without its prefix."""
    path = re.sub(r"\[[^\]]*\]", "", path.strip())
    return "/".join(step.strip().rpartition(":")[2] for step in path.split("/")).rstrip("/")


def _said(reference: str) -> Said:
    match = _ITEXT.fullmatch(reference)
    return Said(id=match[2]) if match else Said(text=(reference,) if reference else ())


def _text(it: etree._Element) -> Text:
    """The pieces of a text with its <output>s."""
    pieces: list[Piece] = [it.text or ""]
    for kid in it:
        if _local(kid) == "output":
            pieces.append(((kid.get("value") or kid.get("ref") or "''").strip(),))
        else:
            pieces.append("".join(kid.itertext()))
        pieces.append(kid.tail or "")
    whole = [piece for piece in pieces if piece != ""]
    if whole and isinstance(whole[0], str):
        whole[0] = whole[0].lstrip() if len(whole) > 1 else whole[0].strip()
    if len(whole) > 1 and isinstance(whole[-1], str):
        whole[-1] = whole[-1].rstrip()
    return tuple(piece for piece in whole if piece != "")
