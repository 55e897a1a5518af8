"""The report beside the printed document that it was taken from: each place of the document, and what stands for it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sofra.findings import queries as findings
from sofra.findings.models import Evidence, Finding
from sofra.findings.vocabulary import ORDER, chapter_title
from sofra.ground.tongues import part_in
from sofra.printing.blocks import Block, Table

from . import counting
from .annexes import nothing
from .wanted import Wanted


def document(wanted: Wanted) -> tuple[Block, ...]:
    """Two tables: how much each chapter holds, and place by place the statements that say what stands there."""
    found = findings.findings(wanted.level, round=wanted.round).exclude(state=Finding.State.REFUSED)
    said = sorted(
        (one for one in found if one.where_said), key=lambda one: (ORDER.get(one.chapter, 99), one.position, one.pk)
    )
    if not said:
        return nothing(_("No statement of this round says where in a document it stands."))
    return _counts(wanted, said), _places(wanted, said)


def _counts(wanted: Wanted, said: Sequence[Finding]) -> Table:
    shown = findings.figures(wanted.level, round=wanted.round)
    standing = Evidence.objects.filter(finding__in=said, figure__in=shown).values_list("finding__chapter", "figure")
    figures: dict[str, set[int]] = {}
    for chapter, figure in standing:
        figures.setdefault(chapter, set()).add(figure)
    rows = []
    for chapter in dict.fromkeys(one.chapter for one in said):
        here = [one for one in said if one.chapter == chapter]
        agreed = sum(one.state == Finding.State.CONFIRMED for one in here)
        places = len({one.where_said for one in here})
        numbers = (places, len(here), agreed, len(figures.get(chapter, ())))
        rows.append((chapter_title(chapter) or _("Without a chapter"), *map(str, numbers)))
    if start := counting.annex_of(wanted.round):
        organisations = len(counting.of_annex(start, wanted.level))
        rows.append((_("Annex I: organisations, a row each"), str(organisations), str(organisations), "–", "–"))
    head = (
        _("Part of the document"), _("Places in it"), _("Said here"), _("Confirmed at the round table"),
        _("Numbers as data"),
    )  # fmt: skip
    return Table(
        _("The document beside this report, in counts"), head, tuple(rows), numbers=(1, 2, 3, 4),
        widths=(4, 1.2, 1.2, 1.5, 1.3), source=wanted.round.source, anchor="beside-counts",
    )  # fmt: skip


def _places(wanted: Wanted, said: Sequence[Finding]) -> Table:
    places: dict[str, list[str]] = {}
    for one in said:
        places.setdefault(part_in(one.where_said, wanted.language), []).append(one.code.rsplit(".", 1)[-1])
    rows = tuple((place, ", ".join(codes)) for place, codes in places.items())
    return Table(
        _("The document beside this report, place by place"), (_("Place in the document"), _("Statements here")),
        rows, widths=(3, 2), source=wanted.round.source, anchor="beside-places",
    )  # fmt: skip
