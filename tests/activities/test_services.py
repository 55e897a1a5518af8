"""Adding, changing, publishing, taking back; and what of it counts for coverage."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from sofra.accounts.models import User
from sofra.activities import queries, services
from sofra.activities.drafts import ActivityDraft, Group
from sofra.activities.models import Activity, Presence, PresenceGone
from sofra.organisations.models import Organisation

Make = Callable[..., Activity]


def test_what_was_said_can_be_said_again(activity: Make, ura: Organisation, lugina: Organisation) -> None:
    made = activity(partners=[lugina.code], groups=[Group("sex", 3, sex="f")], reached=5, themes=["youth"])
    draft = services.draft_of(made)
    assert services.draft_from(services.said_of(draft)) == draft
    assert draft.owner == ura.code
    assert draft.partners == [lugina.code]


def test_published_counts_a_draft_does_not(activity: Make, ana: User) -> None:
    made = activity(audiences=["youth", "parents"], places=["AL153-1", "AL-03"])
    rows = set(Presence.objects.values_list("place", "area", "audience"))
    assert rows == {("AL153-1", "AL153", 4), ("AL153-1", "AL153", 3), ("AL-03", "AL-03", 4), ("AL-03", "AL-03", 3)}
    services.move(made, to="draft", by=ana)
    assert not Presence.objects.exists()
    assert PresenceGone.objects.count() == 4
    activity(publish=False)
    assert not Presence.objects.exists()


def test_the_second_of_two_editors_sees_what_the_first_wrote(activity: Make, ana: User, besa: User) -> None:
    made = activity()
    mine, theirs = services.draft_of(made), services.draft_of(made)
    mine.title, theirs.title = "Njëra", "Tjetra"
    services.edit_activity(made, mine, by=ana, seen=1)
    with pytest.raises(services.Outdated) as outdated:
        services.edit_activity(made, theirs, by=besa, seen=1)
    assert outdated.value.now.title == "Njëra"
    assert outdated.value.before.title == "Punëtori me të rinjtë"


def test_an_undo_says_again_what_was_said_before(activity: Make, ana: User) -> None:
    made = activity()
    draft = services.draft_of(made)
    draft.title, draft.places = "Tjetër", ["AL112"]
    made = services.edit_activity(made, draft, by=ana, seen=made.version)
    made = services.undo_last(made, by=ana, seen=made.version)
    assert (made.title, made.places) == ("Punëtori me të rinjtë", ["AL153"])
    assert list(Presence.objects.values_list("area", flat=True)) == ["AL153"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"begins": "2026-05-01", "ends": "2026-04-01"}, "ends"),
        ({"reached": -1}, "reached"),
        ({"reached": 5, "groups": [Group("sex", 3, sex="f"), Group("sex", 3, sex="m")]}, "groups"),
        ({"places": ["AL999"]}, "places"),
        ({"title": " "}, "title"),
        ({"kinds": ["magic"]}, "kinds"),
        ({"owner": "al.nobody"}, "owner"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(activity: Make, said: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        activity(**said)
    assert list(refused.value.message_dict) == [field]
    assert not Activity.objects.exists()


def test_a_batch_is_taken_back_as_one_but_not_what_was_changed_since(ana: User, ura: Organisation) -> None:
    batch = services.open_batch(kind="paste", by=ana, owner=ura)
    drafts = [ActivityDraft(title=f"Takimi {n}", owner=ura.code, places=["AL153"]) for n in range(3)]
    first, *_rest = services.add_many(drafts, by=ana, batch=batch, publish=True)
    changed = services.draft_of(first)
    changed.title = "I ndryshuar"
    services.edit_activity(first, changed, by=ana, seen=1)
    assert services.undo_batch(batch, by=ana) == 2
    assert list(queries.activities(0).values_list("title", flat=True)) == ["I ndryshuar"]
    assert Presence.objects.count() == 1
    assert services.undo_batch(batch, by=ana) == 0
