"""Charts as SVG from plain values: drawn by Vega-Lite without a browser, the same bytes for the same values.

What is not known (None) is blank, hatched and says so; it is never drawn as 0.
"""

import hashlib
import json
import math
import os
import tempfile
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import get_format, number_format

from . import svg
from .blocks import Table
from .labels import labels
from .letters import fit
from .palette import COLOURS, FONT, SERIES

VERSION = "1"  # of the drawing: another one, and nothing is taken from the cache
WIDTH = 420  # of the plot, in CSS pixels
LABEL_LETTERS, LABEL_LINES = 36, 3
LINE_HIGH = 15
KEPT = 3_000  # drawings; the oldest go
UNKNOWN = "#d9c9ae"
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


@dataclass(frozen=True)
class Value:
    """One number. `label` is its place on the axis, `series` its part of a stack or its line; None: not known.

    `shown` is what is printed beside it ("37,3 %"); where it is empty, the number in the document's language.
    """

    label: str
    number: float | None
    series: str = ""
    shown: str = ""


# — the kinds ——————————————————————————————————————————————————————————————————————————————————————————————


def bar(values: Sequence[Value], *, language: str, base: str = "", axis: str = "") -> str:
    """Horizontal bars in the given order. `base` is the line above: what the numbers are shares of ("n = 41").

    With series, each label has a bar a series, side by side.
    """
    rows, order = _rows(values, language), _order(values)
    series = _series(values)
    most = _most(values)
    x = {"field": "number", "type": "quantitative", "axis": None, "scale": _scale(values)}
    look = {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.94} if len(series) > 1 else 18}
    offset = {"yOffset": {"field": "series", "type": "nominal", "sort": series}} if len(series) > 1 else {}
    layers = [
        {
            "transform": [{"filter": "datum.number != null"}],
            "mark": look,
            "encoding": {**offset, "x": x, "color": _colour(series)},
        },
        _unknown_band(most, offset),
        _said(offset, {"align": "left", "dx": 5}, {"field": "at", "type": "quantitative"}),
    ]
    lines = max(len(_wrapped(label).split("\n")) for label in order) if order else 1
    step = max(16 * max(len(series), 1) + 10, LINE_HIGH * lines + 8)
    return _drawn(
        _spec(rows, layers, {"y": {**_labels(order), "scale": {"padding": 0.15}}}, base, axis, height={"step": step}),
        language,
    )


def stacked(values: Sequence[Value], *, language: str, base: str = "", axis: str = "", share: bool = False) -> str:
    """Bars made of series, told apart by pattern as well as colour. `share`: each bar is the whole, 100 %.

    A label with a part that is not known is hatched beyond what is known, and says so.
    """
    series, order = _series(values), _order(values)
    rows = _pieces(values, language, share=share)
    known = max((row["end"] for row in rows if row["number"] is not None), default=1.0) or 1.0
    scale = {"domain": [0, known * (1.0 if share else 1.02)], "nice": False}
    band = {"y": _labels(order), "x": {"field": "start", "type": "quantitative", "axis": None, "scale": scale}}
    span = {"x2": {"field": "end"}}
    middle = {"x": {"field": "middle", "type": "quantitative", "axis": None, "scale": scale}}
    roomy = [{"filter": f"datum.number != null && datum.end - datum.start >= {known * 0.07:.6g}"}]
    text: dict[str, Any] = {"text": {"field": "shown", "type": "nominal"}, **middle}
    layers = [
        {
            "transform": [{"filter": "datum.number != null"}],
            "mark": {"type": "bar", "stroke": COLOURS["paper"], "strokeWidth": 1},
            "encoding": {**span, "color": _colour(series)},
        },
        {
            "transform": roomy,
            "mark": _text(stroke=COLOURS["paper"], strokeWidth=4, strokeJoin="round"),
            "encoding": text,
        },
        {"transform": roomy, "mark": _text(fontWeight="bold"), "encoding": text},
        {
            "transform": [{"filter": "datum.number == null"}],
            "mark": _text(align="left", dx=5, fontStyle="italic"),
            "encoding": {
                "x": {"field": "start", "type": "quantitative"},
                "text": {"field": "shown", "type": "nominal"},
            },
        },
    ]
    lines = max((len(_wrapped(label).split("\n")) for label in order), default=1)
    return _drawn(_spec(rows, layers, band, base, axis, height={"step": max(30, LINE_HIGH * lines + 8)}), language)


def line(values: Sequence[Value], *, language: str, base: str = "", axis: str = "") -> str:
    """Lines over labels in the given order (years, rounds), each series with its own mark; unknown is a gap."""
    rows, order, series = _rows(values, language), _order(values), _series(values)
    at = {"field": "label", "type": "ordinal", "sort": order, "scale": {"type": "point", "padding": 0.4}}
    x = {
        **at,
        "axis": {
            "title": None,
            "labelAngle": 0,
            "labelExpr": "split(datum.label, '\\n')",
            "domainColor": COLOURS["edge"],
        },
    }
    y = {"field": "number", "type": "quantitative", "scale": _scale(values), "axis": _ticks()}
    shape = {"shape": _shape(series)}
    missing = {
        "transform": [{"filter": "datum.number == null"}],
        "mark": _text(baseline="bottom", dy=-4, fontStyle="italic", angle=0),
        "encoding": {"y": {"value": 230}, "text": {"field": "missing", "type": "nominal"}},
    }
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"y": y, "color": _colour(series)}},
        {
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {"y": y, "color": _colour(series), **shape},
        },
        {
            "transform": [{"filter": "datum.number != null"}],
            "mark": _text(baseline="bottom", dy=-8),
            "encoding": {"y": y, "text": {"field": "shown", "type": "nominal"}},
        },
        missing,
    ]
    return _drawn(_spec(rows, layers, {"x": x}, base, axis, height=230), language, patterns=False)


def dots(values: Sequence[Value], *, language: str, base: str = "", axis: str = "") -> str:
    """A dot a number on a common scale: for comparing many places, or two series of each."""
    rows, order, series = _rows(values, language), _order(values), _series(values)
    x = {"field": "number", "type": "quantitative", "scale": _scale(values), "axis": _ticks()}
    y = {
        **_labels(order),
        "axis": {**_labels(order)["axis"], "grid": True, "gridDash": [1, 3], "gridColor": COLOURS["edge"]},
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
            "encoding": {"x": x, "color": _colour(series), "shape": _shape(series)},
        },
        _unknown_band(_most(values), {}) if len(series) < 2 else _unknown_words(),
    ]
    if len(series) < 2:
        layers.append(_said({}, {"align": "left", "dx": 9}, {"field": "at", "type": "quantitative"}))
    lines = max((len(_wrapped(label).split("\n")) for label in order), default=1)
    return _drawn(
        _spec(rows, layers, {"y": y}, base, axis, height={"step": max(22, LINE_HIGH * lines + 6)}),
        language,
        patterns=False,
    )


# — the same in words and as a table ———————————————————————————————————————————————————————————————————————


def words(values: Sequence[Value], *, language: str) -> str:
    """The same in words, for the figure's alternative text; of many numbers the first forty."""
    rows = _rows(values, language)
    said = [": ".join(part for part in (row["full"], row["series"], row["shown"]) if part) for row in rows[:40]]
    return "; ".join(said) + ("; …" if len(rows) > 40 else "")


def table(values: Sequence[Value], *, caption: str, head: Sequence[str], language: str) -> Table:
    """The same as a table: a row a label, a column a series; what is not known is written out.

    `head` names the column of the labels and, where there are no series, the column of the numbers.
    """
    series, rows = _series(values), _rows(values, language)
    shown = {(row["full"], row["series"]): row["shown"] for row in rows}
    columns = series or [""]
    lines = [
        (label, *(shown.get((label, one), "") for one in columns))
        for label in dict.fromkeys(value.label for value in values)
    ]
    names = (head[0], *series) if series else tuple(head[:2])
    return Table(caption=caption, head=names, rows=tuple(lines), numbers=tuple(range(1, len(columns) + 1)))


# — pieces of a specification ——————————————————————————————————————————————————————————————————————————————


def _rows(values: Sequence[Value], language: str) -> list[dict[str, Any]]:
    unknown = labels(language)["not_known"]
    with translation.override(language):
        return [
            {
                "label": _wrapped(value.label),
                "full": value.label,
                "series": value.series,
                "number": _finite(value.number),
                "at": _finite(value.number) or 0,
                "shown": value.shown or (unknown if _finite(value.number) is None else _said_number(value.number)),
                "missing": f"{value.series}: {unknown}" if value.series else unknown,
            }
            for value in values
        ]


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _said_number(number: float | None) -> str:
    number = float(number or 0)
    whole = number.is_integer()
    return str(number_format(number, decimal_pos=0 if whole else 1, use_l10n=True, force_grouping=abs(number) >= 1_000))


def _pieces(values: Sequence[Value], language: str, *, share: bool) -> list[dict[str, Any]]:
    """Where each part of a stack begins and ends: computed here, so that an unknown part is nobody's zero."""
    rows, sums, whole = _rows(values, language), dict[str, float](), dict[str, float]()
    for row in rows:
        whole[row["label"]] = whole.get(row["label"], 0) + (row["number"] or 0)
    for row in rows:
        part = (row["number"] or 0) / ((whole[row["label"]] or 1) / 100 if share else 1)
        row["start"] = sums.get(row["label"], 0.0)
        row["end"] = sums[row["label"]] = row["start"] + part
        row["middle"] = (row["start"] + row["end"]) / 2
    return [row for row in rows if row["number"] is not None] + _unknown_parts(rows, sums)


def _unknown_parts(rows: list[dict[str, Any]], sums: dict[str, float]) -> list[dict[str, Any]]:
    """One row a label that has them, behind its last known part: "Yes, No: not known"."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["number"] is None:
            behind = {**row, "start": sums[row["label"]], "end": sums[row["label"]], "parts": []}
            found.setdefault(row["label"], behind)["parts"].append(row)
    for label, behind in found.items():
        some = any(row["label"] == label and row["number"] is not None for row in rows)
        names = ", ".join(row["series"] for row in behind.pop("parts") if some and row["series"])
        behind["shown"] = f"{names}: {behind['shown']}" if names else behind["shown"]
    return list(found.values())


def _order(values: Sequence[Value]) -> list[str]:
    return list(dict.fromkeys(_wrapped(value.label) for value in values))


def _series(values: Sequence[Value]) -> list[str]:
    return [name for name in dict.fromkeys(value.series for value in values) if name]


def _most(values: Sequence[Value]) -> float:
    return max((number for value in values if (number := _finite(value.number)) is not None), default=0) or 1


def _scale(values: Sequence[Value]) -> dict[str, Any]:
    known = [number for value in values if (number := _finite(value.number)) is not None]
    return {"domain": [min([0.0, *known]), max([*known, 0.0]) or 1], "nice": False}


@lru_cache(maxsize=4096)
def _wrapped(label: str) -> str:
    lines = textwrap.wrap(label[:400], LABEL_LETTERS) or ["–"]
    if len(lines) > LABEL_LINES or len(label) > 400:
        lines = [*lines[: LABEL_LINES - 1], lines[min(LABEL_LINES, len(lines)) - 1].rstrip(" .,;") + " …"]
    return "\n".join(lines)


def _labels(order: list[str]) -> dict[str, Any]:
    axis = {
        "title": None,
        "labelExpr": "split(datum.label, '\\n')",
        "labelLimit": 320,
        "ticks": False,
        "labelPadding": 8,
    }
    return {"field": "label", "type": "nominal", "sort": order, "axis": {**axis, "domainColor": COLOURS["edge"]}}


def _ticks() -> dict[str, Any]:
    return {"title": None, "tickCount": 5, "gridColor": COLOURS["line"], "domain": False, "ticks": False}


def _colour(series: list[str]) -> dict[str, Any]:
    if not series:
        return {"value": COLOURS[SERIES[0]]}
    shown = {
        "title": None,
        "orient": "top",
        "symbolSize": 140,
        "labelLimit": 240,
        "columns": 4 if len(series) == 4 else 3,
        "symbolStrokeWidth": 0,
    }
    shown |= {"symbolOpacity": 1, "labelFontSize": 12}
    colours = [COLOURS[SERIES[i % len(SERIES)]] for i in range(len(series))]
    scale = {"domain": series, "range": colours}
    return {"field": "series", "type": "nominal", "scale": scale, "legend": shown, "sort": series}


def _shape(series: list[str]) -> dict[str, Any]:
    if not series:
        return {"value": "circle"}
    scale = {"domain": series, "range": [_SHAPES[i % len(_SHAPES)] for i in range(len(series))]}
    return {"field": "series", "type": "nominal", "scale": scale, "sort": series}


def _text(**look: Any) -> dict[str, Any]:
    return {"type": "text", "fontSize": 12, "color": COLOURS["ink"], "baseline": "middle", **look}


def _said(offset: dict[str, Any], look: dict[str, Any], x: dict[str, Any]) -> dict[str, Any]:
    known = [{"filter": "datum.number != null"}]
    return {
        "transform": known,
        "mark": _text(**look),
        "encoding": {**offset, "x": x, "text": {"field": "shown", "type": "nominal"}},
    }


def _unknown_band(end: float, offset: dict[str, Any]) -> dict[str, Any]:
    """Across the whole plot, hatched, with the words in it: it cannot be taken for a bar, nor for nothing."""
    unknown = [{"filter": "datum.number == null"}]
    return {
        "transform": unknown,
        "layer": [
            {
                "mark": {"type": "bar", "color": UNKNOWN, "height": {"band": 0.9} if offset else 14},
                "encoding": {**offset, "x": {"datum": 0}, "x2": {"datum": end}},
            },
            {
                "mark": _text(align="left", dx=8, fontStyle="italic", stroke=COLOURS["paper"], strokeWidth=5),
                "encoding": {**offset, "x": {"datum": 0}, "text": {"field": "shown", "type": "nominal"}},
            },
            {
                "mark": _text(align="left", dx=8, fontStyle="italic"),
                "encoding": {**offset, "x": {"datum": 0}, "text": {"field": "shown", "type": "nominal"}},
            },
        ],
    }


def _unknown_words() -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.number == null"}],
        "mark": _text(align="left", dx=8, fontStyle="italic"),
        "encoding": {"x": {"value": WIDTH}, "text": {"field": "missing", "type": "nominal"}},
    }


def _spec(
    rows: list[dict[str, Any]],
    layers: list[dict[str, Any]],
    encoding: dict[str, Any],
    base: str,
    axis: str,
    height: Any,
) -> dict[str, Any]:
    above = [line for line in (axis, base) if line]
    said = {
        "text": above,
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 12,
        "fontWeight": "normal",
        "color": COLOURS["soft"],
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": height,
        "padding": 10,
        "background": COLOURS["paper"],
        **({"title": {**said, "offset": 10}} if above else {}),
        "data": {"values": rows},
        "encoding": {**encoding, "description": {"field": "full", "type": "nominal"}},
        "layer": layers,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelColor": COLOURS["ink"], "labelFontSize": 12, "grid": False},
            "legend": {"labelColor": COLOURS["ink"]},
        },
    }


# — drawing ————————————————————————————————————————————————————————————————————————————————————————————————


def _drawn(spec: dict[str, Any], language: str, *, patterns: bool = True) -> str:
    """The SVG of a specification, from the cache where the same was drawn before."""
    said = json.dumps([VERSION, spec, language, patterns], sort_keys=True, ensure_ascii=True)
    name = hashlib.sha256(said.encode()).hexdigest()
    path = folder() / f"{name}.svg"
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        drawing = _patterned(draw(spec, language), name[:8], patterns=patterns)
        _keep(path, drawing)
        return drawing


def draw(spec: dict[str, Any], language: str) -> str:
    """Any Vega-Lite specification as clean SVG, the numbers of its axes as the language writes them.

    It fetches nothing: data stand in the specification. A process must not fork after its first chart (vl-convert
    would hang then), so the library is loaded here and not above.
    """
    import vl_convert

    point, thousand = (get_format(name, language) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR"))
    locale = {"decimal": point, "thousands": thousand, "grouping": [3], "currency": ["", ""]}
    return svg.cleaned(
        vl_convert.vegalite_to_svg(_fitting(spec), vl_version="5.20", allowed_base_urls=[], format_locale=locale)
    )


def _fitting(said: Any) -> Any:
    """Without control characters in any text: a NUL would end not the drawing but the process."""
    if isinstance(said, str):
        return fit(said)
    if isinstance(said, dict):
        return {fit(name): _fitting(value) for name, value in said.items()}
    return [_fitting(value) for value in said] if isinstance(said, list) else said


def folder() -> Path:
    """Where drawings are kept; it can be emptied at any time."""
    return Path(settings.DATA) / "charts"


def _keep(path: Path, drawing: str) -> None:
    """Write the drawing whole or not at all; of very many the oldest go. A full disk is no reason to have no chart."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        handle, temporary = tempfile.mkstemp(prefix=".coming-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(drawing)
        Path(temporary).replace(path)
        kept = sorted(path.parent.glob("*.svg"), key=lambda one: one.stat().st_mtime)
        for old in kept[: max(0, len(kept) - KEPT)]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _patterned(drawing: str, name: str, *, patterns: bool) -> str:
    """Colours of series become patterns, that of the unknown becomes hatching: Vega-Lite itself has none."""
    made = [_pattern(f"p{name}u", COLOURS["hatch"], COLOURS["paper"], 2)] if f'fill="{UNKNOWN}"' in drawing else []
    drawing = drawing.replace(f'fill="{UNKNOWN}"', f'fill="url(#p{name}u)"')
    if patterns:
        for i, colour in enumerate(SERIES[1:], start=1):
            said = f'fill="{COLOURS[colour]}"'
            if said in drawing:
                made.append(_pattern(f"p{name}{i}", _LIGHT, COLOURS[colour], i))
                drawing = drawing.replace(said, f'fill="url(#p{name}{i})"')
    if not made:
        return drawing
    end = drawing.find(">") + 1
    return f"{drawing[:end]}<defs>{''.join(made)}</defs>{drawing[end:]}"


_LIGHT = "#f4e9d8"
_LINES = {1: "M0 0v8", 2: "M0 4h8", 3: "M0 0v8M0 4h8", 4: "M4 0v3", 5: "M0 0v8M4 0v8"}
_TURNED = {1: 45, 2: -45, 3: 0, 4: 0, 5: 90}


def _pattern(name: str, lines: str, ground: str, number: int) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({_TURNED[number]})"><rect width="8" height="8" fill="{ground}"/>'
        f'<path d="{_LINES[number]}" fill="none" stroke="{lines}" stroke-width="1.3"/></pattern>'
    )
