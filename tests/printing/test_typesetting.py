"""typst in one place: it keeps nothing of a report that is made."""

from pathlib import Path

import pytest
from tests.printing.documents import run

from sofra.printing import pdf
from sofra.printing.blocks import Document, Paragraph

pytestmark = pytest.mark.once


def resident() -> float:
    """Memory of this process now, in MB."""
    return int(Path("/proc/self/status").read_text(encoding="ascii").split("VmRSS:")[1].split()[0]) / 1024


def test_memory_does_not_grow_with_every_report() -> None:
    def made(name: str) -> None:
        blocks = tuple(Paragraph(run(f"{name} {i} organizatat punojnë me të rinjtë. " * 12)) for i in range(150))
        pdf.written(Document(name, "sq", blocks))

    for name in "ab":
        made(name)
    before = resident()
    for name in "cdefgh":
        made(name)
    assert resident() - before < 45, "without forgetting it is about 100 MB"
