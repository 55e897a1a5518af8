"""Standard arrangements of a report: by the chapters of the report of 2018, and by kind of finding."""

from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.findings.models import Evidence, Figure, Finding
from sofra.findings.vocabulary import CHAPTERS, chapter_title
from sofra.mapping.models import Round

from .models import Block
from .pieces import PIECES
from .rules import LANGUAGES

Kind = Block.Kind
Laid = dict[str, Any]  # the fields of a block

ARRANGEMENTS: dict[str, Promise] = {
    "2018": _("as in the report of 2018: chapters I to X and the annexes"),
    "kinds": _("by kind of finding"),
}
FOREWORD, ABOUT = "foreword", "about-the-project"
_KINDS: dict[str, Promise] = {
    "achievement": _("Achievements"), "practice": _("Good practices"), "strength": _("Strengths"),
    "opportunity": _("Opportunities"), "gap": _("Gaps"), "obstacle": _("Obstacles"), "weakness": _("Weaknesses"),
    "challenge": _("Challenges"), "observation": _("Observations"), "recommendation": _("Recommendations"),
}  # fmt: skip
_ANNEXES: tuple[tuple[str, str, Promise], ...] = (
    ("I", "annex-organisations", _("Organisations involved in the mapping")),
    ("II", "annex-definitions", _("Definitions")),
    ("III", "sources", _("Sources")),
    ("IV", "attendance", _("Round tables and who was there")),
    ("V", "answers", _("The questionnaire's answers")),
)


def laid(how: str, round_: Round) -> list[Laid]:
    """The blocks of an arrangement, in order. Raises KeyError for one that there is not."""
    body = {"2018": _by_chapter, "kinds": _by_kind}[how](round_)
    return [heading(FOREWORD, _("Foreword")), text(), *body, *_annexes(round_)]


def heading(about: str, words: str | Promise, level: int = 1) -> Laid:
    return {"kind": Kind.HEADING, "about": about, "level": level, "texts": in_each(words)}


def in_each(words: str | Promise) -> dict[str, str]:
    """A text of ours in each language of a report."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = str(words)
    return found


def text(about: str = "") -> Laid:
    return {"kind": Kind.TEXT, "about": about}


def _by_chapter(round_: Round) -> Iterator[Laid]:
    standing = _figures_by(round_, "chapter")
    filled = set(Finding.objects.filter(round=round_).values_list("chapter", flat=True))
    for chapter in [*CHAPTERS, *sorted(filled - set(CHAPTERS))]:
        if chapter == "recommendations" and chapter not in filled:
            continue
        words = {}
        for language in LANGUAGES:
            with translation.override(language):
                words[language] = chapter_title(chapter) or str(_("Without a chapter"))
        yield {"kind": Kind.HEADING, "about": chapter or "without-chapter", "level": 1, "texts": words}
        yield text("methodology" if chapter == "method" else "")
        yield {"kind": Kind.FINDINGS, "about": chapter}
        for code in standing.pop(chapter, ()):
            yield {"kind": Kind.FIGURE, "about": code}
        if chapter == "analysis":
            for code in standing.pop(None, ()):
                yield {"kind": Kind.FIGURE, "about": code}
        for piece in PIECES.values():
            if piece.section == chapter:
                yield {"kind": piece.kind, "about": piece.name}


def _by_kind(round_: Round) -> Iterator[Laid]:
    standing = _figures_by(round_, "kind")
    for kind, words in _KINDS.items():
        yield heading(kind, words)
        yield text()
        yield {"kind": Kind.FINDINGS, "about": "", "options": {"kind": kind}}
        for code in standing.pop(kind, ()):
            yield {"kind": Kind.FIGURE, "about": code}
    yield heading("numbers", _("In numbers"))
    for code in standing.pop(None, ()):
        yield {"kind": Kind.FIGURE, "about": code}
    for piece in PIECES.values():
        if piece.section:
            yield {"kind": piece.kind, "about": piece.name}


def _figures_by(round_: Round, what: str) -> dict[str | None, list[str]]:
    """The codes of figures by the chapter or kind of the first finding that stands on them; None: no finding does."""
    stands: dict[int, str] = {}
    rows = Evidence.objects.filter(finding__round=round_).exclude(figure=None).order_by("finding__position", "id")
    for figure, where in rows.values_list("figure", f"finding__{what}"):
        stands.setdefault(figure, where)
    found: dict[str | None, list[str]] = {}
    for figure in Figure.objects.filter(round=round_).order_by("code"):
        found.setdefault(stands.get(figure.pk), []).append(figure.code)
    return found


def _annexes(round_: Round) -> Iterator[Laid]:
    for numeral, name, words in _ANNEXES:
        if name == "answers" and round_.version is None:
            continue
        titled = {language: f"{_annex(language)} {numeral}. {title}" for language, title in in_each(words).items()}
        yield {"kind": Kind.HEADING, "about": f"annex-{numeral.lower()}", "level": 1, "texts": titled}
        yield {"kind": Kind.ANNEX, "about": name}
    yield heading(ABOUT, _("About the project"))
    yield text()


def _annex(language: str) -> str:
    with translation.override(language):
        return str(_("Annex"))
