"""Evidence of answers: counted anew each time, marked when it changes, looked at again."""

import pytest
from django.urls import reverse
from django.utils import timezone
from pyxform.xls2xform import convert

from sofra.findings import coding, queries, services, standing
from sofra.findings.models import Evidence, Finding
from sofra.mapping.models import Invitation, Round
from sofra.questionnaires import listeners
from sofra.questionnaires.listeners import Happened
from sofra.questionnaires.models import Answer, Filling, Questionnaire, Version

from .conftest import World
from .test_services import finding, source

FORM = """
| survey |                   |         |                          |
|        | type              | name    | label                    |
|        | select_one answer | schools | Do you work in schools?  |
|        | text              | lacks   | What do you lack?        |
| choices |           |      |       |
|         | list_name | name | label |
|         | answer    | yes  | Yes   |
|         | answer    | no   | No    |
| settings |         |       |
|          | form_id | title |
|          | asked   | Asked |
"""


def filled(version: Version, number: int, value: str, text: str = "") -> Filling:
    filling = Filling.objects.create(
        version=version, instance=f"uuid:{number}", way="web", state="sent", document="<x/>", saved_at=timezone.now()
    )  # fmt: skip
    Answer.objects.create(filling=filling, question="schools", value=value)
    if text:
        Answer.objects.create(filling=filling, question="lacks", value=text[:200], text=text)
    return filling


@pytest.fixture
def version(world: World) -> Version:
    """Three organisations answered: two say yes, one no."""
    asked = Questionnaire.objects.create(code="al.asked", titles={"en": "Asked"})
    made = Version.objects.create(
        questionnaire=asked, number=1, form_id="asked", xform=convert(FORM).xform, state="open"
    )
    world.round.version = made
    world.round.save()
    for number, value in enumerate(("yes", "yes", "no")):
        filled(made, number, value, "Money" if value == "no" else "")
    return made


def standing_on(world: World, version: Version) -> tuple[Finding, Evidence]:
    one = finding(world)
    asked = {"version": version.pk, "question": "schools", "value": "yes"}
    return one, services.add_evidence(one, kind="answers", asked=asked, by=world.people["drita"])


def test_the_count_is_live_and_a_change_is_marked(world: World, version: Version) -> None:
    one, evidence = standing_on(world, version)
    assert evidence.seen == {"count": 2, "base": 3}
    few = queries.evidence_lines(one, 0, "en")[0][0].text
    assert few == "“Do you work in schools?” – fewer than 5 answered, so their answers are not shown."
    line = queries.evidence_lines(one, 1, "en")[0][0].text
    assert line == "2 of 3 say “Yes” to “Do you work in schools?”."
    new = filled(version, 9, "no")
    listeners.tell(new, Happened.SENT)
    evidence.refresh_from_db()
    assert evidence.changed_at is not None
    told = queries.told(one, 1, "en")[0]
    assert "2 of 4" in told.runs[0].text
    assert told.then == "2 of 3"
    client = world.client("drita")
    page = client.get(f"/en/findings/{one.code}/").content.decode()
    assert "It said then: 2 of 3" in page
    assert client.get(reverse("findings") + "?changed=on").context["page"].paginator.count == 1
    client.post(reverse("evidence_act", args=[one.code, evidence.pk]), {"act": "seen"})
    evidence.refresh_from_db()
    assert (evidence.changed_at, evidence.seen) == (None, {"count": 2, "base": 4})


def test_what_does_not_change_the_count_marks_nothing(world: World, version: Version) -> None:
    _one, evidence = standing_on(world, version)
    listeners.tell(Filling.objects.all()[0], Happened.SENT)
    evidence.refresh_from_db()
    assert evidence.changed_at is None


def test_a_withdrawn_answer_marks_what_stood_on_it(world: World, version: Version) -> None:
    _one, evidence = standing_on(world, version)
    gone = Filling.objects.all()[0]
    gone.state = Filling.State.WITHDRAWN
    gone.save()
    listeners.tell(gone, Happened.WITHDRAWN)
    evidence.refresh_from_db()
    assert evidence.changed_at is not None


def test_the_page_offers_questions_and_their_answers(world: World, version: Version) -> None:
    one, client = finding(world), world.client("drita")
    address = f"/en/findings/{one.code}/evidence/?kind=answers"
    page = client.get(f"{address}&question=schools").content.decode()
    assert "Do you work in schools?" in page
    assert '<option value="yes">Yes</option>' in page
    assert client.post(address, {"question": "schools", "value": "yes"}).status_code == 302
    assert client.post(address, {"question": "nothing", "value": ""}).status_code == 422
    assert Evidence.objects.get().seen == {"count": 2, "base": 3}


def test_free_answers_are_coded(world: World, version: Version) -> None:
    drita = world.people["drita"]
    assert [one.path for one in coding.questions_to_code(world.round, "en")] == ["lacks"]
    version.bindings = {"/x/lacks": "organisation.name"}
    world.round.version = version
    assert coding.questions_to_code(world.round, "en") == [], "a name is no opinion"
    version.bindings = {"/x/lacks": "finding"}
    assert len(coding.questions_to_code(world.round, "en")) == 1
    units = coding.units(world.round, "lacks", drita)
    assert [unit.text for unit in units] == ["Money"]
    code = services.add_code(round=world.round, names={"en": "money"}, by=drita)
    coding.give(world.round, "lacks", units[0], [code], by=drita)
    assert coding.given_by(world.round, "lacks", drita) == {units[0].key: {code.pk}}
    page = world.client("drita").get(f"/en/coding/{world.round.code}/codes/?question=lacks").content.decode()
    assert "Money" in page


def test_a_source_carries_coded_answers_that_go_with_its_consent(world: World, version: Version) -> None:
    drita, kept = world.people["drita"], source(world)
    services.attach_filling(kept, filled(version, 7, "yes", "Zyzzyva words"), by=drita)
    page = world.client("drita").get(f"/en/sources/{kept.code}/").content.decode()
    assert "Zyzzyva words" in page
    one, evidence = standing_on(world, version)
    services.withdraw_consent(kept, by=drita)
    assert not Answer.objects.filter(text__contains="Zyzzyva").exists()
    assert Filling.objects.get(instance="uuid:7").document == ""
    evidence.refresh_from_db()
    assert evidence.changed_at is not None, "one answer less"
    assert queries.told(one, 1, "en")[0].then == "3 of 4"


def test_an_organisation_sees_on_its_page_what_is_said_of_it(world: World) -> None:
    finding(world, organisations=[world.one], statements={"en": "Zyzzyva of one."})
    address = reverse("organisation", args=["al.one"])
    assert "Zyzzyva" in world.client("besa").get(address).content.decode()
    assert "Zyzzyva" not in world.client().get(address).content.decode()


def test_two_rounds_of_one_version_count_their_own_answers_only(world: World, version: Version) -> None:
    """The next round often asks with the same version: “3 of 4 say” must not be those of the round before."""
    _one, evidence = standing_on(world, version)
    later = Round.objects.create(code="al.later", country="AL", version=version, opened_at=timezone.now())
    told = filled(version, 8, "yes", "Rooms")
    Invitation.objects.create(round=later, name="Body of the later round", filling=told)
    filled(version, 9, "no", "Nobody asks")  # came uninvited after the later round opened
    drita = world.people["drita"]
    services.attach_filling(source(world), filled(version, 10, "yes"), by=drita)  # an interview of the first round
    assert standing.now(evidence).kept == {"count": 3, "base": 4}
    assert standing.fillings_of(later, version.pk).count() == 2
    assert {unit.text for unit in coding.units(later, "lacks", drita)} == {"Rooms", "Nobody asks"}
    assert [unit.text for unit in coding.units(world.round, "lacks", drita)] == ["Money"]
