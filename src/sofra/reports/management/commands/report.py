"""`sofra report build`: a report as a file, from the keyboard."""

import difflib
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sofra.reports import making, queries, rules
from sofra.reports.models import Report


class Command(BaseCommand):
    help = "Make a report of a mapping round as PDF, Word, XLSX, one HTML page or data package."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        does = parser.add_subparsers(dest="do", required=True, metavar="build|list")
        build = does.add_parser("build", help="write one file; an edition's is the one that its page offers")
        build.add_argument("code", help="of the report, such as al.2018.mapping")
        build.add_argument("--format", required=True, choices=list(rules.FORMATS), dest="form")
        build.add_argument(
            "--output", required=True, type=Path, metavar="DIR", help="a folder; it is made where needed"
        )
        build.add_argument("--language", choices=rules.LANGUAGES, default="sq", help="of the report's content (sq)")
        build.add_argument("--edition", type=int, metavar="N", help="the newest that stands, where none is given")
        build.add_argument("--draft", action="store_true", help="as it would be published now, instead of an edition")
        does.add_parser("list", help="every report with its editions")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['do']}")(options)

    def do_list(self, options: dict[str, Any]) -> None:
        for report in Report.objects.order_by("code"):
            numbers = ", ".join(str(one.number) for one in queries.editions().filter(report=report).order_by("number"))
            self.stdout.write(f"{report.code}\t{report}\t{f'editions {numbers}' if numbers else 'draft'}")

    def do_build(self, options: dict[str, Any]) -> None:
        report = self._report(options["code"])
        folder = _folder(options["output"])
        made = self._made(report, options)
        name = rules.file_name(report.code, options["language"], options["form"], made.number)
        _write(folder / name, made.content)
        what = f"edition {made.number}" if made.number else "draft"
        self.stdout.write(f"{folder / name} ({len(made.content) / 1024:.0f} kB, {what})")

    def _report(self, code: str) -> Report:
        found = Report.objects.select_related("round").filter(code=code).first()
        if found is not None:
            return found
        codes = list(Report.objects.order_by("code").values_list("code", flat=True))
        near = difflib.get_close_matches(code, codes, n=1, cutoff=0.4)
        if near:
            raise CommandError(f"There is no report “{code}”. Did you mean {near[0]}?")
        known = f"There are: {', '.join(codes[:10])}." if codes else "This hub has none yet."
        raise CommandError(f"There is no report “{code}”. {known}")

    def _made(self, report: Report, options: dict[str, Any]) -> making.Made:
        number, language, form = options["edition"], options["language"], options["form"]
        if options["draft"]:
            return making.of_draft(report, language, form)
        if number is None:
            edition = queries.newest(report)
            if edition is None:
                return making.of_draft(report, language, form)
            return making.of_edition(edition, language, form)
        standing = dict(queries.editions().filter(report=report).values_list("number", "pk"))
        if number not in standing:
            numbers = (
                ", ".join(str(one) for one in sorted(standing)) or "none; --draft makes what would be published now"
            )
            raise CommandError(f"{report.code} has no edition {number} that stands. It has: {numbers}.")
        return making.of_edition(report.editions.select_related("report__round").get(number=number), language, form)


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise CommandError(f"{path} is a file: name a folder with --output.") from None
    except NotADirectoryError:
        raise CommandError(f"{path} lies below a file: name another folder with --output.") from None
    except PermissionError:
        raise CommandError(f"No right to make the folder {path}: name another one with --output.") from None
    return path


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: what stands under the name is never half a file."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".sofra-", delete=False) as file:
            file.write(content)
        temporary = Path(file.name)
        temporary.chmod(0o644)
        temporary.replace(path)
    except PermissionError:
        raise CommandError(f"No right to write in {path.parent}: name another folder with --output.") from None
    except IsADirectoryError:
        temporary.unlink(missing_ok=True)
        raise CommandError(f"{path} is a folder: move it away, the file goes there.") from None
