"""Brings the catalogues up to the texts of the pages, or (--check) says what is missing."""

import re
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sofra.web import catalogues
from sofra.web.catalogues import Text


class Command(BaseCommand):
    help = "Brings the catalogues in src/sofra/locale up to the texts of the code and templates, and compiles them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail where Albanian is not complete")
        parser.add_argument("--merge", nargs="+", type=Path, default=[], metavar="FILE.po", help="to take in")
        parser.add_argument("--language", default="sq", choices=catalogues.LANGUAGES, help="that --merge brings (sq)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self.check_all()
            return
        brought: list[dict[Text, Any]] = []
        for path in options["merge"]:
            if not path.exists():
                raise CommandError(f"There is no file {path}: give the catalogues to merge by their paths.")
            brought.append(catalogues.read(path))
        texts = catalogues.extract()
        self.borrow_from_libraries(texts, brought)
        for language in catalogues.LANGUAGES:
            old = catalogues.read(catalogues.catalogue_path(language))
            extra = brought if language == options["language"] else []
            catalogue = catalogues.build(language, texts, old, *extra)
            catalogues.write(catalogue, language)
            entries = catalogues.read(catalogues.catalogue_path(language))
            done = sum(1 for message in entries.values() if all(catalogues.forms(message)))
            self.stdout.write(f"{language}: {done} of {len(texts)} texts translated")

    def borrow_from_libraries(self, texts: dict[Text, set[str]], brought: list[dict[Text, Any]]) -> None:
        """A translation of a text that is not ours is kept where a library says it, and named where nobody does."""
        known = {(text.msgid, text.context) for text in texts}
        unknown = {text for entries in brought for text in entries if (text.msgid, text.context) not in known}
        theirs = library_texts() if unknown else ""
        taken = {text for text in unknown if _squeezed(text.msgid) in theirs}
        if taken:
            catalogues.borrow(taken)
            texts |= {text: {"locale/borrowed.txt"} for text in taken}
        for text in sorted(unknown - taken):
            self.stderr.write(f"left out, since no page says it: {text.msgid!r}")

    def check_all(self) -> None:
        texts = catalogues.extract()
        found: list[str] = []
        for language in catalogues.LANGUAGES:
            entries = catalogues.read(catalogues.catalogue_path(language))
            if language in catalogues.COMPLETE:
                found += catalogues.problems(language, texts, entries)
            elif set(entries) != set(texts):
                found.append(f"{language}: the catalogue is not in step with the texts")
            if not catalogues.same_compiled(language, catalogues.build(language, texts, entries)):
                found.append(f"{language}: the compiled catalogue (.mo) is not in step with the .po")
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} things are wrong; `./sofra translations` brings the catalogues in step.")
        self.stdout.write(f"{len(texts)} texts, complete in Albanian and English; the other catalogues are in step.")


def library_texts() -> str:
    """The code and templates of the libraries whose texts our pages show, as one text to look into."""
    parts = []
    for library in ("allauth", "django"):
        found = find_spec(library)
        if found is None or found.origin is None:
            continue
        for path in Path(found.origin).parent.rglob("*"):
            if path.suffix in {".py", ".html", ".txt", ".po"} and not path.is_dir():
                parts.append(path.read_text(encoding="utf-8", errors="replace"))
    return _squeezed("".join(parts))


def _squeezed(text: str) -> str:
    """Without what differs between a literal in code and the text itself: quotes, white space, escapes, variables."""
    text = re.sub(r"\{\{\s*(\w+)\s*\}\}|%\((\w+)\)s|\{(\w+)\}", r"\1\2\3", text)
    return re.sub(r"[\s\"'\\]+", "", text.replace("\\n", ""))
