"""Outlines, editions, what differs, and a consent that is withdrawn after publication."""

import json

import pytest
from django.core.exceptions import ValidationError
from tests.reports.conftest import MEMBERS_ONLY, SEALED, World

from sofra.findings import services as findings
from sofra.findings.models import Finding
from sofra.ground import audit
from sofra.ground.models import AuditLine
from sofra.printing.blocks import Document, Figure, Statement, as_json, from_json
from sofra.reports import building, freezing, making, services
from sofra.reports.models import Block, Report

pytestmark = pytest.mark.sterner


def outline(report: Report) -> list[tuple[str, str]]:
    return [(one.kind, one.about) for one in report.blocks.order_by("position")]


def statements(document: Document) -> list[str]:
    return [block.code for block in document.blocks if isinstance(block, Statement)]


def text_of(document: Document) -> str:
    return json.dumps(as_json(document), ensure_ascii=False)


# — the outline ————————————————————————————————————————————————————————————————————————————————————————————


def test_arranging_as_in_2018_has_its_chapters_and_annexes_in_order(world: World) -> None:
    headings = [about for kind, about in outline(world.report()) if kind == "heading"]
    chapters = "risks method analysis fields findings practices gaps obstacles strengths weaknesses".split()
    assert headings[0] == "foreword"
    assert headings[1:11] == chapters
    assert headings[11:] == ["annex-i", "annex-ii", "annex-iii", "annex-iv", "about-the-project"]


def test_a_figure_stands_in_the_chapter_of_the_finding_that_stands_on_it(world: World) -> None:
    placed = outline(world.report())
    survey, alone = world.figures["survey"].code, world.figures["count"].code
    assert placed.index(("figure", survey)) == placed.index(("findings", "risks")) + 1
    assert placed.index(("figure", alone)) == placed.index(("findings", "analysis")) + 1


def test_arranging_anew_keeps_what_was_written_where_it_stood_or_at_the_end(world: World) -> None:
    report = world.report()
    gaps = report.blocks.get(kind="findings", about="gaps")
    services.add_block(report, kind="text", after=gaps, texts={"en": "Of gaps."}, by=None)
    services.arrange(report, "kinds", by=None)
    texts = [one.texts for one in report.blocks.filter(kind="text") if one.texts]
    assert texts == [{"en": "Of gaps."}]
    last = report.blocks.order_by("position").last()
    assert last is not None
    assert last.texts == {"en": "Of gaps."}
    services.arrange(report, "2018", by=None)
    assert [one.texts for one in report.blocks.filter(kind="text") if one.texts] == [{"en": "Of gaps."}]


def test_every_change_can_be_taken_back(world: World) -> None:
    report = world.report()
    before = services.outline_of(report)
    services.remove_block(report.blocks.get(kind="findings", about="gaps"), by=None)
    assert services.outline_of(report) != before
    services.undo_outline(report, by=None)
    assert services.outline_of(report) == before
    services.undo_outline(report, by=None)
    assert ("findings", "gaps") not in outline(report)


def test_a_heading_moves_with_its_section_past_a_whole_section(world: World) -> None:
    report = world.report()
    risks = report.blocks.get(about="risks", kind="heading")
    section = outline(report)[:]
    services.move_block(risks, up=False, by=None)
    moved = [about for kind, about in outline(report) if kind == "heading"]
    assert moved[1:3] == ["method", "risks"]
    assert sorted(outline(report)) == sorted(section)
    services.move_block(risks, up=True, by=None)
    assert outline(report) == section


def test_moves_at_the_ends_and_levels_beyond_them_do_nothing(world: World) -> None:
    report = world.report()
    first, last = report.blocks.order_by("position").first(), report.blocks.order_by("position").last()
    assert first is not None
    assert last is not None
    before = outline(report)
    services.move_block(first, up=True, by=None)
    services.move_block(last, up=False, by=None)
    services.indent_block(first, deeper=False, by=None)
    assert outline(report) == before
    services.indent_block(first, deeper=True, by=None)
    first.refresh_from_db()
    assert first.level == 2


def test_the_second_of_two_editors_learns_what_the_first_one_did(world: World) -> None:
    report = world.report()
    seen = report.version
    services.remove_block(report.blocks.get(kind="findings", about="gaps"), by=world.people["drita"], seen=seen)
    with pytest.raises(services.Outdated) as refused:
        services.arrange(report, "kinds", by=world.people["ana"], seen=seen)
    (change,) = refused.value.changes
    assert (change.what, change.by) == ("remove", world.people["drita"])
    text = report.blocks.filter(kind="text").first()
    assert text is not None
    services.edit_block(text, texts={"en": "One"}, by=None, seen=1)
    with pytest.raises(services.Outdated):
        services.edit_block(text, texts={"en": "Two"}, by=None, seen=1)
    text.refresh_from_db()
    assert text.texts == {"en": "One"}


@pytest.mark.parametrize(
    "said",
    [{"kind": "nothing"}, {"kind": "heading"}, {"kind": "chart", "about": "nothing"},
     {"kind": "map", "about": "themes"},
     {"kind": "finding", "about": "al.2018.f1"}, {"kind": "figure", "about": "al.2018.n1"},
     {"kind": "text", "texts": {"en": "x" * 40_001}}, {"kind": "heading", "texts": {"en": "x"}, "level": 9}],
)  # fmt: skip
def test_what_cannot_be_placed_is_refused_and_nothing_is_written(world: World, said: dict[str, object]) -> None:
    report = world.report("")
    with pytest.raises(ValidationError):
        services.add_block(report, by=None, **said)  # type: ignore[arg-type]
    assert not report.blocks.exists()
    assert not report.outlines.exists()


def test_the_editor_is_told_what_will_be_left_out(world: World) -> None:
    report = world.report("")
    codes = {name: one.code for name, one in world.findings.items()}
    blocks = {name: services.add_block(report, kind="finding", about=code, by=None) for name, code in codes.items()}
    told = building.problems(report)
    assert blocks["first"].pk not in told
    assert "refuz" in told[blocks["refused"].pk] or "refused" in told[blocks["refused"].pk]
    assert {blocks[name].pk for name in ("refused", "draft", "hidden")} == set(told)
    Finding.objects.filter(code=codes["draft"]).delete()
    assert blocks["draft"].pk in building.problems(report)


# — documents ——————————————————————————————————————————————————————————————————————————————————————————————


def test_a_document_for_everyone_holds_nothing_of_members_and_nothing_sealed(world: World) -> None:
    report = world.report()
    public = building.document_of(report, "en", 0)
    assert statements(public) == ["f01", "f02"]
    assert MEMBERS_ONLY not in text_of(public)
    members = building.document_of(report, "en", 2)
    assert MEMBERS_ONLY in text_of(members)
    assert SEALED not in text_of(public) + text_of(members)
    edition = services.publish(report, by=None)
    everything = json.dumps(edition.content, ensure_ascii=False)
    assert MEMBERS_ONLY not in everything
    assert SEALED not in everything
    for form in ("html", "xlsx", "package"):
        made = making.of_edition(edition, "en", form).content
        assert MEMBERS_ONLY.encode() not in made
    assert "Statement draft" not in everything
    assert "Statement refused" not in everything


def test_a_contested_finding_stands_with_its_objection(world: World) -> None:
    report = world.report()
    findings.contest(world.findings["second"], objection="We do not see it so.", objector=world.one, by=None)
    (statement,) = [one for one in building.document_of(report, "en", 0).blocks if getattr(one, "code", "") == "f02"]
    assert isinstance(statement, Statement)
    assert ["".join(run.text for run in line) for line in statement.objections] == ["One table: We do not see it so."]


def test_a_survey_is_a_chart_that_says_that_its_base_is_not_stated(world: World) -> None:
    report = world.report()
    (figure,) = [one for one in building.document_of(report, "en", 0).blocks if getattr(one, "anchor", "") == "n1"
                 or getattr(one, "anchor", "") == "n01"]  # fmt: skip
    assert isinstance(figure, Figure)
    assert figure.table is not None
    assert "not stated" in figure.svg + figure.table.source
    assert [row[0] for row in figure.table.rows] == ["media", "clerics"]


def test_documents_go_to_json_and_back(world: World) -> None:
    document = building.document_of(world.report(), "sq", 0)
    assert from_json(json.loads(json.dumps(as_json(document)))) == document


# — editions ———————————————————————————————————————————————————————————————————————————————————————————————


def test_an_edition_is_not_changed_by_later_data_and_the_next_one_says_what_differs(world: World) -> None:
    report = world.report()
    first = services.publish(report, by=world.people["drita"])
    frozen, files = first.content, {form: making.of_edition(first, "en", form).content for form in ("html", "package")}
    again = findings.reopen(world.findings["second"], reason="new", by=None)
    findings.edit_finding(again, statements={"en": "Another statement", "sq": "Tjetër"}, by=None, seen=again.version)
    again = findings.propose(Finding.objects.get(pk=again.pk), by=None)
    findings.confirm(again, by=None)
    findings.edit_figure(world.figures["survey"], series=[{"label": {"en": "media"}, "value": "50"}], by=None)
    first.refresh_from_db()
    assert first.content == frozen
    assert first.digest == freezing.digest_of(frozen)
    assert {form: making.of_edition(first, "en", form).content for form in files} == files
    second = services.publish(report, by=None, note="The second statement was put right.")
    assert second.number == 2
    told = freezing.differences(freezing.document(first, "en"), freezing.document(second, "en"))
    changed = {one.anchor: one for one in told if one.kind == "changed"}
    assert "Statement second" in changed["f02"].before
    assert "Another statement" in changed["f02"].after
    assert "f01" not in changed or "50" in changed["f01"].after
    assert AuditLine.objects.filter(what="report.published", detail__digest=second.digest).exists()
    assert list(audit.broken_lines()) == []


def test_nothing_to_publish_is_refused_with_a_sentence(world: World) -> None:
    report = world.report("")
    services.add_block(report, kind="heading", texts={"en": "Alone"}, by=None)
    with pytest.raises(ValidationError):
        services.publish(report, by=None)
    assert not report.editions.exists()


def test_withdrawing_an_edition_needs_a_reason_and_is_done_once(world: World) -> None:
    edition = services.publish(world.report(), by=None)
    with pytest.raises(ValidationError):
        services.withdraw_edition(edition, reason=" ", by=None)
    services.withdraw_edition(edition, reason="A mistake.", by=None)
    with pytest.raises(ValidationError):
        services.withdraw_edition(edition, reason="Again.", by=None)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_consent_leaves_every_edition_and_its_files(world: World) -> None:
    report = world.report()
    edition = services.publish(report, by=None)
    before = making.of_edition(edition, "en", "html").content.decode()
    assert "words of the office" in before
    kept = edition.files.get()
    findings.withdraw_consent(world.sources["talk"], by=world.people["drita"])
    edition.refresh_from_db()
    everything = json.dumps(edition.content, ensure_ascii=False)
    assert "words of the office" not in everything
    assert "A talk with an office" not in everything
    assert "Numbers count" not in json.dumps(edition.content["data"])
    assert "A study" in everything
    assert "Statement first" in everything
    (statement,) = [one for one in freezing.document(edition, "en").blocks if getattr(one, "code", "") == "f01"]
    assert isinstance(statement, Statement)
    assert "withdrawn" in "".join(run.text for run in statement.evidence[0])
    assert edition.digest == freezing.digest_of(edition.content) != edition.taken_out[0]["digest"]
    after = making.of_edition(edition, "en", "html").content.decode()
    assert "words of the office" not in after
    from sofra.ground import files

    assert not files.path_of(kept.digest).exists()


def test_blocks_know_their_report(world: World) -> None:
    report = world.report()
    assert building.named(report, list(report.blocks.all()))
    assert Block.objects.filter(report=report).count() == len(outline(report))
