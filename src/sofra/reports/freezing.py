"""What an edition holds: the documents as everyone may read them, and what of them stands on which source.

Frozen content is compared with the edition before it, and a source whose consent was withdrawn is taken out of it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sofra.ground.models import Visibility
from sofra.printing import blocks as printed
from sofra.printing.blocks import Document, as_json, from_json

from . import building, packaging
from .models import Edition, Report
from .rules import LANGUAGES

Content = dict[str, Any]


def frozen(report: Report, number: int) -> Content:
    """The content of the next edition, as everyone may see it at this moment."""
    documents, stands = {}, {}
    for language in LANGUAGES:
        with translation.override(language):
            words = _("edition %(number)s, %(day)s") % {
                "number": number, "day": timezone.localdate().strftime("%d.%m.%Y"),
            }  # fmt: skip
        built = building.built(report, language, Visibility.PUBLIC, edition=words)
        documents[language] = as_json(built.document)
        stands[language] = {"evidence": built.evidence, "figures": built.figures}
    content: Content = json.loads(
        json.dumps({"documents": documents, "stands": stands, "data": packaging.data_of(report)})
    )  # as the database will give it back
    return content


def digest_of(content: Content) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def document(edition: Edition, language: str) -> Document:
    """The frozen document. Raises KeyError for a language that the edition has not."""
    return from_json(edition.content["documents"][language])


# — what differs ———————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Difference:
    """One thing that is new, gone or changed. `anchor` leads to it where it still stands."""

    kind: str  # added, removed or changed
    what: str
    anchor: str
    before: str
    after: str


def differences(before: Document, after: Document) -> list[Difference]:
    """What the later document says otherwise, in its order; what is gone stands at the end."""
    was, now = _named(before.blocks), _named(after.blocks)
    found = []
    for name, block in now.items():
        words = in_words(block)
        if name not in was:
            found.append(Difference("added", name[0], anchor_of(block), "", words))
        elif (earlier := in_words(was[name])) != words:
            found.append(Difference("changed", name[0], anchor_of(block), earlier, words))
    found += [Difference("removed", name[0], "", in_words(block), "") for name, block in was.items() if name not in now]
    return found


def _named(blocks: Iterable[printed.Block]) -> dict[tuple[str, str], printed.Block]:
    """Each block by its kind and a name that lasts: the anchor; of texts their place below the last heading."""
    found: dict[tuple[str, str], printed.Block] = {}
    place, number = "", 0
    for block in blocks:
        if isinstance(block, printed.PageBreak):
            continue
        if isinstance(block, printed.Heading):
            place, number = block.anchor or block.text, 0
        name = anchor_of(block)
        if not name:
            number += 1
            name = f"{place}/{number}"
        found[(kind_of(block), name)] = block
    return found


def kind_of(block: printed.Block) -> str:
    words: dict[type, str] = {
        printed.Heading: _("heading"), printed.Paragraph: _("text"), printed.Listing: _("text"),
        printed.Table: _("table"), printed.Figure: _("figure"), printed.Statement: _("finding"),
    }  # fmt: skip
    return words.get(type(block), "")


def anchor_of(block: printed.Block) -> str:
    return block.code if isinstance(block, printed.Statement) else getattr(block, "anchor", "")


def in_words(block: printed.Block) -> str:
    """Everything that a block says, as one text."""
    if isinstance(block, printed.Heading):
        return block.text
    if isinstance(block, printed.Paragraph):
        return _said(block.runs)
    if isinstance(block, printed.Listing):
        return "\n".join(_said(item) for item in block.items)
    if isinstance(block, printed.Statement):
        lines = [_said(block.runs), block.standing, *map(_said, block.evidence), *map(_said, block.objections)]
        return "\n".join(line for line in lines if line)
    if isinstance(block, printed.Table):
        return "\n".join([block.caption, *(" | ".join(row) for row in (block.head, *block.rows)), block.source])
    if isinstance(block, printed.Figure):
        return in_words(block.table) if block.table else f"{block.caption}\n{block.alt}"
    return ""


def _said(runs: Iterable[printed.Run]) -> str:
    return "".join(run.text + (f" [{run.note}]" if run.note else "") for run in runs)


# — a consent that was withdrawn ———————————————————————————————————————————————————————————————————————————


def without(content: Content, source: str, *, day: str) -> Content | None:
    """The content without what it says of a source (by code); None where it says nothing of it."""
    left = deepcopy(content)
    touched = False
    for language, held in left["documents"].items():
        stands = left["stands"].get(language, {"evidence": {}, "figures": {}})
        with translation.override(language):
            touched |= _leave(held, stands, source, day)
    touched |= packaging.leave(left["data"], source)
    return left if touched else None


def _leave(held: dict[str, Any], stands: Mapping[str, Any], source: str, day: str) -> bool:
    lost = _("The consent for this source was withdrawn on %(day)s: what it said was taken out.") % {"day": day}
    touched = False
    for at, block in enumerate(held["blocks"]):
        if block["block"] == "statement":
            behind = stands["evidence"].get(block["code"], ())
            for line, code in enumerate(behind):
                if code == source:
                    block["evidence"][line] = [_run(lost)]
                    touched = True
        elif stands["figures"].get(block.get("anchor", "")) == source:
            held["blocks"][at] = {"block": "paragraph", "runs": [_run(f"{block['caption']}: {lost}")], "style": "care"}
            touched = True
        elif block["block"] == "table" and block["anchor"].startswith("sources-"):
            touched |= _leave_row(block, source, lost)
    return touched


def _leave_row(block: dict[str, Any], source: str, lost: str) -> bool:
    name, touched = building.short(source), False
    for at, row in enumerate(block["rows"]):
        if row[0] == name:
            block["rows"][at] = [name, lost, *("" for _cell in row[2:])]
            touched = True
    return touched


def _run(text: str) -> dict[str, Any]:
    return {"text": text, "strong": False, "emphasis": True, "link": "", "note": ""}
