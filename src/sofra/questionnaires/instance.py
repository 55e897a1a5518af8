"""One filling of a form: its values, what is asked of whom, what is wrong. The same XPath as on the phone.

Paths name turns of repeats from 1: /data/people[2]/age; without a number the first is meant.
"""

import hashlib
import re
import uuid
from collections.abc import Iterator

from django.utils.translation import gettext as _

from . import checking, moments, trees, values, writing
from .answering import BadInstance, Choice, Fault, Part, Status
from .evaluating import Env, Run
from .shapes import Action, Form, Group, Item, Itemset, Question, Repeat, Said, Text
from .trees import Node
from .xpath import BadExpression

MOST_TURNS = checking.MOST_TURNS
MOST_NODES = 60_000
_STEP = re.compile(r"([^\[\]]+)(?:\[(\d{1,6})\])?")
_ROUNDS = 20  # of actions that set off one another
_WRONG = (BadExpression, RecursionError, ValueError, TypeError, ArithmeticError, AttributeError, IndexError, KeyError)


class Instance:
    """`id` is its instanceID ("uuid:…"). `language` is the one that labels inside calculations are taken from."""

    def __init__(self, form: Form, root: Node, *, language: str = "", username: str = "") -> None:
        self.form = form
        self.root = root
        self.username = username
        self.language = form.language_for(language)
        self._at: dict[str, list[Node]] = {}
        self._changed: list[Node] = []
        self.came = ""
        self._indexed()

    # — coming and going ————————————————————————————————————————————————————————————————————————————————————————————

    @classmethod
    def blank(cls, form: Form, *, username: str = "", language: str = "") -> "Instance":
        """A new one: defaults set, calculated, with an instanceID of its own."""
        it = cls(form, form.blank.copy(), language=language, username=username)
        for path, item in form.items.items():
            if item.preload[0]:
                for node in it._at.get(path, ()):
                    node.text = it._preloaded(item, node.text)
        if not it.id:
            it.id = f"uuid:{uuid.uuid4()}"
        it._act("odk-instance-first-load")
        it._act("xforms-ready")
        it.recalculate()
        return it

    @classmethod
    def read(cls, form: Form, xml: str | bytes, *, language: str = "") -> "Instance":
        """Raises BadInstance for what is no XML, too large, too deep, declares entities or belongs to another form."""
        try:
            element = trees.element(xml)
            root = trees.tree(element)
            came = trees.plain(element)
        except trees.BadXml as error:
            raise BadInstance(_why_bad(error.why)) from None
        said = root.attributes.get("id")
        if root.name != form.root or (said is not None and said != form.form_id):
            raise BadInstance(_("These answers belong to another form (“%(id)s”).") % {"id": said or root.name})
        _complete(root, form.blank, form, f"/{form.root}")
        it = cls(form, root, language=language)
        it.came = came
        return it

    def xml(self, *, final: bool = False) -> str:
        """The document. `final` leaves out what is not relevant, as a phone does when it sends."""
        return trees.xml(self.root, final=final)

    @property
    def id(self) -> str:
        node = self._meta("instanceID")
        return node.text.strip() if node is not None else ""

    @id.setter
    def id(self, value: str) -> None:
        node = self._meta("instanceID")
        if node is None:
            meta = self.root.child("meta") or self.root.add(Node("meta", space=self.root.space))
            node = meta.add(Node("instanceID", space=meta.space))
            self._indexed()
        node.text = value

    @property
    def deprecated_id(self) -> str:
        """The number of the answers that these correct, "" for none."""
        node = self._meta("deprecatedID")
        return node.text.strip() if node is not None else ""

    def name(self) -> str:
        """The form's instanceName for this filling, "" where it has none."""
        node = self._meta("instanceName")
        return node.text if node is not None else ""

    def _meta(self, name: str) -> Node | None:
        for meta in self.root.named.get("meta", ()):
            if (node := meta.child(name)) is not None:
                return node
        return None

    def stamp_end(self) -> None:
        """Write the moment of sending where the form asks for it."""
        for path, item in self.form.items.items():
            if item.preload == ("timestamp", "end"):
                for node in self._at.get(path, ()):
                    node.text = moments.written(moments.now())

    def _preloaded(self, item: Item, before: str) -> str:
        kind, detail = item.preload
        if kind == "uid":
            return f"uuid:{uuid.uuid4()}"
        if kind == "timestamp":
            return moments.written(moments.now()) if detail == "start" else before
        if kind == "date":
            return moments.now().date().isoformat() if detail == "today" else before
        if kind == "property":
            return self.known_of(detail)
        return before

    # — finding ————————————————————————————————————————————————————————————————————————————————————————————————————

    def _indexed(self) -> None:
        """Where every node of a path is."""
        found: dict[str, list[Node]] = {}
        for node in self.root.walk():
            if isinstance(node.spec, Item):
                found.setdefault(node.spec.path, []).append(node)
        self._at = found

    def _size(self) -> int:
        return sum(len(nodes) for nodes in self._at.values())

    def nodes(self, path: str) -> list[Node]:
        """All nodes of a path of the form, in every turn."""
        return self._at.get(path, [])

    def _node(self, path: str) -> Node | None:
        steps = path.strip("/").split("/")
        if not steps or steps[0] != self.root.name:
            return None
        node = self.root
        for step in steps[1:]:
            match = _STEP.fullmatch(step)
            same = node.named.get(match[1]) if match else None
            place = int(match[2] or 1) if match else 0
            if not same or not 1 <= place <= len(same):
                return None
            node = same[place - 1]
        return node

    def path_of(self, node: Node) -> str:
        steps = []
        it: Node | None = node
        while it is not None:
            if isinstance(it.spec, Repeat) and it.parent is not None:
                place = next(place for place, kid in enumerate(it.parent.named[it.name], 1) if kid is it)
                steps.append(f"{it.name}[{place}]")
            else:
                steps.append(it.name)
            it = it.parent
        return "/" + "/".join(reversed(steps))

    def item(self, path: str) -> Item:
        """What the form says of this path. Raises KeyError."""
        return self.form.items[re.sub(r"\[\d+\]", "", path)]

    def __contains__(self, path: str) -> bool:
        return self._node(path) is not None

    def get(self, path: str) -> str:
        """The value, "" where there is none (or no such path)."""
        node = self._node(path)
        return node.text if node is not None and not node.kids else ""

    def put(self, path: str, text: str) -> None:
        """Write a value as it was typed; faults() tells what is wrong with it. Raises KeyError for an unknown path."""
        node = self._node(path)
        if node is None or node.kids or not isinstance(node.spec, Question):
            raise KeyError(path)
        said = writing.normal(node.spec, text)
        if said != node.text:
            node.text = said
            self._changed.append(node)

    def answered(self, *, off: bool = False) -> Iterator[tuple[str, Question, Node]]:
        """Every relevant value that is not empty: (path, question, node). With `off` what is not asked too."""
        for node in self.root.walk():
            if isinstance(node.spec, Question) and node.text and (off or not node.off):
                yield self.path_of(node), node.spec, node

    # — turns ——————————————————————————————————————————————————————————————————————————————————————————————————————

    def _repeat(self, path: str) -> tuple[Repeat, Node]:
        item = self.item(path)
        above = self._node(path.rpartition("/")[0])
        if not isinstance(item, Repeat) or above is None:
            raise KeyError(path)
        return item, above

    def turns(self, repeat_path: str) -> list[str]:
        """Paths of the turns of a repeat: /data/people[1], /data/people[2]."""
        _item, above = self._repeat(_bare(repeat_path))
        same = above.named.get(_item.name, [])
        return [f"{_bare(repeat_path)}[{place}]" for place, turn in enumerate(same, 1) if not turn.beyond]

    def add_turn(self, repeat_path: str) -> str:
        """Add one at the end; its path. Raises ValueError where the form counts the turns itself or there are many."""
        path = _bare(repeat_path)
        item, above = self._repeat(path)
        if item.counted:
            raise ValueError(_("How often this is asked follows from another answer."))
        if len(above.named.get(item.name, ())) >= MOST_TURNS or self._size() > MOST_NODES:
            raise ValueError(_("No more than %(most)s can be added here.") % {"most": MOST_TURNS})
        self._new_turn(item, above)
        self._indexed()
        self.recalculate()
        return f"{path}[{len(above.named[item.name])}]"

    def remove_turn(self, path: str) -> None:
        """Raises KeyError where there is none, ValueError where the form counts the turns itself."""
        item, above = self._repeat(_bare(path))
        node = self._node(path)
        if node is None:
            raise KeyError(path)
        if item.counted:
            raise ValueError(_("How often this is asked follows from another answer."))
        above.remove(node)
        self._indexed()
        self.recalculate()

    def _new_turn(self, item: Repeat, above: Node) -> Node:
        template = item.template or Node(item.name)
        turn = template.copy()
        turn.spec = item
        same = above.named.get(item.name)
        if same:
            at = next(place for place, kid in enumerate(above.kids) if kid is same[-1]) + 1
        else:
            at = _place(above, item, self.form)
        above.add(turn, at)
        turn.off = above.off
        for node in turn.walk():
            node.off = above.off
            if isinstance(node.spec, Item):
                self._at.setdefault(node.spec.path, []).append(node)
        for action in self.form.actions:
            if "odk-new-repeat" in action.events and (action.ref + "/").startswith(item.path + "/"):
                for node in turn.walk():
                    if isinstance(node.spec, Item) and node.spec.path == action.ref:
                        self._set(action, node)
        return turn

    def _counted(self, item: Repeat, run: Run) -> bool:
        """Bring the turns to the number that the form wants; True where something changed."""
        changed = False
        for above in list(self._at.get(item.path.rpartition("/")[0], ())):
            value = values.number(self._value(run, above, ""))
            wanted = int(value) if value == value and value not in (float("inf"), float("-inf")) else 0
            wanted = max(0, min(MOST_TURNS, wanted))
            same = above.named.get(item.name, [])
            while len(same) < wanted and self._size() < MOST_NODES:
                self._new_turn(item, above)
                same = above.named[item.name]
                changed = True
            while len(same) > wanted and not _written_in(same[-1]):
                above.remove(same[-1])
                changed = True
            for place, turn in enumerate(same):
                beyond = place >= wanted
                if turn.beyond != beyond:
                    turn.beyond, changed = beyond, True
                    turn.settle()
        if changed:
            self._indexed()
        return changed

    # — working out ————————————————————————————————————————————————————————————————————————————————————————————————

    def recalculate(self) -> None:
        """Bring calculations, turns and what is asked up to date, and carry out what changed values set off."""
        self._settle()
        for _round in range(_ROUNDS):
            changed, self._changed = self._changed, []
            acted = [self._follow(action, node) for node in changed for action in self._owned(node)]
            if not any(acted):
                break
            self._settle()
        self._changed = []

    def judge(self) -> None:
        """Work out what was asked, and leave every value as it came."""
        for _turn in range(1 if self.form.settled else 4):
            if not self._pass(only_relevant=True):
                break

    def take_over(self, old: "Instance") -> None:
        """Begin with what was answered before: the same questions, turn by turn; what no longer fits is left out."""
        for _round in range(2):  # what the first round's answers ask for, the second can fill
            for path, question, node in list(old.answered()):
                mine = self.form.items.get(question.path)
                if (
                    not isinstance(mine, Question)
                    or not mine.asked
                    or mine.kind != question.kind
                    or mine.kind == "note"
                ):
                    continue
                if self._reached(path):
                    self.put(path, node.text)
            self.recalculate()

    def _reached(self, path: str) -> bool:
        """Add turns until there is such a path; False where that is not to be."""
        steps = path.strip("/").split("/")
        for depth in range(1, len(steps) + 1):
            below = "/" + "/".join(steps[:depth])
            match = re.search(r"\[(\d+)\]$", below)
            while match and self._node(below) is None:
                try:
                    item, above = self._repeat(_bare(below))
                except KeyError:
                    return False
                if item.counted or len(above.named.get(item.name, ())) >= MOST_TURNS:
                    return False
                self._new_turn(item, above)
        return self._node(path) is not None

    def _settle(self) -> None:
        for _turn in range(1 if self.form.settled else 4):
            if not self._pass():
                break

    def _pass(self, *, only_relevant: bool = False) -> bool:
        changed = False
        for unit in self.form.units:
            if only_relevant and unit.role != "relevant":
                continue
            if unit.role == "count":
                assert isinstance(unit.item, Repeat)
                changed |= self._counted(unit.item, unit.run)
            elif unit.role == "relevant":
                for node in self._at.get(unit.item.path, ()):
                    unasked = not values.truth(self._value(unit.run, node, True))
                    if unasked is not node.unasked:
                        node.unasked = unasked
                        node.settle()
                        changed = True
            else:
                changed |= self._calculated(unit.item, unit.run)
        return changed

    def _calculated(self, item: Item, run: Run) -> bool:
        changed = False
        for node in self._at.get(item.path, ()):
            if node.off or (node.text and item.path in self.form.volatile):
                continue
            text = writing.result(item, self._value(run, node, ""))
            if text != node.text:
                node.text = text
                changed = True
                self._changed.append(node)
        return changed

    def _value(self, run: Run, node: Node, otherwise: values.Value) -> values.Value:
        try:
            return run(node, Env(self, node))
        except _WRONG:
            return otherwise

    def _evaluated(self, text: str, item: Item, node: Node, otherwise: values.Value) -> values.Value:
        run = self.form.run(text, item.path)
        return otherwise if run is None else self._value(run, node, otherwise)

    def _owned(self, node: Node) -> list[Action]:
        path = node.spec.path if isinstance(node.spec, Item) else ""
        return [
            action for action in self.form.actions if action.owner == path and "xforms-value-changed" in action.events
        ]

    def _follow(self, action: Action, node: Node) -> bool:
        assert isinstance(node.spec, Item)
        found = self._evaluated(action.ref, node.spec, node, [])
        acted = [self._set(action, target) for target in values.nodes(found)]
        return any(acted)

    def _act(self, event: str) -> None:
        for action in self.form.actions:
            if event in action.events:
                for node in list(self._at.get(action.ref, ())):
                    self._set(action, node)

    def _set(self, action: Action, node: Node) -> bool:
        if not isinstance(node.spec, Item) or node.kids:
            return False
        value: values.Value = action.text
        if action.value:
            value = self._evaluated(action.value, node.spec, node, "")
        text = writing.result(node.spec, value)
        if text == node.text:
            return False
        node.text = text
        self._changed.append(node)
        return True

    # — what the form asks —————————————————————————————————————————————————————————————————————————————————————————

    def relevant(self, path: str) -> bool:
        node = self._node(path)
        if node is not None:
            return not node.off
        try:
            item, above = self._repeat(_bare(path))
        except KeyError:
            return False
        if above.off or item.template is None or not item.relevant:
            return not above.off
        trial = item.template.copy()
        trial.parent = above
        return values.truth(self._evaluated(item.relevant, item, trial, True))

    def required(self, path: str) -> bool:
        return self._holds(path, "required")

    def readonly(self, path: str) -> bool:
        return self._holds(path, "readonly")

    def _holds(self, path: str, role: str) -> bool:
        node = self._node(path)
        return node is not None and isinstance(node.spec, Item) and self.holds(node, role)

    def holds(self, node: Node, role: str) -> bool:
        """Is the condition of this role (required, readonly) true? Without one it is not. A group's readonly is that

        of all it holds.
        """
        if not isinstance(node.spec, Item):
            return False
        if role == "readonly" and node.parent is not None and self.holds(node.parent, role):
            return True
        text = getattr(node.spec, role)
        if not text or text == "false()":
            return False
        return text == "true()" or values.truth(self._evaluated(text, node.spec, node, False))

    def fits(self, node: Node) -> bool:
        """Does the value keep to the question's constraint?"""
        assert isinstance(node.spec, Item)
        return values.truth(self._evaluated(node.spec.constraint, node.spec, node, True))

    def choices(self, path: str, language: str = "") -> list[Choice]:
        node = self._node(path)
        if node is None or not isinstance(node.spec, Question) or node.spec.itemset is None:
            return []
        return self._choices(node, node.spec, self.form.language_for(language) if language else self.language)

    def _choices(self, node: Node, question: Question, language: str) -> list[Choice]:
        itemset = question.itemset
        assert itemset is not None
        if not itemset.nodeset:
            return [Choice(value, self.rendered(said, node, language)) for value, said in itemset.fixed]
        before, self.language = self.language, language
        try:
            items = self._items(node, question, itemset)
            found = [self._choice(it, node, question, itemset, language) for it in items]
            return [choice for choice in found if choice.value]
        finally:
            self.language = before

    def all_choices(self, question: Question, language: str = "") -> list[Choice]:
        """Every choice that a question can ever offer, whatever filters its list now."""
        itemset = question.itemset
        if itemset is None:
            return []
        name = self.form.language_for(language) if language else self.language
        node = (self.nodes(question.path) or [self.root])[0]
        match = re.match(r"[^']*instance\('([^']*)'\)/root/item", itemset.nodeset)
        around = self.form.instances.get(match[1]) if match else None
        if around is None or not around.kids:
            return self._choices(node, question, name)
        before, self.language = self.language, name
        try:
            return [self._choice(it, node, question, itemset, name) for it in around.kids[0].kids]
        finally:
            self.language = before

    def _choice(self, it: Node, node: Node, question: Question, itemset: Itemset, language: str) -> Choice:
        value = values.text(self._near(itemset.value, question, it, node))
        label = values.text(self._near(itemset.label, question, it, node)) or value
        return Choice(value, label, *self._shown_with(it, node, language))

    def _shown_with(self, it: Node, node: Node, language: str) -> tuple[str, str]:
        key = it.child("itextId")
        if key is None:
            return "", ""
        said = Said(id=key.text)
        image, audio = (self.rendered(said, node, language, form) for form in ("image", "audio"))
        return image.rpartition("/")[2], audio.rpartition("/")[2]

    def _items(self, node: Node, question: Question, itemset: Itemset) -> list[Node]:
        return values.nodes(self._evaluated(itemset.nodeset, question, node, []))

    def _near(self, text: str, question: Question, it: Node, origin: Node) -> values.Value:
        """An expression about a choice, of which the question is `origin`."""
        if text.isidentifier():
            kid = it.child(text)
            return kid.value() if kid is not None else ""
        run = self.form.run(text, question.path)
        try:
            return run(it, Env(self, origin)) if run else ""
        except _WRONG:
            return ""

    def offered(self, node: Node) -> set[str] | None:
        """The values that may be chosen; None where they are not known (a file that has not come)."""
        question = node.spec
        if not isinstance(question, Question) or question.itemset is None:
            return None
        itemset = question.itemset
        if not itemset.nodeset:
            return {value for value, _said in itemset.fixed}
        known = self.form.offers.get(itemset.nodeset)
        if known is not None:
            return known
        found = {
            values.text(self._near(itemset.value, question, it, node)) for it in self._items(node, question, itemset)
        }
        if re.fullmatch(r"\s*instance\('[^']*'\)/root/item\s*", itemset.nodeset):
            self.form.offers[itemset.nodeset] = found
        lost = [name for name, tree in self.form.instances.items() if tree is None]
        if any(f"'{name}'" in itemset.nodeset for name in lost) or (not self.form.instances and not found):
            return None
        return found

    # — what it says ———————————————————————————————————————————————————————————————————————————————————————————————

    def label(self, path: str, language: str = "") -> str:
        return self._said(path, "label", language)

    def hint(self, path: str, language: str = "") -> str:
        return self._said(path, "hint", language)

    def guidance(self, path: str, language: str = "") -> str:
        return self._said(path, "hint", language, "guidance")

    def message(self, node: Node, role: str, language: str) -> str:
        """The form's own words for a broken constraint or a missing answer; "" where it has none."""
        assert isinstance(node.spec, Item)
        said = node.spec.texts.get(role)
        return self.rendered(said, node, language) if said is not None else ""

    def media(self, path: str, language: str = "") -> dict[str, str]:
        """Of the question's label: {"image": "map.png", "audio": …}, names of the version's media."""
        found = {}
        for form in ("image", "big-image", "audio", "video"):
            if said := self._said(path, "label", language, form):
                found[form] = said.rpartition("/")[2]
        return found

    def _said(self, path: str, role: str, language: str, form: str = "") -> str:
        try:
            item = self.item(path)
        except KeyError:
            return ""
        said = item.texts.get(role)
        if said is None:
            return ""
        node = self._node(path) or self._node(_bare(path).rpartition("/")[0]) or self.root
        name = self.form.language_for(language) if language else self.language
        return self.rendered(said, node, name, form, home=item.path)

    def rendered(self, said: Said, node: Node, language: str, form: str = "", home: str = "") -> str:
        """A text with what its <output>s say now."""
        text: Text = self.form.said(said, language, form)
        if all(isinstance(piece, str) for piece in text):
            return "".join(text)  # type: ignore[arg-type]
        before, self.language = self.language, language
        try:
            return "".join(piece if isinstance(piece, str) else self._output(piece[0], node, home) for piece in text)
        finally:
            self.language = before

    def _output(self, text: str, node: Node, home: str) -> str:
        path = home or (node.spec.path if isinstance(node.spec, Item) else f"/{self.form.root}")
        run = self.form.run(text, path)
        value = "" if run is None else self._value(run, node, "")
        return "" if isinstance(value, float) and value != value else values.text(value)

    # — what expressions ask of the filling ————————————————————————————————————————————————————————————————————————

    @property
    def language_code(self) -> str:
        match = re.search(r"\(([a-z]{2,3})", self.language)
        return match[1] if match else (self.language if len(self.language) == 2 else "")

    @property
    def seed(self) -> int:
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:4], "big")

    def secondary(self, name: str) -> Node | None:
        return self.form.instances.get(name)

    def itext(self, key: str) -> str:
        return self.rendered(Said(id=key), self.root, self.language)

    def known_of(self, name: str) -> str:
        return {"deviceid": "sofra", "username": self.username, "uri:deviceid": "sofra:web"}.get(name, "")

    def pulled(self, name: str, wanted: str, key: str, value: str) -> str:
        around = self.form.instances.get(name) or self.form.instances.get(name.removesuffix(".csv"))
        if around is None or not around.kids:
            return ""
        root = around.kids[0]
        if root.index is None:
            root.index = {}
        if key not in root.index:
            made: dict[str, list[Node]] = {}
            for it in root.kids:
                cell = it.child(key)
                made.setdefault(cell.text if cell is not None else "", []).append(it)
            root.index[key] = made
        found = root.index[key].get(value)
        cell = found[0].child(wanted) if found else None
        return cell.text if cell is not None else ""

    def choice_name(self, value: str, path: str, origin: Node) -> str:
        home = origin.spec.path if isinstance(origin.spec, Item) else f"/{self.form.root}"
        run = self.form.run(path.strip() or ".", home)
        found = values.nodes(self._value(run, origin, [])) if run is not None else []
        node = found[0] if found else None
        if node is None or not isinstance(node.spec, Question) or node.spec.itemset is None:
            return value
        labels = {choice.value: choice.label for choice in self._choices(node, node.spec, self.language)}
        if value in labels:
            return labels[value]
        return ", ".join(labels.get(word, word) for word in value.split())

    # — what is wrong, and how far it is ————————————————————————————————————————————————————————————————————————————

    def faults(self, language: str = "") -> list[Fault]:
        """What is wrong with relevant values, in document order, in the form's own words where it has some."""
        name = self.form.language_for(language) if language else self.language
        return [Fault(self.path_of(node), sentence) for node, sentence in checking.faults(self, name, language)]

    def children(self, path: str) -> list[str]:
        """Paths of what stands in a group or turn, in order; a repeat is one path without a number."""
        item = self.item(path)
        return [self._concrete(kid, path) for kid in item.children] if isinstance(item, Group) else []

    def _concrete(self, item: Item, below: str) -> str:
        """The path of an item in the same turns as the path `below`."""
        given = below.strip("/").split("/")
        steps = item.path.strip("/").split("/")
        for place, (mine, step) in enumerate(zip(given, steps, strict=False)):
            if mine.partition("[")[0] != step:
                break
            steps[place] = mine
        return "/" + "/".join(steps)

    def parts(self, language: str = "") -> list[Part]:
        return checking.parts(self, language)


def _bare(path: str) -> str:
    """A repeat's path without the number of the last turn."""
    return re.sub(r"\[\d+\]$", "", path)


def _why_bad(why: str) -> str:
    return {
        "large": _("These answers are larger than a form can be."),
        "deep": _("These answers are nested deeper than a form can be."),
        "many": _("These answers have more parts than a form can have."),
        "entities": _("These answers declare XML entities, which no form does: they were not read."),
    }.get(why) or _("These answers are no whole XML document: send them again.")


def _written_in(turn: Node) -> bool:
    """Did somebody answer anything in this turn?"""
    return any(isinstance(node.spec, Question) and node.spec.asked and node.text for node in turn.walk())


def _place(above: Node, item: Repeat, form: Form) -> int:
    """Where the first turn of a repeat belongs among what is there: before what follows it in the form."""
    names = form.order.get(item.path.rpartition("/")[0], [])
    if item.name not in names:
        return len(above.kids)
    after = set(names[names.index(item.name) + 1 :])
    return next((place for place, kid in enumerate(above.kids) if kid.name in after), len(above.kids))


def _complete(node: Node, pattern: Node, form: Form, path: str) -> None:
    """Give a document that came every element that the form has (phones leave out what was not asked)."""
    node.spec = form.items.get(path)
    came = {name: list(same) for name, same in node.named.items()}
    text = node.text
    node.kids, node.named = [], {}
    for name in form.order.get(path, [kid.name for kid in pattern.kids]):
        below = f"{path}/{name}"
        item = form.items.get(below)
        model = pattern.child(name) or (item.template if isinstance(item, Repeat) else None)
        same = came.pop(name, [])
        if not isinstance(item, Repeat):
            same = same[:1] or ([model.copy()] if model is not None else [])
            if model is not None and same and not same[0].text and not same[0].kids and model.kids:
                same = [model.copy()]
        for kid in same:
            node.add(kid)
            if model is not None:
                _complete(kid, model, form, below)
    for same in came.values():
        for kid in same:
            node.add(kid)
    node.text = "" if node.kids else text


__all__ = ["BadInstance", "Choice", "Fault", "Instance", "Part", "Status"]
