"""What may come in: a report's title page, a piece of its outline, the note of an edition."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sofra.findings.models import Finding
from sofra.findings.vocabulary import chapter_title
from sofra.ground.tongues import said
from sofra.mapping.models import Round

from . import outlines, queries, rules
from .models import Block, Licence, Report
from .pieces import PIECES

Kind = Block.Kind


class Plain(forms.CharField):
    """A text that PostgreSQL can keep: a NUL byte is refused with a sentence by Django's own field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=kwargs.pop("required", False), **kwargs)


class ReportForm(forms.Form):
    """The title page."""

    title_sq = Plain(label=_("Title in Albanian"), max_length=300)
    title_en = Plain(label=_("Title in English"), max_length=300)
    subtitle_sq = Plain(label=_("Subtitle in Albanian"), max_length=300)
    subtitle_en = Plain(label=_("Subtitle in English"), max_length=300)
    publisher = Plain(label=_("Published by"), max_length=300)
    authors = Plain(label=_("Authors"), max_length=300, help_text=_("Who signs it in print, as it shall stand there."))
    funder = Plain(label=_("Funded by"), max_length=300)
    licence = forms.ChoiceField(label=_("Licence"), choices=Licence.choices, required=False, initial=Licence.CC_BY)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if not held.get("title_sq") and not held.get("title_en") and "title_sq" not in self.errors:
            self.add_error("title_sq", _("Give the report a title in at least one language."))
        return held

    def facts(self) -> dict[str, Any]:
        held = self.cleaned_data
        return {
            "titles": {"sq": held["title_sq"], "en": held["title_en"]},
            "subtitles": {"sq": held["subtitle_sq"], "en": held["subtitle_en"]},
            **{name: held[name] for name in ("publisher", "authors", "funder", "licence")},
        }


class NewReportForm(ReportForm):
    round = forms.ModelChoiceField(
        label=_("Mapping round"), queryset=Round.objects.all(), to_field_name="code", empty_label=_("choose")
    )
    arrangement = forms.ChoiceField(
        label=_("Begin with an outline"), required=False, widget=forms.RadioSelect,
        choices=[*outlines.ARRANGEMENTS.items(), ("", _("empty"))],
    )  # fmt: skip
    field_order = ("round",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(code, capfirst(str(words))) for code, words in outlines.ARRANGEMENTS.items()]
        self.fields["arrangement"].choices = [*ways, ("", capfirst(_("empty")))]  # type: ignore[attr-defined]


def initial_of(report: Report) -> dict[str, Any]:
    return {
        "title_sq": report.titles.get("sq", ""), "title_en": report.titles.get("en", ""),
        "subtitle_sq": report.subtitles.get("sq", ""), "subtitle_en": report.subtitles.get("en", ""),
        "publisher": report.publisher, "authors": report.authors, "funder": report.funder, "licence": report.licence,
        "seen": report.version,
    }  # fmt: skip


class AddForm(forms.Form):
    """What is placed next. One list names everything that there is, so that it needs no JavaScript."""

    what = forms.ChoiceField(label=_("What to add"))
    after = forms.ChoiceField(label=_("Behind"), required=False)

    def __init__(self, *args: Any, report: Report, blocks: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = _to_add(report)  # type: ignore[attr-defined]
        self.fields["after"].choices = [("", _("at the end")), *((str(pk), words) for pk, words in blocks)]  # type: ignore[attr-defined]

    def kind(self) -> str:
        return str(self.cleaned_data["what"]).partition(":")[0]

    def about(self) -> str:
        return str(self.cleaned_data["what"]).partition(":")[2]


def _to_add(report: Report) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        (str(_("Text")), [(f"{Kind.HEADING}:", _("a heading")), (f"{Kind.TEXT}:", _("a text in Markdown"))])
    ]
    findings = list(queries.findings(report))
    chapters = dict.fromkeys(one.chapter for one in findings)
    lists = [(f"{Kind.FINDINGS}:{code}", chapter_title(code) or _("without a chapter")) for code in chapters]
    ones = [(f"{Kind.FINDING}:{one.code}", _named(one.code, one)) for one in findings]
    figures = [(f"{Kind.FIGURE}:{one.code}", _named(one.code, one)) for one in queries.figures(report)]
    found += [(str(_("All findings of a chapter")), lists), (str(_("One finding")), ones), (str(_("Figures")), figures)]
    names = {"chart": _("Charts"), "map": _("Maps"), "table": _("Tables"), "annex": _("Annexes")}
    for kind, words in names.items():
        pieces = [(f"{kind}:{one.name}", str(one.title)) for one in PIECES.values() if one.kind == kind]
        found.append((str(words), pieces))
    return [(words, choices) for words, choices in found if choices]


def _named(code: str, thing: object) -> str:
    text = f"{code.rsplit('.', 1)[-1]}: {thing}"
    return text if len(text) <= 110 else text[:109] + "…"


class BlockForm(forms.Form):
    """The words of a heading or text, in both languages; how a list of findings is narrowed."""

    text_sq = Plain(label=_("In Albanian"), max_length=rules.LONGEST_TEXT)
    text_en = Plain(label=_("In English"), max_length=rules.LONGEST_TEXT)
    level = forms.TypedChoiceField(
        label=_("Level"), coerce=int, choices=[(1, _("chapter")), (2, _("section")), (3, _("subsection"))]
    )
    kind = forms.ChoiceField(
        label=_("Only findings of this kind"), required=False, choices=[("", _("all kinds")), *Finding.Kind.choices]
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, block: Block, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.block = block
        if block.kind == Kind.TEXT:
            for name in ("text_sq", "text_en"):
                self.fields[name].widget = forms.Textarea(attrs={"rows": 14})
            self.fields["text_sq"].help_text = _(
                "Markdown: a blank line between paragraphs, “- ” before a point, **bold**, [words](https://address)."
            )
        if block.kind != Kind.HEADING:
            del self.fields["level"]
        if block.kind not in (Kind.HEADING, Kind.TEXT):
            del self.fields["text_sq"], self.fields["text_en"]
        if block.kind != Kind.FINDINGS:
            del self.fields["kind"]

    def said(self) -> dict[str, Any]:
        held, found = self.cleaned_data, {}
        if "text_sq" in self.fields:
            found["texts"] = {"sq": held["text_sq"], "en": held["text_en"]}
        if "level" in self.fields:
            found["level"] = held["level"]
        if "kind" in self.fields:
            options = {name: value for name, value in self.block.options.items() if name != "kind"}
            found["options"] = {**options, **({"kind": held["kind"]} if held["kind"] else {})}
        return found


def initial_of_block(block: Block) -> dict[str, Any]:
    return {
        "text_sq": block.texts.get("sq", ""), "text_en": block.texts.get("en", ""), "level": block.level,
        "kind": block.options.get("kind", ""), "seen": block.version,
    }  # fmt: skip


class PublishForm(forms.Form):
    note = Plain(
        label=_("What is new in this edition"), max_length=500,
        help_text=_("For readers, in a sentence or two. It stands beside the number of the edition."),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the reason stands where the edition was.")},
    )  # fmt: skip


def heading_of(block: Block) -> str:
    """Words for a list: its place in the outline."""
    return said(block.texts) or block.about or str(block.get_kind_display())
