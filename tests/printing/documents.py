"""A document with one of everything, and texts that would do harm if any of them were run."""

from sofra.printing.blocks import (
    Document,
    Figure,
    Heading,
    Listing,
    PageBreak,
    Paragraph,
    Run,
    Statement,
    Table,
)

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50">'
    '<rect width="50" height="50" fill="#9e3c1c"/><text x="5" y="20">Cërrik 😀</text></svg>'
)
WICKED = (
    '#panic("x") $x^2$ *b* _i_ [a] @ref <lbl> \\ // `raw` #sys.inputs "q" \' </w:t> & ]]> 😀 🇦🇱 سلام שלום 中文 '
    "\x00\x07\u200f\ud800 ë ç š ž ј ћ њ љ џ ќ"
)


def run(text: str, **more: object) -> tuple[Run, ...]:
    return (Run(text, **more),)  # type: ignore[arg-type]


def everything(language: str = "sq", text: str = "Organizatat punojnë në Cërrik.") -> Document:
    small = Table("Numrat pas figurës", ("Vendi", "Numri"), (("Cërrik", "3"),), numbers=(1,))
    blocks = (
        Heading("Hyrje", 1, "hyrje", numbered=True),
        Paragraph(run(text), "lead"),
        Paragraph((Run("Me shënim", note="Në fund të faqes."), Run(" lidhje", link="https://example.org/a?b=c"))),
        Paragraph((Run("brenda", link="#tabela"), Run(" asgjë", link="#s-ka"), Run(" keq", link="javascript:x()"))),
        Heading("Nën hyrje", 3, numbered=True),
        Paragraph(run("Fjalët e tjetrit"), "quote"),
        Paragraph(run("Kujdes"), "care"),
        Paragraph(run("vogël"), "small"),
        Listing((run("një"), run("dy")), ordered=True),
        Listing((run("pikë"),)),
        Statement(
            "al.f07", run("Mungon financimi."), "Konfirmuar", (run("23 nga 41 thonë kështu"),), (run("Jo në Pukë"),)
        ),
        Table(
            "Temat",
            ("Tema", "Numri"),
            (("Rinia", "12"), ("Gratë", "")),
            numbers=(1,),
            source="Pyetësori",
            anchor="tabela",
        ),
        Figure("Kush punon ku", SVG, "Një drejtkëndësh", source="Regjistri", anchor="f", table=small),
        PageBreak(),
        Heading("Shtojca", 1, numbered=True),
        Table("E gjerë", tuple(f"K{i}" for i in range(9)), (tuple("abcdefghi"),) * 3, wide=True),
        Paragraph(run("Fund.")),
    )
    facts = (("Botuesi", "Sofra"), ("Data", "17.12.2018"))
    return Document(
        "Hartëzimi",
        language,
        blocks,
        subtitle="2018",
        author="Sofra",
        facts=facts,
        running="Botimi 1",
        date="2018-12-17",
    )
