"""Lists of activities: each filter finds what it says, by both ways, and nothing that the reader may not know."""

from collections.abc import Callable

import pytest
from django.http import QueryDict

from sofra.accounts.models import User
from sofra.activities import dates, finding, forms, services
from sofra.activities.drafts import ProjectDraft
from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.organisations import services as organisations
from sofra.organisations.models import Organisation

Make = Callable[..., Activity]


def titles(asked: str, level: int = 0, sort: str = "title") -> list[str]:
    form = forms.FilterForm(QueryDict(asked), level=level)
    assert not form.problems
    found = finding.pages(level, form.filters(), sort)
    listed = [one.title for one in found.page(1).object_list]
    assert found.count == len(listed)
    assert [one.title for one in finding.listed(level, form.filters(), sort)] == listed  # walked to where FEW is 0
    return listed


@pytest.fixture
def three(activity: Make, lugina: Organisation) -> None:
    activity(title="A", begins="2018-10", ends="2018-11")
    activity(title="B", owner=lugina.code, places=["AL153-1"], audiences=["parents", "teachers"], kinds=["education"],
             themes=["youth"], begins="2017", ends="", status="running", mode="online")  # fmt: skip
    activity(title="C", places=["AL112"], begins="", ends="", status="cancelled", kinds=["deradicalisation"],
             partners=[lugina.code], about="Vizita në Përmet")  # fmt: skip


FOUND = (
    ("", "ABC"),
    ("place=AL153", "AB"),
    ("place=AL153-1", "B"),
    ("place=AL-10", "AB"),
    ("place=AL-03", "C"),
    ("place=AL", "ABC"),
    ("place=AL151", ""),
    ("kind=education&kind=deradicalisation", "BC"),
    ("kind=dialogue", "A"),
    ("theme=youth", "B"),
    ("audience=teachers", "B"),
    ("audience=youth&audience=parents", "ABC"),
    ("status=cancelled", "C"),
    ("status=cancelled&place=AL112", "C"),
    ("mode=online", "B"),
    ("activity_class=specific", "C"),
    ("activity_class=relevant", "B"),
    ("activity_class=unknown", "A"),
    ("activity_class=unknown&activity_class=specific", "AC"),
    ("q=permet", "C"),
    ("q=lugina", "BC"),
    ("q=vizita+lugina", ""),
    ("date=known", "AB"),
    ("date=unknown", "C"),
    ("begins=2018", "AB"),
    ("begins=2018-12", "B"),
    ("begins=2018-11-30", "AB"),
    ("begins=1.12.2018", "B"),
    ("ends=2018-09", "B"),
    ("ends=2018-10-01", "AB"),
    ("begins=2016&ends=2016", ""),
    ("begins=tetor 2018&ends=2018", "AB"),
    ("kind=magic", "ABC"),
)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("few", [10_000, 0])
def test_each_filter_finds_what_it_says(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both when those who fit are collected and when they are walked to."""
    monkeypatch.setattr(finding, "FEW", few)
    assert {asked: "".join(titles(asked)) for asked, _found in FOUND} == dict(FOUND)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("few", [10_000, 0])
def test_an_organisation_is_found_as_lead_as_partner_and_by_the_project(
    activity: Make, ura: Organisation, lugina: Organisation, ana: User, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    project = services.add_project(
        ProjectDraft(title="Bashkë", owner=ura.code, partners=[lugina.code]), by=ana, publish=True
    )
    activity(title="D", project=project.code)
    assert titles(f"organisation={lugina.code}") == ["B", "C", "D"]
    assert titles("organisation=shoqata lugina") == ["B", "C", "D"]
    assert titles(f"project={project.code}") == ["D"]
    organisations.judge_same(left=ura, right=lugina, by=ana)
    for code in (ura.code, lugina.code):
        assert titles(f"organisation={code}") == ["A", "B", "C", "D"]


SPANS = (
    ("2018", "2018"),
    ("2018-10", ""),
    ("", "2018-10"),
    ("2018-10-05", "2018-10-07"),
    ("2017-12", "2018"),
    ("", ""),
)
ASKED = (
    ("2018-10-06", "2018-10-06"),
    ("2018", "2018"),
    ("2018-10", "2018-11"),
    ("2019", "2019"),
    ("2017", "2017-12-31"),
)


def test_a_period_finds_what_may_have_been_at_work(activity: Make) -> None:
    """The database compares texts; the rule of partial dates counts days."""
    for number, (begins, ends) in enumerate(SPANS):
        activity(title=str(number), begins=begins, ends=ends)
    for first, last in ASKED:
        asked, expected = dates.days_of(first, last), []
        for number, (begins, ends) in enumerate(SPANS):
            may = dates.days_of(begins, ends)
            if (begins or ends) and may.may_begin <= asked.may_end and asked.may_begin <= may.may_end:
                expected.append(str(number))
        assert titles(f"begins={first}&ends={last}") == expected, (first, last)


def test_sorting_is_albanian_and_by_date(activity: Make) -> None:
    for title, begins in (("Zëri", "2018"), ("Çelësi", "2018-03"), ("Dritë", ""), ("Cikli", "2019-01-02")):
        activity(title=title, begins=begins, ends="")
    assert titles("", sort="title") == ["Cikli", "Çelësi", "Dritë", "Zëri"]
    assert titles("", sort="-title") == ["Zëri", "Dritë", "Çelësi", "Cikli"]
    assert titles("", sort="-when") == ["Cikli", "Çelësi", "Zëri", "Dritë"]
    assert titles("", sort="-changed") == ["Cikli", "Dritë", "Çelësi", "Zëri"]


def test_numbers_count_each_word_and_what_is_not_known(activity: Make, ura: Organisation, ana: User) -> None:
    activity(kinds=["dialogue", "deradicalisation"], audiences=["youth", "parents"], begins="2018-10", ends="2018-11")
    activity(kinds=[], audiences=[], begins="", ends="", themes=["youth"])
    found = finding.numbers(0, finding.Filters())
    assert found.total == 2
    assert dict(found.kind) == {"dialogue": 1, "deradicalisation": 1, "": 1}
    assert dict(found.audience) == {"youth": 1, "parents": 1, "": 1}
    assert dict(found.year) == {"2018": 1, "": 1}
    organisations.hide_class(ura, hidden=True, by=ana)
    assert dict(finding.numbers(0, finding.Filters()).kind) == {"dialogue": 1, "": 1}
    assert finding.numbers(1, finding.Filters()).kind["deradicalisation"] == 1


def test_the_map_counts_an_activity_once_a_municipality(activity: Make) -> None:
    activity(places=["AL153", "AL153-1", "AL112"], audiences=["youth", "parents"])
    activity(places=["AL-10"])
    activity(places=[], whole_country=True)
    activity(visible_to=Visibility.MEMBERS)
    for filters in (finding.Filters(), finding.Filters(q="punetori")):
        assert finding.by_area(0, filters) == {"AL153": 1, "AL112": 1}
        assert finding.by_area(1, filters) == {"AL153": 2, "AL112": 1}


def test_more_than_most_is_said(activity: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        activity()
    monkeypatch.setattr(finding, "MOST", 2)
    found = finding.pages(0, finding.Filters())
    assert (found.count, found.more) == (2, True)


def test_a_changed_title_is_searched_at_once(activity: Make, ana: User) -> None:
    made = activity(title="Takim në Pukë")
    draft = services.draft_of(made)
    draft.title = "Trajnim në Kukës"
    services.edit_activity(made, draft, by=ana, seen=1)
    assert titles("q=takim") == []
    assert titles("q=TRAJNIM+kukes") == ["Trajnim në Kukës"]
    services.move(made, to="binned", by=ana)
    assert titles("q=trajnim") == []
