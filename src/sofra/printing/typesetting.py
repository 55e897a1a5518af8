"""typst, called in one place: only its own fonts, nothing but the files given, no network and no disk."""

from datetime import datetime
from typing import Any

FORGETS_AFTER = 11  # compilations: until then typst keeps what it has laid out, 200 MB of a report of 200 pages


def typeset(files: dict[str, bytes], *, made: datetime | None = None, dots_an_inch: int = 0) -> bytes:
    """A PDF/UA-1 of the program "main"; with `dots_an_inch` its one page as PNG. Raises typst.TypstError."""
    import typst

    compile_files: Any = typst.compile  # its types do not know that a dictionary of files may be given
    options: dict[str, Any] = {"pdf_standards": ["ua-1"], "timestamp": made}
    if dots_an_inch:
        options = {"format": "png", "ppi": dots_an_inch}
    try:
        pages = compile_files(files, ignore_system_fonts=True, **options)
    finally:
        if not dots_an_inch:
            empty = typst.Compiler(ignore_system_fonts=True)
            for _time in range(FORGETS_AFTER):
                empty.compile(b"-", format="svg")
    return bytes(pages[0] if isinstance(pages, list) else pages)
