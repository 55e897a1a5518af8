"""A report of 200 pages with 60 charts and maps as PDF, Word and HTML, beside typst alone on the same pages.

Each run is a process of its own. "Typst alone" gets the program, the data and the drawings as prepared files and does
nothing else: what Sofra takes beyond it is the reading of the document, the cleaning of its drawings and texts. The
first time also draws the 40 charts; afterwards they come from the cache.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.tables import Table

PROJECT = Path(__file__).resolve().parents[1]
CHARTS, MAPS, CHAPTERS = 40, 20, 20
ROUNDS = 3
SENTENCES = (
    "Organizatat që punojnë me të rinjtë thonë se u mungon financimi për më shumë se një vit.",
    "Bashkitë e vogla nuk kanë asnjë shërbim për mbështetjen psiko-sociale të familjeve.",
    "Mësuesit e trajnuar në Pukë dhe Cërrik i përsëritën seancat me prindërit e nxënësve.",
    "Besimtarët dhe udhëheqësit fetarë u takuan rregullisht me policinë në komunitet.",
    "Katër nga dhjetë të anketuarit nuk dinin se ku të kërkonin ndihmë për një të afërm.",
)


def document(chapters: int) -> Any:
    """Chapters with text, footnotes, statements with evidence, long tables, charts and maps; the same each time."""
    from django.utils import translation

    from sofra.places import maps
    from sofra.printing import charts, svg
    from sofra.printing.blocks import Document, Heading, PageBreak, Paragraph, Run, Statement, Table
    from sofra.printing.charts import Value

    chance = random.Random(4)

    def text(sentences: int) -> str:
        return " ".join(chance.choice(SENTENCES) for _ in range(sentences))

    blocks: list[Any] = []
    for chapter in range(chapters):
        blocks += [PageBreak(), Heading(f"Kapitulli {chapter + 1}", 1, f"k{chapter}", numbered=True)]
        for part in range(5):
            blocks += [Heading(f"Pjesa {part + 1}", 2, numbered=True), Paragraph((Run(text(9), note=text(1)),))]
            blocks += [Paragraph((Run(text(8)),)), Paragraph((Run(text(7)),))]
            evidence = tuple((Run(text(1)),) for _ in range(5))
            blocks += [
                Statement(f"al.f{chapter}.{part}.{i}", (Run(text(2)),), "Konfirmuar", evidence) for i in range(3)
            ]
        for n in range(CHARTS // CHAPTERS):
            values = [Value(f"Tema {i + 1}", chance.choice([None, *range(60)])) for i in range(8)]
            drawing = charts.bar(values, language="sq", base=f"n = {40 + chapter}")
            blocks.append(_figure(f"Përgjigjet {chapter + 1}.{n + 1}", drawing, charts.words(values, language="sq")))
        with translation.override("sq"):
            codes = [f"AL1{a}{b}" for a in range(1, 6) for b in range(1, 8)]
            counts = {code: chance.choice([None, 0, 1, 5, 20]) for code in codes}
            draw = (maps.county_map, maps.tile_grid)[chapter % 2]
            drawn = draw("AL", counts, href=lambda code: f"/places/{code}/")
        blocks.append(svg.map_figure(drawn, caption=f"Harta {chapter + 1}"))
        rows = tuple(
            (f"Organizata {i}", text(1), chance.choice(["Tiranë", "Pukë", "Cërrik"]), str(i)) for i in range(45)
        )
        head = ("Organizata", "Çfarë bën", "Ku", "Numri")
        blocks.append(Table(f"Organizatat {chapter + 1}", head, rows, numbers=(3,), source="Regjistri"))
    return Document("Raport i gjatë", "sq", tuple(blocks), subtitle="Matje", running="Matje", date="2026-11-21")


def _figure(caption: str, drawing: str, alt: str) -> Any:
    from sofra.printing.blocks import Figure

    return Figure(caption, drawing, alt, source="Pyetësori")


# — one run, in a process of its own ———————————————————————————————————————————————————————————————————————


def one(what: str, folder: Path) -> dict[str, float]:
    """Seconds and peak memory in MB of one way to make it."""
    if what != "typst":
        os.environ["DJANGO_SETTINGS_MODULE"] = "sofra.settings"
        os.environ["SOFRA_DATA"] = str(folder)
        import django

        django.setup()
        from sofra.printing.blocks import from_json

        report = from_json(json.loads((folder / "document.json").read_text(encoding="utf-8")))
    began = time.perf_counter()
    if what == "typst":
        import typst

        files = {path.name.removesuffix(".typ"): path.read_bytes() for path in (folder / "typst").iterdir()}
        made = typst.compile(files, ignore_system_fonts=True, pdf_standards=["ua-1"])  # type: ignore[call-overload]
    elif what == "html":
        from sofra.printing import page

        made = page.html(report).encode()
    else:
        from sofra.printing import pdf, word

        made = {"pdf": pdf, "docx": word}[what].written(report)
    seconds = time.perf_counter() - began
    (folder / f"made.{what}").write_bytes(made)
    return {"seconds": seconds, "memory": _peak(), "size": len(made) / 1e6}


def _peak() -> float:
    """The most memory that this process has held, in MB, as Linux counts it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def prepare(folder: Path, chapters: int) -> dict[str, float]:
    """Draw the charts for the first time, and write the document and typst's files."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "sofra.settings"
    os.environ["SOFRA_DATA"] = str(folder)
    import django

    django.setup()
    from sofra.printing import pdf
    from sofra.printing.blocks import as_json

    began = time.perf_counter()
    report = document(chapters)
    seconds = time.perf_counter() - began
    (folder / "document.json").write_text(json.dumps(as_json(report)), encoding="utf-8")
    (folder / "typst").mkdir()
    for name, content in pdf.files_of(report).items():
        (folder / "typst" / ("main.typ" if name == "main" else name)).write_bytes(content)
    return {"seconds": seconds, "memory": _peak(), "size": 0.0}


def _apart(what: str, folder: Path, chapters: int) -> dict[str, float]:
    code = f"from bench import printing as p; from pathlib import Path; import json; f = Path({str(folder)!r}); "
    call = f"p.prepare(f, {chapters})" if what == "prepare" else f"p.one({what!r}, f)"
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}/src:{PROJECT}"}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print(json.dumps({call}))"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def run(quick: bool = False) -> list[Table]:
    chapters = 2 if quick else CHAPTERS
    folder = Path(tempfile.mkdtemp(prefix="sofra-bench-"))
    try:
        drawn = _apart("prepare", folder, chapters)
        ways = ("typst", "pdf", "docx", "html")
        results: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        for _round in range(1 if quick else ROUNDS):
            for way in ways:
                results[way].append(_apart(way, folder, chapters))
        pages = _pages(folder / "made.pdf")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    middle = {way: _middle(runs) for way, runs in results.items()}
    names = {"typst": "typst alone", "pdf": "PDF/UA-1", "docx": "Word", "html": "HTML"}
    rows: list[list[object]] = [
        [names[way], one_["seconds"], one_["seconds"] / middle["typst"]["seconds"], one_["memory"], one_["size"]]
        for way, one_ in middle.items()
    ]
    rows.append(
        [f"the first time: {chapters * CHARTS // CHAPTERS} charts drawn", drawn["seconds"], "", drawn["memory"], ""]
    )
    says = (
        f"{pages} pages, {chapters * CHARTS // CHAPTERS} charts, {chapters * MAPS // CHAPTERS} maps; median of "
        f"{1 if quick else ROUNDS} runs, each in a new process; the start of Python is not counted in the seconds."
    )
    head = ["what", "seconds", "times typst", "peak memory, MB", "file, MB"]
    return [Table("A long report", head, rows, says)]


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one_[name] for one_ in runs) for name in runs[0]}


def _pages(path: Path) -> int:
    import pypdf

    return len(pypdf.PdfReader(path).pages)
