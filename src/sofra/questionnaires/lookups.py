"""Files that a form looks values up in (CSV, XML, GeoJSON), as the trees that instance('name') stands for."""

import csv
import io
import json
import re

from . import trees
from .trees import Node

MOST_ROWS = 100_000
_NOT_IN_NAMES = re.compile(r"[^\w.\-]")


def file_name(source: str) -> str:
    """jr://file-csv/places.csv → places.csv; "" for what is no file (the last saved filling)."""
    return source.rpartition("/")[2] if re.match(r"jr://(file|file-csv|images|audio|video)/", source) else ""


def read(source: str, media: dict[str, bytes]) -> Node | None:
    """None where the file has not come (yet) or cannot be read: look-ups in it find nothing."""
    name = file_name(source)
    content = media.get(name)
    if content is None:
        return None
    try:
        if name.lower().endswith(".xml"):
            return _holding(trees.tree(trees.element(content, most=3_000_000)))
        if name.lower().endswith(".geojson"):
            return _holding(_features(json.loads(content)))
        return _holding(_rows(content))
    except (trees.BadXml, ValueError, csv.Error, RecursionError, AttributeError, TypeError, KeyError):
        return None


def _holding(root: Node) -> Node:
    """instance('x') is the element around the root, so that instance('x')/root/item finds it."""
    around = Node("instance")
    around.add(root)
    return around


def _name(said: str) -> str:
    name = _NOT_IN_NAMES.sub("_", said.strip())
    return name if name and not name[0].isdigit() else f"_{name}"


def _table(content: bytes) -> list[list[str]]:
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = content.decode("cp1252", "replace")
    separator = ";" if said[:2000].split("\n")[0].count(";") > said[:2000].split("\n")[0].count(",") else ","
    rows = []
    for row in csv.reader(io.StringIO(said.replace("\0", "")), delimiter=separator):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            break
    return rows


def _rows(content: bytes) -> Node:
    root, table = Node("root"), _table(content)
    names = [_name(cell) for cell in table[0]] if table else []
    for row in table[1:]:
        if any(row):
            root.add(_item(names, row))
    return root


def _item(names: list[str], row: list[str]) -> Node:
    item = Node("item")
    for name, cell in zip(names, row, strict=False):
        item.add(Node(name, trees.clean(cell)))
    return item


def itemsets(content: bytes) -> dict[str, Node]:
    """The lists of select_one_external, by their names."""
    table = _table(content)
    names = [_name(cell) for cell in table[0]] if table else []
    lists: dict[str, Node] = {}
    for row in table[1:]:
        item = _item(names, row)
        named = item.child("list_name")
        lists.setdefault(named.text if named else "", Node("root")).add(item)
    return {name: _holding(root) for name, root in lists.items()}


def _features(content: dict[str, object]) -> Node:
    root = Node("root")
    for feature in list(content["features"])[:MOST_ROWS]:  # type: ignore[call-overload]
        item = Node("item")
        geometry = feature.get("geometry") or {}
        item.add(Node("geometry", _geometry(geometry)))
        given = dict(feature.get("properties") or {})
        given.setdefault("id", feature.get("id", ""))
        for key, value in given.items():
            item.add(Node(_name(str(key)), "" if value is None else str(value)))
        root.add(item)
    return root


def _geometry(it: dict[str, object]) -> str:
    places = it.get("coordinates") or []
    if it.get("type") == "Point":
        places = [places]
    elif it.get("type") == "Polygon":
        places = places[0]  # type: ignore[index]
    return "; ".join(f"{place[1]} {place[0]} 0 0" for place in places)  # type: ignore[attr-defined]
