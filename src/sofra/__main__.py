"""The `sofra` command: every room's commands under one name."""

import difflib
import os
import sys
from pathlib import Path

HELP = """Sofra: who prevents violent extremism, where, with whom: one table that all of a country sees.

  ./sofra COMMAND [--help]

Try it
  demo                      the hub with the 2018 mapping of Albania, on port 8000 [--port N] [--fresh]
  test                      every test, on SQLite and PostgreSQL, in a browser [what pytest takes]

Run it
  serve                     the hub in production; refuses unsafe settings and names them (docs/operators.md)
  migrate                   brings the database up to this version
  tick                      reminders that are due; the hub runs it by itself every ten minutes
  user invite               makes an invitation; the first coordinator comes in this way
  backup FILE               all data in one file
  restore FILE              a backup's data in the place of these; checked first
  audit verify              is the chain of everything that happened whole? [--known HASH]
  audit head                its newest line, to be kept elsewhere

Work with it
  import organisations FILE     a table into the registry [--recipe R] [--dry-run] [--json]
  organisations match FILE      likely duplicates in a list [--json] [--registry]
  coverage overlaps             activities that overlap [--json] [--place P] …; also gaps, crowded
  report build CODE         a report as a file: --format pdf|docx|html|xlsx|package --output DIR
  places resolve                texts on standard input, codes on standard output [--json]
  places load-boundaries FILE   an operator's own polygons of the municipalities

Build it
  check                     style, types, contracts, migrations, translations: what `make check` does
  bench                     measures, and writes docs/benchmarks.md
  translations              brings the catalogues up to the texts [--check]

`./sofra help --all` lists the framework's commands too. Documents: docs/index.md."""

OURS = (
    "demo",
    "test",
    "serve",
    "migrate",
    "tick",
    "user",
    "backup",
    "restore",
    "audit",
    "import",
    "organisations",
    "coverage",
    "report",
    "places",
    "check",
    "bench",
    "translations",
)
MODES = {"demo": "demo", "serve": "serve", "test": "test"}
WITHOUT_DATA = {"test", "check", "bench", "translations", "places", "help", "makemigrations", "runserver", "migrate"}
PLACES_WITH_DATA = (["places", "load"], ["places", "load-boundaries"])


def choose_data(command: str) -> None:
    """Set the mode and the data folder before the settings are read.

    The demo keeps to its own folder. A bare command where only a demo is there acts on the demo, and says so.
    """
    os.environ.setdefault("SOFRA_MODE", MODES.get(command, "develop"))
    project = Path(__file__).resolve().parents[2]
    if command == "demo":
        os.environ["SOFRA_MODE"] = "demo"
        os.environ.setdefault("SOFRA_LOG_LEVEL", "ERROR")  # the terminal is for the address and the passwords
        os.environ.pop("DATABASE_URL", None)
        os.environ["SOFRA_DATA"] = str(Path(os.environ.get("SOFRA_DATA") or project / "var").resolve() / "demo")
    elif "DATABASE_URL" not in os.environ and os.environ["SOFRA_MODE"] == "develop":
        folder = Path(os.environ.get("SOFRA_DATA") or project / "var").resolve()
        demo = folder / "demo"
        if _holds_something(demo / "sofra.sqlite3") and not _holds_something(folder / "sofra.sqlite3"):
            shown = demo if "SOFRA_DATA" in os.environ else "var/demo"
            os.environ["SOFRA_DATA"] = str(demo)
            if command not in WITHOUT_DATA:
                sys.stderr.write(f"(the demo's data, {shown})\n")


def _holds_something(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def run(arguments: list[str]) -> None:
    """One command, by Django's own machinery; a name that nobody knows gets the nearest one."""
    import django
    from django.conf import settings
    from django.core.management import execute_from_command_line, get_commands

    django.setup()
    command = arguments[0]
    if command not in get_commands():
        near = difflib.get_close_matches(command, [*OURS, *get_commands()], n=1)
        hint = f" Did you mean `./sofra {near[0]}`?" if near else ""
        sys.exit(f"There is no command “{command}”.{hint} `./sofra --help` lists them.")
    if command not in WITHOUT_DATA or command == "migrate" or arguments[:2] in PLACES_WITH_DATA:
        os.umask(0o027)  # what the hub makes is nobody else's to read
        settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o750)
    execute_from_command_line(["sofra", *arguments])


def sentence_for(error: Exception) -> str | None:
    """What to tell the person at the keyboard where the world, not the program, is wrong; else None."""
    said = str(error)
    if (isinstance(error, OSError) and error.errno == 28) or "database or disk is full" in said:
        return "The disk is full: free some space and try again; nothing was half-written."
    if isinstance(error, PermissionError) or "readonly database" in said or "unable to open database file" in said:
        folder = os.environ.get("SOFRA_DATA", "var")
        return f"No right to write in the data folder ({folder}): check its owner and mode."
    if type(error).__name__ == "ImproperlyConfigured":
        return said
    if "no such table" in said or "UndefinedTable" in type(error.__cause__).__name__:
        return "No hub has been set up here yet: `./sofra demo` makes one to try, `./sofra migrate` an empty one."
    if "database is locked" in said:
        return "The database was busy for too long: something else is writing to it; try again in a moment."
    if type(error).__name__ == "OperationalError" and ("connection" in said or "could not translate" in said):
        return "The database cannot be reached: check that PostgreSQL runs and that DATABASE_URL is right."
    return None


def main() -> None:
    arguments = sys.argv[1:]
    if not arguments or arguments in (["--help"], ["-h"], ["help"]):
        sys.stdout.write(HELP + "\n")
        return
    if arguments == ["help", "--all"]:
        arguments = ["help"]
    if arguments in (["--version"], ["version"]):
        from sofra import __version__

        sys.stdout.write(f"Sofra {__version__}\n")
        return
    if arguments[:2] == ["organisations", "match"] and "--registry" not in arguments:
        from sofra.organisations.matching.command import (
            main as match,  # needs no database: starts in a third of the time
        )

        try:
            sys.exit(match(arguments[2:]))
        except KeyboardInterrupt:
            sys.exit(130)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sofra.settings")
    choose_data(arguments[0])
    try:
        run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if type(error).__name__ == "CommandError":  # of a command that reads its own arguments
            sys.stderr.write(f"{error}\n")
            sys.exit(getattr(error, "returncode", 1))
        sentence = sentence_for(error)
        if sentence is None or os.environ.get("SOFRA_DEBUG") == "1":
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
