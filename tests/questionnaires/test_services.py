"""Begun, saved, sent, received, withdrawn: nothing lost, nothing twice, listeners told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from sofra.ground import files
from sofra.ground.models import AuditLine
from sofra.questionnaires import keys, listeners, queries, services, xlsform
from sofra.questionnaires.instance import BadInstance, Instance
from sofra.questionnaires.listeners import Happened
from sofra.questionnaires.models import Answer, Filling, Questionnaire, Version
from sofra.questionnaires.services import File

FORM = (Path(__file__).parent / "sent_form.md").read_text()


@pytest.fixture
def version(db: None) -> Version:
    made = services.add_questionnaire(code="al.tried", titles={"sq": "Prova"}, by=None)
    made_version = services.load_version(made, FORM.encode(), "tried.md", by=None)
    services.open_version(made_version, by=None)
    return made_version


@pytest.fixture
def told() -> Iterator[list[Happened]]:
    heard: list[Happened] = []

    def listen(filling: Filling, happened: Happened) -> None:
        heard.append(happened)

    listeners.LISTENERS.append(listen)
    yield heard
    listeners.LISTENERS.remove(listen)


def answered(filling: Filling, **answers: str) -> Instance:
    instance = queries.instance_of(filling)
    for name, value in answers.items():
        instance.put(f"/data/{name}", value)
    instance.recalculate()
    return instance


def test_loaded_as_its_author_wrote_it(version: Version) -> None:
    assert (version.number, version.form_id, version.form_version) == (1, "tried", "1")
    assert version.languages == ["Shqip (sq)", "English (en)"]
    assert b"".join(files.read(version.xlsform)) == FORM.encode()
    assert version.bindings["/data/acts/title"] == "activity.title"
    assert "sofra:field" not in version.xform


def test_a_code_is_given_once(version: Version) -> None:
    with pytest.raises(ValidationError) as wrong:
        services.add_questionnaire(code="al.tried", titles={"sq": "Prova"}, by=None)
    assert set(wrong.value.message_dict) == {"code"}
    with pytest.raises(ValidationError):
        services.add_questionnaire(code="no code", titles={}, by=None)


def test_a_refused_file_leaves_nothing(version: Version) -> None:
    with pytest.raises(xlsform.Refused):
        services.load_version(version.questionnaire, b"| survey |\n| | type | name |\n| | foo | a |\n", "a.md", by=None)
    assert Version.objects.count() == 1


def test_begun_saved_sent(version: Version, told: list[Happened]) -> None:
    filling = services.begin_filling(version, way="web", language="sq")
    assert queries.filling_by_key(keys.key_of(filling.instance, 1)) == filling
    services.note_opened(filling)
    services.note_opened(filling)
    services.save_filling(filling, answered(filling, name="Ura", kinds="teach help"), seen=1, part="kinds")
    services.save_filling(filling, answered(filling, members="12"), seen=2)
    services.send_filling(filling)
    assert told == [Happened.OPENED, Happened.BEGUN, Happened.SENT]
    assert filling.state == Filling.State.SENT
    assert filling.part == "kinds"
    assert sorted(filling.answers.values_list("question", "value")) == [
        ("kinds", "help"), ("kinds", "teach"), ("members", "12"), ("name", "Ura"),
    ]  # fmt: skip
    assert filling.revisions.count() == 0, "what only grew lost nothing"
    assert [line.what for line in AuditLine.objects.filter(what__startswith="filling.")] == [
        "filling.begun",
        "filling.sent",
    ]


def test_what_is_wrong_is_not_sent(version: Version) -> None:
    filling = services.begin_filling(version, way="web", language="sq")
    services.save_filling(filling, answered(filling, members="0"), seen=1)
    with pytest.raises(ValidationError) as wrong:
        services.send_filling(filling)
    with translation.override("sq"):
        assert wrong.value.messages[1] == "Më shumë se asnjë"
    assert Filling.objects.get().state == Filling.State.BEGUN
    assert not Answer.objects.exists()


def test_the_second_of_two_learns_of_the_first(version: Version) -> None:
    filling = services.begin_filling(version, way="web")
    mine, yours = Filling.objects.get(), Filling.objects.get()
    services.save_filling(mine, answered(mine, name="Ura"), seen=1)
    with pytest.raises(services.Outdated) as late:
        services.save_filling(yours, answered(yours, name="Drita"), seen=1)
    assert queries.instance_of(late.value.filling).get("/data/name") == "Ura"
    services.save_filling(yours, answered(yours, name="Drita"), seen=2)
    kept = filling.revisions.get()
    assert "Ura" in kept.document
    assert kept.number == 2


def test_sent_again_after_a_change(version: Version, told: list[Happened]) -> None:
    filling = services.begin_filling(version, way="web")
    services.save_filling(filling, answered(filling, name="Ura", why="Sepse"), seen=1)
    services.send_filling(filling)
    services.save_filling(filling, answered(filling, kinds="teach"), seen=filling.revision)
    assert set(filling.answers.values_list("question", flat=True)) == {"name", "kinds"}, "what is not asked any more"
    services.send_filling(filling)
    assert told == [Happened.BEGUN, Happened.SENT, Happened.SENT]
    assert "Sepse" not in filling.document
    assert "Sepse" in filling.revisions.get().document


def received(version: Version, *, name: str = "Ura", **more: Any) -> services.Received:
    xml = f'<data id="tried"><name>{name}</name><acts><title>A</title></acts><acts><title>B</title></acts>'
    xml += "<meta><instanceID>uuid:1</instanceID></meta></data>"
    return services.receive(version, xml, more.pop("uploads", []), way="phone", **more)


def test_received_once(version: Version, told: list[Happened]) -> None:
    first, again = received(version), received(version)
    assert (first.new, again.new) == (True, False)
    assert first.filling == again.filling
    assert told == [Happened.BEGUN, Happened.SENT]
    turns = first.filling.answers.filter(question="acts/title").values_list("turn", "value")
    assert sorted(turns) == [("1", "A"), ("2", "B")]


def test_the_same_number_with_other_words_is_kept_beside(version: Version) -> None:
    filling = received(version).filling
    assert not received(version, name="Drita").new
    assert not received(version, name="Drita").new
    filling.refresh_from_db()
    assert "Ura" in filling.document
    assert "Drita" in filling.revisions.get().document


def test_files_of_a_second_post_are_added(version: Version) -> None:
    kept = files.keep([b"a picture"])
    photo = File("a.jpg", kept.digest, kept.size, "image/jpeg")
    received(version)
    filling = received(version, uploads=[photo]).filling
    received(version, uploads=[photo])
    assert [upload.name for upload in filling.uploads.all()] == ["a.jpg"]


def test_a_number_of_somebody_else_s_is_refused(version: Version) -> None:
    received(version)
    other = services.add_questionnaire(code="al.other", titles={"sq": "Tjetër"}, by=None)
    theirs = services.load_version(other, FORM.encode(), "tried.md", by=None)
    with pytest.raises(BadInstance):
        received(theirs)


def test_a_corrected_answer_takes_the_place_of_the_first(version: Version) -> None:
    first = received(version).filling
    xml = '<data id="tried"><name>Ura e re</name><meta><deprecatedID>uuid:1</deprecatedID>'
    xml += "<instanceID>uuid:2</instanceID></meta></data>"
    second = services.receive(version, xml, [], way="phone").filling
    first.refresh_from_db()
    assert first.state == Filling.State.WITHDRAWN
    assert first.document
    assert second.begun_from == first
    assert queries.counts([version.pk], "name").values == {"Ura e re": 1}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<data",
        "<other/>",
        '<data id="else"/>',
        '<!DOCTYPE d [<!ENTITY a "b">]><data id="tried">&a;</data>',
        b"\xff\xfe\x00",
        "<data>" + "<a>" * 500 + "</a>" * 500 + "</data>",
    ],
)
def test_what_is_no_filling_is_refused(version: Version, xml: str | bytes) -> None:
    with pytest.raises(BadInstance):
        services.receive(version, xml, [], way="phone")
    assert not Filling.objects.exists()


def test_withdrawn_with_all_that_it_said(version: Version, told: list[Happened]) -> None:
    filling = services.begin_filling(version, way="web")
    services.save_filling(filling, answered(filling, name="Ura"), seen=1)
    services.send_filling(filling)
    services.withdraw_filling(filling)
    filling.refresh_from_db()
    assert (filling.state, filling.document) == ("withdrawn", "")
    assert told[-1] == Happened.WITHDRAWN
    assert not Answer.objects.exists()
    with pytest.raises(ValidationError):
        services.save_filling(filling, Instance.blank(queries.form_of(version)), seen=filling.revision)


def test_a_renewed_link_ends_the_old_one(version: Version) -> None:
    filling = services.begin_filling(version, way="web")
    old = keys.key_of(filling.instance, 1)
    new = services.renew_link(filling, by=None)
    assert queries.filling_by_key(old) is None
    assert queries.filling_by_key(new) == filling


def test_the_next_round_begins_with_the_last_answers(version: Version) -> None:
    old = received(version).filling
    new = services.begin_filling(version, way="web", begun_from=old)
    instance = queries.instance_of(new)
    assert instance.get("/data/name") == "Ura"
    assert [instance.get(f"{turn}/title") for turn in instance.turns("/data/acts")] == ["A", "B"]
    assert new.instance != old.instance


def test_counts_say_their_base(version: Version) -> None:
    for number, kinds in enumerate(["teach help", "teach", ""]):
        xml = f'<data id="tried"><name>N</name><kinds>{kinds}</kinds>'
        xml += f"<meta><instanceID>uuid:c{number}</instanceID></meta></data>"
        services.receive(version, xml, [], way="phone")
    found = queries.counts([version.pk], "kinds")
    assert (found.base, found.asked, found.values) == (2, 3, {"teach": 2, "help": 1})
    assert queries.counts([version.pk], "kinds", value="help").values == {"help": 1}
    asked = {it.path: it for it in queries.questions(version, "en")}
    assert asked["kinds"].choices == [("teach", "We teach"), ("help", "We help")]
    assert asked["acts/title"].repeated


def test_an_answer_of_100_000_letters(version: Version) -> None:
    filling = services.begin_filling(version, way="web")
    services.save_filling(filling, answered(filling, name="ë" * 100_000), seen=1)
    services.send_filling(filling)
    answer = filling.answers.get(question="name")
    assert (len(answer.value), len(answer.text)) == (200, 100_000)


def test_questionnaires_have_numbers_in_order(version: Version) -> None:
    second = services.load_version(version.questionnaire, FORM.encode(), "tried.md", by=None)
    assert (second.number, Questionnaire.objects.count()) == (2, 1)
