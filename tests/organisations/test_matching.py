"""The duplicates matcher: the twins that the issue names, bodies that are easily mixed up, and lists that mean harm."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.generate_organisations import generate

from sofra.organisations.matching import Pair, Record, find_pairs, find_twins
from sofra.organisations.matching.command import main
from sofra.organisations.matching.reading import web_key
from sofra.organisations.matching.saying import TOLD, in_words
from sofra.organisations.matching.weights import SIGNS, THROUGH

PROJECT = Path(__file__).resolve().parents[2]

# Annex I of the mapping report: name, geographic focus, website, as printed there.
ANNEX = Path(__file__).parent / "annex_names.tsv"
# The Helsinki Committee's sub-grantees, as chapter IV prints them, and the row of Annex I that each is.
SUB_GRANTEES = {
    "“Perspektiva” Youth Center": 25,
    "UET Centre": 26,
    "“Woman to Woman” Association": 18,
    "The Albanian Muslim Intellectual Forum": 11,
    "Open Doors": 28,
    "“Agritra Vizion” Center": 16,
    "The Center for Youth Progress": 2,
    "The Albanian Institute for Public Affairs": 30,
    "“The Youth Movement for Democracy” Center": None,
    "Northern Roma Integration": 31,
    "“I. The Woman” association": 13,
    "People in Focus": 32,
    "The Albanian Education Foundation": 33,
    "The Network for Information and Active Civics": 4,
    "The Albanian Institute for International Studies": 35,
    "“The Democratic Integration and Development” Center, Kukës": 46,
    "“Woman towards Development” Association Korçë": 45,
    "The Woman – The Community – the Environment, harmonized for Development": 8,
    "The Social Integration Center": 52,
    "The Counseling Center for People with Disabilities (CCPD)": 10,
}


def annex() -> list[Record]:
    rows = [line.split("\t") for line in ANNEX.read_text(encoding="utf-8").splitlines()]
    return [Record(number, (name,), place, website) for number, name, place, website in rows]


def chance(left: str | Record, right: str | Record) -> float:
    """How likely two records are one body, in a list of their own."""
    records = [r if isinstance(r, Record) else Record(str(n), (r,)) for n, r in enumerate((left, right))]
    pairs = find_pairs(records, floor=0.0)
    return pairs[0].probability if pairs else 0.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Tjetër Vizion", "Another Vision"),
        ("Tjetër Vizion", "Other Vision"),
        ("Another Vision", "Other Vision"),
        ("Lëvizja Rinore Pukë", "Youth Center Puka"),
        ("Lëvizja Rinore Pukë", "Youth Movement Puka"),
        (
            "Qendra Këshillimore për Njerëzit me Aftësi të Kufizuar Shkodër (QKNJAK)",
            "Advisory Center for People with Disabilities Shkodra (ACPD)",
        ),
        (
            "Qendra Këshillimore për Njerëzit me Aftësi të Kufizuar Shkodër (QKNJAK)",
            "Counseling Center for People with Disabilities (CCPD)",
        ),
        (
            "Advisory Center for People with Disabilities Shkodra (ACPD)",
            "Counseling Center for People with Disabilities (CCPD)",
        ),
        ("QKNJAK", "Qendra Këshillimore për Njerëzit me Aftësi të Kufizuar Shkodër"),
        ("KShH", "Komiteti Shqiptar i Helsinkit"),
        ("Albanian Helsinki Committee", "Komiteti Shqiptar i Helsinkit"),
        ("Здружение на млади Тетово", "Udruženje mladih Tetovo"),
        ("Omladinski centar Niš", "Youth Centre Nis"),
        ("Forumi i Grave Elbasan", "WOMEN'S FORUM ELBASAN"),
        ("Qendra për Nisma Ligjore Qytetare", "Center for Legal Civic Initiatives (CLCI)"),
        ("Shoqata Perspektiva", "Perspektiva, Shoqata"),
        ("Greenfield Comunity Trust", "Greenfield Community Trust Ltd"),
    ],
)
def test_one_body_under_two_names(left: str, right: str) -> None:
    assert chance(left, right) >= 0.5


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Youth Center Pukë", "Youth Center Kukës"),
        ("Red Cross Tirana", "Red Cross Durrës"),
        ("Qendra Rinore Drita", "Qendra Rinore Agimi"),
        ("Women's Association of Tirana", "Women's Association of Vlora"),
        ("Women's Association of Farmers", "Women's Association of Lawyers"),
        ("Albanian Helsinki Committee", "Helsinki Committee of North Macedonia"),
        ("School No 5", "School No 7"),
        ("Bashkia Berat", "Bashkia Fier"),
        ("Municipality of Tirana", "University of Tirana"),
        ("Albanian Institute for International Studies", "Albanian Institute for Public Affairs"),
        ("Youth Council Pogradec", "Women's Council Pogradec"),
        ("Save the Children Albania", "Save the Children Kosovo"),
        ("University of Tirana", "Polytechnic University of Tirana"),
        ("World Vision", "Another Vision"),
        ("“Woman to Woman” Association", '"I, the Woman" Association'),
        ("Gjykata e Lartë", "Gjykata Kushtetuese"),
    ],
)
def test_two_bodies_with_like_names(left: str, right: str) -> None:
    assert chance(left, right) < 0.5


def test_branches_of_one_parent_share_its_website_and_are_not_one() -> None:
    tirana = Record("1", ("Red Cross Tirana",), "Tirana", "https://redcross.example")
    durres = Record("2", ("Kryqi i Kuq Durrës",), "Durrës", "http://www.redcross.example/durres")
    assert chance(tirana, durres) < 0.5


def test_the_same_acronym_of_two_bodies_is_not_enough() -> None:
    youth = Record("1", ("Center for Youth Progress (CYP)",), "Kukës", "", "CYP")
    other = Record("2", ("Cooking for Young Parents (CYP)",), "Vlorë", "", "CYP")
    assert chance(youth, other) < 0.5


def test_an_address_joins_names_in_two_languages() -> None:
    one = Record("1", ("Shoqata e Bletarëve të Kodrës",), "", "https://www.kodra.example/index.php")
    other = Record("2", ("Hillside Beekeepers",), "", "kodra.example")
    assert chance(one, other) >= 0.5


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://www.cyp.al/index.php", "cyp.al"),
        ("HTTPS://CYP.al", "cyp.al"),
        ("https://www.facebook.com/", ""),
        ("https://facebook.com", ""),
        ("https://www.facebook.com/qendraFokus/", "facebook.com/qendrafokus"),
        ("https://www.facebook.com/pg/RIASorganization/about/?ref=page_internal", "facebook.com/riasorganization"),
        ("www.ymcatirana.ëordpress.com", "ymcatirana.wordpress.com"),
        ("-", ""),
        ("n/a", ""),
        ("", ""),
    ],
)
def test_addresses(address: str, key: str) -> None:
    assert web_key(address)[0] == key


def test_no_two_of_annex_one_are_taken_for_one() -> None:
    assert len(annex()) == 55
    assert find_pairs(annex()) == []


def test_the_sub_grantees_are_found_in_annex_one() -> None:
    rows = [Record(name, (name,)) for name in SUB_GRANTEES]
    found: dict[str, list[Pair]] = {name: [] for name in SUB_GRANTEES}
    for pair in find_twins(rows, annex()):
        found[pair.a].append(pair)
    for name, row in SUB_GRANTEES.items():
        assert [p.b for p in found[name]] == ([] if row is None else [str(row)]), name


def test_reasons_are_sentences_of_the_table() -> None:
    pairs = find_pairs(
        [
            Record("1", ("Tjetër Vizion",), "Elbasan", "tv.example"),
            Record("2", ("Another Vision",), "", "https://tv.example"),
        ]
    )
    reasons = pairs[0].reasons
    assert "The same website: tv.example" in reasons
    assert "Every word of the names says the same: tjeter = another, vizion = vision" in reasons
    sentences = {sentence for _, sentence in SIGNS.values()}
    assert {r.partition(": ")[0] for r in reasons} <= sentences
    assert set(TOLD) == sentences | {THROUGH}
    assert in_words("The same website: tv.example").endswith(": tv.example")


def as_records(rows: list[dict[str, str]]) -> list[Record]:
    return [Record(r["id"], (r["name"],), r.get("place", ""), r.get("website", ""), r.get("acronym", "")) for r in rows]


@pytest.mark.parametrize(("style", "least"), [("balkan", 0.85), ("english", 0.85)])
def test_generated_lists(style: str, least: float) -> None:
    rows, truth = generate(2000, 41, style)
    found = {tuple(sorted((p.a, p.b))) for p in find_pairs(as_records(rows))}
    right = len(found & truth)
    assert 2 * right / (len(found) + len(truth)) >= least


def test_probabilities_mean_what_they_say() -> None:
    rows, truth = generate(4000, 42)
    pairs = find_pairs(as_records(rows), floor=0.1)
    for low, high in ((0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        bin_of = [p for p in pairs if low <= p.probability < high]
        said = sum(p.probability for p in bin_of) / len(bin_of)
        true = sum(tuple(sorted((p.a, p.b))) in truth for p in bin_of) / len(bin_of)
        assert abs(said - true) < 0.2


def test_twins_are_the_pairs_across_the_two_lists() -> None:
    rows, _ = generate(1500, 43)
    records = as_records(rows)
    left, right = records[:400], records[400:]
    ours, theirs = {r.id for r in left}, {r.id for r in right}
    across = [p for p in find_pairs([*left, *right]) if p.a in ours and p.b in theirs]
    assert across
    assert find_twins(left, right) == across


def test_the_same_list_gives_the_same_pairs() -> None:
    rows, _ = generate(800, 44)
    assert find_pairs(as_records(rows)) == find_pairs(as_records(rows))


def test_nothing_depends_on_how_texts_are_hashed() -> None:
    code = (
        "import sys; sys.path[:0] = ['src', '.']\n"
        "from bench.generate_organisations import generate\n"
        "from sofra.organisations.matching import Record, find_pairs\n"
        "rows, _ = generate(500, 45)\n"
        "records = [Record(r['id'], (r['name'],), r.get('place', ''), r.get('website', '')) for r in rows]\n"
        "print(find_pairs(records, floor=0.2))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize(
    "records",
    [
        [],
        [Record("1", ("Only one",))],
        [Record("1", ("",)), Record("2", ("",)), Record("3", ())],
        [Record("1", ("?!",)), Record("2", ("—",))],
        [Record("1", ("مركز الشباب",)), Record("2", ("青年中心",))],
    ],
)
def test_nothing_to_compare(records: list[Record]) -> None:
    assert find_pairs(records) == []
    assert find_twins(records, []) == []
    assert find_twins([], records) == []


def test_a_very_long_name_is_read_as_far_as_it_makes_sense() -> None:
    started = time.process_time()
    find_pairs(
        [Record(str(n), ("Youth " * 1700 + str(n),), "Pukë " * 2000, "http://" + "x" * 10_000) for n in range(50)]
    )
    assert time.process_time() - started < 5


def test_thousands_of_the_same_name_do_not_grow_without_bound() -> None:
    started = time.process_time()
    pairs = find_pairs([Record(str(n), ("Youth Center Puka",), "Pukë", "https://same.example") for n in range(5000)])
    assert time.process_time() - started < 20
    assert 4999 <= len(pairs) < 50_000


def write(path: Path, *lines: str | bytes) -> str:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return str(path)


GOOD = (
    '{"id": "a", "name": "Tjetër Vizion", "website": "http://tv.example"}',
    '{"id": "b", "name_en": "Another Vision", "aka": ["Other Vision"], "website": null}',
    '{"id": 3, "name": "Youth Center Kukës", "place": "Kukës"}',
)


def test_the_command_prints_one_pair_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", write(tmp_path / "list.jsonl", *GOOD)]) == 0
    printed = capsys.readouterr()
    rows = [json.loads(line) for line in printed.out.splitlines()]
    assert [(r["a"], r["b"]) for r in rows] == [("a", "b")]
    assert 0.5 <= rows[0]["probability"] <= 1
    assert rows[0]["reasons"]
    assert printed.err == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nonsense", "Line 2 is not JSON"),
        ('["a"]', "Line 2 holds no record"),
        ('{"name": "No id"}', 'Line 2 has no "id"'),
        ('{"id": true, "name": "X"}', 'Line 2 has no "id"'),
        ('{"id": "x"}', 'Line 2 has no "name"'),
        ('{"id": "x", "name": "  -- "}', 'Line 2 has no "name"'),
        ('{"id": "x", "name": {"deep": ' + "[" * 30_000 + "]" * 30_000 + "}}", "Line 2"),
        ('{"id": "a", "name": "Again"}', 'Line 2 repeats the id "a" of line 1'),
        (b'{"id": "x", "name": "Qendra' + b"\xeb" + b'"}', "Line 2 is not UTF-8"),
        ('{"id": "x", "name": "' + "y" * 1_100_000 + '"}', "Line 2 is longer than"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str | bytes, told: str
) -> None:
    assert main(["--json", write(tmp_path / "list.jsonl", GOOD[0], line, *GOOD[1:])]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(told)
    assert len(printed.err.splitlines()) == 1
    assert len(printed.out.splitlines()) == 1


def test_a_file_that_is_no_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(tmp_path / "missing.jsonl")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["--json", write(tmp_path / "utf16.jsonl", GOOD[0].encode("utf-16"))]) == 2
    assert "save it as UTF-8" in capsys.readouterr().err
    assert main(["--json", write(tmp_path / "list.json", "[", *GOOD, "]")]) == 2
    assert "one JSON object a line" in capsys.readouterr().err
    assert main(["--json", write(tmp_path / "empty.jsonl")]) == 0


@pytest.mark.parametrize("floor", ["-0.1", "1.5", "half", "nan"])
def test_a_floor_that_is_no_probability(tmp_path: Path, capsys: pytest.CaptureFixture[str], floor: str) -> None:
    with pytest.raises(SystemExit):
        main(["--floor", floor, write(tmp_path / "list.jsonl", *GOOD)])
    assert "is no probability" in capsys.readouterr().err


def test_within_a_file_no_database_and_no_framework_is_needed(tmp_path: Path) -> None:
    path = write(tmp_path / "list.jsonl", *GOOD)
    code = (
        "import sys; sys.path[:0] = ['src']\n"
        f"sys.argv = ['sofra', 'organisations', 'match', '--json', {path!r}]\n"
        "from sofra.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'django' not in sys.modules"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert re.match(r'{"a": "a", "b": "b"', ended.stdout)


@pytest.mark.django_db
def test_a_file_is_matched_against_the_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    from sofra.organisations import services

    change = services.open_change(kind="import", by=None)
    drafts = [
        services.Draft(
            "cso", [services.FactDraft("name", "Another Vision"), services.FactDraft("website", "http://tv.example")]
        ),
        services.Draft("cso", [services.FactDraft("name", "Youth Center Kukës")]),
    ]
    codes = [o.code for o in services.register_many(drafts, change=change, by=None)]
    path = write(
        tmp_path / "list.jsonl", '{"id": "x", "name": "Tjetër Vizion"}', '{"id": "y", "name": "Youth Center Pukë"}'
    )
    call_command("organisations", "match", "--json", "--registry", path)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(r["a"], r["b"]) for r in rows] == [("x", codes[0])]
