"""sofra import organisations|activities|schools|answers FILE — the importer of the pages, from the command line."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sofra.accounts.models import User
from sofra.exchange import importing, recipes, services
from sofra.exchange.models import Import, ImportRow, What
from sofra.exchange.problems import says
from sofra.exchange.reading import Unreadable
from sofra.questionnaires.models import Version

_PIECE = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Import a table of organisations, activities, schools, or answers to a questionnaire (an export of Kobo or "
        "ODK): CSV, TSV, XLSX, ODS, a ZIP of an export's CSVs, or a text file in which a table stands among prose. "
        "Rows that need a decision (an unsure place, a likely twin, an organisation that is not known) are left out "
        "and reported, unless --yes-new or --decide says otherwise. Importing the same file again adds nothing."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """--version is the questionnaire's here, and not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=What.values, help="What the rows are")
        parser.add_argument("file", type=Path, help="The file")
        parser.add_argument("--recipe", help="A remembered recipe, or one of data/recipes/, by name or path")
        parser.add_argument(
            "--source", default="", help='Where the rows are from, such as "Mapping report 2018, Annex I"'
        )
        parser.add_argument("--questionnaire", metavar="CODE", help="Of answers: the questionnaire that was answered")
        parser.add_argument(
            "--version", type=int, metavar="N", dest="number",
            help="Of answers: the version of the questionnaire; by default the newest that is or was open",
        )  # fmt: skip
        parser.add_argument(
            "--sheet", default="", help="The sheet of the workbook; by default the one that looks like a table"
        )
        parser.add_argument(
            "--by", metavar="E-MAIL", help="The account that answers for the import; by default the hub itself"
        )
        parser.add_argument("--dry-run", action="store_true", help="Check and report, and change nothing")
        parser.add_argument("--json", action="store_true", help="Print one JSON object instead of sentences")
        parser.add_argument(
            "--yes-new",
            action="store_true",
            help="Take every doubtful row as a new one; unsure places and unknown organisations stay words",
        )
        parser.add_argument(
            "--drafts", action="store_true", help="Activities come in as drafts; by default they are published"
        )
        parser.add_argument(
            "--decide", type=Path, metavar="FILE",
            help='Decisions as JSON: {"places": {"Elbasan": ["AL-03"]}, "organisations": {"OSCE": "al.osce"}, "rows": '
            '{"13": {"twin": "new", "place": ["AL111"]}}}; twin is "new", "skip" or "same:CODE"',
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            imported = self._import(options)
        except (Unreadable, services.NotNow) as error:
            if options["json"]:
                self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False))
            raise CommandError(str(error)) from error
        self._report(imported, options)
        if options["dry_run"]:
            services.discard_import(imported, by=imported.by, trial=True)

    def _import(self, options: dict[str, Any]) -> Import:
        path: Path = options["file"]
        by = self._account(options["by"])
        recipe = recipes.load_recipe(options["recipe"], options["what"]) if options["recipe"] else {}
        decisions = self._decisions(options["decide"])
        imported = services.upload_file(
            _pieces(path),
            name=path.name,
            by=by,
            what=options["what"],
            source=options["source"] or recipe.get("source", ""),
            sheet=options["sheet"],
            version=self._version(options),
            trial=options["dry_run"],
        )
        try:
            services.close_abandoned(imported.sha256, but=imported.pk)
            mapping = recipes.fit(recipe["mapping"], imported.shape["columns"]) if recipe else imported.mapping
            said = {name: {**recipe.get(name, {}), **decisions.get(name, {})} for name in ("places", "organisations")}
            imported.options = {**imported.options, **said}
            imported.save(update_fields=["options"])
            services.map_columns(
                imported, mapping=mapping, source=imported.source, publish=not options["drafts"], by=by
            )
            imported = services.check_import(imported.pk)
            if imported.state == Import.State.FAILED:
                raise Unreadable(imported.problem)
            services.decide_by_file(imported, decisions, by=by)
            if options["yes_new"]:
                services.take_doubtful_as_new(imported, by=by)
        except BaseException:
            if Import.objects.filter(pk=imported.pk, state__in=["uploaded", "checked", "failed"]).exists():
                services.discard_import(imported, by=by, trial=options["dry_run"])
            raise
        imported.refresh_from_db()
        if options["dry_run"]:
            imported.counts = importing.counts_of(imported)
            return imported
        services.start_import(imported, by=by)
        imported = services.run_import(imported.pk)
        if imported.state != Import.State.DONE:
            raise Unreadable(imported.problem)
        return imported

    @staticmethod
    def _version(options: dict[str, Any]) -> int | None:
        """The number of the version in the database that answers are to."""
        if options["what"] != What.ANSWERS:
            return None
        if not options["questionnaire"]:
            raise CommandError("Say which questionnaire was answered: --questionnaire CODE.")
        asked = Version.objects.filter(questionnaire__code=options["questionnaire"]).order_by("-number")
        if not asked:
            raise CommandError(f"There is no questionnaire with the code {options['questionnaire']}.")
        if options["number"] is not None:
            found = asked.filter(number=options["number"]).first()
        else:
            found = asked.exclude(state=Version.State.DRAFT).first()
        if found is None:
            numbers = ", ".join(str(version.number) for version in asked)
            raise CommandError(f"It has no such version, or none was opened yet. Versions: {numbers}.")
        return found.pk

    @staticmethod
    def _account(email: str | None) -> User | None:
        if not email:
            return None
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no account with the address {email}.")
        return user

    @staticmethod
    def _decisions(path: Path | None) -> dict[str, Any]:
        if path is None:
            return {}
        try:
            decisions = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"The decisions in {path} cannot be read: {error}. Write a JSON object.") from error
        if not isinstance(decisions, dict):
            raise CommandError(f"The decisions in {path} are no JSON object.")
        return decisions

    def _report(self, imported: Import, options: dict[str, Any]) -> None:
        if options["json"]:
            self._report_json(imported, options["dry_run"])
            return
        shape = imported.shape
        self.stdout.write(
            f"{imported.file_name}: {shape['kind']}, {len(shape['columns'])} columns, {imported.rows_total} rows"
        )
        for title, field in imported.mapping.items():
            self.stdout.write(f"  {title} → {field}")
        told = 0
        for row in _told(imported):
            for found in row.problems:
                told += 1
                if told <= 200:
                    where = f"row {row.number}" + (f", {found['column']}" if found["column"] else "")
                    self.stdout.write(f"  {where}: “{found['value'][:80]}” — {says(found, verdict=row.verdict)}")
        if told > 200:
            self.stdout.write(f"  … and {told - 200} more; --json prints all of them")
        verb = "Would import" if options["dry_run"] else "Imported"
        self.stdout.write(f"{verb}: {importing.summary(imported.counts)}.")

    def _report_json(self, imported: Import, dry_run: bool) -> None:
        """Streamed, as a hundred thousand rows are normal."""
        head = {
            "what": imported.what,
            "import": None if dry_run else imported.pk,
            "dry_run": dry_run,
            "file": imported.file_name,
            "shape": imported.shape,
            "mapping": imported.mapping,
            "counts": imported.counts,
        }
        out = self.stdout
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [', ending="")
        rows = (
            imported.rows.select_related("organisation", "twin", "activity", "project", "filling")
            .order_by("number")
            .iterator(chunk_size=2000)
        )
        for index, row in enumerate(rows):
            names = row.reading.get("names") or [[""]]
            told = {
                "row": row.number,
                "name": names[0][0],
                "verdict": row.verdict,
                "asks": row.asks.split(",") if row.asks else [],
                "organisation": row.organisation.code if row.organisation else None,
                "twin": row.twin.code if row.twin else None,
                "activity": row.activity.code if row.activity else None,
                "filling": row.filling.instance if row.filling else None,
                "project": row.project.code if row.project else None,
                "organisations": [
                    {key: body.get(key) for key in ("field", "text", "code", "sure", "alternatives")}
                    for body in row.reading.get("bodies", ())
                ],
                "places": [
                    {key: place.get(key) for key in ("text", "codes", "sure", "alternatives")}
                    for place in row.reading.get("places", ())
                ],
                "problems": [
                    {"column": found["column"], "value": found["value"], "says": says(found, verdict=row.verdict)}
                    for found in row.problems
                ],
            }
            out.write((",\n" if index else "\n") + json.dumps(told, ensure_ascii=False), ending="")
        out.write("\n]}")


def _told(imported: Import) -> Iterator[ImportRow]:
    rows = imported.rows.exclude(problems=[]).order_by("number").only("number", "problems", "imported")
    return rows.iterator(chunk_size=2000)


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise CommandError(f"The file {path} cannot be opened: {error.strerror}.") from error
