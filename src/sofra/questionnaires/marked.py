"""Labels as XLSForm writes them: emphasis and links in Markdown, nothing else; all other signs stay signs."""

import re
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_INLINE = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False}).enable(
    ["emphasis", "link", "newline", "escape", "backticks", "strikethrough"]
)
_COLOURS = re.compile(r"</?(?:span|p|div|center|font)(?:\s[^<>]*)?>", re.IGNORECASE)
_BREAKS = re.compile(r"<br\s*/?>", re.IGNORECASE)


def marked(text: str) -> SafeString:
    """The label as HTML. Links lead to http, https or mail only (markdown-it refuses others); "# " says a heading.

    Tags that only colour a text or break a line, which phones allow, are taken out; all others are shown as typed.
    """
    return _marked(text) if len(text) < 2000 else _drawn(text)


def _drawn(text: str) -> SafeString:
    lines = [line.lstrip("#").strip() if line.startswith("#") else line for line in _clean(text).strip().split("\n")]
    return mark_safe(_INLINE.renderInline("\n".join(lines)))


_marked = lru_cache(maxsize=8192)(_drawn)


def _clean(text: str) -> str:
    return _COLOURS.sub("", _BREAKS.sub("\n", text)) if "<" in text else text


def plain(text: str) -> str:
    """The label without its signs of emphasis, for lists, tables and titles."""
    said = []
    for token in _INLINE.parseInline(" ".join(_clean(text).replace("#", " ").split()))[0].children or []:
        said.append(" " if token.type in ("softbreak", "hardbreak") else token.content)
    return "".join(said).strip()
