"""Two at the same second: a phone that sends twice, two people in one form; each is stored once, nothing is lost."""

from functools import partial

import pytest
from tests import simultaneous

from sofra.questionnaires import queries, services
from sofra.questionnaires.instance import BadInstance
from sofra.questionnaires.models import Answer, Filling, Version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sterner]
in_a_file = simultaneous.in_a_file
at_once = partial(simultaneous.at_once, refusals=(services.Outdated, BadInstance))

FORM = b"| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | b | B |\n"


@pytest.fixture
def version(in_a_file: None) -> Version:
    made = services.add_questionnaire(code="al.once", titles={"sq": "Prova"}, by=None)
    return services.load_version(made, FORM, "once.md", by=None)


def test_what_a_phone_sends_five_times_is_stored_once(version: Version) -> None:
    xml = '<data id="once"><a>1</a><meta><instanceID>uuid:once</instanceID></meta></data>'
    said = at_once(*[lambda: services.receive(version, xml, [], way="phone")] * 5)
    assert said == ["done"] * 5
    assert (Filling.objects.count(), Answer.objects.count()) == (1, 1)


def test_the_second_of_two_people_is_told(version: Version) -> None:
    filling = services.begin_filling(version, way="web")

    def save(name: str) -> None:
        mine = Filling.objects.get(pk=filling.pk)
        instance = queries.instance_of(mine)
        instance.put(f"/data/{name}", name)
        services.save_filling(mine, instance, seen=1)

    assert at_once(lambda: save("a"), lambda: save("b")) == ["Outdated", "done"]
    assert Filling.objects.get().revision == 2
