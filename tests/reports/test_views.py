"""Pages of reports: who reads what, arranging without JavaScript, two at once, files, the command."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from tests.reports.conftest import MEMBERS_ONLY, World

from sofra.reports import building, rules, services, tasks
from sofra.reports.models import Report

pytestmark = pytest.mark.once


def small(world: World) -> Report:
    """A report that draws no chart: quick to publish."""
    report = world.report("")
    services.add_block(report, kind="heading", about="gaps", texts={"sq": "Boshllëqe", "en": "Gaps"}, by=None)
    services.add_block(report, kind="text", texts={"sq": "Fjalë", "en": "Words **set** by hand"}, by=None)
    services.add_block(report, kind="findings", about="gaps", by=None)
    services.add_block(report, kind="annex", about="annex-definitions", by=None)
    report.refresh_from_db()
    return report


def act(world: World, report: Report, **said: object) -> int:
    address = reverse("report_outline", args=[report.code])
    return world.client("drita").post(address, {"seen": report.version, **said}).status_code


def test_readers_see_editions_only_and_mappers_the_draft(world: World) -> None:
    report = small(world)
    address = report.get_absolute_url()
    assert world.client().get(address).status_code == 404
    assert address not in world.client().get("/reports/").content.decode()
    assert world.client("besa").get(reverse("report_draft", args=[report.code])).status_code == 403
    draft = world.client("drita").get(f"{reverse('report_draft', args=[report.code])}?in=en").content.decode()
    assert "Statement second" in draft
    assert MEMBERS_ONLY not in draft
    members = world.client("drita").get(f"{reverse('report_draft', args=[report.code])}?in=en&as=members")
    assert MEMBERS_ONLY in members.content.decode()
    services.publish(report, by=None)
    page = world.client().get(f"{address}?in=en").content.decode()
    assert 'id="f02"' in page
    assert f'/findings/{world.findings["second"].code}/">f02</a>' in page, "the finding as it stands now"
    assert "<strong>set</strong>" in page
    assert MEMBERS_ONLY not in page
    assert "Fjalë" in world.client().get(f"{address}?in=sq").content.decode()
    assert address in world.client().get("/reports/").content.decode()


def test_a_withdrawn_edition_says_so_and_why(world: World) -> None:
    report = small(world)
    edition = services.publish(report, by=None)
    address = reverse("edition_withdraw", args=[report.code, 1])
    assert world.client("drita").post(address, {"reason": ""}).status_code == 422
    assert world.client("drita").post(address, {"reason": "Numbers were wrong."}).status_code == 302
    for path in (edition.get_absolute_url(), report.get_absolute_url(), f"{edition.get_absolute_url()}sq.zip"):
        answer = world.client().get(path)
        assert answer.status_code == 410
        assert "Numbers were wrong." in answer.content.decode()
    assert world.client("drita").get(edition.get_absolute_url()).status_code == 200


def test_the_outline_is_arranged_by_plain_forms(world: World) -> None:
    report = small(world)
    last = report.blocks.order_by("position").last()
    assert last is not None
    for said in (
        {"act": "up", "block": last.pk}, {"act": "down", "block": last.pk}, {"act": "remove", "block": last.pk},
        {"act": "undo"}, {"act": "add", "what": "chart:themes", "after": ""}, {"act": "arrange", "how": "kinds"},
    ):  # fmt: skip
        report.refresh_from_db()
        assert act(world, report, **said) == 302, said
    assert report.blocks.filter(kind="findings").count() == 10


@pytest.mark.parametrize(
    "said", [{"act": "nothing"}, {"act": "arrange", "how": "x"}, {"act": "add", "what": "chart:x"}, {}]
)
def test_what_cannot_be_done_gets_a_sentence(world: World, said: dict[str, object]) -> None:
    report = small(world)
    before = services.outline_of(report)
    assert act(world, report, **said) == 422
    assert services.outline_of(report) == before


def test_a_block_of_another_report_is_not_found(world: World) -> None:
    report = small(world)
    other = services.begin_report(round=world.round, titles={"en": "Other"}, by=None)
    block = services.add_block(other, kind="text", by=None)
    assert act(world, report, act="remove", block=block.pk) == 404
    assert world.client("drita").get(reverse("report_block", args=[report.code, block.pk])).status_code == 404


def test_two_editors_at_once_see_what_the_other_did(world: World) -> None:
    report = small(world)
    text = report.blocks.get(kind="text")
    address = reverse("report_block", args=[report.code, text.pk])
    first = {"text_sq": "Një", "text_en": "The first one's words", "seen": 1}
    assert world.client("ana").post(address, first).status_code == 302
    second = world.client("drita").post(address, {"text_sq": "Dy", "text_en": "The second one's words", "seen": 1})
    shown = second.content.decode()
    assert second.status_code == 422
    assert "Ana" in shown
    assert "The first one&#x27;s words" in shown or "The first one’s words" in shown or "The first one's words" in shown
    assert "The second one&#x27;s words" in shown
    assert world.client("drita").post(address, {"text_sq": "Dy", "text_en": "Both", "seen": 2}).status_code == 302
    assert act(world, report, act="undo") == 409


def test_a_preview_keeps_nothing(world: World) -> None:
    report = small(world)
    text = report.blocks.get(kind="text")
    said = {"text_en": "A <script>alert(1)</script> *preview*", "seen": 1, "preview": "1"}
    page = world.client("drita").post(reverse("report_block", args=[report.code, text.pk]), said).content.decode()
    assert "<em>preview</em>" in page
    assert "<script>alert" not in page
    assert "Nothing is written yet" not in page, "what is judged is what was typed"
    text.refresh_from_db()
    assert text.texts["en"] == "Words **set** by hand"
    new = services.add_block(report, kind="text", by=None)
    page = world.client("drita").get(reverse("report_block", args=[report.code, new.pk])).content.decode()
    assert "Nothing is written yet" not in page
    assert "<code>[[f02]]</code>" in page


def test_a_line_of_a_text_places_what_it_names_and_says_where_it_names_nothing(world: World) -> None:
    report = small(world)
    text = report.blocks.get(kind="text")
    written = "Before *it*\n\n[[f02]]\n\nBetween\n[[n01]]\n[[f99]]\n\nAfter"
    services.edit_block(text, texts={"sq": written, "en": written}, by=None)
    report.refresh_from_db()
    draft = building.document_of(report, "en", 0)
    kinds = [type(block).__name__ for block in draft.blocks]
    assert kinds[1:8] == ["Heading", "Paragraph", "Statement", "Paragraph", "Figure", "Paragraph", "Paragraph"]
    assert "“f99” is no finding" in draft.blocks[6].runs[0].text  # type: ignore[union-attr]
    with translation.override("en"):
        assert "“f99” is no finding" in building.problems(report)[text.pk]
    built = building.built(report, "en", 0, edition="1")
    assert "f99" not in str(built.document.blocks), "readers are not told"
    assert built.evidence["f02"] == []
    for words, sentence in (
        ("[[f03]]", "not confirmed"), ("[[f04]]", "was refused"), ("[[f05]]", "Only members"), ("[[n01]]", ""),
        ("[a](#f02) [b](#gaps)", ""), ("[a](#f98)", "“#f98” leads to nothing"), ("[[themes]]", ""),
    ):  # fmt: skip
        services.edit_block(text, texts={"sq": words, "en": words}, by=None)
        with translation.override("en"):
            found = building.problems(report).get(text.pk, "")
        assert sentence in found, (words, found)
        assert bool(sentence) == bool(found), (words, found)


def test_begin_edit_and_publish_by_hand(world: World) -> None:
    client = world.client("drita")
    said = {"round": world.round.code, "title_en": "By hand", "licence": "CC0-1.0", "arrangement": ""}
    assert client.post("/reports/new/", {**said, "title_en": ""}).status_code == 422
    assert client.post("/reports/new/", said).status_code == 302
    report = Report.objects.get()
    assert (report.code, report.licence) == (world.round.code, "CC0-1.0")
    edit = reverse("report_edit", args=[report.code])
    assert client.post(edit, {**said, "title_sq": "Me dorë", "seen": report.version}).status_code == 302
    assert client.post(edit, {**said, "title_sq": "Tjetër", "seen": report.version}).status_code == 422
    publish = reverse("report_publish", args=[report.code])
    assert client.post(publish, {"note": ""}).status_code == 422
    services.add_block(report, kind="findings", about="gaps", by=None)
    assert "f02" in client.get(publish).content.decode() or client.get(publish).status_code == 200
    assert client.post(publish, {"note": "First"}).status_code == 302
    changes = world.client().get(reverse("edition_changes", args=[report.code, 1]))
    assert changes.status_code == 200


def test_a_long_report_is_published_by_the_worker_and_so_are_its_files(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LONG", 0)
    monkeypatch.setattr(tasks, "_WORKER_HAS", 20)
    report, client = small(world), world.client("drita")
    publish = f"/en{reverse('report_publish', args=[report.code])}"
    job = client.post(publish, {"note": "First", "seen": report.version}).headers["Location"]
    assert client.post(publish, {"note": "First", "seen": report.version}).headers["Location"] == job, "asked once"
    for address in (publish, job):
        waiting = client.get(address)
        assert waiting.status_code == 202
        assert '<noscript><meta http-equiv="refresh"' in waiting.content.decode()
    assert not report.editions.exists()
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    edition = report.editions.get()
    assert client.get(job).headers["Location"] == f"/en/reports/{report.code}/editions/1/"
    assert client.get(publish).status_code == 200
    assert (edition.note, edition.published_by) == ("First", world.people["drita"])
    assert sorted(edition.files.values_list("form", "language")) == [
        ("docx", "en"), ("docx", "sq"), ("pdf", "en"), ("pdf", "sq"),
    ]  # fmt: skip
    file = f"{edition.get_absolute_url()}en.pdf"
    assert world.client().get(file).content.startswith(b"%PDF")
    edition.files.all().delete()
    assert world.client().get(file).status_code == 202, "the worker makes it anew"
    monkeypatch.setattr(tasks, "_WORKER_HAS", 0)
    assert world.client().get(file).content.startswith(b"%PDF"), "no worker comes: whoever asks waits for it"
    services.withdraw_edition(edition, reason="Tried", by=None)
    report.blocks.all().delete()
    job = client.post(publish, {"seen": report.version}).headers["Location"]
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    assert client.get(job).headers["Location"] == publish
    assert "nothing to publish" in client.get(publish).content.decode()
    for wrong in ("x", "0" * 32):
        assert client.get(f"{publish}?job={wrong}").status_code == 200


def test_a_data_package_describes_its_tables(world: World) -> None:
    report = small(world)
    edition = services.publish(report, by=None)
    answer = world.client().get(f"{edition.get_absolute_url()}en.zip")
    assert "al.2026.mapping-1-en.zip" in answer["Content-Disposition"]
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    about = json.loads(package.read("datapackage.json"))
    assert about["licenses"][0]["name"] == "CC-BY-4.0"
    assert about["hash"] == f"sha256:{edition.digest}"
    for resource in about["resources"]:
        header = package.read(resource["path"]).decode().splitlines()[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]
    assert MEMBERS_ONLY.encode() not in b"".join(package.read(name) for name in package.namelist())
    for path in ("de.zip", "en.package", "en.exe", "en.pdf.zip"):
        assert world.client().get(f"{edition.get_absolute_url()}{path}").status_code == 404


def test_files_of_drafts_are_limited_and_those_of_editions_not(world: World) -> None:
    report = small(world)
    client = world.client("drita")
    address = reverse("report_draft_file", args=[report.code, "en", "zip"])
    answers = [client.get(address).status_code for _n in range(rules.DRAFTS + 1)]
    assert answers == [200] * rules.DRAFTS + [429]
    assert world.client().get(address).status_code == 302


def test_the_command_writes_what_the_page_offers(world: World, tmp_path: Path) -> None:
    report = small(world)
    folder = tmp_path / "made" / "here"
    for form in ("docx", "html", "xlsx", "package", "pdf"):
        call_command("report", "build", report.code, form=form, output=folder, language="en", stdout=io.StringIO())
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        rules.file_name(report.code, "en", form, None) for form in rules.FORMATS
    )
    services.publish(report, by=None)
    call_command("report", "build", report.code, form="package", output=folder, language="en", stdout=io.StringIO())
    page = world.client().get(f"{report.get_absolute_url()}editions/1/en.zip").content
    assert (folder / "al.2026.mapping-1-en.zip").read_bytes() == page
    assert (folder / "al.2026.mapping-draft-en.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("code", "said", "sentence"),
    [("al.2026.maping", {}, "Did you mean al.2026.mapping?"), ("x", {}, "There is no report"),
     ("al.2026.mapping", {"edition": 7}, "no edition 7"),
     ("al.2026.mapping", {"output": "file/below"}, "another folder"),
     ("al.2026.mapping", {"output": "file"}, "is a file")],
)  # fmt: skip
def test_wrong_codes_and_folders_get_a_sentence(
    world: World, tmp_path: Path, code: str, said: dict[str, object], sentence: str
) -> None:
    small(world)
    (tmp_path / "file").write_text("x")
    given = {"form": "package", "output": tmp_path / str(said.get("output", "out")), "edition": said.get("edition")}
    with pytest.raises(CommandError, match=sentence.replace("?", r"\?")):
        call_command("report", "build", code, stdout=io.StringIO(), **given)


def test_pages_ask_the_database_about_the_same_with_one_and_with_many(
    world: World, django_assert_max_num_queries: object
) -> None:
    report = small(world)
    services.publish(report, by=None)
    client = world.client()
    client.get(report.get_absolute_url())
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(report.get_absolute_url())
