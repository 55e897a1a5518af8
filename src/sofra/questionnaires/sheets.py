"""The sheets of an XLSForm, read by pyxform once it is sure that they cannot harm: size, rows, bombs, formulas."""

import io
import re
import zipfile
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform

LARGEST = 20 * 1024 * 1024  # bytes of the file
LARGEST_INSIDE = 200 * 1024 * 1024  # bytes that a packed file may hold, counted while they are unpacked
MOST_QUESTIONS = 4_000  # rows of the survey sheet
MOST_CHOICES = 20_000  # rows of the choices sheets; more belong in a file of their own (select_one_from_file)
MOST_COLUMNS = 400
_FORMS = {"survey", "choices", "external_choices", "settings", "entities", "osm"}
_FORMULA = re.compile(rb'<c [^>]*?r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f[ >/].*?</c>', re.DOTALL)

_VALUE = re.compile(rb"<v>[^<]|<t[ >]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a spreadsheet from being loaded, where: `row` as the spreadsheet counts (1 the headers), 0 unknown."""

    sheet: str
    row: int
    column: str
    sentence: str


class Refused(Exception):
    """The spreadsheet cannot be loaded; nothing was kept. `problems` say why, in the reader's language."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Formula:
    sheet: str
    cell: str
    empty: bool  # the spreadsheet holds no computed value


@dataclass(slots=True)
class Sheets:
    """What pyxform read, and the formulas that stood in its cells."""

    data: DefinitionData
    formulas: list[Formula] = field(default_factory=list)


def whole(sentence: str) -> Refused:
    """Refused, because of the file itself."""
    return Refused([Problem("", 0, "", sentence)])


def read(content: bytes, name: str) -> Sheets:
    """Raises Refused."""
    if not content.strip(b"\0 \r\n\t"):
        raise whole(_("This file is empty."))
    if len(content) > LARGEST:
        raise whole(
            _("This file is too large for a questionnaire: at most %(most)s MB.") % {"most": LARGEST // 1024**2}
        )
    kind = _kind(content, name)
    formulas: list[Formula] = []
    if kind == ".xlsx":
        formulas = _workbook(content)
    elif kind != ".xls":
        content = _text(content, kind)
    try:
        data = get_xlsform(content, file_type=kind)
    except PyXFormError as error:
        raise Refused([_unread(error)]) from None
    except Exception:
        raise whole(_("This file cannot be read as a spreadsheet: save it again as XLSX.")) from None
    _refuse_many(data)
    return Sheets(data, formulas)


def _kind(content: bytes, name: str) -> str:
    if content[:2] == b"PK":
        return ".xlsx"
    if content[:4] == b"\xd0\xcf\x11\xe0" or content[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02"):
        return ".xls"
    ending = name.lower().rpartition(".")[2]
    if ending in ("xlsx", "xlsm", "xls"):
        raise whole(_("This file is no spreadsheet, whatever its name says: save it again as XLSX."))
    if ending == "ods":
        raise whole(_("Save this file as XLSX: an XLSForm is read from XLSX, XLS, CSV or Markdown."))
    head = content[:5000].decode("utf-8", "replace")
    if ending == "md" or (ending != "csv" and re.search(r"^\s*\|.*\|", head, re.MULTILINE)):
        return ".md"
    return ".csv"


def _text(content: bytes, kind: str) -> bytes:
    """CSV and Markdown as UTF-8. Raises Refused for what is no text or has too many lines."""
    if b"\0" in content[:4000] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise whole(_("This file is no XLSForm: an XLSForm is read from XLSX, XLS, CSV or Markdown."))
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            said = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        said = content.decode("latin-1")
    if said.count("\n") + said.count("\r") > 2 * (MOST_CHOICES + MOST_QUESTIONS):
        raise whole(_too_many("choices"))
    if kind == ".md" and max((len(line) for line in said.split("\n")), default=0) > 400_000:
        raise whole(_("A line of this file is too long to be a row of an XLSForm."))
    return said.replace("\r\n", "\n").replace("\r", "\n").encode()


def _too_many(sheet: str) -> str:
    if sheet == "survey":
        return ngettext(
            "The survey sheet has more than %(most)s row: split the questionnaire.",
            "The survey sheet has more than %(most)s rows: split the questionnaire.",
            MOST_QUESTIONS,
        ) % {"most": MOST_QUESTIONS}
    return ngettext(
        "There are more than %(most)s choice: put them into a CSV file and ask with select_one_from_file.",
        "There are more than %(most)s choices: put them into a CSV file and ask with select_one_from_file.",
        MOST_CHOICES,
    ) % {"most": MOST_CHOICES}


# — packed workbooks ————————————————————————————————————————————————————————————————————————————————————————————————


def _workbook(content: bytes) -> list[Formula]:
    """Unpack every part once, piece by piece: refuse what is too much before anything is built of it."""
    found: list[Formula] = []
    budget = LARGEST_INSIDE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = _sheet_names(packed)
            if len(packed.infolist()) > 2_000:
                raise whole(_("This file holds too many parts to be a questionnaire."))
            for part in packed.infolist():
                sheet = names.get(part.filename, "")
                budget -= _part(packed, part, sheet, budget, found)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError):
        raise whole(_("This file is damaged or locked with a password: save it again as XLSX.")) from None
    except Exception as error:
        if isinstance(error, Refused):
            raise
        raise whole(_("This file is damaged or locked with a password: save it again as XLSX.")) from None
    return found


def _sheet_names(packed: zipfile.ZipFile) -> dict[str, str]:
    """Part → name of the sheet, in lower case."""
    if "xl/workbook.xml" not in packed.namelist():
        return {}
    with packed.open("xl/workbook.xml") as file:
        book = file.read(1_000_000).decode("utf-8", "replace")
    with packed.open("xl/_rels/workbook.xml.rels") as file:
        relations = file.read(1_000_000).decode("utf-8", "replace")
    targets = {}
    for relation in re.findall(r"<Relationship [^>]*>", relations):
        key, target = re.search(r'Id="([^"]*)"', relation), re.search(r'Target="([^"]*)"', relation)
        if key and target:
            path = target[1].lstrip("/")
            targets[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
    names = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet [^>]*>", book):
        name, key = re.search(r'name="([^"]*)"', sheet), re.search(r'\w+:id="([^"]*)"', sheet)
        if name and key and key[1] in targets:
            names[targets[key[1]]] = name[1].lower()
    only = len(names) == 1
    return {part: ("survey" if only else name) for part, name in names.items()}


def _part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, sheet: str, budget: int, found: list[Formula]) -> int:
    size = rows = 0
    rest = b""
    most = MOST_QUESTIONS if sheet == "survey" else MOST_CHOICES
    with packed.open(part) as file:
        while piece := file.read(1 << 18):
            if not size and part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in piece[:4000]:
                raise whole(_("This file declares XML entities, which no spreadsheet does: it was not read."))
            size += len(piece)
            if size > budget:
                raise whole(_("This file unpacks to more than a questionnaire can be."))
            if sheet not in _FORMS:
                continue
            piece = rest + piece
            cut = piece.rfind(b"</row>")
            done, rest = (piece[: cut + 6], piece[cut + 6 :]) if cut >= 0 else (b"", piece)
            rows += done.count(b"</row>")
            if rows > most * 2 or (rows > most + 1 and _answers(done)):
                raise Refused([Problem(sheet, 0, "", _too_many(sheet))])
            if b"<f" in done and len(found) < 200:
                found += [
                    Formula(sheet, match[1].decode(), not _VALUE.search(match[0])) for match in _FORMULA.finditer(done)
                ]
            if len(rest) > 4_000_000:
                raise whole(_("A row of this file is too long to be a row of an XLSForm."))
    return size


def _answers(piece: bytes) -> bool:
    """Does something stand in these rows, or are they formatted only?"""
    return b"<v" in piece or b"<is>" in piece


def _refuse_many(data: DefinitionData) -> None:
    for sheet, most in (
        ("survey", MOST_QUESTIONS), ("choices", MOST_CHOICES), ("external_choices", MOST_CHOICES), ("entities", 100),
        ("osm", 1000), ("settings", 200),
    ):  # fmt: skip
        rows = getattr(data, sheet) or []
        if len(rows) > most:
            raise Refused([Problem(sheet, 0, "", _too_many(sheet))])
        if rows and max(len(row) for row in rows) > MOST_COLUMNS:
            raise Refused([Problem(sheet, 1, "", _("This sheet has more columns than an XLSForm can have."))])


def _unread(error: PyXFormError) -> Problem:
    said = str(error)
    if match := re.match(r"Duplicate column header: (.*)", said):
        return Problem(
            "", 1, match[1],
            _("Two columns of a sheet are both called “%(column)s”: rename or delete one.") % {"column": match[1]},
        )  # fmt: skip
    if match := re.search(r"invalid date on the (.*) sheet, under the (.*) column on row number (\d+)", said):
        return Problem(
            match[1], int(match[3]) + 2, match[2],
            _("The date in this cell is ambiguous: format the cell as text and write 2018-12-17."),
        )  # fmt: skip
    return Problem(
        "", 0, "",
        _("This file is no XLSForm: it needs a sheet called “survey” with the columns type, name and label."),
    )  # fmt: skip
