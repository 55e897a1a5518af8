"""Forms worked out: what is asked, how often, what follows from it, what is wrong; nothing is lost on the way."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sofra.questionnaires import xform, xlsform
from sofra.questionnaires.instance import BadInstance, Instance, Status
from sofra.questionnaires.xform import Form, Question

pytestmark = pytest.mark.once

FORM = (Path(__file__).parent / "all_kinds.md").read_text()


def form(text: str = FORM) -> Form:
    return xform.parse(xlsform.read(text.encode(), "all.md").xform)


def filled(**answers: str) -> Instance:
    instance = Instance.blank(form())
    for name, value in answers.items():
        instance.put("/data/" + name.replace("__", "/"), value)
        instance.recalculate()
    return instance


def sentences(instance: Instance, language: str = "en") -> dict[str, str]:
    return {fault.path: fault.sentence for fault in instance.faults(language)}


def test_the_tree_is_the_author_s() -> None:
    found = form()
    kinds = {item.path: item.kind for item in xform.under(found.children)}
    assert kinds["/data/where"] == "group"
    assert kinds["/data/act/guest"] == "repeat"
    assert kinds["/data/hello"] == "note"
    assert kinds["/data/order"] == "rank"
    assert (found.languages, found.form_id, found.version) == (["English (en)", "Shqip (sq)"], "all", "7")
    assert not found.troubles


def test_what_is_asked_follows_from_the_answers() -> None:
    instance = filled()
    assert not instance.relevant("/data/hello")
    assert not instance.relevant("/data/where/town")
    instance.put("/data/where/county", "sh")
    instance.recalculate()
    assert instance.relevant("/data/where/town")
    assert [choice.label for choice in instance.choices("/data/where/town", "sq")] == ["Puka"]
    assert "<town" not in filled().xml(final=True)


def test_labels_say_the_answers_in_the_reader_s_language() -> None:
    instance = filled(name="Ana", number="2", where__county="tr")
    assert instance.label("/data/hello", "sq") == "Tung Ana"
    assert instance.label("/data/hello", "en") == "Hello Ana"
    assert instance.label("/data/act[2]/title", "en") == "Title of 2"
    assert instance.label("/data/name", "de") == "Name", "else in the form's first language"
    assert instance.get("/data/county_said") == "Tirana"
    assert instance.hint("/data/name", "sq") == "Who?"
    assert instance.name() == "Ana 2"


def test_turns_are_counted_and_nothing_written_in_them_is_lost() -> None:
    instance = filled(number="3")
    assert instance.turns("/data/act") == ["/data/act[1]", "/data/act[2]", "/data/act[3]"]
    instance.put("/data/act[3]/title", "Third")
    instance.put("/data/act[3]/cost", "5,5")
    instance.put("/data/number", "1")
    instance.recalculate()
    assert instance.turns("/data/act") == ["/data/act[1]"]
    assert instance.get("/data/sum") == "0"
    assert "Third" not in instance.xml(final=True)
    instance.put("/data/number", "3")
    instance.recalculate()
    assert instance.get("/data/act[3]/title") == "Third"
    assert instance.get("/data/sum") == "5.5"
    with pytest.raises(ValueError):
        instance.add_turn("/data/act")


def test_more_turns_than_anybody_fills_in_are_a_fault() -> None:
    text = "| survey |\n| | type | name | label | repeat_count |\n| | integer | n | N | |\n"
    text += "| | begin repeat | r | R | ${n} |\n| | text | a | A | |\n| | end repeat | | | |\n"
    instance = Instance.blank(form(text))
    instance.put("/data/n", "100000000")
    instance.recalculate()
    assert len(instance.turns("/data/r")) == 500
    assert sentences(instance) == {"/data/n": "No more than 500 can be added here."}


def test_turns_within_turns() -> None:
    instance = filled(number="2", name="Ana")
    instance.put("/data/act[2]/title", "Camp")
    path = instance.add_turn("/data/act[2]/guest")
    instance.put(f"{path}/who", "Besa")
    instance.recalculate()
    assert instance.label(f"{path}/who", "en") == "Who came to Camp"
    assert instance.children("/data/act[2]")[-1] == "/data/act[2]/guest"
    assert instance.get("/data/titles") == ", Camp"
    instance.remove_turn(path)
    assert path not in instance


def test_defaults_and_triggers() -> None:
    instance = filled(number="1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", instance.get("/data/act[1]/day"))
    assert instance.get("/data/changed") == ""
    instance.put("/data/name", "Ana")
    instance.recalculate()
    assert instance.get("/data/changed") == "was Ana"
    instance.put("/data/changed", "by hand")
    instance.recalculate()
    assert instance.get("/data/changed") == "by hand"


def test_what_was_drawn_once_stays() -> None:
    instance = filled()
    drawn = instance.get("/data/drawn")
    again = Instance.read(instance.form, instance.xml())
    again.recalculate()
    assert again.get("/data/drawn") == drawn != ""


@pytest.mark.parametrize(
    ("answers", "path", "sentence"),
    [
        ({}, "/data/name", "Say a name"),
        ({"where__county": "tr"}, "/data/where/town", "Choose an answer."),
        (
            {"where__county": "tr", "where__town": "pk"},
            "/data/where/town",
            "Choose again: “pk” is not among the answers.",
        ),
        ({"kinds": "a b c"}, "/data/kinds", "Two at most"),
        ({"kinds": "a zz"}, "/data/kinds", "Choose again: “zz” is not among the answers."),
        ({"number": "6"}, "/data/number", "0 to 5"),
        ({"number": "x"}, "/data/number", "Write a whole number, for example 12."),
        ({"number": "1", "act[1]__cost": "dear"}, "/data/act[1]/cost", "Write a number, for example 12.5."),
        ({"number": "1", "act[1]__day": "soon"}, "/data/act[1]/day", "Write a date, for example 17.12.2018."),
        ({"mark": "9"}, "/data/mark", "Choose a number from 1 to 5."),
        ({"place": "far"}, "/data/place", "Write latitude and longitude, for example 41.3275 19.8187."),
        ({"place": "99 200"}, "/data/place", "Latitude lies between -90 and 90, longitude between -180 and 180."),
        ({"hour": "noon"}, "/data/hour", "Write a time, for example 09:30."),
        ({"name": "a" * 200_001}, "/data/name", "This is longer than 200000 letters: shorten it, or add it as a file."),
    ],
)
def test_what_is_wrong_is_a_sentence(answers: dict[str, str], path: str, sentence: str) -> None:
    assert sentences(filled(**answers))[path] == sentence


def test_the_form_s_own_words_in_its_language() -> None:
    assert sentences(filled(kinds="a b c"), "sq")["/data/kinds"] == "Jo më shumë se dy"


def test_as_people_type_it() -> None:
    instance = filled(number="1", place="41.3275, 19.8187", mark="3", hour="9:30")
    instance.put("/data/act[1]/cost", "1 250,5")
    instance.put("/data/act[1]/day", "17.12.2018")
    assert instance.get("/data/act[1]/cost") == "1250.5"
    assert instance.get("/data/act[1]/day") == "2018-12-17"
    assert instance.get("/data/place") == "41.3275 19.8187 0 0"
    assert not {"/data/place", "/data/mark", "/data/hour"} & set(sentences(instance))


def test_parts_and_how_far_they_are() -> None:
    status = {part.key: part.status for part in filled().parts("sq")}
    assert status == {
        "name": Status.TODO, "where": Status.TODO, "kinds": Status.TODO, "act": Status.BLOCKED, "changed": Status.TODO,
    }  # fmt: skip
    later = {part.key: part.status for part in filled(name="Ana", number="9", where__county="tr").parts("sq")}
    assert later["name"] == Status.DONE
    assert later["where"] == Status.DOING
    assert later["kinds"] == Status.DOING
    assert [part.title for part in filled().parts("sq")][1] == "Ku"


def test_what_a_phone_sends_is_made_whole_again() -> None:
    instance = filled(name="Ana", number="1", where__county="tr", where__town="kv")
    instance.put("/data/act[1]/title", "Camp")
    instance.recalculate()
    again = Instance.read(instance.form, instance.xml(final=True))
    again.recalculate()
    assert again.xml() == instance.xml()
    assert not again.faults()


@pytest.mark.parametrize("xml", ["", "x", "<data>", "<other/>", '<data id="other"/>', "<data>&x;</data>"])
def test_another_form_s_answers_are_refused(xml: str) -> None:
    with pytest.raises(BadInstance):
        Instance.read(form(), xml)


def test_strange_elements_are_kept() -> None:
    came = Instance.read(form(), '<data id="all"><name>Ana</name><strange><deep>1</deep></strange></data>')
    came.recalculate()
    assert "<deep>1</deep>" in came.xml()


_TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
_VALUES = st.one_of(
    _TEXTS, st.integers(-3, 700).map(str), st.sampled_from(["a", "b", "a b", "tr", "sh", "kv", "2018-12-17", "1,5", ""])
)
_PUTS = st.lists(st.tuples(st.integers(0, 60), _VALUES), max_size=12)


@given(_PUTS)
@settings(max_examples=25, deadline=None)
def test_whatever_is_typed_comes_back(puts: list[tuple[int, str]]) -> None:
    """No value breaks the engine; the document says all of it again; working it out twice changes nothing."""
    instance = Instance.blank(form())
    for place, value in puts:
        questions = [node for node in instance.root.walk() if isinstance(node.spec, Question) and node.spec.asked]
        instance.put(instance.path_of(questions[place % len(questions)]), value)
        instance.recalculate()
    once = instance.xml()
    instance.recalculate()
    assert instance.xml() == once
    instance.faults("sq")
    instance.parts("sq")
    again = Instance.read(instance.form, once)
    again.recalculate()
    assert again.xml() == once
    assert [fault.path for fault in again.faults()] == [fault.path for fault in instance.faults()]


LOOKED_UP = """
| survey |
| | type | name | label | calculation | choice_filter | parameters |
| | select_one_from_file towns.csv | town | Town | | starts-with(name, 't') | value=code label=said |
| | calculate | people | | pulldata('towns', 'people', 'code', ${town}) | | |
| | calculate | there | | count(instance('towns')/root/item[code = ${town}]) | | |
"""


def test_files_that_a_form_looks_values_up_in() -> None:
    loaded = xlsform.read(LOOKED_UP.encode(), "towns.md")
    assert loaded.wanted == ("towns.csv",)
    csv = b"code,name,said,people\nt1,t Kavaja,Kavaja,40\nt2,t Puka,Puka,11\nx3,x,Else,1\n"
    instance = Instance.blank(xform.parse(loaded.xform, (("towns.csv", csv),)))
    assert [choice.label for choice in instance.choices("/data/town")] == ["Kavaja", "Puka"]
    instance.put("/data/town", "t2")
    instance.recalculate()
    assert (instance.get("/data/people"), instance.get("/data/there")) == ("11", "1")
    without = Instance.blank(xform.parse(loaded.xform))
    without.put("/data/town", "t2")
    without.recalculate()
    assert not without.faults(), "what the file would say is not known"


def test_a_form_of_300_questions_takes_milliseconds() -> None:
    asked = "| | integer | q{n} | Q{n} | ${{q{before}}} >= 0 | . < 100 | |\n"
    asked += "| | calculate | c{n} | | | | ${{q{n}}} + ${{c{before}}} |\n"
    rows = "".join(asked.format(n=n, before=n - 1) for n in range(1, 150))
    text = "| survey |\n| | type | name | label | relevant | constraint | calculation |\n"
    text += f"| | integer | q0 | Q | | | |\n| | calculate | c0 | | | | ${{q0}} |\n{rows}"
    instance = Instance.blank(form(text))
    for number in range(150):
        instance.put(f"/data/q{number}", str(number % 7))
        instance.recalculate()
    begun = time.perf_counter()
    for _turn in range(5):
        instance.recalculate()
        instance.faults()
    assert instance.get("/data/c149") == str(sum(number % 7 for number in range(150)))
    assert (time.perf_counter() - begun) / 5 < 0.1, "about 2 ms on an idle machine"
