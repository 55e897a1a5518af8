"""XPath as phones evaluate it: ODK's functions by examples, plain XPath 1.0 beside lxml's own."""

import math
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sofra.questionnaires import automata, xform, xpath
from sofra.questionnaires.evaluating import Env
from sofra.questionnaires.instance import Instance
from sofra.questionnaires.patterns import matches

pytestmark = pytest.mark.once

DATA = """<data id="tried" version="3"><age>42</age><share>1500.5</share><zero>0</zero><name>Ana e Parë</name>
<wide>  a  b </wide><jobs>water power</jobs><blank/><day>2018-12-17</day><at>2018-12-17T09:30:00.000+01:00</at>
<hour>06:00:00.000+01:00</hour><trace>41.3 19.8 0 0; 41.4 19.8 0 0</trace><off>hidden</off><total/>
<people><name>Besa</name><age>34</age><sum/></people><people><name>Cvetan</name><age/><sum/></people>
<people><name>Drita</name><age>7</age><sum/></people></data>""".replace("\n", "")
TOWN = "<item><name>t{n}</name><label>Town {n}</label><in>c{rest}</in></item>"
TOWNS = "".join(TOWN.format(n=n, rest=n % 3) for n in range(30))
BEFORE = "indexed-repeat(/data/people/sum, /data/people, position(..) - 1)"
FORM = f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Tried</h:title><model><instance>{DATA}</instance>
<instance id="towns"><root>{TOWNS}</root></instance>
<bind nodeset="/data/age" type="int"/><bind nodeset="/data/day" type="date"/>
<bind nodeset="/data/people/age" type="int"/>
<bind nodeset="/data/off" relevant="false()"/>
<bind nodeset="/data/people/sum" calculate="../age + if(position(..) = 1, 0, {BEFORE})"/>
</model></h:head><h:body><input ref="/data/age"/><group ref="/data/people"><repeat nodeset="/data/people">
<input ref="/data/people/name"/><input ref="/data/people/age"/></repeat></group></h:body></h:html>"""


def value(text: str, at: str = "/data/age", turn: int = 0) -> Any:
    form = xform.parse(FORM)
    instance = Instance.blank(form)
    run = form.run(text, at)
    assert run is not None, text
    node = instance.nodes(at)[turn]
    found = run(node, Env(instance, node))
    return [it.value() for it in found] if isinstance(found, list) else found


NAN = "no number"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what is empty, what is missing, what is not asked
        ("/data/blank = ''", True),
        ("/data/nowhere = ''", True),
        ("/data/off", []),
        ("/data/off = ''", True),
        ("/data/blank + 1", NAN),
        ("/data/blank > 0", False),
        ("/data/blank != 0", True),
        ("number('')", NAN),
        ("boolean(/data/blank)", False),
        ("boolean(/data/zero)", True),
        ("boolean(/data/age)", True),
        ("boolean('false')", True),
        ("coalesce(/data/blank, /data/age)", ["42"]),
        ("coalesce(/data/off, 'x')", "x"),
        ("if(/data/blank, 'a', 'b')", "b"),
        ("not(/data/age > 50)", True),
        # numbers
        ("7 mod 3", 1.0),
        ("-7 mod 3", -1.0),
        ("1 div 0", math.inf),
        ("0 div 0", NAN),
        ("int(3.7)", 3.0),
        ("int(-3.7)", -3.0),
        ("int('5.9')", 5.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -2.0),
        ("round(1.235, 2)", 1.24),
        ("round(1234, -2)", 1200.0),
        ("string(1 div 4)", "0.25"),
        ("string(100000000000000000000)", "100000000000000000000"),
        ("string(0.1 + 0.2)", "0.30000000000000004"),
        ("number('1e3')", NAN),
        ("sum(/data/people/age)", 41.0),
        ("max(/data/people/age)", 34.0),
        ("min(/data/people/age)", 7.0),
        ("max(1, 5, 3)", 5.0),
        ("pow(2, 10)", 1024.0),
        ("sqrt(-1)", NAN),
        ("log(0)", -math.inf),
        # repeats
        ("count(/data/people)", 3.0),
        ("count(/data/people[age > 10])", 1.0),
        ("count-non-empty(/data/people/age)", 2.0),
        ("/data/people[2]/name", ["Cvetan"]),
        ("/data/people[position() = last()]/name", ["Drita"]),
        ("position(/data/people[3])", 3.0),
        ("indexed-repeat(/data/people/name, /data/people, 2)", ["Cvetan"]),
        ("indexed-repeat(/data/people/name, /data/people, 9)", []),
        ("join(', ', /data/people/name)", "Besa, Cvetan, Drita"),
        ("concat('x', /data/people/name)", "xBesaCvetanDrita"),
        ("/data/people/name = 'Cvetan'", True),
        ("/data/people[name = 'Drita']/age", ["7"]),
        # choices
        ("selected(/data/jobs, 'power')", True),
        ("selected(/data/jobs, 'pow')", False),
        ("selected(/data/blank, '')", True),
        ("selected-at(/data/jobs, 1)", "power"),
        ("selected-at(/data/jobs, 2)", ""),
        ("selected-at(/data/jobs, -1)", ""),
        ("count-selected(/data/jobs)", 2.0),
        ("count-selected(/data/blank)", 0.0),
        ("count(instance('towns')/root/item[in = 'c1'])", 10.0),
        ("instance('towns')/root/item[name = 't7']/label", ["Town 7"]),
        ("instance('nothing')/root/item", []),
        ("pulldata('towns', 'label', 'name', 't3')", "Town 3"),
        # text
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -2)", "lo"),
        ("substring('hello', 2, 3)", "ell"),
        ("substring-before('a-b', '-')", "a"),
        ("substring-after('a-b', 'x')", ""),
        ("normalize-space(/data/wide)", "a b"),
        ("string-length(/data/name)", 10.0),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("regex('abcd', 'abc')", False),
        ("regex('abc', '^[a-z]+$')", True),
        ("regex('Ë', '\\p{Lu}')", True),
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("digest('abc', 'SHA-1')", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("boolean-from-string('1')", True),
        ("boolean-from-string('yes')", False),
        ("checklist(1, 2, 1, 0, 1)", True),
        ("weighted-checklist(3, 5, 1, 2, 1, 2)", True),
        # dates
        ("/data/day > '2018-01-01'", True),
        ("/data/day < today()", True),
        ("/data/day - date('2018-12-10')", 7.0),
        ("date(/data/day + 7)", "2018-12-24"),
        ("date(0)", "1970-01-01"),
        ("date(1.5)", "1970-01-02"),
        ("date('nonsense')", ""),
        ("date('2018-1-2')", "2018-01-02"),
        ("date(now()) = today()", True),
        ("format-date(/data/day, '%d.%m.%Y')", "17.12.2018"),
        ("format-date(/data/day, '%e/%n/%y %%')", "17/12/18 %"),
        ("format-date('', '%Y')", ""),
        ("format-date-time(/data/at, '%H:%M:%S.%3')", "09:30:00.000"),
        ("decimal-date-time('1970-01-02T00:00:00.000Z')", 1.0),
        ("decimal-time('12:00:00.000+01:00')", 0.5),
        ("decimal-date-time(/data/at) > decimal-date-time('2018-12-17T08:00:00Z')", True),
        # the rest
        ("name(..)", "data"),
        ("/data/@version", ["3"]),
        ("version()", "3"),
        ("once('new')", "42"),
        ("uuid(7) = ''", False),
        ("string-length(uuid())", 36.0),
        ("random() < 1", True),
        ("pi() > 3.14", True),
        ("/data/age | /data/zero", ["42", "0"]),
        ("//age", ["42", "34", "", "7"]),
        ("- - 3", 3.0),
        ("2 + 3 * 4 - 1", 13.0),
        ("true() or 1 div 0", True),
        ("round(distance(/data/trace))", 11132.0),
        ("area('41 19 0 0;41 19 0 0')", 0.0),
    ],
)  # fmt: skip
def test_as_on_the_phone(text: str, expected: Any) -> None:
    found = value(text)
    if expected == NAN:
        assert isinstance(found, float)
        assert math.isnan(found)
    else:
        assert found == expected


def test_long_chains_are_worked_out() -> None:
    assert value(" + ".join(["1"] * 2_000) + " - 5") == 1995.0
    assert value(" or ".join(["/data/age = 1"] * 2_000) + " or true()") is True


def test_an_absolute_path_in_a_repeat_means_the_same_turn() -> None:
    assert value("/data/people/name", "/data/people/age", 1) == ["Cvetan"]
    assert value("count(/data/people)", "/data/people/age", 1) == 3.0
    assert value("../name", "/data/people/age", 2) == ["Drita"]
    assert value("position(..)", "/data/people/age", 2) == 3.0
    assert value("/data/people[name = current()/../name]/age", "/data/people/age", 2) == ["7"]


def test_a_running_total_reads_the_turn_before() -> None:
    instance = Instance.blank(xform.parse(FORM))
    instance.put("/data/people[2]/age", "6")
    instance.recalculate()
    assert [node.text for node in instance.nodes("/data/people/sum")] == ["34", "40", "47"]


def test_the_same_seed_shuffles_the_same_way() -> None:
    first = value("randomize(instance('towns')/root/item/name, 42)")
    assert first == value("randomize(instance('towns')/root/item/name, 42)")
    assert sorted(first) == sorted(value("instance('towns')/root/item/name"))
    assert first != value("randomize(instance('towns')/root/item/name, 43)")


@pytest.mark.parametrize(
    "text", ["", "1 +", "foo(", "if(1, 2)", "nothing()", "a[", "'open", "a b", "(" * 500, "..//", "@", "1..2"]
)
def test_what_is_no_xpath_is_no_function(text: str) -> None:
    assert xform.parse(FORM).run(text, "/data/age") is None


@given(st.text(alphabet="abc/.[]()'\"=<>+-*|@, 019$:{}", max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        xpath.parse(text)
    except xpath.BadExpression:
        return
    form = xform.parse(FORM)
    run = form.run(text, "/data/age")
    if run is not None:
        instance = Instance.blank(form)
        node = instance.nodes("/data/age")[0]
        instance._value(run, node, "")


_NAMES = st.sampled_from(["age", "zero", "name", "people", "blank", "share", "nowhere"])
_LEAVES = st.sampled_from(["age", "zero", "name", "blank", "share", "nowhere"])
_STEPS = st.lists(_NAMES, min_size=1, max_size=2).map("/".join)
_PATHS = st.one_of(
    _STEPS.map(lambda steps: f"/data/{steps}"), _STEPS.map(lambda steps: f"../{steps}"), st.just("//age")
)
_NUMBERS = st.one_of(
    st.integers(0, 99).map(str),
    st.sampled_from(["/data/age", "/data/share", "/data/zero", "count(/data/people)", "2.5"]),
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, st.sampled_from(["+", "-", "*", "div", "mod"]), inner)
    return pair.map(lambda it: f"({it[0]} {it[1]} {it[2]})")


_SUMS = st.recursive(_NUMBERS, _combined, max_leaves=6)
_TRUTHS = st.tuples(_SUMS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _SUMS).map(" ".join)
_PLAIN = st.one_of(
    _SUMS, _TRUTHS,
    st.tuples(_TRUTHS, st.sampled_from([" and ", " or "]), _TRUTHS).map("".join),
    _PATHS.map(lambda path: f"count({path})"),
    # Not of a whole turn: what the form calculates in it is not in the text that the other engine reads.
    st.tuples(_PATHS.filter(lambda path: not path.endswith("people")), st.integers(1, 3)).map(
        lambda it: f"string({it[0]}[{it[1]}])"
    ),
    _TRUTHS.map(lambda truth: f"count(/data/people[{truth}])"),
    st.tuples(_NAMES, st.integers(0, 40)).map(lambda it: f"count(/data/people[{it[0]} > {it[1]}])"),
    st.tuples(_LEAVES, _LEAVES).map(lambda it: f"string-length(concat(string(/data/{it[0]}), string(//{it[1]})))"),
)  # fmt: skip


@given(_PLAIN)
@settings(max_examples=120, deadline=None)
def test_plain_xpath_is_that_of_lxml(text: str) -> None:
    """Where ODK does not deviate from XPath 1.0, another engine says the same."""
    theirs: Any = etree.fromstring(DATA.replace("<off>hidden</off>", "")).xpath("/data/age")[0].xpath(text)
    ours = value(text)
    if isinstance(theirs, list):
        theirs = [it.text or "" for it in theirs]
    if isinstance(theirs, float) and math.isnan(theirs):
        assert math.isnan(ours)
    else:
        assert ours == (pytest.approx(theirs) if isinstance(theirs, float) else theirs)


_PIECES = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "\\d", "(a|b)", "(ab)"])
_ENDLESS = st.lists(
    st.tuples(_PIECES, st.sampled_from(["", "*", "+", "?", "{1,2}"])).map("".join), min_size=1, max_size=3
)


@given(_ENDLESS.map("".join), st.text(alphabet="ab1", max_size=12))
@settings(max_examples=150, deadline=None)
def test_a_machine_matches_what_python_matches(inner: str, said: str) -> None:
    pattern = f"({inner})+b?"
    assert automata.Machine(pattern).matches(said) == (re.fullmatch(pattern, said) is not None)


def test_no_pattern_runs_away() -> None:
    begun = time.perf_counter()
    assert not matches("(a+)+$", "a" * 200 + "b")
    assert not matches("([a-z]+\\s?)+", "word " * 60 + "1")
    assert matches("([a-z]+\\s?)+", "word " * 60)
    assert time.perf_counter() - begun < 1


def test_patterns_are_java_s() -> None:
    assert matches("[a-zA-Z]{2,}", "ab")
    assert not matches("[a-z]", "ab"), "the whole text is meant"
    assert matches("\\d{3}", "123")
    assert matches("[\\p{L} ]+", "Ana Hoxha")
    assert not matches("(", "(")
