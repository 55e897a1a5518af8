"""The XML of forms and answers as a light tree; read without entities, bombs or depth, written as it came."""

from collections.abc import Iterator

from lxml import etree

LARGEST = 8 * 1024 * 1024  # bytes of one document
DEEPEST = 60
MOST_ELEMENTS = 200_000


class BadXml(ValueError):
    """`why`: "large", "deep", "many", "entities" or "broken"."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why = why


class Node:
    """An element. `spec`: what the form says of it. `off`: it counts for nothing, because its own condition does not

    hold (`unasked`), because it is a turn too many (`beyond`), or because what it stands in is off.
    """

    __slots__ = (
        "attributes", "beyond", "index", "kids", "name", "named", "off", "parent", "space", "spec", "text", "unasked",
    )  # fmt: skip

    def __init__(self, name: str, text: str = "", *, space: str = "", attributes: dict[str, str] | None = None) -> None:
        self.name = name
        self.space = space
        self.text = text
        self.attributes = attributes or {}
        self.kids: list[Node] = []
        self.named: dict[str, list[Node]] = {}
        self.parent: Node | None = None
        self.off = self.unasked = self.beyond = False
        self.spec: object = None
        self.index: dict[str, dict[str, list[Node]]] | None = None

    def add(self, kid: "Node", at: int | None = None) -> "Node":
        """Put it at the end, or right before the `at`-th of all children."""
        kid.parent = self
        same = self.named.setdefault(kid.name, [])
        if at is None:
            self.kids.append(kid)
            same.append(kid)
        else:
            self.kids.insert(at, kid)
            same[:] = [other for other in self.kids if other.name == kid.name]
        return kid

    def remove(self, kid: "Node") -> None:
        self.kids.remove(kid)
        self.named[kid.name].remove(kid)
        kid.parent = None

    def copy(self) -> "Node":
        """A deep copy, without a parent."""
        twin = Node(self.name, self.text, space=self.space, attributes=dict(self.attributes))
        twin.spec = self.spec
        for kid in self.kids:
            twin.add(kid.copy())
        return twin

    def settle(self) -> None:
        """Work out `off` of this one and all below."""
        off = self.unasked or self.beyond or (self.parent is not None and self.parent.off)
        if off != self.off:
            self.off = off
            for kid in self.kids:
                kid.settle()

    def walk(self) -> Iterator["Node"]:
        """This one and all below, in document order."""
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def child(self, name: str) -> "Node | None":
        same = self.named.get(name)
        return same[0] if same else None

    def value(self) -> str:
        """The string-value: its own text, or that of all below."""
        return self.text if not self.kids else "".join(node.text for node in self.walk() if not node.off)


def element(xml: str | bytes, *, largest: int = LARGEST, most: int = MOST_ELEMENTS) -> etree._Element:
    """The root of a document. Raises BadXml."""
    content = xml.encode() if isinstance(xml, str) else xml
    if len(content) > largest:
        raise BadXml("large")
    if isinstance(xml, str) and xml.lstrip().startswith("<?xml"):
        content = xml[xml.index("?>") + 2 :].strip().encode() if "?>" in xml[:200] else content
    if b"<!DOCTYPE" in content[:20_000] or b"<!ENTITY" in content:
        raise BadXml("entities")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise BadXml("broken", str(error)) from None
    if root is None:
        raise BadXml("broken")
    if root.getroottree().docinfo.doctype:
        raise BadXml("entities")
    _measure(root, most)
    return root


def _measure(root: etree._Element, most: int) -> None:
    """Raises BadXml for what is too deep or has too many elements, before anybody walks down it."""
    depth = count = 0
    for event, _it in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST:
            raise BadXml("deep")
        if count > most:
            raise BadXml("many")


def plain(it: etree._Element) -> str:
    """The document as it came, in one spelling."""
    return etree.tostring(it, encoding="unicode")


def split(tag: str) -> tuple[str, str]:
    """Namespace and local name of lxml's {namespace}name."""
    if tag[:1] == "{":
        space, _, name = tag[1:].partition("}")
        return space, name
    return "", tag


def tree(it: etree._Element) -> Node:
    """The same as Nodes; white space between elements is dropped, the text of a leaf is kept as it is."""
    space, name = split(it.tag)
    node = Node(name, space=space, attributes={str(key): str(value) for key, value in it.attrib.items()})
    for kid in it:
        if isinstance(kid.tag, str):
            node.add(tree(kid))
    if not node.kids:
        node.text = it.text or ""
    return node


def xml(node: Node, *, final: bool = False) -> str:
    """The document. `final` leaves out what is off."""
    return etree.tostring(_element(node, None, final), encoding="unicode")


def _element(node: Node, below: etree._Element | None, final: bool) -> etree._Element:
    tag = f"{{{node.space}}}{node.name}" if node.space else node.name
    if below is None:
        spaces: dict[str | None, str] = {PREFIXES[space]: space for space in _spaces(node) if space in PREFIXES}
        if node.space:
            spaces[None] = node.space
        it = etree.Element(tag, node.attributes, nsmap=spaces)
    else:
        it = etree.SubElement(below, tag, node.attributes)
    if node.kids:
        for kid in node.kids:
            if not (final and kid.off):
                _element(kid, it, final)
    elif node.text:
        it.text = clean(node.text)
    return it


PREFIXES = {
    "http://openrosa.org/javarosa": "jr", "http://openrosa.org/xforms": "orx",
    "http://www.opendatakit.org/xforms": "odk", "http://www.opendatakit.org/xforms/entities": "entities",
}  # fmt: skip


def _spaces(node: Node) -> set[str]:
    found = set()
    for it in node.walk():
        found.add(it.space)
        found |= {split(key)[0] for key in it.attributes}
    return found


_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535, *range(55296, 57344)))


def clean(text: str) -> str:
    """Without the letters that no XML document may hold."""
    return text.translate(_FORBIDDEN)
