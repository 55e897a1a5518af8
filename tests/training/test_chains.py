"""Who trained whom: each row counted once; trainers to be; mentoring."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sofra.accounts.models import User
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation
from sofra.training import chains, services
from sofra.training.models import Cohort, Mentoring, Trainer

from .conftest import client_of

TODAY = date.today()


def test_reach_is_counted_once_a_row_and_never_multiplied(db: None) -> None:
    trainers = chains.add_cohort(titles={"sq": "Trajnuesit"}, role="trainers", people=3, source="Prova", by=None)
    peers = chains.add_cohort(titles={"sq": "Edukatorët"}, role="peers", people=20, came_from=trainers, by=None)
    chains.add_cohort(titles={"sq": "Nxënësit"}, role="reached", people=None, came_from=peers, by=None)
    chains.add_cohort(titles={"sq": "Pak"}, role="peers", people=2, came_from=trainers, by=None)
    found = list(chains.cohorts(Visibility.MEMBERS))
    assert chains.reach(found, Visibility.MEMBERS) == chains.Reach(people=25, counted=3, unknown=1)
    assert chains.reach(found, Visibility.PUBLIC) == chains.Reach(people=23, counted=2, unknown=2)
    roots = chains.chains(found, Visibility.PUBLIC)
    assert [link.title for link in roots] == ["Trajnuesit"]
    assert [(link.shown, link.hidden) for link in roots[0].trained] == [(20, False), (None, True)]
    assert "Edukatorët" in Client().get(reverse("trainers")).content.decode()


@pytest.fixture
def two(host: Organisation, besa: User) -> list[Trainer]:
    return [
        chains.add_trainer(name=name, organisation=host, consented_on=TODAY, by=besa)
        for name in ("Trim Një", "Trim Dy")
    ]


def test_requirements_and_progress(two: list[Trainer], host: Organisation, besa: User) -> None:
    curriculum = services.make_curriculum(titles={"sq": "Kurrikula"}, owner=host, by=besa)
    must = chains.add_requirement(curriculum, texts={"sq": "Vëzhgoi dy seanca"}, by=besa)
    address = reverse("trainer", args=[two[0].pk])
    late = {"requirement": must.pk, "on": (TODAY + timedelta(days=3)).isoformat()}
    assert client_of(besa).post(address, late).status_code == 422
    for _time in range(2):
        client_of(besa).post(address, {"requirement": must.pk, "on": TODAY.isoformat()})
    assert chains.progress_of(two[0])[0]["done"] == two[0].progress.count() == 1


def test_a_visitor_sees_no_trainers_name(two: list[Trainer], besa: User, cvetan: User) -> None:
    assert "Trim" not in Client().get(reverse("trainers")).content.decode()
    assert "Trim" in client_of(besa).get(reverse("trainers")).content.decode()
    assert client_of(cvetan).get(reverse("trainer", args=[two[0].pk])).status_code == 404
    client_of(besa).post(reverse("trainer", args=[two[0].pk]), {"act": "forget"})
    two[0].refresh_from_db()
    assert (two[0].name, two[0].ended_on) == ("", TODAY)
    assert "Trim Një" not in client_of(besa).get(reverse("trainers")).content.decode()


def test_a_group_is_mended_by_who_wrote_it_and_never_trains_itself(
    host: Organisation, besa: User, cvetan: User
) -> None:
    one = chains.add_cohort(titles={"sq": "Një"}, role="trainers", people=30, added_for=host, by=besa)
    two = chains.add_cohort(titles={"sq": "Dy"}, role="peers", people=7, came_from=one, added_for=host, by=besa)
    address = reverse("cohort_edit", args=[one.pk])
    said = {"title_sq": "Një", "role": "trainers", "people": "31", "how": "list", "organisation": host.code}
    assert client_of(cvetan).post(address, said).status_code == 403
    assert client_of(besa).post(address, said | {"came_from": two.pk}).status_code == 422
    assert client_of(besa).post(address, said).status_code == 302
    one.refresh_from_db()
    assert one.people == 31


def test_a_pair_has_goals_meetings_and_a_close(two: list[Trainer], host: Organisation, besa: User) -> None:
    client = client_of(besa)
    said = {
        "organisation": host.code,
        "mentor": two[0].pk,
        "mentored": two[0].pk,
        "goals": "X",
        "begun_on": "2026-01-05",
    }
    assert client.post(reverse("mentoring_new"), said).status_code == 422
    client.post(reverse("mentoring_new"), said | {"mentored": two[1].pk})
    address = reverse("mentoring", args=[Mentoring.objects.get().pk])
    assert client.post(address, {"act": "meeting", "on": "2026-01-01"}).status_code == 422
    assert client.post(address, {"act": "meeting", "on": "2026-02-01", "note": "Plani"}).status_code == 302
    assert client.post(address, {"act": "close", "on": "2026-01-20", "outcome": "Mbajti"}).status_code == 422
    assert client.post(address, {"act": "close", "on": "2026-03-01", "outcome": "Mbajti"}).status_code == 302
    with pytest.raises(ValidationError):
        chains.add_meeting(Mentoring.objects.get(), on=TODAY, note="", by=besa)


def test_a_group_needs_words(db: None) -> None:
    with pytest.raises(ValidationError):
        chains.add_cohort(titles={}, role="peers", people=1, by=None)
    assert not Cohort.objects.exists()
