"""The rows of an import with their problems beside them, as a table to correct and to import again."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .models import Import
from .problems import says
from .tables import Table


def problems_table(imported: Import) -> Table:
    """One line a problem; its row's cells stand beside it, under the file's own headers."""
    columns = imported.shape.get("columns", [])
    header = [_("Row"), _("What becomes of it"), _("Column"), _("Value"), _("What would be right"), *columns]
    about = [(_("File"), imported.file_name), (_("Source"), imported.source)]
    return Table(f"import-{imported.pk}-problems", header, _lines(imported, len(columns)), about)


def _lines(imported: Import, width: int) -> Iterator[list[str]]:
    rows = imported.rows.exclude(problems=[]).order_by("number")
    for row in rows.iterator(chunk_size=500):
        cells = [*row.raw, *[""] * width][:width]
        for found in row.problems:
            sentence = says(found, verdict=row.verdict)
            yield [str(row.number), row.becomes, found["column"], found["value"], sentence, *cells]
