"""Files as people send them: each is read as meant, or refused with a sentence that says what to do."""

import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import translation

from sofra.exchange.reading import Unreadable, open_table

pytestmark = pytest.mark.once

ANNEX = Path(__file__).parent / "annex-i.txt"
PEOPLE = "Nr,Emri,Bashkia,Faqja\n1,Shoqata “Çelësi”,Pukë,www.celesi.example\n2,Qendra Ëndrra,Çorovodë,\n"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def rows(path: Path, **how: str) -> list[list[str]]:
    return [line.cells for line in open_table(path, **how)]


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        list(open_table(path))
    sentence = str(caught.value)
    assert sentence.endswith("."), sentence
    assert len(sentence) > 30
    return sentence


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes | str, str], Path]:
    def write(content: bytes | str, name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def write(fill: Callable[[xlsxwriter.Workbook], None], name: str = "list.xlsx") -> Path:
        path = tmp_path / name
        book = xlsxwriter.Workbook(str(path))
        fill(book)
        book.close()
        return path

    return write


def ods(path: Path, tables: str, *, manifest: str = "", mimetype: str = "spreadsheet") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{mimetype}")
        archive.writestr(
            "content.xml",
            '<?xml version="1.0"?><office:document-content'
            ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f"{tables}</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{manifest}'
            "</manifest:manifest>",
        )
    return path


def cell(text: str, extra: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {extra}><text:p>{text}</text:p></table:table-cell>'


# --- The annex of the report --------------------------------------------------------------------------------


def test_annex_gives_its_55_rows_and_nothing_of_the_prose() -> None:
    table = open_table(ANNEX)
    lines = list(table)
    assert len(lines) == 55
    assert [int(line.cells[0].rstrip(".")) for line in lines] == list(range(1, 56))
    assert table.header == [
        "No.", "Theme", "Name of CSO / FBO", "Geographic Focus", "Website", "Type of focus of activities",
    ]  # fmt: skip
    assert lines[12].cells[2] == '"I, the Woman" Association'
    assert lines[21].cells[2] == "“Children Today” Center (QFS)"
    assert lines[45].cells[4] == "-"
    assert lines[52].cells[2:5] == ["Center for Human Correction (CHC)", "The territory of Albania", ""]
    assert all(not line.notes for line in lines)
    assert table.shape["kind"] == "text with a table"
    assert table.shape["rows_above"] > 0
    assert table.shape["rows_below"] > 0


@pytest.mark.parametrize("separator", ["\t", ";", " | ", ",", "   "])
def test_a_table_among_prose_by_any_separator(put: Callable[..., Path], separator: str) -> None:
    rows_in = [
        ["No.", "Name", "Municipality", "Website"],
        *[[f"{n}.", f"Body {n}", "Puke", "x.example"] for n in range(9)],
    ]
    text = (
        "A report.\n\nIt was written, as reports are, by people; who, mostly, knew better. See Annex | B.\n\n"
        + "\n".join(separator.join(row) for row in rows_in[:5])
        + "\n\n17\n\n"
        + "\n".join(separator.join(row) for row in [rows_in[0], *rows_in[5:]])
        + "\n\nAfterwards, one may say; this, and that, and more, followed.\nThe end.\n" * 3
    )
    assert rows(put(text, "report.txt"))[:9] == rows_in[1:]
    assert len(rows(put(text, "report.txt"))) == 9


def test_markdown_table_in_prose(put: Callable[..., Path]) -> None:
    text = "# Title\n\nWords here.\n\n| Name | Place |\n|------|-------|\n| Aa | Pukë |\n| Bb | |\n\nMore words.\n"
    assert rows(put(text, "notes.md")) == [["Aa", "Pukë"], ["Bb", ""]]


def test_prose_without_a_table_is_refused(put: Callable[..., Path]) -> None:
    assert "No table" in refusal(
        put("Dear all,\n\nThis is, as ever, a letter. It has no table.\n\nBest\n", "letter.txt")
    )


# --- Letters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1252", "iso8859-16"]
)
def test_albanian_in_every_encoding(put: Callable[..., Path], encoding: str) -> None:
    text = PEOPLE if encoding != "iso8859-16" else PEOPLE.replace("“", "„").replace("”", "”")
    got = rows(put(text.encode(encoding)))
    assert got[0][1].strip("”").endswith("Çelësi")
    assert got[0][2] == "Pukë"
    assert got[1][1:3] == ["Qendra Ëndrra", "Çorovodë"]


def test_serbian_in_windows_1250_and_macedonian_in_1251(put: Callable[..., Path]) -> None:
    assert rows(put("Naziv;Opština\nUdruženje Čačak;Preševo\nŽene Đakovice;Šabac\n".encode("cp1250"), "a.csv"))[1] == [
        "Žene Đakovice",
        "Šabac",
    ]
    text = "Назив;Општина\nЗдружение на жени;Тетово\nЦентар за млади;Гостивар\n"
    assert rows(put(text.encode("cp1251"), "b.csv"))[0] == ["Здружение на жени", "Тетово"]


def test_iso_8859_2(put: Callable[..., Path]) -> None:
    text = "Naziv;Opština\nUdruženje žena;Šid\nSavez mladih Niš;Žabalj\n"
    assert rows(put(text.encode("iso8859-2")))[1] == ["Savez mladih Niš", "Žabalj"]


def test_half_utf8_is_refused_with_the_place(put: Callable[..., Path]) -> None:
    said = refusal(put("Emri,Vendi\nGruaja në çdo vend të Shqipërisë,Pukë\n".encode() + b"\xff\xfe broken,x\n"))
    assert "UTF-8" in said


# --- Bad files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "empty.csv", "empty"),
        (b"\n\n  \n", "blank.csv", "empty"),
        (b"Emri,Vendi\nA\x00B,Puke\nC,D\n", "nul.csv", "zero"),
        (bytes(range(256)) * 40, "noise.csv", "zero"),
        (bytes(range(1, 256)) * 40, "noise2.csv", "no text file"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "report.csv", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "picture.xlsx", "PNG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.xlsx", "XLS"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
            "l.xlsx",
            "password",
        ),
        (b"PK\x03\x04 no zip at all", "broken.xlsx", "damaged"),
        (b"<html><table><tr><td>Emri</td></tr></table></html>", "web.csv", "web page"),
        ("Emri,Vendi\n".encode("utf-32"), "wide.csv", "UTF-32"),
    ],
)
def test_what_is_no_table_is_refused(put: Callable[..., Path], content: bytes, name: str, says: str) -> None:
    assert says in refusal(put(content, name))


def test_nul_deep_in_a_large_file(put: Callable[..., Path]) -> None:
    body = b"Emri,Vendi\n" + b"Shoqata,Puke\n" * 200_000
    assert "zero" in refusal(put(body + b"A\0B,C\n"))


def test_ten_million_columns_are_refused(put: Callable[..., Path]) -> None:
    path = put(b"a," * 10_000_000 + b"\nb\n")
    assert "10000001 columns" in refusal(path)


@pytest.mark.parametrize("columns", [400, 5_000])
def test_too_many_columns(put: Callable[..., Path], columns: int) -> None:
    assert "columns" in refusal(put((",".join(f"c{i}" for i in range(columns)) + "\n") * 3))


def test_one_endless_line(put: Callable[..., Path]) -> None:
    assert "line" in refusal(put(b"Emri,Vendi\n" + b"x" * 3_000_000)).lower()


def test_quotes(put: Callable[..., Path]) -> None:
    assert rows(put('Emri,Vendi\n"A, ""b""\nc",Puke\n"I, the Woman" Association,Korce\n')) == [
        ['A, "b"; c', "Puke"],
        ["I, the Woman Association", "Korce"],
    ]
    assert (
        rows(put('Emri\tVendi\n"I, the Woman" Association\tKorce\nB\tC\n', "a.tsv"))[0][0]
        == '"I, the Woman" Association'
    )
    swallowed = 'Emri,Vendi\n"A,Puke\n' + "B,Lezhe\n" * 300
    assert "line 2" in refusal(put(swallowed))
    assert "line 2" in refusal(put('Emri,Vendi\n"A,Puke\nB,Lezhe\n"C",Fier\n'))
    assert "line 3" in refusal(put('Emri,Vendi\nA,Puke\n"B,Lezhe'))


def test_header_is_found_below_titles_and_its_repetitions_are_dropped(put: Callable[..., Path]) -> None:
    text = "Lista 2018;;\n;;\nEmri;Faqja;Faqja\nA;a.example;b.example\nEmri;Faqja;Faqja\nB;;\n"
    table = open_table(put(text))
    assert table.header == ["Emri", "Faqja", "Faqja (2)"]
    assert [line.number for line in table] == [4, 6]
    assert table.shape["header_row"] == 3


def test_ragged_rows_are_named(put: Callable[..., Path]) -> None:
    lines = list(open_table(put("Emri,Vendi,Faqja\nA,Puke,x.example\nB\nC,Fier,y.example,extra\nD,Has,z.example\n")))
    assert [[note.code for note in line.notes] for line in lines] == [[], ["fewer-cells"], ["more-cells"], []]
    assert "extra" in lines[2].notes[0].value


def test_a_table_without_a_header_has_letters(put: Callable[..., Path]) -> None:
    table = open_table(put("Shoqata A,www.a.example\nShoqata B,www.b.example\n"))
    assert table.header == ["A", "B"]
    assert len(list(table)) == 2


def test_text_that_begins_with_equals_is_named(put: Callable[..., Path]) -> None:
    lines = list(open_table(put("Emri,Vendi\n=HYPERLINK(1),Puke\nB,Fier\n")))
    assert lines[0].cells == ["", "Puke"]
    assert lines[0].notes[0].code == "formula-text"


def test_memory_stays_flat_for_a_csv(put: Callable[..., Path]) -> None:
    path = put("Emri,Vendi\n" + "Shoqata e re,Puke\n" * 400_000)
    tracemalloc.start()
    assert sum(1 for _line in open_table(path)) == 400_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12_000_000


# --- Workbooks -----------------------------------------------------------------------------------------------


def test_xlsx_chooses_the_sheet_with_the_table(workbook: Callable[..., Path]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Hyrje").write(0, 0, "Lista e organizatave")
        sheet = book.add_worksheet("Të dhëna")
        dated = book.add_format({"num_format": "dd.mm.yyyy"})
        for column, title in enumerate(["Emri", "Viti i themelimit", "Bashkia"]):
            sheet.write(3, column + 1, title)
        sheet.write_row(4, 1, ["A", 1998, "Pukë"])
        sheet.write(5, 1, "B")
        sheet.write(5, 2, 36161, dated)
        sheet.write(5, 3, "Has")
        book.add_worksheet("Tjetër").write_row(0, 0, ["x", "y"])

    path = workbook(fill)
    table = open_table(path)
    assert table.shape["sheet"] == "Të dhëna"
    assert table.shape["sheets"] == ["Hyrje", "Të dhëna", "Tjetër"]
    assert [(line.number, line.cells) for line in table] == [
        (5, ["A", "1998", "Pukë"]),
        (6, ["B", "1999-01-01", "Has"]),
    ]
    with pytest.raises(Unreadable, match="Hyrje"):
        open_table(path, sheet="No such")


def test_formulas_give_their_value_or_are_named(workbook: Callable[..., Path]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Emri", "Bashkia"])
        sheet.write_formula(1, 0, '="A"&"B"', None, "AB")
        sheet.write(1, 1, "Pukë")
        sheet.write(2, 0, "C")
        sheet.write_formula(2, 1, '="x"', None, "")

    lines = list(open_table(workbook(fill)))
    assert lines[0].cells == ["AB", "Pukë"]
    assert [(n.code, n.column, n.value) for n in lines[1].notes] == [("formula-without-value", "Bashkia", "B3")]


def test_merged_cells_hold_for_each_row(workbook: Callable[..., Path]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Emri", "Tema", "Bashkia"])
        for row, name in enumerate("ABC", start=1):
            sheet.write(row, 0, name)
            sheet.write(row, 2, "Pukë")
        sheet.merge_range(1, 1, 2, 1, "trajnime")

    table = open_table(workbook(fill))
    assert [line.cells[1] for line in table] == ["trajnime", "trajnime", ""]
    assert table.shape["merged"] == 1


def test_xlsx_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b" " * 1024 * 1024)
    tracemalloc.start()
    assert "MB" in refusal(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_xlsx_whose_part_lies_about_its_size(tmp_path: Path, workbook: Callable[..., Path]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_row(0, 0, ["Emri", "Bashkia"])

    path = workbook(fill)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02", 0, data.find(b"xl/worksheets/sheet1.xml", data.find(b"PK\x01\x02")))
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(data))
    assert "damaged" in refusal(path)


def test_xlsx_with_a_far_corner(workbook: Callable[..., Path]) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Emri", "Bashkia"])
        sheet.write(1_048_575, 16_383, "x")

    assert "spans" in refusal(workbook(fill))


def test_word_document_and_plain_zip(tmp_path: Path) -> None:
    word, plain = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("list.csv", PEOPLE)
    assert "text document" in refusal(word)
    assert "ZIP" in refusal(plain)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
    refusal(path)


def test_ods(tmp_path: Path) -> None:
    row = "<table:table-row>{}</table:table-row>"
    table = (
        '<table:table table:name="Fleta">'
        + row.format(cell("Emri") + cell("Tema") + cell("Bashkia"))
        + row.format(cell("A") + cell("rini", 'table:number-rows-spanned="2"') + cell("Pukë"))
        + row.format(cell("B") + "<table:covered-table-cell/>" + '<table:table-cell table:formula="of:=1"/>')
        + '<table:table-row table:number-rows-repeated="1048570">'
        + '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    lines = list(open_table(ods(tmp_path / "list.ods", table)))
    assert [line.cells for line in lines] == [["A", "rini", "Pukë"], ["B", "rini", ""]]
    assert [note.code for note in lines[1].notes] == ["formula-without-value"]


def test_ods_that_repeats_a_filled_cell_for_ever(tmp_path: Path) -> None:
    table = (
        '<table:table table:name="x"><table:table-row table:number-rows-repeated="1000000">'
        + cell("x", 'table:number-columns-repeated="16000"')
        + "</table:table-row></table:table>"
    )
    assert "spans" in refusal(ods(tmp_path / "list.ods", table))


def test_locked_ods_and_odt(tmp_path: Path) -> None:
    assert "password" in refusal(ods(tmp_path / "a.ods", "", manifest="<manifest:encryption-data/>"))
    assert "text document" in refusal(ods(tmp_path / "b.ods", "", mimetype="text"))


def test_empty_workbook(workbook: Callable[..., Path]) -> None:
    assert "empty" in refusal(workbook(lambda book: book.add_worksheet() and None))
