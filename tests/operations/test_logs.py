"""Log lines hold no personal data, whatever happens."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from sofra.accounts.models import User
from sofra.ground.logs import JsonFormatter, scrubbed


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged by anybody, as it would be written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("sofra").setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.django_db
def test_a_sign_in_and_a_search_leave_no_trace_of_the_person(client: Client, lines: io.StringIO) -> None:
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    User.objects.create_user("ana@example.org", "gjithmone-bashke-7", name="Ana")
    there = {"REMOTE_ADDR": "192.0.2.77"}
    client.post("/account/login/", {"login": "ana@example.org", "password": "wrong"}, **there)
    client.post("/account/login/", {"login": "ana@example.org", "password": "gjithmone-bashke-7"}, **there)
    client.get("/search/", {"q": "shpirti"}, **there)
    client.get("/organisations/", {"q": "shpirti", "kind": "cso"}, **there)
    client.get("/nowhere/ana@example.org/?q=shpirti", **there)
    said = lines.getvalue()
    for private in ("ana@example.org", "gjithmone-bashke-7", "192.0.2.77", "shpirti", "kind=cso"):
        assert private not in said
    requests = [json.loads(line) for line in said.splitlines() if '"sofra.request"' in line]
    assert len(requests) >= 5
    assert {"route", "method", "status", "ms"} <= set(requests[0])


def test_an_error_says_its_kind_and_place_and_not_its_words(lines: io.StringIO) -> None:
    def break_it(address: str) -> None:
        raise ValueError(f"{address} is not allowed")

    try:
        break_it("besa@example.org")
    except ValueError:
        logging.getLogger("django.request").error("Internal Server Error: /x/?q=secret", exc_info=sys.exc_info())
    line = json.loads(lines.getvalue().splitlines()[-1])
    assert line["error"] == "ValueError"
    assert line["where"][-1].endswith("break_it")
    assert "besa" not in lines.getvalue()
    assert "secret" not in lines.getvalue()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Letter to besa@example.org.", "Letter to [e-mail]"),
        ("Not Found: /en/search/?q=a+b&kind=cso", "Not Found: /en/search/?…"),
        ("from 10.1.2.3:443", "from [address]:443"),
        ("from 2001:db8::7 today", "from [address] today"),
        ("at 12:30:05 sharp", "at 12:30:05 sharp"),
        (
            "Gone: /account/password/reset/key/1-c5xq3p-0123456789abcdef0123/",
            "Gone: /account/password/reset/key/[token]/",
        ),
        ("organisations/al.inac is read", "organisations/al.inac is read"),
    ],
)
def test_what_is_scrubbed(text: str, left: str) -> None:
    assert scrubbed(text) == left
