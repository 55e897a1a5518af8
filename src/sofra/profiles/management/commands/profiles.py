"""`sofra profiles build`: every municipality's two pages as PDF, from the keyboard."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sofra.places import queries as places
from sofra.places.models import Place
from sofra.profiles import documents, queries


class Command(BaseCommand):
    help = "Write the two-page profile of municipalities as PDF: of all of them, or of those that are named."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        does = parser.add_subparsers(dest="do", required=True, metavar="build")
        build = does.add_parser("build", help="one file a municipality and language, as a visitor may see it")
        build.add_argument("places", nargs="*", metavar="PLACE", help="names or codes; all municipalities where none")
        build.add_argument("--output", required=True, type=Path, metavar="DIR", help="a folder; made where needed")
        build.add_argument("--language", choices=documents.LANGUAGES, help="one of both; both where not said")

    def handle(self, *args: Any, **options: Any) -> None:
        found = [self._named(name) for name in options["places"]] or queries.all_municipalities()
        if not found:
            raise CommandError("This hub has no municipalities yet: load them with `sofra places load`.")
        folder: Path = options["output"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for place in found:
                for language in [options["language"]] if options["language"] else documents.LANGUAGES:
                    path = folder / f"{place.code.lower()}-{language}.pdf"
                    _write(path, documents.written(place, language=language))
        except (FileExistsError, NotADirectoryError):
            raise CommandError(f"{folder} is a file or lies below one: name a folder with --output.") from None
        except PermissionError:
            raise CommandError(f"No right to write in {folder}: name another folder with --output.") from None
        self.stdout.write(f"{folder}: {len(found)} municipalities")

    def _named(self, name: str) -> Place:
        found = places.find_place(name)
        if found is None or not queries.has_profile(found):
            raise CommandError(f"“{name}” is no municipality of this hub: write its name or its code, such as AL212.")
        return found


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: what stands under the name is never half a file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".sofra-", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
