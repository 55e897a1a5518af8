"""The texts of the pages and their translations: found, kept in step, checked, compiled. Needs Babel, not gettext.

`extract` reads the msgids from our Python and templates; `borrowed.txt` beside the catalogues lists those that our
pages take from a library that has no Albanian of its own.
"""

import ast
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
LOCALE = SOURCE / "locale"
LANGUAGES = ("sq", "mk", "sr", "bs", "cnr")  # English is the language of the msgids
COMPLETE = ("sq",)
_SLAVIC = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"
PLURALS = {
    "sq": (2, "(n != 1)"),
    "mk": (2, "(n%10==1 && n%100!=11 ? 0 : 1)"),
    "sr": (3, _SLAVIC),
    "bs": (3, _SLAVIC),
    "cnr": (3, _SLAVIC),
}
KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)")
_PERCENT = re.compile(r"%(?:\((\w+)\))?[sdifr]")
_BRACES = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate. `plural` is empty where it has only one form."""

    msgid: str
    plural: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.msgid, self.plural) if self.plural else self.msgid


def extract() -> dict[Text, set[str]]:
    """Every text of the code and the templates, with the files that hold it."""
    found: dict[Text, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            _add(found, _in_python(path), path)
    for path in sorted(SOURCE.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt", ".svg", ".xml"}:
            _add(found, _in_template(path), path)
    _add(found, borrowed(), LOCALE / "borrowed.txt")
    return _joined(found)


def _add(found: dict[Text, set[str]], texts: Iterable[Text], path: Path) -> None:
    for text in texts:
        if text.msgid:
            found.setdefault(text, set()).add(path.relative_to(SOURCE).as_posix())


def _joined(found: dict[Text, set[str]]) -> dict[Text, set[str]]:
    """A text that is used with and without a plural is one entry of the catalogue: the one with both forms."""
    plural = {(text.msgid, text.context): text for text in found if text.plural}
    result: dict[Text, set[str]] = {}
    for text, paths in found.items():
        result.setdefault(plural.get((text.msgid, text.context), text), set()).update(paths)
    return result


def _in_python(path: Path) -> Iterator[Text]:
    """Calls of gettext by whatever name a module imports it, also inside f-strings (which Babel's reader skips)."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = {keyword: keyword for keyword in KEYWORDS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {name.asname: name.name for name in node.names if name.asname and name.name in KEYWORDS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            messages = tuple(arg.value if isinstance(arg, ast.Constant) else None for arg in node.args)
            yield from _text_of(names[node.func.id], messages)


def _in_template(path: Path) -> Iterator[Text]:
    for call in _CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        yield from _text_of(call[1], ast.literal_eval(f"({call[2]},)"))


def _text_of(function: str, messages: tuple[Any, ...]) -> Iterator[Text]:
    """The text that a call of `function` asks for; nothing where an argument is not a plain text."""
    spec = KEYWORDS.get(function) or (1,)
    if len(messages) < len(spec) or not all(isinstance(message, str) for message in messages[: len(spec)]):
        return
    has_context = isinstance(spec[0], tuple)
    texts = messages[1 : len(spec)] if has_context else messages[: len(spec)]
    yield Text(texts[0], texts[1] if len(texts) > 1 else "", messages[0] if has_context else "")


def borrowed() -> list[Text]:
    """Texts of libraries that our pages show, from the list beside the catalogues: one JSON array a line."""
    path = LOCALE / "borrowed.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Text(*json.loads(line)) for line in lines if line.startswith("[")]


def borrow(texts: Iterable[Text]) -> None:
    """Add texts of libraries to the list."""
    together = sorted({*borrowed(), *texts})
    lines = [json.dumps([t.msgid, t.plural, t.context], ensure_ascii=False) for t in together]
    head = "# Texts of libraries that our pages show: [msgid, plural, context]; `sofra translations --merge` adds."
    (LOCALE / "borrowed.txt").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> dict[Text, Message]:
    """A catalogue's entries by text; an empty one where there is no file."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file)
    return {_key(message): message for message in catalogue if message.id}


def _key(message: Message) -> Text:
    msgid, plural = message.id if isinstance(message.id, (tuple, list)) else (message.id, "")
    return Text(msgid, plural, message.context or "")


def forms(message: Message | None) -> list[str]:
    """The translations of one entry, a list of one or of each plural form."""
    if message is None:
        return []
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string or ""]


def build(language: str, texts: dict[Text, set[str]], *known: dict[Text, Message]) -> Catalog:
    """A catalogue of exactly these texts with the translations that are known; the last source that has one wins."""
    number, _expression = PLURALS[language]
    catalogue = Catalog(project="Sofra", version="", charset="utf-8", fuzzy=False)
    _set_plurals(catalogue, language)
    by_msgid = [{(text.msgid, text.context): message for text, message in source.items()} for source in known]
    for text in sorted(texts):
        string: Any = ("",) * number if text.plural else ""
        fuzzy = False
        for source in by_msgid:
            message = source.get((text.msgid, text.context))
            said = forms(message)
            if any(said):
                padded = (*said, *[said[-1]] * number)[:number]
                string = padded if text.plural else said[0]
                fuzzy = bool(message and message.fuzzy)
        catalogue.add(
            text.id,
            string,
            locations=[(path, 0) for path in sorted(texts[text])],
            flags={"fuzzy"} if fuzzy else set(),
            context=text.context or None,
        )
    return catalogue


def write(catalogue: Catalog, language: str) -> None:
    """The catalogue as text and compiled. Without dates, so that an unchanged one stays as it is."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_text(catalogue, language))
    path.with_suffix(".mo").write_bytes(compiled(catalogue, language))


def _header(language: str) -> str:
    number, expression = PLURALS[language]
    return (
        f"Language: {language}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals={number}; plural={expression};\n"
    )


def as_text(catalogue: Catalog, language: str) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=110, omit_header=True, include_lineno=False)
    quoted = "".join(f'"{line}\\n"\n' for line in _header(language).splitlines())
    return f'msgid ""\nmsgstr ""\n{quoted}\n'.encode() + out.getvalue()


def compiled(catalogue: Catalog, language: str) -> bytes:
    """The catalogue as gettext reads it; entries without a translation are left out, so that they fall back."""
    whole = Catalog(charset="utf-8", fuzzy=False, header_comment="")
    _set_plurals(whole, language)
    for message in catalogue:
        if message.id and all(forms(message)) and not message.fuzzy:
            whole.add(message.id, message.string, context=message.context)
    out = io.BytesIO()
    described: Any = _WithHeader(whole, _header(language))
    write_mo(out, described)
    return out.getvalue()


def _set_plurals(catalogue: Any, language: str) -> None:
    """Our own plural forms: Babel does not know every one of the languages."""
    catalogue._num_plurals, catalogue._plural_expr = PLURALS[language]


class _WithHeader:
    """A catalogue whose first entry is our header without dates."""

    def __init__(self, catalogue: Catalog, header: str) -> None:
        self.catalogue = catalogue
        self.charset = "utf-8"
        self.header = Message("", string=header)

    def __iter__(self) -> Iterator[Message]:
        yield self.header
        yield from (message for message in self.catalogue if message.id)


def same_compiled(language: str, catalogue: Catalog) -> bool:
    """Does the compiled file say what the catalogue says?"""
    path = catalogue_path(language).with_suffix(".mo")
    if not path.exists():
        return False
    kept, wanted = read_mo(io.BytesIO(path.read_bytes())), read_mo(io.BytesIO(compiled(catalogue, language)))
    return {_key(m): forms(m) for m in kept if m.id} == {_key(m): forms(m) for m in wanted if m.id}


def placeholders(text: str) -> set[str]:
    """The places that a text leaves open: "%(count)s" and "{name}"."""
    unescaped = text.replace("%%", "")
    named = {match[0] for match in _PERCENT.finditer(unescaped)}
    return named | {match[0] for match in _BRACES.finditer(text)}


def problems(language: str, texts: dict[Text, set[str]], entries: dict[Text, Message]) -> Iterator[str]:
    """What is wrong with a catalogue, a sentence a text: missing, fuzzy, other open places than the English."""
    for text in sorted(texts):
        message = entries.get(text)
        said = forms(message)
        where = ", ".join(sorted(texts[text])[:2])
        if not said or not all(said):
            yield f"{language}: no translation of {text.msgid!r} ({where})"
            continue
        if message is not None and message.fuzzy:
            yield f"{language}: the translation of {text.msgid!r} is marked fuzzy ({where})"
        allowed = placeholders(text.msgid) | placeholders(text.plural)
        needed = placeholders(text.plural or text.msgid)
        for number, form in enumerate(said):
            open_places = placeholders(form)
            lacks = needed - open_places if number == len(said) - 1 or not text.plural else set()
            if open_places - allowed or lacks:
                yield f"{language}: {form!r} leaves other places open than {text.msgid!r} ({where})"
    for text in sorted(set(entries) - set(texts)):
        yield f"{language}: {text.msgid!r} is translated but stands nowhere any more"
