"""What happens to sources and findings, and what stays of it."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sofra.findings import listeners, queries, services
from sofra.findings.models import Evidence, Finding, Quote, Source, SourceFile, SourceRevision, Step
from sofra.ground import files
from sofra.ground.models import AuditLine, Visibility

from .conftest import World

State = Finding.State
PDF = b"%PDF-1.7\nwords that only this file has\n"


def source(world: World, **said: Any) -> Source:
    given: dict[str, Any] = {"kind": "interview", "title": "Talk with an office"}
    return services.record_source(round=world.round, by=world.people["drita"], **(given | said))


def finding(world: World, **said: Any) -> Finding:
    given: dict[str, Any] = {"statements": {"en": "There are few."}, "kind": "gap", "chapter": "gaps"}
    return services.record_finding(round=world.round, by=world.people["drita"], **(given | said))


def test_codes_follow_the_round(world: World) -> None:
    assert [source(world).code, source(world).code] == ["al.2026.mapping.s01", "al.2026.mapping.s02"]
    assert finding(world).code == "al.2026.mapping.f01"
    assert finding(world, code="al.2026.mapping.f10").code.endswith("f10")
    assert finding(world).code.endswith("f11")
    with pytest.raises(ValidationError):
        finding(world, code="al.2026.mapping.f10")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "gossip"}, "kind"),
        ({"places": ["AL999"]}, "places"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"consent": "withdrawn"}, "consent"),
        ({"notes": "a\x00b"}, "notes"),
        ({"notes": "a" * 100_000}, "notes"),
    ],
)
def test_a_source_that_cannot_be_kept_is_refused_whole(world: World, said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        source(world, **said)
    assert field in refused.value.message_dict
    assert not Source.objects.exists()


def test_a_changed_source_keeps_what_it_said_and_nobody_else_writes_the_person(world: World) -> None:
    kept = source(world, notes="first words", person="N. N.")
    services.edit_source(kept, seen=1, by=world.people["edon"], notes="second words", person="Somebody else")
    kept.refresh_from_db()
    assert (kept.notes, kept.person, kept.version) == ("second words", "N. N.", 2)
    revision = SourceRevision.objects.get()
    assert revision.content["notes"] == "first words"
    assert "person" not in revision.content
    with pytest.raises(services.Outdated):
        services.edit_source(kept, seen=1, by=world.people["drita"], notes="third words")


def test_quotes_and_figures_are_put_right_and_what_stands_on_them_is_marked(world: World) -> None:
    drita, kept = world.people["drita"], source(world)
    quote, stood = services.add_quote(kept, text="No mony.", by=drita), finding(world)
    figure = services.record_figure(
        round=world.round, titles={"en": "Share"}, base=40, series=[{"label": {"en": "yes"}, "value": "41"}], by=drita
    )
    on = [
        services.add_evidence(stood, kind="quote", quote=quote, by=drita),
        services.add_evidence(stood, kind="figure", figure=figure, by=drita),
    ]
    client = world.client("drita")
    form = {"edit": quote.pk, "seen": 1, f"q{quote.pk}-text": "No money.", f"q{quote.pk}-visible_to": 1}
    address = f"/en/sources/{kept.code}/quotes/"
    assert client.post(address, form).status_code == 302
    assert client.post(address, {**form, f"q{quote.pk}-text": "Nothing."}).status_code == 409
    assert "No mony." in client.get(f"/en/sources/{kept.code}/").content.decode()
    changed = {"title_en": "Share", "base": 41, "lines": "yes = 41", "visible_to": 0, "seen": 1}
    assert client.post(f"/en/figures/{figure.code}/edit/", changed).status_code == 302
    late = client.post(f"/en/figures/{figure.code}/edit/", {**changed, "base": 42})
    assert (late.status_code, "You wrote" in late.content.decode()) == (409, True)
    assert "Version 1, until" in client.get(f"/en/figures/{figure.code}/").content.decode()
    for one in on:
        one.refresh_from_db()
        assert one.changed_at is not None


def test_files_are_what_their_first_bytes_say(world: World) -> None:
    drita = world.people["drita"]
    kept = services.add_file(source(world), name="../../scan.exe", chunks=[PDF], by=drita)
    assert (kept.media_type, kept.name) == ("application/pdf", "scan.exe.pdf")
    for bad in (b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"", b"\x00\x01\x02\x03"):
        with pytest.raises(ValidationError):
            services.add_file(source(world), name="photo.jpg", chunks=[bad], by=drita)
    assert len(list(files.folder().glob("??/*"))) == 1, "what is refused does not stay on the disk"


def everything_kept(data: Path) -> bytes:
    """All that lies in the database and on the disk, as bytes."""
    rows: list[Any] = []
    for model in (Source, SourceRevision, SourceFile, Quote, Evidence, Step, AuditLine):
        rows += list(model.objects.values())  # type: ignore[attr-defined]
    on_disk = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    return repr(rows).encode() + on_disk


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_consent_takes_the_content_everywhere(world: World, tmp_path: Path) -> None:
    drita = world.people["drita"]
    words = ("oldnotesword", "newnotesword", "oldquoteword", "quoteword", "personword", "only this file has", "whoword")
    kept = source(world, notes="oldnotesword", person="personword", consent="given", who="whoword")
    kept = services.edit_source(kept, seen=1, by=drita, notes="newnotesword")
    quote = services.add_quote(kept, text="oldquoteword", page="7", by=drita)
    quote = services.edit_quote(quote, seen=2, text="quoteword", page="7", by=drita)
    kept.refresh_from_db()
    services.add_file(kept, name="scan.pdf", chunks=[PDF], by=drita)
    stood = finding(world)
    evidence = services.add_evidence(stood, kind="quote", quote=quote, note="newnotesword once more", by=drita)
    services.add_evidence(stood, kind="source", source=kept, by=drita)
    before = everything_kept(tmp_path)
    assert all(word.encode() in before for word in words), "they do stand there at first"
    heard: list[Source] = []
    listeners.LISTENERS.append(heard.append)
    try:
        services.withdraw_consent(kept, by=drita)
    finally:
        listeners.LISTENERS.remove(heard.append)
    after = everything_kept(tmp_path)
    assert [word for word in words if word.encode() in after] == []
    evidence.refresh_from_db()
    assert evidence.lost_at is not None
    said = " ".join(run.text for line in queries.evidence_lines(stood, 0, "en") for run in line)
    assert said.count("was withdrawn on") == 2
    assert heard == [kept]
    for refused in (
        lambda: services.add_quote(kept, text="again", by=drita),
        lambda: services.add_evidence(stood, kind="source", source=kept, by=drita),
        lambda: services.edit_source(Source.objects.get(), seen=4, by=drita, notes="again"),
    ):
        with pytest.raises(ValidationError):
            refused()


def test_a_file_that_another_source_names_stays(world: World, django_capture_on_commit_callbacks: Any) -> None:
    drita, first, second = world.people["drita"], source(world), source(world)
    for one in (first, second):
        kept = services.add_file(one, name="scan.pdf", chunks=[PDF], by=drita)
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_consent(first, by=drita)
    assert files.path_of(kept.digest).exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_consent(second, by=drita)
    assert not files.path_of(kept.digest).exists()


def test_once_a_day_what_no_row_names_is_swept_away(world: World) -> None:
    kept = services.add_file(source(world), name="scan.pdf", chunks=[PDF], by=world.people["drita"])
    nobodys = files.keep([b"nobody names this"])
    young = files.keep([b"a row of it is being written"])
    half = files.folder() / ".coming-half"
    half.write_bytes(b"half")
    for path in (files.path_of(kept.digest), files.path_of(nobodys.digest), half):
        os.utime(path, (1, 1))
    assert (files.sweep_daily(), files.sweep_daily()) == (2, 0)
    assert [files.path_of(one.digest).exists() for one in (kept, nobodys, young)] == [True, False, True]
    assert not half.exists()


# — findings ———————————————————————————————————————————————————————————————————————————————————————————————


def test_a_finding_goes_its_way_step_by_step(world: World) -> None:
    drita = world.people["drita"]
    one = finding(world, organisations=[world.one], places=["AL153"])
    one = services.propose(one, by=drita)
    one = services.contest(one, objection="It is not so.", objector=world.one, by=world.people["besa"])
    one = services.amend(one, statements={"en": "There are some."}, reason="The organisation showed two.", by=drita)
    one = services.confirm(one, by=drita)
    assert one.state == State.CONFIRMED
    assert [step.kind for step in one.steps.all()] == ["recorded", "proposed", "contested", "amended", "confirmed"]
    amended = one.steps.get(kind="amended")
    assert (amended.before, amended.after) == (
        {"statements": {"en": "There are few."}}, {"statements": {"en": "There are some."}},
    )  # fmt: skip
    assert AuditLine.objects.filter(about=one.code).count() == 5


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("confirm", "draft"), ("propose", "proposed"), ("refuse", "confirmed"), ("reopen", "draft"),
        ("contest", "refused"), ("amend", "confirmed"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(world: World, act: str, state: str) -> None:
    one = finding(world)
    Finding.objects.filter(pk=one.pk).update(state=state)
    said: dict[str, Any] = {"reason": "So it is."}
    if act == "contest":
        said |= {"objection": "No.", "objector_name": "A body"}
    if act == "amend":
        said |= {"statements": {"en": "Other."}}
    with pytest.raises(ValidationError):
        getattr(services, act)(one, by=world.people["drita"], **said)
    assert one.steps.count() == 1


def test_reasons_and_objectors_are_asked_for(world: World) -> None:
    drita, one = world.people["drita"], services.propose(finding(world), by=world.people["drita"])
    with pytest.raises(ValidationError):
        services.refuse(one, reason=" ", by=drita)
    with pytest.raises(ValidationError):
        services.contest(one, objection="No.", by=drita)
    with pytest.raises(ValidationError):
        services.amend(one, statements={"en": "There are few."}, reason="Same words", by=drita)


def test_the_second_of_two_editors_writes_nothing(world: World) -> None:
    one = finding(world)
    services.edit_finding(one, seen=1, by=world.people["drita"], statements={"en": "First."})
    with pytest.raises(services.Outdated) as late:
        services.edit_finding(one, seen=1, by=world.people["edon"], statements={"en": "Second."})
    assert late.value.now.statements == {"en": "First."}


def test_the_public_reads_what_was_confirmed(world: World) -> None:
    drita, public = world.people["drita"], Visibility.PUBLIC
    one, sealed = finding(world), finding(world, visible_to=Visibility.SEALED)
    for each in (one, sealed):
        services.confirm(services.propose(each, by=drita), by=drita)
    draft = finding(world)
    assert list(queries.findings(public)) == [one]
    assert set(queries.findings(Visibility.MEMBERS)) == {one, draft}
    services.contest(draft, objection="No.", objector_name="A body", by=drita)
    one = services.contest(one, objection="No.", objector_name="A body", by=drita)
    assert list(queries.findings(public)) == [one], "it was confirmed once; the draft never was"
    services.reopen(one, reason="They are right.", by=drita)
    assert list(queries.findings(public)) == []


def test_sealed_and_members_sources_are_not_told_to_the_public(world: World) -> None:
    drita = world.people["drita"]
    open_one = source(world, title="A published study", visible_to=0, kind="document")
    closed = source(world, title="A talk in confidence", visible_to=2, who="An office")
    one = finding(world)
    services.add_evidence(one, kind="source", source=open_one, page="12", by=drita)
    quote = services.add_quote(closed, text="Words in confidence", visible_to=0, by=drita)
    services.add_evidence(one, kind="quote", quote=quote, by=drita)
    lines = ["".join(run.text for run in line) for line in queries.evidence_lines(one, 0, "en")]
    assert "A published study" in lines[0]
    assert "p. 12" in lines[0]
    assert lines[1] == "A source that is not open to everyone: interview."
    own = queries.evidence_lines(one, 1, "en", drita)
    assert "Words in confidence" in own[1][0].text, "the recorder reads it"
    assert "confidence" not in str(queries.evidence_lines(one, 1, "en", world.people["edon"])[1])
