"""Nobody sees more than their level: a world of marked secrets, and every address of the hub read by everybody.

Each secret is a word that stands nowhere else. Whoever may not see it must not meet it on any page, in any download,
in the API, in a header, in the log; and nothing that they can count, filter, sort or search may change with it.
"""

import csv
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings
from tests import test_doors
from tests.hidden_councils import hide_councils
from tests.hidden_findings import finding_addresses, hide_findings
from tests.hidden_local import hide_mechanisms, hide_plans, hide_training
from tests.hidden_reports import hide_reports, report_addresses
from tests.hidden_rounds import hide_rounds, round_addresses
from tests.hidden_work import hide_work, show_work, work_addresses
from tests.test_doors import EXAMPLES, declared_routes

from sofra.accounts import roles, services
from sofra.accounts.models import User
from sofra.exchange import services as exchange
from sofra.ground.logs import JsonFormatter
from sofra.ground.models import Visibility
from sofra.organisations import duplicates
from sofra.organisations import services as registry
from sofra.organisations.models import Change, Editor, Organisation, Proposal
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.web import doors
from sofra.web.middleware import PublicPages

PUBLIC, MEMBERS, SEALED = Visibility.PUBLIC, Visibility.MEMBERS, Visibility.SEALED
# Ana coordinates, Besa edits one organisation, Genta another, Cvetan is signed in without a role, Drita maps, Teuta
# looks after the machine.
PEOPLE: dict[str, tuple[roles.Role, ...] | None] = {
    "visitor": None,
    "cvetan": (),
    "besa": (roles.MEMBER,),
    "genta": (roles.MEMBER,),
    "drita": (roles.MAPPER,),
    "teuta": (roles.TECHNICAL,),
    "ana": (roles.COORDINATOR,),
}
KNOW = {
    "members": {"besa", "genta", "drita", "ana"},
    "mappers": {"drita", "ana"},
    "sealed": {"ana"},
    "of one": {"ana", "genta"},  # Genta speaks for the organisation whose sealed facts these are
    "its people": {"ana", "genta", "drita"},
    "of two": {"ana", "besa", "drita"},  # what al.two asked a school that none of them speaks for
    "councils": {"besa", "genta"},  # each sits in one
    "besa": {"besa"},
    "genta": {"genta"},
    "drita": {"drita"},
    "ana": {"ana"},
    "keepers": {"ana", "teuta"},
    "nobody": set(),
}


@dataclass
class Secrets:
    """word -> who may meet it."""

    words: dict[str, str] = field(default_factory=dict)

    def new(self, what: str, who: str) -> str:
        word = f"zq{what}xj"
        self.words[word] = who
        return word


@dataclass
class Leaky(test_doors.World):
    secrets: Secrets = field(default_factory=Secrets)
    sealed: Organisation | None = None
    part: Organisation | None = None
    ended: Organisation | None = None
    hidden: dict[str, str] = field(default_factory=dict)  # name -> code of a hidden activity
    registry: set[str] = field(default_factory=set)  # the words of the registry; the others are of work
    codes: list[str] = field(default_factory=list)
    school: Any = None
    draft_project: str = ""
    sealed_project: str = ""
    priced: list[str] = field(default_factory=list)
    once: str = ""
    found_hidden: list[str] = field(default_factory=list)
    asked_hidden: list[str] = field(default_factory=list)


def draft(code: str, *facts: tuple[str, str, int]) -> Draft:
    return Draft(
        kind="cso", code=code, facts=[FactDraft(f, v, visible_to=level, source="list") for f, v, level in facts]
    )


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> Leaky:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = Leaky()
    new = made.secrets.new
    for name, held in PEOPLE.items():
        made.clients[name] = Client(raise_request_exception=False)
        made.people[name] = None
        if held is not None:
            address = f"{new('address' + name, 'keepers')}@example.org"
            user = User.objects.create_user(address, "gjithmone-bashke-7", name=name.title())
            for role in held:
                services.grant_role(user=user, role=role, by=None)
            made.people[name] = User.objects.get(pk=user.pk)
            made.clients[name].force_login(user)
    ana, genta, drita = (made.people[name] for name in ("ana", "genta", "drita"))
    assert ana
    assert genta
    assert drita
    _places()
    change = made.change = registry.open_change(kind=Change.Kind.EDIT, by=ana)
    made.one, made.two, made.sealed, made.part, made.ended, _member = registry.register_many(
        [
            draft(
                "al.one",
                ("name", "One table", PUBLIC),
                ("name", f"Members {new('membername', 'members')}", MEMBERS),
                ("name", f"Sealed {new('sealedname', 'of one')}", SEALED),
                ("acronym", new("sealedacronym", "of one"), SEALED),
                ("theme", "women", PUBLIC),
                ("theme", "research", SEALED),
                ("audience", "police", MEMBERS),
                ("activity_kind", "deradicalisation", PUBLIC),
                ("focus_text", f"Focus {new('hiddenfocus', 'members')}", PUBLIC),
                ("place", "AL153", PUBLIC),
                ("place", "AL151", SEALED),
                ("about", f"About {new('sealedabout', 'of one')}", SEALED),
                ("contact", f"{new('membercontact', 'members')}@example.org", MEMBERS),
                ("contact", f"{new('sealedcontact', 'of one')}@example.org", SEALED),
                ("website", f"https://{new('sealedsite', 'of one')}.example.org", SEALED),
                ("founded", "1953", SEALED),
                ("language", "rom", SEALED),
            ),
            draft("al.two", ("name", "Two tables", PUBLIC), ("theme", "women", PUBLIC), ("place", "AL153", PUBLIC)),
            draft(
                f"al.{new('sealedcode', 'sealed')}",
                ("name", f"Two tables {new('wholesealed', 'sealed')}", SEALED),
                ("theme", "grants", PUBLIC),
                ("place", "AL151", PUBLIC),
                ("website", f"https://{new('wholesite', 'sealed')}.example.org", PUBLIC),
            ),
            draft(f"al.{new('partcode', 'sealed')}", ("name", f"One table {new('sealedpart', 'of one')}", SEALED)),
            draft(f"al.{new('endedcode', 'nobody')}", ("name", f"Ended {new('ended', 'nobody')}", PUBLIC)),
            draft(
                f"al.{new('membercode', 'members')}", ("name", f"Of members {new('wholemember', 'members')}", MEMBERS)
            ),
        ],
        change=change,
        by=ana,
    )
    duplicates.look_for_duplicates(by=ana)
    registry.keep_candidates([(made.two.pk, made.sealed.pk, 0.9, [f"same {new('reason', 'sealed')}"])], by=ana)
    registry.hide_class(made.one, hidden=True, by=genta)
    own = registry.open_change(kind=Change.Kind.EDIT, by=ana)
    made.ended.ended_in = own
    made.ended.save()
    made.ended.facts.update(ended_in=own)
    registry.judge(made.one, made.part, verdict="same", by=ana, note=new("judgenote", "sealed"), keep=made.one)
    for organisation, name in ((made.one, "genta"), (made.two, "besa")):
        Editor.objects.create(organisation=organisation, user=made.people[name], granted_by=ana)
    made.judgement = registry.judge_different(left=made.two, right=made.sealed, by=ana, note=new("apart", "sealed")).pk
    made.proposal = registry.propose_change(
        made.one, changes=[], by=genta, note=new("contest", "its people"), contests_class=True
    )
    wish = {"do": "add", "field": "contact", "value": new("wished", "of one"), "visible_to": SEALED}
    registry.propose_change(made.one, changes=[wish], by=genta, note=new("wishnote", "of one"))
    invitation, link = services.invite(
        email=f"{new('invited', 'keepers')}@example.org",
        name=new("invitedname", "nobody"),
        role=roles.MEMBER,
        by=ana,
        send=False,
    )
    made.invitation, made.token = invitation.pk, link.rstrip("/").rsplit("/", 1)[-1]
    made.grant = made.people["besa"].grants.get().pk  # type: ignore[union-attr]
    lines = f"Name;Id;Founded\n{new('imported', 'mappers')};;1950\nOne table;al.one;1950\n"
    table = exchange.upload_file([lines.encode()], name=f"{new('filename', 'mappers')}.csv", by=drita)
    exchange.map_columns(table, mapping={"Name": "name", "Id": "code", "Founded": "founded"}, by=drita)
    made.imported = exchange.check_import(table.pk).pk
    made.secrets.words["1953"] = "of one"
    made.registry = set(made.secrets.words)
    show_work(made)
    hide_work(made, new)
    test_doors.furnish(made)
    hide_findings(made, new)
    hide_rounds(made, new)
    hide_reports(made, new)
    hide_councils(made, new)
    hide_mechanisms(made, new)
    hide_plans(made, new)
    hide_training(made, new)
    return made


def _places() -> None:
    above = ""
    parent = None
    for code, kind, level, name in (
        ("AL", "country", 0, "Shqipëri"), ("AL-10", "county", 1, "Shkodër"), ("AL153", "municipality", 2, "Pukë"),
    ):  # fmt: skip
        above += f"{code}/"
        parent = Place.objects.create(
            code=code, kind=kind, country="AL", parent=parent, path=above, level=level, name=name,
            name_definite=name, name_en=name, sort_key=name,
        )  # fmt: skip
    Place.objects.create(
        code="AL151", kind="municipality", country="AL", parent_id="AL-10", path="AL/AL-10/AL151/", level=2,
        name="Fushë-Arrëz", name_definite="Fushë-Arrëza", name_en="Fushe-Arrez", sort_key="f",
    )  # fmt: skip


FILTERS = [
    "", "kind=cso", "kind=unknown", "theme=women", "theme=research", "theme=grants", "audience=police", "language=rom",
    "activity_class=specific", "activity_class=unknown", "activity_class=relevant", "activity_kind=deradicalisation",
    "place=AL151", "place=AL153", "place=AL", "age=never", "age=fresh", "theme=research&theme=women",
]  # fmt: skip
LISTS = ["/organisations/", "/organisations.csv", "/facts.csv", "/municipalities.csv"]
OTHERS = [
    "/organisations.xlsx?theme=research", "/facts.xlsx?theme=women", "/municipalities.xlsx", "/places/AL151/",
    "/places/AL151.csv", "/places/AL/?list=below", "/places/?map=tiles", "/places/?q=fush",
    "/places.csv", "/api/places", "/api/places/AL151", "/api/organisations/al.one", "/api/organisations/al.two",
    "/en/organisations/al.one/", "/en/organisations/al.two/", "/en/organisations/al.two/history/",
    "/organisations/al.two/history.csv", "/organisations/al.one/history.csv", "/organisations/al.one/edit/about/",
    "/organisations/al.one/edit/contact/", "/audit/?about=al.one", "/proposals/1/", "/proposals/2/", "/proposals.csv",
    "/duplicates.csv", "/judgements.csv", "/audit.csv", "/api/openapi.json", "/sitemap.xml", "/api/nothing",
]  # fmt: skip


NARROWING = {"visitor", "besa", "drita"}  # of those who see the same in lists one asks each list with every filter


def addresses(world: Leaky, *, narrowed: bool = True) -> Iterator[str]:
    """Every declared route, what names a secret thing, and (`narrowed`) every list with every filter; each once."""
    found = [
        reverse(name, kwargs=EXAMPLES[name](world) if name in EXAMPLES else {})
        for name in declared_routes()
        if "GET" in (doors.declared(name) or {}) and name not in {"invitation", "calendar_feed"}  # secret addresses
    ]
    if narrowed:
        found += [f"{page}?{asked}" for page, asked in product(LISTS, FILTERS)]
        found += [f"/organisations/?view={view}&{asked}" for view, asked in product(("map", "table"), FILTERS)]
        found += [f"/api/organisations?{asked}" for asked in FILTERS]
    found += OTHERS
    found += work_addresses(world, narrowed=narrowed)
    found += [*finding_addresses(world), *round_addresses(world), *report_addresses(world)]
    yield from dict.fromkeys(found)


def read(client: Client, address: str) -> tuple[HttpResponse, str]:
    """The answer as everything that travels: its headers, its body, the inside of a workbook."""
    with transaction.atomic():
        answer: Any = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body)
    # Neither a digest nor the time of day tells anything.
    head = "".join(f"{name}: {value}\n" for name, value in answer.items() if name not in {"ETag", "Expires"})
    return answer, head + body.decode("utf-8", "replace")


def stands(word: str, said: str) -> bool:
    """Whether it is said. Four digits in the middle of a digest, a key or a microsecond say nothing."""
    if word.isdigit():
        return re.search(rf"(?<![0-9A-Za-z_.-]){word}(?![0-9A-Za-z_])", said) is not None
    return word in said


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    caplog.set_level(logging.CRITICAL, logger="sofra.request")


@contextmanager
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """What the log of the hub says meanwhile."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="sofra.request")
    root.addHandler(handler)
    try:
        yield out
    finally:
        root.removeHandler(handler)


def not_logged(world: Leaky, said: str) -> None:
    assert said.count("\n") > 100
    assert world.token not in said
    assert "@example.org" not in said
    codes = {word for word in world.secrets.words if word.endswith("codexj")}
    assert [word for word in world.secrets.words if stands(word, said) and word not in codes] == []


@pytest.mark.sterner
@pytest.mark.parametrize("who", PEOPLE)
def test_no_secret_is_met_anywhere(world: Leaky, who: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nor does the log tell one; and no page of those who signed in may be kept on the way."""
    client, leaks, met = world.clients[who], [], set()
    own = f"zqaddress{who}xj"
    with logged(caplog) as log:
        for address in addresses(world, narrowed=who in NARROWING):
            answer, said = read(client, address)
            assert answer.status_code < 500, address
            if who != "visitor" and not address.startswith(("/api/", "/healthz")):
                assert re.search("private|no-store", answer.get("Cache-Control", "")), address
            for word, level in world.secrets.words.items():
                if word.isdigit() and address.endswith(".pdf"):  # four digits stand somewhere in its bytes
                    continue
                if stands(word, said) and word != own and word not in address:
                    met.add(word)
                    if who not in KNOW[level]:
                        leaks.append(f"{who} meets {word} ({level}) at {address}")
    assert not leaks, "\n".join(leaks)
    not_logged(world, log.getvalue())
    if who == "ana":  # the words do stand there: what nobody could meet would prove nothing
        assert met >= {word for word, level in world.secrets.words.items() if who in KNOW[level]} - {own}
    if who in ("besa", "genta"):
        assert met >= {word for word, level in world.secrets.words.items() if level in {"of one", "councils", who}} - (
            {word for word, level in world.secrets.words.items() if who not in KNOW[level]}
        )


GUESSED = re.compile("zq(draftact|memberact|sealedact|strangeact|sealedproject|asked)(title|code)xj")
WHERE_WORDS = ["/search/?q={}", "/organisations/?q={}", "/api/organisations?q={}"]
WHERE_WORDS_TOO = ["/organisations/?view=map&q={}", "/organisations.csv?q={}", "/municipalities.csv?q={}",
                   "/organisations/?place={}"]  # fmt: skip
WHERE_CODES = ["/organisations/al.{}/", "/organisations/al.{}/history/", "/organisations/al.{}/edit/",
               "/api/organisations/al.{}", "/duplicates/al.two/al.{}/", "/audit/?about=al.{}"]  # fmt: skip
OF_WORK = [
    "/activities/?q={}", "/activities/?project=al.{}", "/activities/?organisation={}", "/activities/al.{}/",
    "/api/activities?q={}", "/api/activities/al.{}", "/projects/?q={}", "/projects/al.{}/", "/schools/?q={}",
    "/coverage/overlaps/?activity=al.{}", "/coverage/crowded/?activity=al.{}", "/search/?q={}",
    "/activities.csv?q={}", "/plan/?place=AL153&organisation=al.{}", "/api/projects?q={}",
]  # fmt: skip


def _guesses(world: Leaky, word: str, who: str) -> list[str]:
    """Where this word can be typed: codes where a code names something, other words where words are looked for."""
    if word not in world.registry:
        return OF_WORK if GUESSED.fullmatch(word) else []
    if word.endswith("codexj"):
        return [*WHERE_WORDS, *WHERE_CODES]
    return [*WHERE_WORDS, *(WHERE_WORDS_TOO if who in NARROWING else ())]


@pytest.mark.sterner
@pytest.mark.parametrize("who", PEOPLE)
def test_searching_and_guessing_tell_nothing(world: Leaky, who: str) -> None:
    """A secret word and a word that never was get the same answer, wherever words can be typed or guessed."""
    client, told = world.clients[who], []

    @cache
    def answered(address: str, typed: str) -> tuple[int, str]:
        answer, said = read(client, address.format(typed))
        return answer.status_code, re.sub(typed, "…", said, flags=re.IGNORECASE)

    for word, level in world.secrets.words.items():
        if who in KNOW[level] or word == "1953":
            continue
        never = "zq" + "k" * (len(word) - 4) + "xj"
        for template in _guesses(world, word, who):
            if answered(template, word) == answered(template, never):
                continue
            # What an answer to a word tells, it tells again; what another minute changed is not of the word.
            one, other = answered.__wrapped__(template, word), answered.__wrapped__(template, never)
            if one != other:
                at = next((n for n, pair in enumerate(zip(one[1], other[1], strict=False)) if len(set(pair)) > 1), 0)
                told.append(f"{who}: {template.format(word)}: {one[1][at:][:200]!r} for {other[1][at:][:200]!r}")
    assert not told, "\n".join(told)


def rows(client: Client, asked: str) -> list[str]:
    _answer, said = read(client, f"/organisations.csv?{asked}")
    lines = list(csv.reader(io.StringIO(said.partition("\ufeff")[2])))
    return [line[0] for line in lines[1:]]


@pytest.mark.parametrize("who", ["visitor", "cvetan", "teuta"])
def test_filters_count_nothing_that_is_out_of_sight(world: Leaky, who: str) -> None:
    client = world.clients[who]
    assert rows(client, "kind=cso") == ["al.one", "al.two"]
    assert set(rows(client, "")) == {"al.one", "al.two", "al.school", "al.school-office"}
    assert rows(client, "theme=women") == ["al.one", "al.two"]
    for asked in ("theme=research", "theme=grants", "audience=police", "language=rom", "place=AL151"):
        assert rows(client, asked) == []
        assert json.loads(read(client, f"/api/organisations?{asked}")[0].content)["count"] == 0
    for asked in ("activity_class=specific", "activity_class=unknown", "activity_kind=deradicalisation"):
        assert "al.one" not in rows(client, asked), "its class is hidden"
    counts = read(client, "/municipalities.csv")[1]
    assert re.search(r"AL153,.*,2\r", counts)
    assert re.search(r"AL151,.*,\r", counts), "nobody that may be seen"
    assert json.loads(client.get("/api/places/AL151").content)["organisations"] is None


def test_members_see_what_members_share_and_no_more(world: Leaky) -> None:
    besa = world.clients["besa"]
    assert rows(besa, "theme=research") == []
    assert rows(besa, "audience=police") == ["al.one"]
    assert rows(besa, "activity_class=specific") == ["al.one"]
    assert rows(besa, "place=AL151") == []
    assert rows(world.clients["ana"], "place=AL151") == ["al.one", world.sealed.code]  # type: ignore[union-attr]


def test_what_is_sealed_is_not_decided_by_a_mapper(world: Leaky) -> None:
    sealed = Proposal.objects.get(contests_class=False)
    address = reverse("proposal", args=[sealed.pk])
    assert world.clients["drita"].post(address, {"act": "accept"}).status_code == 404
    word = reverse("judgement_revoke", args=[world.judgement])
    assert world.clients["drita"].post(word).status_code == 404
    assert world.clients["ana"].post(address, {"act": "accept"}).status_code == 302


# — the shelf of public pages ——————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> dict[str, PublicPages]:
    """The one shelf that the clients share, as requests of one process do."""
    made: dict[str, PublicPages] = {}
    before = PublicPages.__init__

    def keep(self: PublicPages, get_response: Any) -> None:
        before(self, get_response)
        if "shelf" in made:
            self.shelf, self.lock = made["shelf"].shelf, made["shelf"].lock
        made.setdefault("shelf", self)

    monkeypatch.setattr(PublicPages, "__init__", keep)
    return made


def test_the_shelf_never_mixes_readers(shelf: dict[str, PublicPages], world: Leaky) -> None:
    """Each page read by a coordinator, a visitor, then both again: to everybody the same as at first."""
    ana, visitor, other = world.clients["ana"], Client(), Client()
    for client in (ana, visitor, other):
        client.get("/about/")
    for address in [
        "/",
        "/organisations/",
        "/organisations/al.one/",
        "/search/?q=table",
        "/places/AL151/",
        "/api/organisations",
    ]:
        hers, theirs = read(ana, address)[1], read(visitor, address)[1]
        kept = [key for key in shelf["shelf"].shelf if key[0] == address.split("?")[0]]
        assert kept, "what visitors see alike is kept"
        assert read(other, address)[1].partition("\n\n")[2] == theirs.partition("\n\n")[2]
        again, _ = read(ana, address)
        assert again["Cache-Control"].startswith("private") or address.startswith("/api/")
        assert "Cookie" in visitor.get(address)["Vary"]
        words = {word for word, level in world.secrets.words.items() if level != "nobody"}
        assert not [word for word in words if word in theirs]
        assert address.startswith("/api/") or hers != theirs
        # Her validator opens nothing for a visitor, nor theirs for her.
        theirs_tag = visitor.get(address)["ETag"]
        assert visitor.get(address, headers={"If-None-Match": theirs_tag}).status_code == 304
        assert ana.get(address, headers={"If-None-Match": theirs_tag}).status_code == 200


def test_no_form_stands_on_the_shelf(shelf: dict[str, PublicPages], world: Leaky) -> None:
    """A reader who has a cookie for forms and no session must not leave a form with their token for others."""
    known = Client()
    known.get(reverse("account_login"))
    assert "csrftoken" in known.cookies
    for name in declared_routes():
        if (doors.declared(name) or {}).get("GET") == doors.PUBLIC:
            address = reverse(name, kwargs=EXAMPLES[name](world) if name in EXAMPLES else {})
            known.get(address)
            known.cookies.pop("sessionid", None)
    forms = [key for key, page in shelf["shelf"].shelf.items() if b"csrfmiddlewaretoken" in page.plain]
    assert shelf["shelf"].shelf
    assert forms == []


# — the log ————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.once
def test_the_log_names_nobody_and_no_secret(world: Leaky, caplog: pytest.LogCaptureFixture) -> None:
    """Not what was typed either, be it looked for, given as a name and a password, or a key that opens nothing."""
    with logged(caplog) as log:
        client = world.clients["drita"]
        client.post(reverse("invitation", args=[world.token]), {"name": "x"})
        for word in world.secrets.words:
            client.get(f"/search/?q={word}")
        for word in list(world.secrets.words)[::9]:
            client.post("/account/login/", {"login": f"{word}@example.org", "password": word})
        forged = Client(enforce_csrf_checks=True)
        forged.post(reverse("invitation", args=[world.token]), {"name": "x"})
        forged.post(reverse("invitation", args=["x" * 43]), {"name": "x"})
    not_logged(world, log.getvalue())
    assert "x" * 43 not in log.getvalue()


# — importing ——————————————————————————————————————————————————————————————————————————————————————————————


def test_an_import_does_not_tell_what_is_sealed(world: Leaky) -> None:
    """A mapper who brings a list learns of a sealed record, or a sealed value, no more than of none."""
    sealed = world.sealed
    assert sealed
    told = []
    for code, name in ((sealed.code, sealed.name), ("al.never-there", "Two tables zqkkkkkkkkkkkxj")):
        lines = f"Name;Id;Founded\n{name};;1950\nOther name;{code};1950\nOne table;al.one;1950\n"
        table = exchange.upload_file([lines.encode()], name="list.csv", by=world.people["drita"])
        exchange.map_columns(
            table, mapping={"Name": "name", "Id": "code", "Founded": "founded"}, by=world.people["drita"]
        )
        checked = exchange.check_import(table.pk)
        said = [(row.verdict, row.asks, row.twin_id, row.problems) for row in checked.rows.order_by("number")]
        told.append(json.dumps(said).replace(code, "…").replace(name, "…"))
    assert told[0] == told[1]
    assert "1953" not in told[0]


def test_a_page_with_a_form_is_not_kept_even_where_it_asks_for_no_privacy(db: None, rf: RequestFactory) -> None:
    """With a cookie for forms sent along, Django sets none with the answer, so nothing else tells it apart."""

    def draw(request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            f'<input name="csrfmiddlewaretoken" value="{get_token(request)}">' * ("form" in request.path)
        )

    shelf = PublicPages(draw)
    for path in ("/plain/", "/form/"):
        request = rf.get(path)
        request.META["CSRF_COOKIE"] = "k" * 32
        shelf(request)
    assert [key[0] for key in shelf.shelf] == ["/plain/"]
