"""The chapters of a mapping report that findings stand in, in the order of the report of 2018."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHAPTERS: dict[str, Promise] = {
    "risks": _("Achievements and overview of risks"),
    "method": _("Data collection: methodology, sources and instruments"),
    "analysis": _("Analytical and descriptive section"),
    "fields": _("Fields in which civil society is most active"),
    "findings": _("Findings"),
    "practices": _("Achievements and good practices"),
    "gaps": _("Gaps in the involvement of civil society"),
    "obstacles": _("Obstacles to cooperation between civil society and government"),
    "strengths": _("Strengths and opportunities"),
    "weaknesses": _("Weaknesses, challenges and barriers"),
    "recommendations": _("Recommendations"),
}
# The numerals of the report of 2018; recommendations stand in no chapter of their own there.
NUMERALS = dict(zip(CHAPTERS, "I II III IV V VI VII VIII IX X".split(), strict=False))
ORDER = {code: number for number, code in enumerate(CHAPTERS)}


def chapter_title(code: str) -> str:
    """ "VII. Gaps in the involvement of civil society"; the code itself where a round has chapters of its own."""
    if code not in CHAPTERS:
        return code
    numeral = NUMERALS.get(code)
    return f"{numeral}. {CHAPTERS[code]}" if numeral else str(CHAPTERS[code])
