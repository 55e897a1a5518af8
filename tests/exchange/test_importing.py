"""From a file to the registry and back: what comes in, what is asked, what a second time and an undo do."""

import errno
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from sofra.exchange import checking, importing, services, storing
from sofra.exchange.models import Import, ImportRow, Recipe
from sofra.exchange.problems import problem, says
from sofra.exchange.reading import Unreadable
from sofra.ground.models import AuditLine
from sofra.organisations.models import Change, Fact, Organisation

ANNEX = Path(__file__).parent / "annex-i.txt"
LIST = "Emri,Bashkia,Faqja\nQendra Agimi (QA),Pukë,www.agimi.example\nShoqata Drita,Cërrik,www.drita.example\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.DATA = tmp_path / "data"
    return settings.DATA


def bring(
    content: str | bytes, name: str = "list.csv", *, source: str = "A list", mapping: dict[str, str] | None = None
) -> Import:
    """Upload, map as suggested, check."""
    data = content.encode() if isinstance(content, str) else content
    imported = services.upload_file([data], name=name, by=None, source=source)
    services.map_columns(imported, mapping=mapping or imported.mapping, source=imported.source, by=None)
    return services.check_import(imported.pk)


def carry_out(imported: Import) -> Import:
    services.start_import(imported, by=None)
    return services.run_import(imported.pk)


def registry() -> list[tuple[Any, ...]]:
    """All that the registry says now: open facts of standing records."""
    return sorted(
        Fact.objects.filter(ended_in=None, organisation__ended_in=None).values_list(
            "organisation__code", "organisation__name", "field", "value", "source"
        )
    )


def verdicts(imported: Import) -> list[str]:
    return list(imported.rows.order_by("number").values_list("verdict", flat=True))


def test_the_annex_comes_in_whole_and_a_second_time_adds_nothing() -> None:
    first = bring(ANNEX.read_bytes(), "annex.txt", source="Annex I")
    assert first.rows_total == 55
    services.take_doubtful_as_new(first, by=None)
    done = carry_out(first)
    assert done.state == Import.State.DONE
    assert done.counts["new"] == 55
    assert Organisation.objects.count() == 55
    before = registry()
    second = bring(ANNEX.read_bytes(), "annex again.txt", source="Annex I")
    assert set(verdicts(second)) == {"same"}
    assert carry_out(second).state == Import.State.DONE
    assert registry() == before
    inac = Organisation.objects.get(acronym="INAC")
    assert inac.name == "Network for Information and Active Citizenship"
    facts = {f.field: f for f in inac.facts.all()}
    assert facts["website"].value == "http://www.inac.org.al"
    assert facts["name"].source.startswith("Annex I, ")
    assert facts["name"].source.endswith(" 4")


def test_addresses_of_the_annex_are_mended_and_told() -> None:
    imported = bring(ANNEX.read_bytes(), "annex.txt")
    told = {
        row.reading["n"]: [f["read"] for f in row.problems if f["code"] == "address-repaired"]
        for row in imported.rows.all()
    }
    assert told["13"] == ["https://www.unegruaja.org/what-we-do/"]
    assert told["37"] == ["http://www.ymcatirana.wordpress.com"]
    assert sum(map(len, told.values())) == 2


def test_undo_takes_back_exactly_this_import() -> None:
    carry_out(bring(LIST, source="First"))
    before = registry()
    more = LIST + "Klubi Horizont,Has,www.horizont.example\n"
    extended = more.replace("Shoqata Drita,Cërrik,www.drita.example", "Shoqata Drita,Belsh,www.drita.example")
    second = carry_out(bring(extended, "more.csv", source="Second"))
    assert registry() != before
    services.undo_import(second, by=None)
    assert registry() == before
    second.refresh_from_db()
    assert second.state == Import.State.UNDONE
    with pytest.raises(services.NotNow):
        services.undo_import(second, by=None)
    again = bring(extended, "more.csv", source="Second")
    assert carry_out(again).counts["new"] == 1


def test_a_twin_is_asked_about_and_each_answer_does_what_it_says() -> None:
    carry_out(bring("Emri,Bashkia\nAnother Vision Center,Belsh\n"))
    other = "Emri,Bashkia,Faqja\nQendra Another Vision,Belsh,www.vision.example\n"
    imported = bring(other)
    row = imported.rows.get()
    assert row.verdict == "ask"
    assert row.twin is not None
    assert row.reading["twins"][0][2] > 0.5
    services.decide_rows(imported, [row], by=None, twin="same")
    assert carry_out(imported).counts["update"] == 1
    assert Organisation.objects.count() == 1
    assert Fact.objects.filter(field="website", organisation=row.twin).count() == 1
    assert Fact.objects.filter(field="name").count() == 2


def test_left_out_and_new() -> None:
    carry_out(bring("Emri,Bashkia\nAnother Vision Center,Belsh\n"))
    for word, count in (("skip", 1), ("new", 2)):
        imported = bring("Emri,Bashkia\nQendra Another Vision,Belsh\n", f"{word}.csv")
        services.decide_rows(imported, list(imported.rows.all()), by=None, twin=word)
        carry_out(imported)
        assert Organisation.objects.count() == count


def test_an_unsure_place_is_asked_about_and_kept_as_words_without_an_answer() -> None:
    imported = bring("Emri,Bashkia e punës,Shtrirja\nQendra Agimi,,Elbasan\nShoqata Drita,,Elbasan\n")
    first, second = imported.rows.all()
    assert first.asks == "place"
    services.decide_rows(imported, [first], by=None, place=["AL-03"], place_of="Elbasan")
    services.decide_rows(imported, [second], by=None, place=[])
    carry_out(imported)
    places = Fact.objects.filter(field="place").order_by("id")
    assert [(f.value, f.detail["text"], f.detail["sure"]) for f in places] == [
        ("AL-03", "Elbasan", True),
        ("", "Elbasan", False),
    ]


def test_rows_that_ask_are_left_out_and_can_come_later() -> None:
    text = "Emri,Shtrirja\nQendra Agimi,Elbasan\nShoqata Drita,Belsh\n"
    done = carry_out(bring(text))
    assert (done.counts["new"], done.counts["ask"]) == (1, 1)
    later = bring(text)
    assert verdicts(later) == ["ask", "same"]


def test_every_problem_names_row_column_value_and_what_would_be_right() -> None:
    text = (
        "Emri,Lloji i organizatës,Viti,Faqja,E-mail\n"
        ",cso,1990,,\n"
        "Qendra A,unicorn,soon,nothing here,not-a-mail\n"
        "Qendra B,shoqatë,03.05.1998,www.b.example,b@b.example\n"
    )
    imported = bring(text)
    rows = list(imported.rows.all())
    assert [row.verdict for row in rows] == ["bad", "new", "new"]
    assert [row.number for row in rows] == [2, 3, 4]
    found = {problem["code"]: problem for row in rows for problem in row.problems}
    assert found["name-missing"]["column"] == "Emri"
    for code, column, value in (
        ("kind-unread", "Lloji i organizatës", "unicorn"),
        ("year-unread", "Viti", "soon"),
        ("email-unread", "E-mail", "not-a-mail"),
    ):
        assert (found[code]["column"], found[code]["value"]) == (column, value)
        assert len(says(found[code])) > 20
    carry_out(imported)
    assert Fact.objects.get(field="founded").value == "1998"


def test_the_same_row_and_the_same_name_twice_in_one_file() -> None:
    imported = bring("Emri,Bashkia\nQendra A,Has\nQendra A,Has\nQendra A,Belsh\n")
    assert verdicts(imported) == ["new", "skip", "ask"]
    third = imported.rows.get(number=4)
    assert third.same_row == 2
    services.decide_rows(imported, [third], by=None, twin="same")
    carry_out(imported)
    assert Organisation.objects.count() == 1
    assert Fact.objects.filter(field="place").count() == 2


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"Emri,Vendi\nA\x00,B\n", "a.csv"),
        (b"%PDF-1.4 x", "a.csv"),
        (b"PK\x03\x04nothing", "a.xlsx"),
        (b'Emri,Vendi\n"A,B\n', "a.csv"),
        (b"MZ\x00\x00", "a.exe"),
    ],
)
def test_a_bad_file_changes_nothing_and_leaves_nothing(content: bytes, name: str, data_folder: Path) -> None:
    with pytest.raises(Unreadable):
        bring(content, name)
    assert not Organisation.objects.exists()
    assert not ImportRow.objects.exists()
    assert not list((data_folder / "imports").glob("*.table")) or Import.objects.exists()


def test_a_file_that_turns_bad_far_below_leaves_no_row() -> None:
    imported = services.upload_file(
        [("Emri,Vendi\n" + "A,B\n" * 3000 + '"C,D\n' + "E,F\n" * 250).encode()], name="a.csv", by=None
    )
    services.map_columns(imported, mapping=imported.mapping, source="", by=None)
    imported = services.check_import(imported.pk)
    assert imported.state == Import.State.FAILED
    assert "3002" in imported.problem
    assert not ImportRow.objects.exists()


def test_header_without_rows() -> None:
    assert "no row below" in bring("Emri,Bashkia\n").problem


def test_too_large(settings: Any) -> None:
    settings.UPLOAD_LIMIT = 100
    with pytest.raises(Unreadable, match="larger than"):
        services.upload_file([b"Emri\n" * 100], name="a.csv", by=None)


def test_names_of_files_are_cleaned() -> None:
    assert storing.clean_name("../../etc/pass<wd>.csv") == "passwd.csv"
    assert storing.clean_name("C:\\x\\lista ë.csv") == "lista ë.csv"
    assert storing.clean_name("") == "table"


@pytest.mark.parametrize(
    "error", [OperationalError("database or disk is full"), OSError(errno.ENOSPC, "No space left")]
)
def test_a_full_disk_leaves_nothing_half_written(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    imported = bring(LIST)
    with monkeypatch.context() as patch:

        def full(pairs: Any) -> None:
            raise error

        patch.setattr(importing._Writer, "_link", staticmethod(full))
        stopped = carry_out(imported)
    assert stopped.state == Import.State.CHECKED
    assert "disk is full" in stopped.problem
    assert not Organisation.objects.exists()
    assert not Fact.objects.exists()
    assert not Change.objects.exists()
    assert carry_out(stopped).counts["new"] == 2


def test_a_full_disk_while_checking(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            checking, "insert_rows", lambda *a: (_ for _ in ()).throw(OperationalError("database or disk is full"))
        )
        imported = bring(LIST)
    assert imported.state == Import.State.FAILED
    assert "disk is full" in imported.problem
    assert not ImportRow.objects.exists()


def test_too_little_room_is_said_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing.shutil, "disk_usage", lambda path: type("U", (), {"free": 1000})())
    assert "too little room" in bring(LIST).problem


def test_a_start_sent_twice_is_harmless() -> None:
    imported = bring(LIST)
    services.start_import(imported, by=None)
    with pytest.raises(services.NotNow):
        services.start_import(imported, by=None)
    services.run_import(imported.pk)
    services.run_import(imported.pk)
    assert Organisation.objects.count() == 2
    assert Change.objects.count() == 1


def test_two_checked_files_with_the_same_rows_make_no_doubles() -> None:
    """Both were checked against the empty registry; the second one notices inside its own transaction."""
    one, two = bring(LIST, "one.csv"), bring(LIST, "two.csv")
    similar = bring(LIST.replace("www.drita", "www.other"), "three.csv")
    carry_out(one)
    done = carry_out(two)
    assert Organisation.objects.count() == 2
    assert (done.counts["same"], done.counts["new"]) == (2, 0)
    third = carry_out(similar)
    assert (third.counts["same"], third.counts["ask"]) == (1, 1)
    assert Organisation.objects.count() == 2


def test_an_interrupted_import_is_taken_up_again() -> None:
    imported = bring(LIST)
    services.start_import(imported, by=None)
    imported.refresh_from_db()
    assert services.is_abandoned(imported)
    assert services.run_import(imported.pk).state == Import.State.DONE


def test_an_interrupted_check_begins_anew() -> None:
    imported = bring(LIST)
    Import.objects.filter(pk=imported.pk).update(state=Import.State.CHECKING)
    assert services.check_import(imported.pk).state == Import.State.CHECKED
    assert imported.rows.count() == 2


def test_a_recipe_is_remembered_and_fits_the_next_file() -> None:
    imported = services.upload_file([b"Kush,Ku,Faqja\nQendra A,Has,www.a.example\n"], name="a.csv", by=None)
    services.map_columns(
        imported, mapping={"Kush": "name", "Ku": "place", "Faqja": ""}, source="S", remember_as="Our list", by=None
    )
    assert Recipe.objects.get().name == "Our list"
    following = services.upload_file([b"kush,KU,Faqja\nQendra B,Has,www.b.example\n"], name="b.csv", by=None)
    assert following.recipe is not None
    assert following.mapping["kush"] == "name"
    assert following.source == "S"


def test_a_mapping_without_a_name_is_refused() -> None:
    imported = services.upload_file([LIST.encode()], name="a.csv", by=None)
    with pytest.raises(services.NotNow):
        services.map_columns(imported, mapping={"Bashkia": "place"}, source="", by=None)


def test_the_audit_tells_what_happened() -> None:
    services.undo_import(carry_out(bring(LIST)), by=None)
    said = list(AuditLine.objects.order_by("id").values_list("what", flat=True))
    assert [what for what in said if what.startswith("import.")] == ["import.uploaded", "import.done", "import.undone"]


# — the command ———————————————————————————————————————————————————————————————————————————————————————————


def run(*args: str) -> Any:
    out = StringIO()
    call_command("import", "organisations", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_command_dry_run_changes_nothing(data_folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        told = run(str(ANNEX), "--dry-run")
    assert not AuditLine.objects.exists()
    assert len(told["rows"]) == 55
    assert told["mapping"]["Name of CSO / FBO"] == "name"
    assert not Organisation.objects.exists()
    assert not Import.objects.exists()
    assert not list((data_folder / "imports").glob("*.table"))


def test_command_with_decisions(tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.json"
    decisions.write_text(json.dumps({"places": {"Elbasan": ["AL-03"]}, "rows": {"1": {"twin": "skip"}}}), "utf-8")
    told = run(str(ANNEX), "--decide", str(decisions), "--source", "Annex I")
    by_name = {row["name"]: row for row in told["rows"]}
    assert by_name["Albanian Muslim Intellectual Forum"]["verdict"] == "new"
    assert by_name["Albanian Muslim Intellectual Forum"]["places"][0]["codes"] == ["AL-03"]
    assert by_name["OSCE Presence in Albania"]["verdict"] == "skip"
    assert told["counts"]["ask"] > 0
    assert run(str(ANNEX), "--yes-new")["counts"]["ask"] == 0
    assert Organisation.objects.filter(ended_in=None).count() == 55


def test_command_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="empty"):
        run(str(path))
    with pytest.raises(CommandError, match="cannot be opened"):
        run(str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="no recipe"):
        run(str(ANNEX), "--recipe", "nowhere")
    assert not Import.objects.exists()


@pytest.mark.parametrize("phase", ["checking", "importing"])
def test_a_portion_takes_as_many_statements_whatever_came_before(monkeypatch: pytest.MonkeyPatch, phase: str) -> None:
    """Work and memory for a portion of rows must not grow with the file, nor with the rows in a portion."""
    monkeypatch.setattr(checking, "BATCH", 20)
    monkeypatch.setattr(importing, "_PORTION", 20)

    def statements(rows: int) -> int:
        text = "Emri,Faqja\n" + "".join(f"Qendra e Provës {rows} {n},www.p{rows}x{n}.example\n" for n in range(rows))
        registry = list(Organisation.objects.values_list("pk", flat=True))
        assert not registry
        imported = services.upload_file([text.encode()], name="a.csv", by=None)
        services.map_columns(imported, mapping=imported.mapping, source="", by=None)
        with CaptureQueriesContext(connection) as check:
            services.check_import(imported.pk)
        services.start_import(imported, by=None)
        with CaptureQueriesContext(connection) as write:
            done = services.run_import(imported.pk)
        assert done.counts["new"] == rows
        Fact.objects.all().delete()
        ImportRow.objects.all().delete()
        Organisation.objects.all().delete()
        return len(check) if phase == "checking" else len(write)

    two, four, six = statements(40), statements(80), statements(120)
    assert six - four == four - two
    assert (six - four) / 2 <= 12


def test_what_rows_said_is_remembered_over_batches() -> None:
    said = checking.Said()
    assert said.first([5, 7, 5], [2, 3, 4]) == [2, 3, 2]
    assert said.first([7, 9, -3], [5, 6, 7]) == [3, 6, 7]
    assert said.first([], []) == []


def test_a_problem_that_was_decided_asks_no_more() -> None:
    found = problem("place-ask", "Vendi", "Elbasan")
    asked = says(found, verdict="ask")
    assert says(found, verdict="new") != asked
    repaired = problem("address-repaired", "Faqja", "example.org", read="https://example.org")
    assert says(repaired, verdict="new") == says(repaired)
