"""Drawings that stand alone: classes become attributes, what could run or fetch is taken out."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from lxml import etree, html

from .blocks import Figure, Table
from .letters import fit
from .palette import COLOURS, FONT, MAPS
from .typesetting import typeset

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
EMPTY = f'<svg xmlns="{SVG}" viewBox="0 0 10 10" width="10" height="10"></svg>'
PIXEL_MM = 0.265  # a drawing is never printed larger than it is on a screen
PAGE_MM = (160.0, 140.0)  # width and height that a figure may take of an upright page
WHOLE_MM = (160.0, 205.0)  # one whose words would be too small to read there gets a page for itself
WIDE_MM = (247.0, 118.0)  # and of a page on its side
READABLE = 0.7  # of its size on a screen
MOST = 8_000_000  # letters of one drawing
ELEMENTS = frozenset(
    "svg g path rect circle ellipse line polyline polygon text tspan title desc defs pattern clipPath linearGradient "
    "radialGradient stop a use marker symbol".split()
)
ATTRIBUTES = frozenset(
    "id x y x1 y1 x2 y2 cx cy r rx ry dx dy d points width height viewBox transform preserveAspectRatio fill stroke "
    "opacity fill-opacity stroke-opacity fill-rule clip-rule clip-path stroke-width stroke-linejoin stroke-linecap "
    "stroke-dasharray stroke-dashoffset stroke-miterlimit paint-order font-family font-size font-weight font-style "
    "font-variant text-anchor dominant-baseline letter-spacing patternUnits patternTransform patternContentUnits "
    "clipPathUnits gradientUnits gradientTransform offset stop-color stop-opacity role aria-label aria-hidden "
    "aria-roledescription version href visibility display".split()
)
_SPOKEN = ("role", "aria-label", "aria-hidden", "aria-roledescription")
_LINK = re.compile(r"(https?://|/(?!/)|#)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"url\(\s*['\"]?\s*(?!['\"]?#)", re.IGNORECASE)


# — taking out —————————————————————————————————————————————————————————————————————————————————————————————


@lru_cache(maxsize=64)
def cleaned(drawing: str) -> str:
    """The SVG without scripts, handlers, styles, foreign objects and references to the outside; "" if it is none."""
    root = _read(drawing)
    return "" if root is None else _written(_clean(root))


def resolved(drawing: str) -> str:
    """The SVG inside this markup, every class turned into attributes of the light palette, and cleaned."""
    root = _read(drawing)
    return "" if root is None else _written(_clean(_painted(root)))


def _read(drawing: str) -> Any:
    """The drawing's tree; None where there is none that can be read. Entities and the network are shut."""
    start, end = drawing.find("<svg"), drawing.rfind("</svg>")
    if start < 0 or end < start or len(drawing) > MOST:
        return None
    text = fit(drawing[start : end + 6])
    head = text[: text.find(">")]
    if "xmlns=" not in head:
        text = text.replace("<svg", f'<svg xmlns="{SVG}"', 1)
    if "xlink:" in text and "xmlns:xlink" not in head:
        text = text.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _written(root: Any) -> str:
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


def _name(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _clean(root: Any) -> Any:
    for node in list(root.iter()):
        if _name(node) not in ELEMENTS or etree.QName(node).namespace != SVG:
            if node is not root and node.getparent() is not None:
                _drop(node)
            continue
        _clean_attributes(node)
    return root


def _drop(node: Any) -> None:
    """Take a node out with all it holds, but not the text that follows it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail:
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)


def _clean_attributes(node: Any) -> None:
    """Only what draws, and nothing that leads elsewhere; simple declarations of a style become attributes."""
    said = {**node.attrib}
    for declaration in said.pop("style", "").split(";"):
        name, _colon, value = declaration.partition(":")
        said[name.strip()] = value.strip()
    said.setdefault("href", said.get(XLINK, ""))
    node.attrib.clear()
    for name, value in said.items():
        if name in ATTRIBUTES and value and not _ELSEWHERE.search(value):
            node.set(name, value)
    href = node.get("href")
    if href is not None and not (_LINK.match(href) if _name(node) == "a" else href.startswith("#")):
        del node.attrib["href"]


# — what classes mean ——————————————————————————————————————————————————————————————————————————————————————


def _painted(root: Any) -> Any:
    """Presentation attributes from the rules of palette.MAPS; a later rule wins, the drawing's own attributes stay."""
    painted: dict[Any, dict[str, str]] = {}
    for parts, look in _rules():
        for node in root.iter():
            if _name(node) and _matches(node, parts):
                painted.setdefault(node, {}).update(look)
    for node, look in painted.items():
        for name, value in look.items():
            if name not in node.attrib:
                node.set(name, COLOURS.get(value, value))
    return root


@lru_cache(maxsize=1)
def _rules() -> list[tuple[list[tuple[str, frozenset[str], bool]], dict[str, str]]]:
    """Each selector as (tag, classes, is it a child of the one before?), from the outside in."""
    found = []
    for selector, look in MAPS:
        words, parts = selector.split(), []
        for before, word in pairwise(["", *words]):
            if word != ">":
                tag, *classes = word.split(".")
                parts.append((tag, frozenset(classes), before == ">"))
        found.append((parts, look))
    return found


def _matches(node: Any, parts: list[tuple[str, frozenset[str], bool]]) -> bool:
    tag, classes, child = parts[-1]
    if (tag and _name(node) != tag) or not classes <= set((node.get("class") or "").split()):
        return False
    if len(parts) == 1:
        return True
    above = [node.getparent()] if child else list(node.iterancestors())
    return any(one is not None and _matches(one, parts[:-1]) for one in above)


# — maps with their key ————————————————————————————————————————————————————————————————————————————————————

LETTER = 5.6  # about how wide a letter of the key is, at 11 units
ROW = 18
NARROWEST = 400


def map_figure(
    drawn: str, *, caption: str, alt: str = "", source: str = "", table: Table | None = None, anchor: str = ""
) -> Figure:
    """What places.maps draws (a map with its key below), unchanged, as one figure that carries its own colours.

    Without `alt` the map's own name is its words. The credit line below the map is part of the figure's source.
    """
    body = html.fragment_fromstring(drawn, create_parent="div")
    credit = " ".join("".join(line.itertext()) for line in body.iterfind(".//p[@class='map-credit']"))
    root = _read(drawn[: drawn.find("</svg>") + 6])
    if root is None:
        return Figure(caption=caption, svg=EMPTY, alt=alt or caption, source=source, table=table, anchor=anchor)
    named = root.get("aria-label", "")
    return Figure(
        caption=caption,
        svg=_with_key(root, _keys(drawn)),
        alt=alt or named or caption,
        source=" · ".join(part for part in (source, credit) if part),
        table=table,
        anchor=anchor,
    )


def _keys(drawn: str) -> list[tuple[Any, str]]:
    """The entries of a map's key: a mark (None for a line of words) and what it means."""
    start = drawn.find('<ul class="map-legend')
    if start < 0:
        return []
    listing = etree.fromstring(drawn[start : drawn.find("</ul>", start) + 5], etree.XMLParser(resolve_entities=False))
    for node in listing.iter():
        node.tag = f"{{{SVG}}}{node.tag}"
    _painted(listing)
    return [(item.find(f"{{{SVG}}}svg"), "".join(item.itertext()).strip()) for item in listing]


def _with_key(root: Any, keys: list[tuple[Any, str]]) -> str:
    """One drawing: the map above, its key in lines below, on the colour of the page."""
    left, top, wide, high = (float(part) for part in root.get("viewBox").split())
    width = max(wide, NARROWEST)
    _painted(root)
    sheet = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})
    ground = etree.SubElement(sheet, f"{{{SVG}}}rect")
    place = etree.SubElement(sheet, f"{{{SVG}}}g", transform=f"translate({(width - wide) / 2 - left:g} {-top:g})")
    place.extend(list(root))
    x, y = 4.0, high + 6
    for mark, words in keys:
        shown = _wrapped(words, int((width - 40) / LETTER))
        needed = (26 if mark is not None else 4) + max(map(len, shown)) * LETTER + 8
        if x > 4 and x + needed > width:
            x, y = 4.0, y + ROW
        if mark is not None:
            spot = etree.SubElement(sheet, f"{{{SVG}}}g", transform=f"translate({x:g} {y:g})")
            spot.extend(list(mark))
        for i, line in enumerate(shown):
            at = {"x": f"{x + (24 if mark is not None else 0):g}", "y": f"{y + 11 + i * 14:g}"}
            look = {"font-family": FONT, "font-size": "11", "fill": COLOURS["ink"]}
            etree.SubElement(sheet, f"{{{SVG}}}text", {**at, **look}).text = line
        x, y = x + needed, y + 14 * (len(shown) - 1)
    height = y + (ROW + 6 if keys else 0)
    ground.attrib.update({"width": f"{width:g}", "height": f"{height:g}", "fill": COLOURS["paper"]})
    sheet.attrib.update({"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}"})
    return _written(_clean(sheet))


def _wrapped(words: str, most: int) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def on_a_page(drawing: str, *, alt: str, prefix: str) -> str:
    """The cleaned drawing as one picture of an HTML page: named `alt`, its own names kept apart by `prefix`.

    One that has links stays a group of links that can be followed.
    """
    root = _read(drawing)
    if root is None:
        return ""
    _clean(root)
    for node in root.iter():
        for name, value in list(node.attrib.items()):
            if name == "id":
                node.set(name, prefix + value)
            elif "url(#" in value:
                node.set(name, value.replace("url(#", f"url(#{prefix}"))
            elif name == "href" and value.startswith("#"):
                node.set(name, f"#{prefix}{value[1:]}")
    followed = any(_name(node) == "a" and node.get("href") for node in root.iter())
    if not followed:  # one picture has one name: a mark inside with a role and no name of its own is none
        for node in root.iter():
            for name in _SPOKEN:
                node.attrib.pop(name, None)
    root.set("role", "group" if followed else "img")
    root.set("aria-label", fit(alt))
    return _written(root)


# — sizes and pictures —————————————————————————————————————————————————————————————————————————————————————


def size(drawing: str) -> tuple[float, float]:
    """Width and height in its own units; (300, 150), as browsers take it, where it does not say."""
    head = drawing[: drawing.find(">")]
    box = re.search(r'viewBox="([^"]+)"', head)
    numbers = [float(part) for part in re.findall(r"[-+.\deE]+", box[1])] if box else []
    if len(numbers) == 4 and numbers[2] > 0 and numbers[3] > 0:
        return numbers[2], numbers[3]
    said = [re.search(rf'\b{name}="([\d.]+)', head) for name in ("width", "height")]
    wide, high = (float(one[1]) if one else 0.0 for one in said)
    return (wide, high) if wide > 0 and high > 0 else (300.0, 150.0)


def width_mm(drawing: str, widest: float, highest: float) -> float:
    """How wide it is printed: as on a screen, or as much smaller as the page asks for."""
    wide, high = size(drawing)
    return round(min(wide * PIXEL_MM, widest, highest * wide / high), 2)


def printed_mm(drawing: str, *, wide: bool) -> float:
    """How wide it stands on an A4 page, upright or (`wide`) on its side."""
    if wide:
        return width_mm(drawing, *WIDE_MM)
    usual = width_mm(drawing, *PAGE_MM)
    if usual < READABLE * size(drawing)[0] * PIXEL_MM:
        return width_mm(drawing, *WHOLE_MM)
    return usual


def picture(drawing: str, *, dots_an_inch: int = 200) -> bytes:
    """The same as PNG, with typst's own fonts, for readers that draw no SVG."""
    program = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")'
    return typeset({"main": program, "drawing.svg": drawing.encode()}, dots_an_inch=dots_an_inch)
