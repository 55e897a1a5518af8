"""The Markdown that people write between findings and in minutes: as blocks or as clean HTML, never as raw HTML.

What it knows: headings, paragraphs, lists, quotes, tables, strong, emphasis, links, lines. Pictures become their words,
code is shown as it stands. A list within a list becomes part of the outer one.
"""

from collections.abc import Iterator
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .blocks import Block, Heading, Listing, Paragraph, Run, Table
from .letters import fit
from .links import even_levels, outside

MOST = 100_000  # letters; what is longer is shown as it stands, since parsing it could take minutes
TAGS = {
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "strong",
    "em",
    "a",
    "code",
    "pre",
    "br",
    "hr",
}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
DEEPEST = 4


def blocks(text: str, level: int = 2) -> tuple[Block, ...]:
    """Headings are shifted so that # is of this `level`; none is deeper than 4."""
    if len(text) > MOST:
        return tuple(Paragraph((Run(part),)) for part in text.split("\n\n") if part.strip())
    return tuple(_blocks(list(_parser().parse(text)), level))


def html(text: str, level: int = 2) -> SafeString:
    """The same as HTML that is safe to show, # as <h2> where `level` is 2: links to http(s), mailto and "#…" only."""
    if len(text) > MOST:
        return mark_safe(nh3.clean_text(fit(text)))
    tokens = _parser().parse(fit(text))
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    for token, step in zip(headings, even_levels([int(token.tag[1]) for token in headings]), strict=True):
        token.tag = f"h{min(step + level - 1, 6)}"
    for picture in (child for token in tokens for child in (token.children or []) if child.type == "image"):
        picture.type, picture.children = "text", None
    shown = _parser().renderer.render(tokens, _parser().options, {})
    return mark_safe(
        nh3.clean(
            shown,
            tags=TAGS,
            attributes={"a": {"href"}},
            set_tag_attribute_values={"th": {"scope": "col"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20}).enable("table")


# — blocks —————————————————————————————————————————————————————————————————————————————————————————————————


def _blocks(tokens: list[Token], level: int) -> Iterator[Block]:
    """The blocks of tokens at one depth; what stands inside a quote is told with the quote's style."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        inner, after = _within(tokens, at)
        if token.type == "heading_open":
            yield Heading(_plain(inner), min(int(token.tag[1]) + level - 1, DEEPEST))
        elif token.type == "paragraph_open":
            yield Paragraph(_runs(inner))
        elif token.type == "blockquote_open":
            yield from _quoted(_blocks(inner, level))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            yield Listing(tuple(_items(inner)), ordered=token.type.startswith("ordered"))
        elif token.type == "table_open":
            yield _table(inner)
        elif token.type in ("fence", "code_block"):
            yield Paragraph((Run(token.content.rstrip("\n")),), "small")
        at = after


def _within(tokens: list[Token], at: int) -> tuple[list[Token], int]:
    """The tokens between an opening one and its closing one, and where to go on."""
    if tokens[at].nesting != 1:
        return [], at + 1
    end = next(i for i in range(at + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == tokens[at].level)
    return tokens[at + 1 : end], end + 1


def _quoted(inside: Iterator[Block]) -> Iterator[Block]:
    for block in inside:
        yield Paragraph(block.runs, "quote") if isinstance(block, Paragraph) else block


def _items(tokens: list[Token]) -> Iterator[tuple[Run, ...]]:
    """The items of a list, those of a list within it behind the item that holds it."""
    at = 0
    while at < len(tokens):
        inner, after = _within(tokens, at)
        if tokens[at].type == "list_item_open":
            own: list[Run] = []
            deeper: list[tuple[Run, ...]] = []
            for block in _blocks(inner, 1):
                if isinstance(block, Listing):
                    deeper += block.items
                else:
                    runs = block.runs if isinstance(block, Paragraph) else (Run(getattr(block, "text", "")),)
                    own += [Run("\n"), *runs] if own else list(runs)
            yield tuple(own)
            yield from deeper
        at = after


def _table(tokens: list[Token]) -> Table:
    rows: list[list[str]] = []
    right: set[int] = set()
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            if "right" in str(token.attrs.get("style", "")):
                right.add(len(rows[-1]))
            rows[-1].append(_plain(_within(tokens, at)[0]))
    head, *body = rows or [[]]
    return Table(caption="", head=tuple(head), rows=tuple(tuple(row) for row in body), numbers=tuple(sorted(right)))


# — runs ———————————————————————————————————————————————————————————————————————————————————————————————————


def _plain(tokens: list[Token]) -> str:
    return "".join(run.text for run in _runs(tokens))


def _runs(tokens: list[Token]) -> tuple[Run, ...]:
    found: list[Run] = []
    strong = emphasis = 0
    link = ""
    for token in (child for one in tokens for child in (one.children or [])):
        if token.type in ("strong_open", "strong_close"):
            strong += token.nesting
        elif token.type in ("em_open", "em_close"):
            emphasis += token.nesting
        elif token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            link = href if href.startswith("#") else outside(href)
        elif token.type == "link_close":
            link = ""
        elif text := "\n" if token.type in ("softbreak", "hardbreak") else token.content:
            found.append(Run(text, strong > 0, emphasis > 0, link))
    return tuple(_joined(found))


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Neighbours that look alike as one."""
    before: Run | None = None
    for run in runs:
        if before and (before.strong, before.emphasis, before.link) == (run.strong, run.emphasis, run.link):
            before = Run(before.text + run.text, run.strong, run.emphasis, run.link)
            continue
        if before:
            yield before
        before = run
    if before:
        yield before
