"""`sofra places resolve`: one answer a line, at once, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def started(tmp_path: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "SOFRA_DATA": str(tmp_path / "nothing here")}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-m", "sofra", "places", "resolve", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
    )


def test_answers_come_as_questions_come(tmp_path: Path) -> None:
    with started(tmp_path, "--json") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, codes in (("Municipality of Cërrik", ["AL212"]), ("Тетово", ["MK-609"]), ("", [])):
            process.stdin.write(text.encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())  # before the next question is asked
            assert (answer["text"], answer["codes"]) == (text, codes)
            assert set(answer) == {"text", "codes", "sure", "alternatives", "why", "unread"}
    assert not (tmp_path / "nothing here").exists()


def test_bytes_that_are_no_utf_8_get_a_sentence_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    with started(tmp_path, "--json") as process:
        out, err = process.communicate("Shkod\xebr\n".encode("latin-1") + b"Has\r\nnul \x00 byte\n")
    answers = [json.loads(line) for line in out.splitlines()]
    assert "UTF-8" in answers[0]["why"][0]
    assert (answers[0]["codes"], answers[0]["sure"]) == ([], False)
    assert answers[1]["codes"] == ["AL131"]
    assert len(answers) == 3, err


def test_the_country_is_the_hubs_own(tmp_path: Path) -> None:
    with started(tmp_path, "--json", "--country", "mk") as process:
        out, _ = process.communicate(b"national")
    assert json.loads(out)["codes"] == ["MK"]


def test_plain_answers_are_for_people(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        out, _ = process.communicate(b"Elbasan\nHas\n")
    lines = out.decode().splitlines()
    assert lines[0].startswith("Elbasan\tAL213\task\t")
    assert lines[1].startswith("Has\tAL131\tsure\t")


@pytest.mark.parametrize("words", [("--country", "XX"), ("--colour",)])
def test_a_wrong_wish_gets_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    with started(tmp_path, *words) as process:
        _, err = process.communicate(b"")
    assert process.returncode != 0
    assert b"Traceback" not in err
