"""Nasty strings at every door: whatever is sent, no page breaks (5xx) and nothing typed comes back as markup.

Addresses are those of `test_doors`, so a new route is fuzzed as soon as it is declared. The forms are read from the
pages themselves and sent back spoiled. Runs on both databases (`--database postgresql`).
"""

import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tests import test_doors
from tests.test_doors import EXAMPLES, World, declared_routes

from sofra.web import doors

world = test_doors.world

pytestmark = pytest.mark.sterner

SCRIPT = "<script>alert(1)</script>"
TEXTS = [
    f"'\"></textarea></title>{SCRIPT}",
    "'; DROP TABLE organisations_fact; -- %s %(x)s {0} {{ 7*7 }} {% debug %}",
    '\\ % _ " * ^ ~ : & | ! ( ) NEAR(a b, 2) AND OR NOT name:x -y +z a:*',
    "\"ab\"* 'cd':* <-> \\",
    "\r\nSet-Cookie: x=1\r\n\r\n../../../../etc/passwd",
    "\u202e\u200b\u0301\u0130ǅ\ufb01\u1e9e\U0001f600\U0010ffff\ufffe²Ⅷ漢字 العربية",
    "٣",
    "-1",
    "9" * 30,
    "9" * 5_000,
    "1e999",
    "NaN",
    "javascript:alert(1)",
    "data:text/html,x@y.z",
    "http://[::1",
    "https://a.b/\"onmouseover=alert(1) x='",
    "=cmd|' /C calc'!A0",
    "\x00",
    "a\x00b",
    "ë" * 6_000,
    "[" * 200_000,
    '{"a":' * 2_000,
    '{"a": "\\ud800\\u0000"}',
    "null",
    '{"id": 1}',
]
# As they stand in an address: broken UTF-8, a lone half of a surrogate pair, wrong escapes, NUL.
BYTES = ["%FF%FE", "%ED%A0%80", "%", "%zz%u0000", "%00", "%C0%80", "+", "%0d%0aX:y", "..%2F..%2Fetc"]
PARAMETERS = (
    "q page view place kind activity_class theme audience language activity_kind age map list about verdict asks judged"
    " next limit offset lang within country from to begins ends date by rows organisation project activity funder"
    " status mode sort sure state year edit resume on school again for presence add round question verdict chapter code"
    " version part other one of in what with source sheet revision country count draft after n programme objective"
    " measure period left right step"
).split()
PLAIN = ("mfa_", "account", "about", "accessibility", "components", "permissions", "glossary", "people", "person")
NUMBERS = ("0", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 60)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    caplog.set_level(logging.CRITICAL, logger="sofra.request")


def ask(client: Client, method: str, address: str, **sent: Any) -> HttpResponse:
    """One request whose effects are taken back."""
    before = client.cookies.output(header="")
    with transaction.atomic():
        answer: Any = getattr(client, method)(address, **sent)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(before)
    return answer


def wrong(answer: HttpResponse) -> str:
    """What is wrong with an answer, or nothing."""
    if answer.status_code >= 500:
        return f"broken ({answer.status_code})"
    html = answer.get("Content-Type", "").startswith(("text/html", "image/svg"))
    if html and not getattr(answer, "streaming", False) and SCRIPT.encode() in answer.content:
        return "typed text came back as markup"
    location = answer.get("Location", "").removeprefix("http://testserver")  # phones want the whole address (OpenRosa)
    return f"leads away to {location}" if location.startswith(("//", "http:", "https:", "javascript:")) else ""


def address_of(name: str, world: World) -> str:
    return reverse(name, kwargs=EXAMPLES[name](world) if name in EXAMPLES else {})


def readable() -> list[str]:
    return [name for name in declared_routes() if "GET" in (doors.declared(name) or {})]


def query_of(text: str) -> str:
    """The text in every parameter at once, as far as an address may be long; in fewer parameters the longer it is."""
    room = 3_900 // (len(text) + 16)
    return "&".join(f"{name}={text}" for name in PARAMETERS[: max(room, 1)])[:3_900]


ODD_TIMES = [
    "0020", "0000", "31.02.2026", "2026-13", "9999-12-31", "10000", "2101", "1899-12-31", "2026-02-30", "-2026",
    "2026-", "٢٠٢٦", "1.1.0001", "2026–", "32.1.2026", "2026-W01", "99999999999999999999", "00.00.0000", "24:00",
    "25:61", "2026-10-25T02:30", "\x002026", "5–8.10.99999", "29.02.2100",
]  # fmt: skip
DATED = {
    "activities": ("begins", "ends"), "coverage": ("from", "to"), "coverage_gaps": ("from", "to"),
    "coverage_crowded": ("from", "to"), "coverage_overlaps": ("from", "to"), "coverage_money": ("from", "to"),
    "coverage_cell": ("from", "to"), "plan": ("from", "to"), "plan_download": ("from", "to"),
    "school_calendar": ("on",), "office_calendar": ("on",), "api:list_activities": ("begins", "ends"),
    "api:ask_before": ("from", "to"), "api:list_gaps": ("from", "to"), "api:list_overlaps": ("from", "to"),
    "own_activities": ("year",), "activities_download": ("begins", "ends"), "gaps_download": ("from", "to"),
}  # fmt: skip


def test_no_time_breaks_a_page(world: World) -> None:
    """Days that are none, years that are no dates to a computer, other digits: alone, as a span, with all views."""
    failed = []
    for name, parts in DATED.items():
        for text in ODD_TIMES:
            typed = "&".join(f"{part}={quote_plus(text)}" for part in parts)
            for more in ("place=AL", "place=AL&view=term&by=time&audience=youth"):
                address = f"{address_of(name, world)}?{typed}&{more}"
                if found := wrong(ask(world.clients["ana"], "get", address)):
                    failed.append(f"{address}: {found}")
    assert not failed, "\n".join(failed)


PASTES = {
    "rows with three bad ones": "Titulli\tVendi\tKur\n"
    + "\n".join(f"Takimi {n}\tShqipëri\t{'31.02.2026' if n in {7, 99, 4_999} else '2026'}" for n in range(1, 5_001)),
    "one cell without an end": "x" * 100_000,
    "quotes": '"' * 10_000,
    "NUL and odd ends": "Titulli\tVendi\x00\rA\tB\x00\r\nC\v\f\x1c\tD\u2028E",
    "sixty-one columns": "\t".join("abc" for _ in range(61)),
    "numbers": "Titulli\tNr. i pjesëmarrësve\tBuxheti\nA\t9999999999999999999999\t1e999\nB\t-5\tNaN\nC\t٣\t∞\n",
    "dates": "Titulli\tKur\n" + "\n".join(f"A\t{text}" for text in ODD_TIMES if "\x00" not in text),
    "only a header": "Titulli\tVendi\n",
    "formulas": "Titulli\tBurimi\n=1+1\t@SUM(A1)\n+cmd|x\t-2\n",
}  # fmt: skip


@pytest.mark.parametrize("what", PASTES)
def test_no_paste_breaks(world: World, what: str) -> None:
    """Pasted, looked over, mended with nonsense, and written: a page with a sentence each time, never an error."""
    client, own = world.clients["besa"], f"/organisations/{world.one.code}/activities/paste/"  # type: ignore[union-attr]
    failed = [wrong(client.post(own, {"text": PASTES[what]}))]
    for said in (
        {"do": "look", "m-2-title": SCRIPT, "m-999999999999-title": "x", "m-²-title": "x", "shown": "٣", "left": "²"},
        {"do": "look", "column": ["title"] * 70}, {"do": "look", "column": ["nothing", "title", "title"]},
        {"do": "left"}, {"do": "write", "publish": "1", "twins": "again"},
    ):  # fmt: skip
        failed.append(wrong(client.post(f"{own}check/", said)))
        failed.append(wrong(client.get(f"{own}check/")))
    assert not any(failed), failed


def test_no_address_breaks(world: World) -> None:
    failed = []
    asked = [text for text in map(quote_plus, TEXTS) if len(text) < 30_000] + BYTES
    for number, name in enumerate(readable()):
        address = address_of(name, world)
        # The pages share the texts among them; those that read nothing but `page` or `next` get fewer.
        for text in asked[number % 9 :: 9] if name.startswith(PLAIN) else asked[number % 5 :: 5]:
            query = query_of(text)
            if found := wrong(ask(world.clients["ana"], "get", f"{address}?{query}")):
                failed.append(f"{name}?{query[:70]}: {found}")
    assert not failed, "\n".join(failed)


def test_no_path_breaks(world: World) -> None:
    """Nasty words and numbers in the place of each part of an address that names a thing."""
    failed = []
    for number, name in enumerate(readable()):
        if name not in EXAMPLES:
            continue
        known = EXAMPLES[name](world)
        addresses = []
        for part, value in known.items():
            for text in NUMBERS if isinstance(value, int) else [text for text in TEXTS if len(text) < 4_000]:
                try:
                    addresses.append(
                        reverse(name, kwargs=known | {part: int(text) if isinstance(value, int) else text})
                    )
                except NoReverseMatch:
                    continue
            if isinstance(value, str):
                whole = reverse(name, kwargs=known)
                addresses += [whole.replace(quote(value), text, 1) for text in BYTES]
        for address in addresses[number % 3 :: 3]:  # the pages share them
            if found := wrong(ask(world.clients["ana"], "get", address)):
                failed.append(f"{address[:90]}: {found}")
    assert not failed, "\n".join(failed)


BODIES: dict[str, tuple[bytes, str]] = {
    "broken UTF-8": (b"q=%ff%fe&note=\xff\xfe\x00&act=\xed\xa0\x80", "application/x-www-form-urlencoded"),
    "ten thousand fields": (b"&".join(b"f%d=1" % n for n in range(10_000)), "application/x-www-form-urlencoded"),
    "another charset": (b"note=x", "application/x-www-form-urlencoded; charset=utf-7"),
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "half a part": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a',
        "multipart/form-data; boundary=x",
    ),
    "deep JSON": (json.dumps("x").encode() + b"[" * 100_000, "application/json"),
    "a lone surrogate": (b'{"note": "\\ud800"}', "application/json"),
}


def test_no_body_breaks(world: World) -> None:
    failed = []
    for number, name in enumerate(declared_routes()):
        if "POST" not in (doors.declared(name) or {}):
            continue
        for what, (body, kind) in list(BODIES.items())[number % 3 :: 3]:  # the forms share them
            if found := wrong(ask(world.clients["ana"], "post", address_of(name, world), data=body, content_type=kind)):
                failed.append(f"{name}, {what}: {found}")
    assert not failed, "\n".join(failed)


NAMES = [
    "../../../etc/passwd.csv",
    "..\\..\\a.csv",
    "a\r\nX: y.csv",
    f"{SCRIPT}.csv",
    "=1+1.csv",
    "ë" * 300 + ".csv",
    ".csv",
]


@pytest.mark.parametrize("called", NAMES)
def test_no_file_name_breaks_or_leaves_its_folder(world: World, called: str, tmp_path: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    file = SimpleUploadedFile("x.csv", f"Name;Website\n{SCRIPT};=1+1\n".encode())
    file._name = called  # as it came over the wire, past Django's own cleaning
    client = world.clients["drita"]
    answer = client.post(reverse("import_new"), {"file": file, "source": SCRIPT}, follow=True)
    assert not wrong(answer)
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert all(path.parent.name == "imports" for path in new)
