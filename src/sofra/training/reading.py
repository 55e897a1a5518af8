"""A list of those who came, pasted or as a sheet, read into counts. Names leave this module only when asked for."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sofra.ground.text import fold

from .models import Sector

MOST_ROWS = 5_000
MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000

# What a column is called, folded, in Albanian and English.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("emri", "emer mbiemer", "emri mbiemri", "emri e mbiemri", "emri dhe mbiemri", "name", "full name"),
    "body": ("institucioni", "organizata", "nga", "body", "institution", "organisation", "organization"),
    "sex": ("gjinia", "sex", "gender"),
    "sector": ("sektori", "sector"),
    "age": ("mosha", "grupmosha", "age", "age band"),
    "first": ("hera e pare", "here e pare", "per here te pare", "first time", "first"),
    "consent": ("pelqimi", "pelqim", "consent"),
}
_SEX = {"women": ("f", "femer", "grua", "gra", "vajze", "w", "woman", "women", "female", "girl"),
        "men": ("m", "mashkull", "burre", "djale", "man", "men", "male", "boy")}  # fmt: skip
_YES = {"yes": ("po", "yes", "y", "p", "1", "x", "true"), "no": ("jo", "no", "n", "j", "0", "false")}
_SECTORS = {
    "municipality": ("bashki", "bashkia", "municipality"), "prefecture": ("prefekture", "prefektura", "prefecture"),
    "police": ("polici", "policia", "police"), "health": ("shendetesi", "shendetesia", "health"),
    "education": ("arsim", "arsimi", "education"), "media": ("media",),
    "civil_society": ("shoqeri civile", "shoqeria civile", "civil society", "ojf", "cso"),
    "religious": ("komunitet fetar", "komunitetet fetare", "religious communities"), "other": ("tjeter", "other"),
}  # fmt: skip
_BANDS = ((15, "0-14"), (19, "15-18"), (25, "19-24"), (30, "25-29"), (65, "30-64"), (200, "65+"))


@dataclass(slots=True)
class ListRead:
    """`names` (name, where from) of those rows that may be kept; `doubled` rows said the same as one before."""

    total: int = 0
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)
    doubled: int = 0
    unread: list[str] = field(default_factory=list)
    asks_consent: bool = False


def rows_of_text(text: str) -> list[list[str]]:
    """Cells of what was pasted from a sheet or typed: tabs, semicolons or commas between."""
    first = text.lstrip("\ufeff\r\n ").partition("\n")[0]
    mark = max("\t;,", key=first.count)
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark)]


def rows_of_file(content: bytes) -> list[list[str]]:
    """The first sheet of an XLSX, or a CSV, also as Excel saves it here (Windows-1252) or as "Unicode text" (UTF-16).

    Raises ValidationError for what is none of these.
    """
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 5 MB: paste the rows instead."))
    if content[:2] == b"PK":
        return _rows_of_workbook(content)
    for encoding in (
        ("utf-16",) if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8-sig", "cp1252")
    ):
        try:
            rows = rows_of_text(content.decode(encoding))
        except (UnicodeDecodeError, csv.Error):
            continue
        if encoding == "utf-8-sig" or (rows and _columns(rows[0])):
            return rows
    raise ValidationError(_("The file is no CSV in UTF-8 and no XLSX: save it as one of the two."))


def _rows_of_workbook(content: bytes) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("too large")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [[_cell(cell) for cell in row] for row in sheet.to_python()]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # calamine's panics are no Exception
        raise ValidationError(_("This workbook cannot be read: save it as XLSX or CSV again.")) from error


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def read_list(rows: Sequence[Sequence[str]]) -> ListRead:
    """Count the rows. Raises ValidationError where the first line names no known column, or there are too many."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    columns = _columns(rows[0]) if rows else {}
    if not columns:
        raise ValidationError(
            _("The first line must name the columns, at least one of: Emri, Institucioni, Gjinia, Sektori, Mosha, "
              "Hera e parë, Pëlqimi (or Name, Institution, Sex, Sector, Age, First time, Consent).")
        )  # fmt: skip
    if len(rows) - 1 > MOST_ROWS:
        raise ValidationError(_("At most %(most)s rows at once: divide the list.") % {"most": MOST_ROWS})
    found = ListRead(asks_consent="consent" in columns)
    known: set[tuple[str, ...]] = set()
    for number, row in enumerate(rows[1:], start=2):
        said = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        key = tuple(fold(said[name]) for name in columns)
        if said.get("name") and key in known:
            found.doubled += 1
            continue
        known.add(key)
        _count(found, said, number)
    return found


def _columns(head: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        for name, words in _COLUMNS.items():
            if fold(cell).strip(" .:?") in words:
                found.setdefault(name, at)
    return found


def _count(found: ListRead, said: Mapping[str, str], number: int) -> None:
    found.total += 1
    for dimension, words in (("sex", _SEX), ("first", _YES), ("sector", _SECTORS)):
        _add(found, dimension, said.get(dimension, ""), _key(words, said.get(dimension, "")), number)
    _add(found, "age", said.get("age", ""), _band(said.get("age", "")), number)
    agreed = not found.asks_consent or _key(_YES, said.get("consent", "")) == "yes"
    if said.get("name") and agreed:
        found.names.append((said["name"][:200], said.get("body", "")[:200]))


def _key(words: Mapping[str, Iterable[str]], typed: str) -> str:
    plain = fold(typed).strip(" .")
    return next((key for key, known in words.items() if plain in known or plain == key), "")


def _band(typed: str) -> str:
    if typed in {band for _most, band in _BANDS}:
        return typed
    return next((band for most, band in _BANDS if int(typed) < most), "") if typed.isdigit() and len(typed) < 4 else ""


def _add(found: ListRead, dimension: str, typed: str, key: str, number: int) -> None:
    if key:
        of = found.parts.setdefault(dimension, {})
        of[key] = of.get(key, 0) + 1
    elif typed:
        found.unread.append(_("row %(row)s: “%(cell)s”") % {"row": number, "cell": typed[:30]})


SECTORS = tuple(Sector.values)
assert set(_SECTORS) == set(SECTORS)
