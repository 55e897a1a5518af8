"""Coding by several people, each alone; agreement against published examples worked by hand."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from sofra.findings import coding, services
from sofra.findings.agreeing import agreement_of

from .conftest import World
from .test_services import source

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section B: nominal data, two observers, no missing
# data. Worked by hand there: alpha = .692. And section C: any number of observers, missing data: alpha = .743.
BEN, GERRY = list("aabbdcccedda"), list("babbbcccedd" + "d")


def alpha_by_hand(rows: list[list[Any]]) -> float:
    """The formula of the same paper (4): 1 - (n - 1) * D / (n² - Σ n_c²), with coincidences of each unit's pairs."""
    units = [[v for v in column if v is not None] for column in zip(*rows, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    n = len(values)
    differing = 0.0
    for unit in units:
        pairs = [a != b for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j]
        differing += sum(pairs) / (len(unit) - 1)
    squares = sum(values.count(v) ** 2 for v in set(values))
    return 1 - (n - 1) * differing / (n * n - squares)


@pytest.mark.once
def test_alpha_is_that_of_the_published_examples() -> None:
    two = [BEN, GERRY]
    assert agreement_of(two).alpha == pytest.approx(0.692, abs=0.0005)
    assert alpha_by_hand(two) == pytest.approx(0.692, abs=0.0005)
    assert agreement_of(two).same == 9
    four: list[list[Any]] = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    said = [[None if v is None else str(v) for v in row] for row in four]
    assert agreement_of(said).alpha == pytest.approx(0.743, abs=0.0005)
    assert alpha_by_hand(four) == pytest.approx(0.743, abs=0.0005)
    assert agreement_of(said).units == 11, "the twelfth was seen by one observer alone"


@pytest.mark.once
@pytest.mark.parametrize("rows", [[["a", "a"], ["a", "a"]], [["a"], ["b"]], [[None, "a"], ["a", None]], [[], []]])
def test_alpha_is_not_made_up(rows: list[list[str | None]]) -> None:
    assert agreement_of(rows).alpha is None


@pytest.fixture
def quoted(world: World) -> list[str]:
    """Four quotes of a source that members see: the keys of what is to be coded."""
    drita = world.people["drita"]
    kept = source(world)
    for text in ("No money.", "No money, no people.", "All is well.", "Too far away."):
        services.add_quote(kept, text=text, by=drita)
    for code in ("money", "people"):
        services.add_code(round=world.round, names={"en": code}, by=drita)
    return [unit.key for unit in coding.units(world.round, coding.QUOTES, drita)]


def give(world: World, who: str, given: list[list[str]]) -> None:
    codes = {code.code: code for code in world.round.codes.all()}
    by = world.people[who]
    for unit, wanted in zip(coding.units(world.round, coding.QUOTES, by), given, strict=True):
        coding.give(world.round, coding.QUOTES, unit, [codes[name] for name in wanted], by=by)


def test_nobody_sees_another_coders_codes_before_both_are_done(world: World, quoted: list[str]) -> None:
    drita, edon, ana = (world.people[name] for name in ("drita", "edon", "ana"))
    give(world, "drita", [["money"], ["money", "people"], [], []])
    services.finish_coding(round=world.round, by=drita)
    give(world, "edon", [["money"], ["money"], [], []])
    for person in (drita, edon, ana):
        assert not coding.may_compare(world.round, "", person)
        with pytest.raises(ValidationError):
            services.agreement(world.round, by=person)
    page = reverse("coding_compare", args=[world.round.code])
    assert world.client("drita").get(page).context["found"] is None
    services.finish_coding(round=world.round, by=edon)
    found = coding.comparison(world.round, "", drita)
    assert found.overall is not None
    assert (found.overall.units, found.overall.same, found.overall.coders) == (4, 3, 2)
    whole: list[list[Any]] = [["m", "mp", "-", "-"], ["m", "m", "-", "-"]]
    assert found.overall.alpha == pytest.approx(alpha_by_hand(whole), abs=0.0001)
    assert [row.unit.text for row in found.rows if not row.agreed] == ["No money, no people."]
    third = world.client("ana").get(page)
    assert third.context["found"] is not None, "a coordinator who does not code reads it too"
    with pytest.raises(ValidationError):
        give(world, "ana", [["money"], ["money"], [], []])
    coded = world.client("ana").get(reverse("coding_units", args=[world.round.code]))
    assert str(coding.LOOKED) in coded.content.decode()
    assert world.client("ana").get(page).context["found"] is not None


def test_the_figure_stays_that_of_the_first_codes(world: World, quoted: list[str]) -> None:
    drita, edon = world.people["drita"], world.people["edon"]
    for who, second in (("drita", ["money", "people"]), ("edon", ["money"])):
        give(world, who, [["money"], second, [], []])
        services.finish_coding(round=world.round, by=world.people[who])
    before = services.agreement(world.round, by=drita)
    give(world, "edon", [["money"], ["money", "people"], [], []])
    assert services.agreement(world.round, by=edon) == before
    row = coding.comparison(world.round, "", edon).rows[1]
    assert not row.agreed
    assert row.agreed_now
    assert {code.code: n for code, n in coding.counted(world.round, "", edon)} == {"money": 2, "people": 1}
    lines = world.client("drita").get(f"/codings.csv?round={world.round.code}&question=").getvalue().decode()
    assert "No money, no people." in lines
    assert "money | people" in lines


def test_one_is_done_when_everything_is_coded(world: World, quoted: list[str]) -> None:
    drita = world.people["drita"]
    with pytest.raises(ValidationError):
        services.finish_coding(round=world.round, by=drita)
    unit = coding.units(world.round, "", drita)[0]
    coding.give(world.round, "", unit, [], by=drita)
    with pytest.raises(ValidationError) as refused:
        services.finish_coding(round=world.round, by=drita)
    assert "3" in refused.value.messages[0]


def test_coding_on_the_page(world: World, quoted: list[str]) -> None:
    client, address = world.client("drita"), reverse("coding_units", args=[world.round.code])
    money = world.round.codes.get(code="money")
    assert client.get(address).status_code == 200
    sent: dict[str, Any] = {f"codes-{key}": "none" for key in quoted} | {f"codes-{quoted[0]}": str(money.pk)}
    assert client.post(address, sent | {"act": "done"}).status_code == 302
    task = coding.task_of(world.round, "", world.people["drita"])
    assert task is not None
    assert task.done_at is not None
    assert coding.given_by(world.round, "", world.people["drita"])[quoted[0]] == {money.pk}
    assert client.get(reverse("coding", args=[world.round.code])).status_code == 200
    both = {f"codes-{quoted[0]}": ["none", str(money.pk)], "act": "save"}
    client.post(address, both)
    assert coding.given_by(world.round, "", world.people["drita"])[quoted[0]] == {money.pk}, "nothing was changed"
    book = reverse("coding", args=[world.round.code])
    assert client.post(book, {"name_sq": "para", "meaning": "Mungesë parash"}).status_code == 302
    assert client.post(book, {"name_sq": "", "name_en": ""}).status_code == 422
    assert world.client("besa").get(book).status_code == 403
