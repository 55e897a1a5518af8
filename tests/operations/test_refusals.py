"""What the environment gets wrong is one sentence; the audit's head can be kept elsewhere; Ctrl-C is quiet."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from tests.operations.conftest import Run, environment
from tests.operations.test_serving import SAFE

from sofra import settings

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        (
            "DATABASE_URL",
            "mysql://ana:secret-word@db/sofra",
            "DATABASE_URL is of a kind that Sofra does not know (mysql)",
        ),
        ("DATABASE_URL", "secret-word", "DATABASE_URL is of a kind that Sofra does not know"),
        ("DATABASE_URL", "sqlite3:/tmp/secret-word", "DATABASE_URL is of a kind that Sofra does not know"),
        ("DATABASE_URL", "postgresql://ana:secret-word@db:port/x", "DATABASE_URL cannot be read"),
        ("SOFRA_SMTP_PORT", "smtp", "SOFRA_SMTP_PORT is “smtp”: it must be a whole number"),
        ("SOFRA_UPLOAD_LIMIT_MB", "1 GB", "SOFRA_UPLOAD_LIMIT_MB is “1 GB”"),
        ("SOFRA_SOURCE_URL", "javascript:alert(1)", "SOFRA_SOURCE_URL is “javascript:alert(1)”"),
    ],
)
def test_a_wrong_setting_is_one_sentence(sofra: Run, hub: Path, name: str, value: str, named: str) -> None:
    done = sofra("serve", "--check", data=hub, **{**SAFE, name: value})
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-word" not in done.stderr


def test_what_stands_behind_the_database_s_address_is_not_lost() -> None:
    told = settings.database("postgresql://ana:p%40ss@db.example.al:5433/sofra?sslmode=verify-full&sslrootcert=/ca.pem")
    assert told["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    assert (told["HOST"], told["PORT"], told["PASSWORD"]) == ("db.example.al", "5433", "p@ss")
    assert settings.database("postgresql:///sofra?host=/run/postgresql")["HOST"] == "/run/postgresql"
    with pytest.raises(ImproperlyConfigured):
        settings.database("oracle://x")


RENAME = (
    "import django; django.setup()\nfrom sofra.accounts.models import User\n"
    "from sofra.accounts.services import make_demo_people\nmake_demo_people()\n"
    "[User.objects.filter(pk=u.pk).update(email=f'a{u.pk}@hub.al') for u in User.objects.all()]\n"
)


def test_the_demos_people_are_known_under_other_addresses(sofra: Run, hub: Path) -> None:
    made = environment(hub, SOFRA_MODE="demo", DJANGO_SETTINGS_MODULE="sofra.settings")
    subprocess.run([sys.executable, "-c", RENAME], env=made, check=True, capture_output=True)
    done = sofra("serve", "--check", data=hub, **SAFE)
    assert (done.returncode, "invented people" in done.stderr) == (1, True)


def test_places_are_loaded_into_a_folder_that_does_not_exist_yet(sofra: Run, tmp_path: Path) -> None:
    fresh = tmp_path / "not" / "yet"
    done = sofra("places", "load", data=fresh)
    assert "No right to write" not in done.stderr
    assert "sofra migrate" in done.stderr
    assert sofra("migrate", data=fresh).returncode == 0
    assert sofra("places", "load", data=fresh).returncode == 0
    assert oct(fresh.stat().st_mode & 0o777) == "0o750"


ACTS = (
    "import django; django.setup()\nfrom sofra.ground.audit import record\n"
    "[record(what='thing.done', about=str(n), by=None) for n in range(3)]\n"
)


def test_a_cut_off_end_of_the_audit_is_seen_by_who_kept_its_head(sofra: Run, hub: Path, tmp_path: Path) -> None:
    run = environment(hub, DJANGO_SETTINGS_MODULE="sofra.settings")
    subprocess.run([sys.executable, "-c", ACTS], env=run, check=True, capture_output=True)
    lines, head = sofra("audit", "head", data=hub).stdout.split()
    assert int(lines) >= 3
    kept = sofra("backup", tmp_path / "b.sofra", data=hub)
    assert f"Audit: {lines} lines, hash {head}" in kept.stdout
    with zipfile.ZipFile(tmp_path / "b.sofra") as archive:
        assert f'"hash": "{head}"'.encode() in archive.read("manifest.json")
    assert oct((tmp_path / "b.sofra").stat().st_mode & 0o777) == "0o600"
    assert sofra("audit", "verify", "--known", head, data=hub).returncode == 0
    with sqlite3.connect(hub / "sofra.sqlite3") as link:
        for (trigger,) in link.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            if "audit" in trigger:
                link.execute(f"DROP TRIGGER {trigger}")
        link.execute("DELETE FROM ground_auditline WHERE id >= (SELECT MAX(id) - 1 FROM ground_auditline)")
    assert sofra("audit", "verify", data=hub).returncode == 0, "which is why the head is kept elsewhere"
    done = sofra("audit", "verify", "--known", head, data=hub)
    assert (done.returncode, "lines at the end were taken out" in done.stderr) == (1, True)


def wait_until_it_reads(number: int) -> None:
    """Until a process has started and rests: its processor time stood still for two seconds."""
    seen: list[str] = []
    rested = 0
    for _tenth in range(600):
        used = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        rested = rested + 1 if used == seen and used != ["0", "0"] else 0
        if rested == 20:
            return
        seen = used
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("arguments", [["organisations", "match", "-"], ["places", "resolve"]])
def test_ctrl_c_is_quiet(hub: Path, arguments: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sofra", *arguments], env=environment(hub), stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        # A shell that runs the tests in its background lets them ignore Ctrl-C, and a child inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        wait_until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        said = process.stderr.read().decode()
        assert process.wait(20) == 130
    assert "Traceback" not in said
    assert os.linesep * 3 not in said
