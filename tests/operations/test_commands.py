"""The command's own words."""

import sqlite3
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from tests.operations.conftest import Run

RECORD = "from sofra.ground.audit import record; [record(what='a.b', about=str(n), by=None) for n in range(3)]"


def test_help_names_what_one_needs_first(sofra: Run) -> None:
    for asked in ([], ["--help"], ["-h"], ["help"]):
        said = sofra(*asked).stdout
        assert said.index("demo ") < said.index("serve ") < said.index("check ")
        assert max(map(len, said.splitlines())) <= 110


def test_an_unknown_command_gets_the_nearest_one(sofra: Run) -> None:
    done = sofra("bakup")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Did you mean `./sofra backup`? `./sofra --help` lists them.")


def test_a_command_before_there_is_a_hub_gets_a_sentence(sofra: Run) -> None:
    done = sofra("audit", "verify")
    assert (done.returncode, "No hub has been set up here yet" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_no_disk_is_a_sentence(sofra: Run, hub: Path) -> None:
    (hub / "sofra.sqlite3").unlink()
    (hub / "sofra.sqlite3").mkdir()
    done = sofra("audit", "verify", data=hub)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_the_audit_names_its_first_broken_line(sofra: Run, hub: Path) -> None:
    assert sofra("shell", "--verbosity", "0", "-c", RECORD, data=hub).returncode == 0
    assert "The audit is whole: 3 lines." in sofra("audit", "verify", data=hub).stdout
    link = sqlite3.connect(hub / "sofra.sqlite3")
    link.execute("DROP TRIGGER ground_auditline_no_update")
    link.execute("UPDATE ground_auditline SET about = 'other' WHERE id >= 2")
    link.commit()
    link.close()
    done = sofra("audit", "verify", data=hub)
    assert done.returncode == 1
    assert "Line 2 was altered" in done.stderr


@pytest.mark.parametrize("name", ["demo", "serve", "backup", "restore", "audit", "test", "check", "translations"])
def test_every_command_has_its_own_help(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    said = command.create_parser("sofra", name).format_help()
    assert f"usage: sofra {name}" in said
    assert str(command.help)[:40] in " ".join(said.split())


def test_help_is_asked_for_at_the_command(sofra: Run) -> None:
    done = sofra("backup", "--help")
    assert (done.returncode, "usage: sofra" in done.stdout) == (0, True)
