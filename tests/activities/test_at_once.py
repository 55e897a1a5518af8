"""Two people, or two clicks, at the same second: nothing is lost, nothing stands twice, nobody gets an error page."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests import simultaneous

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.activities import pasting, services, undoing
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity, Batch, Presence, Version
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place

pytestmark = pytest.mark.django_db(transaction=True)


in_a_file = simultaneous.in_a_file
at_once = partial(simultaneous.at_once, refusals=(ValidationError, services.Outdated, pasting.NotYet))


@pytest.fixture
def ura(ana: User, albania: dict[str, Place]) -> Organisation:
    draft = Draft(kind="cso", code="al.ura", facts=[FactDraft("name", "Qendra “Ura”")])
    return registry.register(draft, by=ana)


@pytest.fixture
def besa(person: Callable[..., User]) -> User:
    return person("Besa", roles.MEMBER)


def said(title: str = "Punëtori", **more: Any) -> ActivityDraft:
    return ActivityDraft(title=title, owner="al.ura", places=["AL153"], begins="2026-03", **more)


def whole(activity: Activity) -> None:
    """Its versions follow one another, the last says what it says, and its presences are those of its state."""
    activity.refresh_from_db()
    versions = list(Version.objects.filter(activity=activity).order_by("number"))
    assert [one.number for one in versions] == list(range(1, activity.version + 1))
    assert versions[-1].said == services.said_of(services.draft_of(activity))
    assert Presence.objects.filter(activity=activity).count() == (activity.state == "published")


def test_one_publishes_while_another_edits(ura: Organisation, ana: User, besa: User) -> None:
    """Whichever comes first, the publishing stands; the words are those of the editor, or the editor is told."""
    activity = services.add_activity(said(), by=ana)
    found = at_once(
        lambda: services.move(activity, to="published", by=ana),
        lambda: services.edit_activity(activity, said("Punëtori e re"), by=besa, seen=1),
    )
    assert found in (["done", "done"], ["Outdated", "done"])
    whole(activity)
    assert activity.state == "published"
    assert (activity.title == "Punëtori e re") == (found == ["done", "done"])


def test_two_edit_one(ura: Organisation, ana: User, besa: User) -> None:
    activity = services.add_activity(said(), by=ana, publish=True)
    found = at_once(
        *(lambda title=title, by=by: services.edit_activity(activity, said(title), by=by, seen=1)  # type: ignore[misc]
          for title, by in (("E Anës", ana), ("E Besës", besa))),
    )  # fmt: skip
    assert found == ["Outdated", "done"]
    whole(activity)
    assert activity.version == 2


def test_a_batch_is_taken_back_while_one_of_it_is_edited(ura: Organisation, ana: User, besa: User) -> None:
    """What was edited stays; what was taken back first cannot be edited unseen. Nothing is in both states."""
    batch = services.open_batch(kind=Batch.Kind.PASTE, by=ana, owner=ura)
    made = services.add_many([said("Një"), said("Dy")], by=ana, batch=batch, publish=True)
    found = at_once(
        lambda: services.undo_batch(batch, by=ana),
        lambda: services.edit_activity(made[0], said("Një, e re"), by=besa, seen=1),
    )
    for one in made:
        whole(one)
    assert made[1].state == "binned"
    edited = found == ["done", "done"]
    assert (made[0].title, made[0].state) == (("Një, e re", "published") if edited else ("Një", "binned"))


def test_a_batch_is_taken_back_once(ura: Organisation, ana: User, besa: User) -> None:
    batch = services.open_batch(kind=Batch.Kind.PASTE, by=ana, owner=ura)
    made = services.add_many([said("Një"), said("Dy")], by=ana, batch=batch)
    deed = {"owner": ura.pk, "steps": [["batch", batch.pk]]}
    assert at_once(lambda: undoing.undo(deed, by=ana), lambda: undoing.undo(deed, by=besa)) == ["done", "done"]
    for one in made:
        whole(one)
        assert one.version == 2


def test_the_same_paste_sent_twice_at_once_is_written_once(ura: Organisation, besa: User) -> None:
    """A double click on "write": the second finds nothing left to write."""
    kept = pasting.keep_paste({"text": "Titulli\tVendi\nNjë\tPukë\nDy\tPukë\n"}, owner=ura, by=besa)
    write = pasting.write_paste
    found = at_once(*[lambda: write(kept, owner=ura, by=besa, publish=True, again=False)] * 2)
    assert found == ["done", "done"]
    assert sorted(Activity.objects.values_list("title", flat=True)) == ["Dy", "Një"]
    assert Batch.objects.count() == 1


def test_two_people_paste_at_once(ura: Organisation, ana: User, besa: User) -> None:
    """Each has a table of their own; both are written whole, numbers and codes do not meet."""
    kept = {
        by: pasting.keep_paste({"text": f"Titulli\n{by.name} 1\n{by.name} 2\n"}, owner=ura, by=by) for by in (ana, besa)
    }
    write = pasting.write_paste
    found = at_once(
        *(lambda by=by: write(kept[by], owner=ura, by=by, publish=True, again=False) for by in kept)  # type: ignore[misc]
    )
    assert found == ["done", "done"]
    assert Activity.objects.count() == 4


def test_a_form_that_is_sent_twice_is_kept_once(ura: Organisation, ana: User, besa: User) -> None:
    """A double click on "keep": one activity. Another person's, or another title, is another one."""
    found = at_once(*[lambda: services.add_once(said(), by=besa)] * 2, lambda: services.add_once(said(), by=ana))
    assert found == ["done"] * 3
    assert Activity.objects.count() == 2
    services.add_once(replace(said(), title="Tjetër"), by=besa)
    assert Activity.objects.count() == 3
