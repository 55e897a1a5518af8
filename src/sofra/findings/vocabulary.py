"""The chapters of a mapping report that findings stand in, in the order of the report of 2018."""

from django.utils.translation import gettext_lazy as _

CHAPTERS = {
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
