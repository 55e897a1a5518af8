"""Makes the workbook of a questionnaire (XLSForm) from its sheets as CSV: data/questionnaires/CODE/*.csv → CODE.xlsx.

The CSV files are what people read, compare line by line and correct; the workbook is what the hub loads and what any
tool of the XLSForm world takes. The same sheets make the same bytes.

    python tools/make_questionnaire.py data/questionnaires/al.mapping
"""

import csv
import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

SHEETS = ("survey", "choices", "settings")
_NO_TIME = datetime(2026, 1, 1)


def workbook(folder: Path) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": _NO_TIME})
    bold = book.add_format({"bold": True})
    for name in SHEETS:
        sheet = book.add_worksheet(name)
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.reader(file)):
                for column, value in enumerate(row):
                    if value:
                        sheet.write_string(line, column, value, None if line else bold)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 30, 24)
    book.close()
    return out.getvalue()


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        source = Path(argument)
        (source.parent / f"{source.name}.xlsx").write_bytes(workbook(source))
