"""What can happen to records: nothing is lost, everything can be taken back, everything leaves an audit line."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sofra.accounts.models import User
from sofra.ground import audit
from sofra.ground.models import AuditLine, Visibility
from sofra.organisations import queries, services
from sofra.organisations.models import Change, Fact, Organisation
from sofra.organisations.queries import Filters
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place

Make = Callable[..., Organisation]


def said(organisation: Organisation) -> list[tuple[str, str]]:
    return sorted(organisation.facts.filter(ended_in=None).values_list("field", "value"))


def dump() -> list[Any]:
    """Everything that lists and pages show of the registry, to compare before and after."""
    shown = Organisation.objects.filter(ended_in=None).order_by("code")
    return [(o.code, o.name, o.kind, o.activity_class, o.searchable, o.joined_to_id, said(o)) for o in shown]


def test_a_registered_organisation_shows_what_its_facts_say(ura: Organisation) -> None:
    assert ura.code == "al.ura"
    assert (ura.name, ura.kind, ura.activity_class, ura.visible_to) == ("Qendra “Ura”", "cso", "relevant", 0)
    assert "ura" in ura.searchable.split()
    assert "puke" in ura.searchable.split()


def test_codes_stay_apart(organisation: Make) -> None:
    assert [organisation("Drita").code for _ in range(3)] == ["al.drita", "al.drita-2", "al.drita-3"]
    assert organisation("Drita 2").code == "al.drita-2-2"


def test_many_with_one_name_get_codes_of_their_own(ana: User, organisation: Make) -> None:
    organisation("Drita")
    change = services.open_change(kind=Change.Kind.IMPORT, by=ana)
    drafts = [Draft(kind="cso", facts=[FactDraft("name", "Drita")]) for _ in range(5)]
    codes = [o.code for o in services.register_many(drafts, change=change, by=ana)]
    assert codes == ["al.drita-2", "al.drita-3", "al.drita-4", "al.drita-5", "al.drita-6"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nonsense", "x"),
        ("name", "  "),
        ("name", "x" * 251),
        ("theme", "no-such-theme"),
        ("activity_kind", "spying"),
        ("founded", "0020"),
        ("founded", "2999"),
        ("website", "javascript:alert(1)"),
        ("about", "a\x00b"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(ana: User, field: str, value: str) -> None:
    facts = [FactDraft("name", "Ura"), FactDraft(field, value)]
    with pytest.raises(ValidationError) as refused:
        services.register(Draft(kind="cso", facts=facts), by=ana)
    assert refused.value.messages[0].endswith(".")
    assert not Organisation.objects.exists()
    assert not AuditLine.objects.exists()


def test_an_edit_ends_the_old_fact_and_undo_says_it_again(ura: Organisation, ana: User) -> None:
    before = dump()
    website = ura.facts.get(field="website")
    wish = {"do": "replace", "fact": website.pk, "field": "website", "value": "https://new.example", "visible_to": 0}
    change = services.edit_record(ura, changes=[wish], by=ana)
    assert ("website", "https://new.example") in said(ura)
    website.refresh_from_db()
    assert website.ended_in == change
    services.undo_change(change, by=ana)
    assert dump() == before
    with pytest.raises(services.Outdated):
        services.undo_change(change, by=ana)


def test_two_editors_of_one_fact_the_second_is_told_and_nothing_is_written(ura: Organisation, ana: User) -> None:
    name = ura.facts.get(field="name")
    wish = {"do": "replace", "fact": name.pk, "field": "name", "value": "Ura e Re", "visible_to": 0}
    services.edit_record(ura, changes=[wish], by=ana)
    before = dump()
    with pytest.raises(services.Outdated):
        services.edit_record(ura, changes=[{**wish, "value": "Tjetër"}], by=ana)
    assert dump() == before


def test_the_last_name_cannot_be_ended(ura: Organisation, ana: User) -> None:
    before = dump()
    name = ura.facts.get(field="name")
    with pytest.raises(ValidationError):
        services.edit_record(ura, changes=[{"do": "end", "fact": name.pk, "field": "name"}], by=ana)
    assert dump() == before


def test_an_import_is_taken_back_exactly(ura: Organisation, ana: User) -> None:
    before = dump()
    change = services.open_change(kind=Change.Kind.IMPORT, by=ana)
    services.register_many(
        [Draft(kind="fbo", facts=[FactDraft("name", f"E re {n}")]) for n in range(7)], change=change, by=ana
    )
    added = services.add_facts_many(
        [(ura, FactDraft("theme", "women")), (ura, FactDraft("theme", "youth"))], change=change
    )
    assert added == 1  # "youth" stands already
    assert Organisation.objects.filter(ended_in=None).count() == 8
    services.undo_change(change, by=ana)
    assert dump() == before


def test_undoing_an_import_keeps_what_was_said_later(ana: User) -> None:
    change = services.open_change(kind=Change.Kind.IMPORT, by=ana)
    made = services.register_many([Draft(kind="cso", facts=[FactDraft("name", "Ura")])], change=change, by=ana)[0]
    later = {"do": "add", "field": "name", "value": "The Bridge", "visible_to": 0}
    services.edit_record(made, changes=[later], by=ana)
    services.undo_change(change, by=ana)
    made.refresh_from_db()
    assert made.ended_in is None
    assert made.name == "The Bridge"


def test_add_facts_never_overwrites_a_single_value(ura: Organisation, ana: User) -> None:
    change = services.open_change(kind=Change.Kind.IMPORT, by=ana)
    assert services.add_facts_many([(ura, FactDraft("kind", "fbo"))], change=change) == 0
    assert ("kind", "cso") in said(ura)


def test_proposal_accepted_returned_withdrawn(ura: Organisation, besa: User, ana: User) -> None:
    wish = {"do": "add", "field": "name", "value": "The Bridge", "visible_to": 0}
    first, second, third = (services.propose_change(ura, changes=[wish], by=besa) for _ in range(3))
    assert "The Bridge" not in dict(said(ura)).values()
    with pytest.raises(ValidationError):
        services.return_proposal(first, by=ana, reason=" ")
    services.return_proposal(first, by=ana, reason="Cili burim?")
    services.withdraw_proposal(second, by=besa)
    done = services.accept_proposal(third, by=ana)
    assert done.change is not None
    assert ("name", "The Bridge") in said(ura)
    with pytest.raises(services.Outdated):
        services.accept_proposal(first, by=ana)


def test_joined_records_are_shown_as_one_and_parted_as_they_were(organisation: Make, ana: User) -> None:
    left = organisation("Tjetër Vizion", place="AL153")
    right = organisation("Another Vision", place="AL151", theme="youth")
    before = dump()
    judgement = services.judge_same(left=left, right=right, by=ana)
    assert {value for field, value in said(left) if field == "name"} == {"Tjetër Vizion", "Another Vision"}
    assert said(right) == []
    assert list(queries.listed(Visibility.PUBLIC)) == [left]
    found = queries.listed(Visibility.PUBLIC, Filters(place=Place.objects.get(code="AL151")))
    assert list(found) == [left]
    services.revoke_judgement(judgement, by=ana)
    assert dump() == before


def test_three_records_parted_in_the_middle(organisation: Make, ana: User) -> None:
    a, b, c = (organisation(name) for name in ("A Vizion", "B Vizion", "C Vizion"))
    services.judge_same(left=a, right=b, by=ana)
    services.judge_same(left=b, right=c, by=ana)
    assert [organisation.pk for organisation in queries.listed(0)] == [b.pk]
    services.part_again(left=a, right=b, by=ana)
    heads = {o.pk: o.joined_to_id for o in Organisation.objects.all()}
    assert heads[a.pk] is None
    assert (heads[b.pk] is None) != (heads[c.pk] is None)


def test_undoing_the_import_of_a_record_that_stands_for_another_brings_the_other_back(
    organisation: Make, ana: User
) -> None:
    other = organisation("Another Vision", theme="youth")
    before = dump()
    change = services.open_change(kind=Change.Kind.IMPORT, by=ana)
    draft = Draft(kind="cso", facts=[FactDraft("name", "Tjetër Vizion")])
    head = services.register_many([draft], change=change, by=ana)[0]
    services.judge(head, other, verdict="same", by=ana, keep=head)
    joined = dump()
    undo = services.undo_change(change, by=ana)
    assert dump() == before
    assert [o.pk for o in queries.listed(0)] == [other.pk]
    services.undo_change(undo, by=ana)
    assert [(o[1], o[-1]) for o in dump() if o[-1]] == [(o[1], o[-1]) for o in joined if o[-1]]


def test_what_is_said_after_a_join_goes_with_the_record_it_was_said_of(organisation: Make, ana: User) -> None:
    left, right = organisation("Tjetër Vizion"), organisation("Another Vision")
    services.judge_same(left=left, right=right, by=ana)
    services.edit_record(left, changes=[{"do": "add", "field": "theme", "value": "youth", "visible_to": 0}], by=ana)
    services.part_again(left=left, right=right, by=ana)
    assert ("theme", "youth") in said(left)
    assert ("theme", "youth") not in said(right)


def test_a_judged_pair_is_not_proposed_again(organisation: Make, ana: User) -> None:
    left, right = organisation("Tjetër Vizion"), organisation("Another Vision")
    pair = (left.pk, right.pk, 0.9, ["emri"])
    assert services.keep_candidates([pair], by=ana) == 1
    services.judge_different(left=left, right=right, by=ana)
    assert services.keep_candidates([pair], by=ana) == 0


def test_sealed_and_members_facts_stay_out_of_public_sight(organisation: Make, ana: User, cvetan: User) -> None:
    ura = organisation("Ura")
    for field, value, level in (("contact", "zyra: 000", 1), ("name", "Emri i fshehur", 2), ("theme", "women", 1)):
        services.edit_record(ura, changes=[{"do": "add", "field": field, "value": value, "visible_to": level}], by=ana)
    ura.refresh_from_db()
    assert "fshehur" not in ura.searchable
    assert {f.value for fs in queries.record_of(ura, Visibility.PUBLIC).values() for f in fs} == {"Ura", "cso"}
    assert queries.listed(Visibility.PUBLIC, Filters(theme=("women",))).count() == 0
    assert queries.listed(Visibility.MEMBERS, Filters(theme=("women",))).count() == 1
    assert "sealed" not in {f.field for fs in queries.record_of(ura, Visibility.MEMBERS).values() for f in fs}
    assert not queries.may_propose(cvetan, ura)


def test_a_record_with_only_hidden_names_is_not_listed(ana: User) -> None:
    hidden = [FactDraft("name", "Grupi joformal", visible_to=Visibility.MEMBERS)]
    services.register(Draft(kind="informal-group", facts=hidden), by=ana)
    assert queries.listed(Visibility.PUBLIC).count() == 0
    assert queries.listed(Visibility.MEMBERS).count() == 1


def test_hidden_class_cannot_be_found_by_filtering(ura: Organisation, ana: User) -> None:
    assert queries.listed(0, Filters(activity_class=("relevant",))).count() == 1
    services.hide_class(ura, hidden=True, by=ana)
    assert queries.listed(0, Filters(activity_class=("relevant",))).count() == 0
    assert queries.listed(1, Filters(activity_class=("relevant",))).count() == 1
    assert queries.totals(0)["relevant"] == 0


def test_the_audit_chain_notices_any_change(ura: Organisation, ana: User) -> None:
    from django.db import connection

    services.confirm_record(ura, by=ana)
    assert list(audit.broken_lines()) == []
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE ground_auditline SET what = 'x'")


def test_filters_meet_places_below(organisation: Make, albania: dict[str, Place]) -> None:
    organisation("Në Gjegjan", place="AL153-1")
    organisation("Në Fushë-Arrëz", place="AL151")
    assert {o.name for o in queries.listed(0, Filters(place=albania["AL153"]))} == {"Në Gjegjan"}
    assert queries.listed(0, Filters(place=albania["AL-10"])).count() == 2
    assert queries.counts_of(queries.listed(0), 0) == {"AL153": 1, "AL151": 1}


@pytest.mark.parametrize("typed", ["pukë", "PUKE", "puk", "пуке"])
def test_search_forgives_letters_and_script(organisation: Make, typed: str) -> None:
    organisation("Lëvizja Rinore Pukë")
    assert [o.name for o in queries.search_organisations(0, typed).organisations] == ["Lëvizja Rinore Pukë"]


@pytest.mark.parametrize("typed", ["", "   ", '"', "*", "a AND", "NEAR(", "x" * 5000, "-", "'; DROP TABLE", ":*", "\\"])
def test_search_survives_anything(organisation: Make, typed: str) -> None:
    organisation("Ura")
    queries.search_organisations(0, typed)
    list(queries.listed(0, Filters(q=typed)))


def test_albanian_order(organisation: Make) -> None:
    for name in ("Zhvillimi", "Zana", "Çerdhja", "Dhoma", "Drita", "Cerriku", "Ëndrra", "Energjia", "Shpresa", "Sy"):
        organisation(name)
    names = [o.name for o in queries.listed(0)]
    assert names == ["Cerriku", "Çerdhja", "Drita", "Dhoma", "Energjia", "Ëndrra", "Sy", "Shpresa", "Zana", "Zhvillimi"]


def test_facts_are_never_deleted(ura: Organisation, ana: User) -> None:
    website = ura.facts.get(field="website")
    services.edit_record(ura, changes=[{"do": "end", "fact": website.pk, "field": "website"}], by=ana)
    assert Fact.objects.filter(pk=website.pk).exists()


def test_codes_are_found_for_many_of_a_name_in_few_statements(ana: User) -> None:
    def bring(*names: str) -> list[str]:
        change = services.open_change(kind=Change.Kind.IMPORT, by=ana)
        drafts = [Draft(kind="cso", facts=[FactDraft("name", name)]) for name in names]
        return [organisation.code for organisation in services.register_many(drafts, change=change, by=ana)]

    assert bring("Ura", "Ura", "Ura 2") == ["al.ura", "al.ura-2", "al.ura-2-2"]
    assert bring("Ura 4", "Ura", "Ura") == ["al.ura-4", "al.ura-3", "al.ura-5"]
    names = [f"Drita {letter}gon" for letter in "bcdfghjklm"]
    bring(*names)
    with CaptureQueriesContext(connection) as again:
        assert bring(*names) == [f"al.drita-{letter}gon-2" for letter in "bcdfghjklm"]
    assert len(again) <= 15
