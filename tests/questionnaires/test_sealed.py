"""Sealed questions: from the column of the XLSForm to every page and table that must not tell their answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings
from tests.questionnaires.browsing import visit

from sofra.accounts import roles
from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.exchange import services as exchange
from sofra.questionnaires import keys, queries, services
from sofra.questionnaires.models import Answer, Filling, Version

pytestmark = pytest.mark.django_db
V = "/en/questionnaires/al.sealed/1/"
SECRET = "Zana e Malit 31"
SHEET = """
| survey |
| | type | name | label | bind::sofra:field | bind::sofra:sealed | calculation | relevant |
| | text | name | Name | organisation.name | no | | |
| | text | fear | What do you fear? | organisation.description | yes | | |
| | begin group | inner | Inner | | po | | |
| | integer | threats | Threats | | | | |
| | image | letter | Letter | | | | |
| | end group | | | | | | |
| | calculate | told | | | | concat(${fear}, '!') | |
| | note | echo | You wrote ${fear} | | | | |
| | text | why | Why? | | | | ${fear} != '' |
| | text | odd | Odd | | maybe | | |
"""


def _user(name: str, *held: roles.Role) -> Client:
    user = User.objects.create_user(f"{name}@example.org", "gjithmone-bashke-7", name=name)
    for role in held:
        accounts.grant_role(user=user, role=role, by=None)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture(autouse=True)
def _in_english(_in_albanian: None) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def version(settings: Settings, tmp_path: Path) -> Version:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    asked = services.add_questionnaire(code="al.sealed", titles={"en": "Sealed"}, by=None)
    made = services.load_version(asked, SHEET.encode(), "sealed.md", by=None)
    services.open_version(made, by=None)
    return made


@pytest.fixture
def sent(version: Version) -> Filling:
    filling = services.begin_filling(version, way="web")
    instance = queries.instance_of(filling)
    for name, value in {"name": "Tryeza", "fear": SECRET, "inner/threats": "4711", "why": "Because"}.items():
        instance.put(f"/data/{name}", value)
    instance.recalculate()
    services.save_filling(filling, instance, seen=filling.revision)
    return services.send_filling(filling)


def test_the_column_seals_what_it_names_and_what_follows_from_it(version: Version) -> None:
    form = queries.form_of(version)
    names = {path.removeprefix("/data/") for path in form.sealed}
    assert names == {"fear", "inner/threats", "inner/letter", "told", "odd"}
    assert version.bindings == {"/data/name": "organisation.name"}
    told = " ".join(one["sentence"] for one in version.notices)
    assert "“why” is asked because of a sealed answer" in told
    assert "taken for yes" in told
    assert "not bound" in told
    again = services.load_version(version.questionnaire, version.xform.encode(), "sealed.xml", by=None)
    assert queries.form_of(again).sealed == form.sealed  # the mark travels with the form


def test_nobody_counts_exports_or_reads_it_but_coordinators(sent: Filling, version: Version) -> None:
    assert Answer.every.filter(question="fear", value=SECRET).exists()
    assert not queries.counts([version.pk], "fear").values
    assert not queries.free_answers([version.pk], "told")
    assert [one.path for one in queries.questions(version)] == ["name", "why"]
    mapper, coordinator = _user("mapper", roles.MAPPER), _user("coordinator", roles.MAPPER, roles.COORDINATOR)
    for address in (f"{V}fillings/{sent.pk}/", f"{V}fillings/{sent.pk}/?revision=1", f"{V}answers.csv"):
        seen, all_of_it = (
            b"".join(answer.streaming_content) if answer.streaming else answer.content
            for answer in (mapper.get(address), coordinator.get(address))
        )
        assert SECRET.encode() not in seen
        assert b"4711" not in seen
        assert b"Because" in seen
        assert SECRET.encode() in all_of_it
        assert b"4711" in all_of_it
    assert b"answered, sealed" in mapper.get(f"{V}fillings/{sent.pk}/").content
    assert b"Sealed: of all who work" in mapper.get(f"{V}preview/").content


def test_its_link_does_not_show_it_once_it_was_sent_and_keeps_it(sent: Filling, client: Client) -> None:
    link = f"/en/q/{keys.key_of(sent.instance, sent.generation)}/"
    for address in ("parts/1/", "check/", "copy/", "sent/"):
        assert SECRET not in client.get(link + address).content.decode()
    page = visit(client, f"{link}parts/1/").fill(name="Tryeza 2")
    page.press("act", "next")
    now = queries.instance_of(Filling.objects.get(pk=sent.pk))
    assert (now.get("/data/name"), now.get("/data/fear")) == ("Tryeza 2", SECRET)
    visit(client, f"{link}parts/1/").fill(fear="Another").press("act", "next")
    assert queries.instance_of(Filling.objects.get(pk=sent.pk)).get("/data/fear") == "Another"


def test_the_next_round_begins_without_it(sent: Filling, version: Version) -> None:
    following = services.begin_filling(version, way="web", begun_from=sent)
    assert SECRET not in following.document
    assert "Tryeza" in following.document
    assert following.carried == ["/data/name"]


def test_the_rows_of_an_export_are_read_by_who_brought_it_and_coordinators(version: Version) -> None:
    by, other = _user("one", roles.MAPPER), _user("two", roles.MAPPER)
    one = User.objects.get(email="one@example.org")
    brought = exchange.upload_file(
        [f"fear,_uuid\n{SECRET},s1\n".encode()], name="s.csv", by=one, what="answers", version=version.pk
    )
    address = f"/en/imports/{brought.pk}/columns/"
    assert [client.get(address).status_code for client in (by, other)] == [200, 403]
    assert SECRET in by.get(address).content.decode()
    assert b"answers sealed questions" in other.get(address).content
