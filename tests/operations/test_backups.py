"""Backup and restore: everything comes back, on both databases; a damaged file changes nothing."""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.databases import new_database
from tests.operations.conftest import ROOT, Run, environment

from sofra.ground import backups

pytestmark = pytest.mark.once

FILL = """
import django; django.setup()
from datetime import date
from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.organisations import services
from sofra.organisations.services import Draft, FactDraft
from sofra.organisations.models import Change
ana = User.objects.create_user("ana@example.org", "gjithmone-bashke-7", name="Ana")
change = services.open_change(kind=Change.Kind.EDIT, by=ana, note="ë ç “thonjëza” \\n \\u2028 ✓")
services.register_many([
    Draft("cso", [
        FactDraft("name", f"Organizata e trilluar {n}", "sq"),
        FactDraft("theme", "", detail={"n": n, "x": [None, 1.5]}),
    ])
    for n in range(30)
], change=change, by=ana)
for n in range(5):
    record(what="thing.done", about=f"al.thing{n}", by=ana, n=n)
"""
COMPARED = (
    "accounts.user",
    "organisations.organisation",
    "organisations.fact",
    "organisations.change",
    "ground.auditline",
)


def fill(data: Path, **more: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL], env=environment(data, DJANGO_SETTINGS_MODULE="sofra.settings", **more),
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (data / "files" / "2026").mkdir(parents=True)
    (data / "files" / "2026" / "logo ë.png").write_bytes(bytes(range(256)) * 500)


@pytest.fixture(scope="module")
def filled(made_hub: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(made_hub, tmp_path_factory.mktemp("filled") / "data"))
    fill(folder)
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "filled"))


@pytest.fixture(scope="module")
def backup(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("backup") / "of-filled.sofra"
    command = [sys.executable, "-m", "sofra", "backup", str(target)]
    subprocess.run(command, env=environment(filled), check=True, capture_output=True)
    return target


def said(source: Path) -> dict[str, Any]:
    with zipfile.ZipFile(source) as archive:
        found: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return found


def content(source: Path, part: str) -> list[Any]:
    with zipfile.ZipFile(source) as archive:
        return [json.loads(line) for line in archive.read(f"tables/{part}.jsonl").splitlines()]


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A backup with other content and a seal that fits."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        new.comment = b"0" * backups.SEAL
    with target.open("r+b") as file:
        backups.seal(file)
    return target


def state(data: Path) -> tuple[bytes, list[str]]:
    """Everything of a hub that a refused restore must leave alone."""
    link = sqlite3.connect(data / "sofra.sqlite3")
    dump = "\n".join(link.iterdump()).encode("utf-8", "replace")
    link.close()
    ours = [
        path for path in data.rglob("*") if path.is_file() and not path.name.startswith(("sofra.sqlite3-", "running"))
    ]
    return dump, sorted(str(path.relative_to(data)) for path in ours)


def test_everything_comes_back(sofra: Run, data: Path, backup: Path, tmp_path: Path) -> None:
    done = sofra("restore", backup, data=tmp_path / "new")
    assert done.returncode == 0, done.stderr
    again = tmp_path / "again.sofra"
    assert sofra("backup", again, data=tmp_path / "new").returncode == 0
    for part in COMPARED[:-1]:
        assert content(again, part) == content(backup, part), part
    lines = content(again, "ground.auditline")
    assert lines[:-1] == content(backup, "ground.auditline")
    assert (tmp_path / "new/files/2026/logo ë.png").read_bytes() == (data / "files/2026/logo ë.png").read_bytes()
    assert "The audit is whole" in sofra("audit", "verify", data=tmp_path / "new").stdout


def test_the_audit_still_refuses_changes_after_a_restore(sofra: Run, backup: Path, tmp_path: Path) -> None:
    assert sofra("restore", backup, data=tmp_path / "new").returncode == 0
    link = sqlite3.connect(tmp_path / "new/sofra.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        link.execute("UPDATE ground_auditline SET what = 'x'")
    found = link.execute(
        "SELECT count(*) FROM organisations_search WHERE organisations_search MATCH 'trill*'"
    ).fetchone()
    assert found == (30,), "the search index is filled by the restore too"
    link.close()


def test_restoring_twice_is_as_restoring_once(sofra: Run, backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert sofra("restore", backup, data=new).returncode == 0
    assert sofra("restore", backup, "--yes", data=new).returncode == 0
    again = tmp_path / "again.sofra"
    sofra("backup", again, data=new)
    assert content(again, "organisations.fact") == content(backup, "organisations.fact")
    assert len(content(again, "ground.auditline")) == len(content(backup, "ground.auditline")) + 1


def test_a_restore_takes_away_what_came_after_the_backup(sofra: Run, data: Path, backup: Path) -> None:
    (data / "files" / "later.png").write_bytes(b"later")
    (data / "files/2026/logo ë.png").write_bytes(b"changed")
    assert sofra("restore", backup, "--yes", data=data).returncode == 0
    assert not (data / "files" / "later.png").exists()
    assert len((data / "files/2026/logo ë.png").read_bytes()) == 128_000


def test_from_sqlite_to_postgresql_and_back(sofra: Run, backup: Path, tmp_path: Path) -> None:
    url, facts = new_database("sofra_restored"), (len(content(backup, "organisations.fact")),)
    done = sofra("restore", backup, data=tmp_path / "pg", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(url) as link:
        assert link.execute("SELECT count(*) FROM organisations_fact").fetchone() == facts
        # The next number is free: sequences go on after the highest row.
        made = link.execute(
            "INSERT INTO organisations_change (kind, at, note) VALUES ('edit', now(), '') RETURNING id"
        ).fetchone()
        highest = link.execute("SELECT max(id) FROM organisations_change").fetchone()
        assert made == highest
        link.rollback()
    assert "The audit is whole" in sofra("audit", "verify", data=tmp_path / "pg", DATABASE_URL=url).stdout
    over = sofra("restore", backup, data=tmp_path / "pg", DATABASE_URL=url)
    assert over.returncode == 1
    assert "add --yes" in over.stderr
    assert sofra("restore", backup, "--yes", data=tmp_path / "pg", DATABASE_URL=url).returncode == 0
    back = tmp_path / "back.sofra"
    assert sofra("backup", back, data=tmp_path / "pg", DATABASE_URL=url).returncode == 0
    assert said(back)["engine"] == "postgresql"
    assert sofra("restore", back, data=tmp_path / "home").returncode == 0
    home = tmp_path / "home.sofra"
    assert sofra("backup", home, data=tmp_path / "home").returncode == 0
    for part in COMPARED[:-1]:
        assert content(home, part) == content(backup, part), part
    assert "The audit is whole" in sofra("audit", "verify", data=tmp_path / "home").stdout


def test_a_restore_into_postgresql_that_fails_changes_nothing(sofra: Run, backup: Path, tmp_path: Path) -> None:
    url, facts = new_database("sofra_kept"), (len(content(backup, "organisations.fact")),)
    assert sofra("restore", backup, data=tmp_path / "pg", DATABASE_URL=url).returncode == 0
    broken = rewritten(backup, tmp_path / "broken.sofra", _without_users)
    done = sofra("restore", broken, "--yes", data=tmp_path / "pg", DATABASE_URL=url)
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    with psycopg.connect(url) as link:
        assert link.execute("SELECT count(*) FROM accounts_user").fetchone() == (1,)
        assert link.execute("SELECT count(*) FROM organisations_fact").fetchone() == facts


def test_a_restore_that_fails_changes_nothing(sofra: Run, data: Path, backup: Path, tmp_path: Path) -> None:
    before = state(data)
    broken = rewritten(backup, tmp_path / "broken.sofra", _without_users)
    done = sofra("restore", broken, "--yes", data=data)
    assert done.returncode == 1
    assert "do not fit together" in done.stderr
    assert "Traceback" not in done.stderr
    assert state(data) == before


def _without_users(name: str, content: bytes) -> bytes:
    """Every row that names a user now points nowhere."""
    import hashlib

    if name == "tables/accounts.user.jsonl":
        return b""
    if name == "manifest.json":
        manifest = json.loads(content)
        manifest["parts"]["tables/accounts.user.jsonl"]["sha256"] = hashlib.sha256(b"").hexdigest()
        return json.dumps(manifest).encode()
    return content


def test_a_backup_by_a_newer_version_is_refused(sofra: Run, data: Path, backup: Path, tmp_path: Path) -> None:
    def newer(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        manifest["migrations"].append(["organisations", "0999_of_tomorrow"])
        return json.dumps(manifest).encode()

    before = state(data)
    done = sofra("restore", rewritten(backup, tmp_path / "newer.sofra", newer), "--yes", data=data)
    assert done.returncode == 1
    assert "newer Sofra" in done.stderr
    assert state(data) == before


def forged(backup: Path, target: Path, name: str, content: bytes) -> Path:
    """The backup with one part more and a seal that fits: anybody can compute one."""
    manifest = said(backup)
    manifest["parts"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in manifest["parts"]:
            archive.writestr(part, content if part == name else source.read(part))
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.comment = b"0" * backups.SEAL
    with target.open("r+b") as file:
        backups.seal(file)
    return target


@pytest.mark.parametrize(
    "name",
    [
        "files/../../evil", "/etc/evil", "files/sofra.sqlite3", "files/static/sofra/evil.js", "files/mail/evil", "evil",
        "tables/../evil", "files/imports/..\\evil", "static/evil.js",
    ],
)  # fmt: skip
def test_a_part_that_leads_out_of_the_folder_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    evil = forged(backup, tmp_path / "evil.sofra", name, b"evil")
    with pytest.raises(backups.BackupRefused, match="outside its folder"), backups.opened(evil):
        pass


def test_an_uploaded_file_is_no_stranger(backup: Path, tmp_path: Path) -> None:
    with backups.opened(forged(backup, tmp_path / "good.sofra", "files/imports/a.csv", b"a")) as (_archive, contents):
        assert "files/imports/a.csv" in contents.files


def test_a_backup_larger_than_the_disk_is_refused_unread(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = forged(backup, tmp_path / "bomb.sofra", "files/imports/bomb", b"0" * 40_000_000)
    assert bomb.stat().st_size < 4_000_000
    free = shutil.disk_usage(tmp_path)._replace(free=20_000_000)
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _folder: free)
    with pytest.raises(backups.BackupRefused, match="free some space"), backups.opened(bomb):
        pass


@given(where=st.floats(0, 1, exclude_max=True))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_backup_cut_anywhere_is_refused(backup: Path, where: float, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    cut = tmp_path / "cut.sofra"
    cut.write_bytes(whole[: int(len(whole) * where)])
    with pytest.raises(backups.BackupRefused, match="nothing was changed"), backups.opened(cut):
        pass


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_backup_with_one_bit_turned_is_refused(backup: Path, where: float, bit: int, tmp_path: Path) -> None:
    turned = bytearray(backup.read_bytes())
    turned[int(len(turned) * where)] ^= 1 << bit
    damaged = tmp_path / "damaged.sofra"
    damaged.write_bytes(turned)
    with pytest.raises(backups.BackupRefused, match="nothing was changed"), backups.opened(damaged):
        pass


@pytest.mark.parametrize("foreign", [b"", b"PK\x03\x04" + b"0" * 200, b"SQLite format 3\x00" * 50, b"x" * 1_000_000])
def test_a_file_of_another_kind_is_refused(foreign: bytes, tmp_path: Path) -> None:
    source = tmp_path / "foreign"
    source.write_bytes(foreign)
    with pytest.raises(backups.BackupRefused, match="no backup of Sofra"), backups.opened(source):
        pass


def test_a_refused_file_is_one_sentence(sofra: Run, data: Path, tmp_path: Path) -> None:
    source = tmp_path / "foreign"
    source.write_bytes(b"PK")
    done = sofra("restore", source, "--yes", data=data)
    assert done.returncode == 1
    assert "no backup of Sofra" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_there_is_not_replaced_unasked(sofra: Run, data: Path, backup: Path, tmp_path: Path) -> None:
    before = state(data)
    done = sofra("restore", backup, data=data)
    assert (done.returncode, "add --yes" in done.stderr) == (1, True)
    assert state(data) == before
    there = tmp_path / "there"
    there.write_text("mine")
    done = sofra("backup", there, data=data)
    assert (done.returncode, "--force" in done.stderr) == (1, True)
    assert there.read_text() == "mine"
    assert sofra("backup", there, "--force", data=data).returncode == 0
    assert there.stat().st_mode & 0o077 == 0, "a backup holds everything, so nobody else reads it"


def test_a_hub_that_runs_is_not_restored_under_its_feet(sofra: Run, data: Path, backup: Path) -> None:
    before = state(data)
    with (data / "running").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = sofra("restore", backup, "--yes", data=data)
    assert (done.returncode, "is running" in done.stderr) == (1, True)
    link = sqlite3.connect(data / "sofra.sqlite3")
    link.execute("SELECT count(*) FROM accounts_user").fetchone()
    link.execute("BEGIN")
    link.execute("SELECT count(*) FROM accounts_user").fetchone()
    done = sofra("restore", backup, "--yes", data=data)
    link.close()
    assert (done.returncode, "Another program has the database open" in done.stderr) == (1, True)
    assert state(data) == before


def test_a_backup_is_of_one_moment_and_keeps_nobody_from_writing(filled: Path) -> None:
    """Rows that are written while the backup reads are in it wholly or not at all; the writer does not wait."""
    script = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from sofra.ground.backups import one_moment\n"
        "import sqlite3\n"
        "with one_moment(connection), connection.cursor() as cursor:\n"
        "    cursor.execute('SELECT count(*) FROM accounts_user'); before = cursor.fetchone()\n"
        "    other = sqlite3.connect(connection.settings_dict['NAME'], timeout=1)\n"
        "    other.execute(\"INSERT INTO django_session VALUES ('k', 'd', '2030-01-01')\"); other.commit()\n"
        "    cursor.execute(\"SELECT count(*) FROM django_session WHERE session_key = 'k'\")\n"
        "    print(cursor.fetchone()[0])\n"
        "other.execute(\"DELETE FROM django_session WHERE session_key = 'k'\"); other.commit()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(filled, DJANGO_SETTINGS_MODULE="sofra.settings"),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "0\n", done.stderr


def test_the_disk_that_is_full_leaves_no_half_backup(sofra: Run, data: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    done = sofra("backup", "/dev/shm/nowhere/at-all.sofra", data=data)
    assert (done.returncode, "does not exist" in done.stderr) == (1, True)


@pytest.fixture(autouse=True)
def _no_leftovers(tmp_path: Path) -> Iterator[None]:
    yield
    left = [path for path in tmp_path.rglob("*") if path.name.endswith(".restoring") or path.name == "restoring-files"]
    assert left == []
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")], "temporary files are gone"  # noqa: PTH208
