"""One methodology for several countries: out, in, compared; damaged and foreign files are refused."""

import io
import json
import zipfile

import pytest
from django.core.exceptions import ValidationError

from sofra.accounts.models import User
from sofra.ground import files
from sofra.mapping import consortium, versions
from sofra.mapping.models import Methodology, Round
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires import xform
from sofra.questionnaires.models import Version

from .conftest import FORM

pytestmark = pytest.mark.once


def repacked(content: bytes, **changed: bytes | None) -> bytes:
    """The file with members replaced, or left out where None; double underscores stand for a dot."""
    out = io.BytesIO()
    wanted = {name.replace("__", "."): data for name, data in changed.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            data = wanted.pop(name) if name in wanted else archive.read(name)
            if data is not None:
                made.writestr(name, data)
        for name, data in wanted.items():
            if data is not None:
                made.writestr(name, data)
    return out.getvalue()


def test_a_methodology_goes_out_and_comes_in_as_a_draft(opened: Round, drita: User) -> None:
    questionnaires.add_media(opened.version, "places.csv", b"name,label\nAL153,Puk\xc3\xab\n", by=drita)
    content = consortium.export_methodology(opened)
    kept = consortium.import_methodology(content, by=drita)
    assert consortium.import_methodology(content, by=drita) == kept
    version = consortium.take_over(kept, code="mk.tried", by=drita)
    (media,) = version.media.all()
    assert (media.name, b"".join(files.read(media.digest))) == ("places.csv", b"name,label\nAL153,Puk\xc3\xab\n")
    assert (version.state, version.questionnaire.code) == (Version.State.DRAFT, "mk.tried")
    assert version.bindings == opened.version.bindings
    made = Round.objects.get(version=version)
    assert (made.state, made.methodology) == (Round.State.DRAFT, opened.methodology)


def test_the_file_holds_nothing_of_who_takes_part(opened: Round) -> None:
    with zipfile.ZipFile(io.BytesIO(consortium.export_methodology(opened))) as archive:
        assert sorted(archive.namelist()) == ["form.xml", "manifest.json", "method/sq.md", "source/tried.md"]
        manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest["files"]) == {"form.xml", "method/sq.md", "source/tried.md"}


@pytest.mark.parametrize(
    "case", ["nothing", "no zip", "cut", "foreign", "changed", "added", "missing", "outside", "newer"]
)
def test_damaged_and_foreign_files_are_refused_with_a_sentence(opened: Round, drita: User, case: str) -> None:
    good = consortium.export_methodology(opened)
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(good)).read("manifest.json"))
    bad = {
        "nothing": b"",
        "no zip": b"<html>",
        "cut": good[: len(good) // 2],
        "foreign": repacked(good, manifest__json=b'{"format": "other"}'),
        "changed": repacked(good, form__xml=b"<x/>"),
        "added": repacked(good, extra__txt=b"more"),
        "missing": repacked(good, form__xml=None),
        "outside": repacked(good, **{"..__/evil__sh": b"x"}),
        "newer": repacked(good, manifest__json=json.dumps({**manifest, "format_version": 2}).encode()),
    }[case]
    with pytest.raises(ValidationError) as refused:
        consortium.import_methodology(bad, by=drita)
    assert len(refused.value.messages[0]) > 20
    assert Methodology.objects.count() == 0


def test_a_bomb_is_not_unpacked(drita: User) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.bin", bytes(45 * 1024 * 1024))
    with pytest.raises(ValidationError, match=r"(?i)more is packed|më shumë"):
        consortium.import_methodology(out.getvalue(), by=drita)


def test_versions_are_compared_by_questions_choices_and_texts(version: Version, drita: User) -> None:
    other = FORM.replace("| Faqja |", "| Adresa |").replace("| | themes | women | Gratë | Women |\n", "")
    other = other.replace("| | integer | reached | Sa veta | How many | | activity.reached |\n", "")
    other = other.replace("select_one yesno | council", "text | council")
    made = questionnaires.load_version(version.questionnaire, other.encode(), "other.md", by=drita)
    found = versions.compare(xform.parse(version.xform), xform.parse(made.xform), "sq")
    said = {(one.what, one.path, one.before, one.after) for one in found}
    assert ("text", "body/website", "Faqja", "Adresa") in said
    assert ("choice-removed", "body/themes", "Gratë (women)", "") in said
    assert ("removed", "activity/reached", "Sa veta", "") in said
    assert any(what == "kind" and path == "body/council" for what, path, _before, _after in said)
    assert versions.compare(xform.parse(version.xform), xform.parse(version.xform), "sq") == []
