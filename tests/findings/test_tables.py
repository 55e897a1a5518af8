"""Round tables: the agenda, the bodies, the screen that goes through the findings, the minutes."""

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django import Settings

from sofra.findings import minutes, services
from sofra.findings.models import Finding, MinutesVersion, RoundTable, Seat, TableLetter

from .conftest import World
from .test_services import finding, source

pytestmark = pytest.mark.sterner


@pytest.fixture
def table(world: World) -> RoundTable:
    """A planned table with three proposed findings on its agenda."""
    drita = world.people["drita"]
    made = services.plan_table(
        round=world.round, titles={"en": "The table of findings"}, on="17.12.2026", place="AL153", by=drita
    )  # fmt: skip
    for words in ("There are few.", "There is no money.", "They trust one another."):
        one = services.propose(finding(world, statements={"en": words, "sq": f"{words} (sq)"}), by=drita)
        services.put_on_agenda(made, [one], by=drita)
    return made


def sitting(table: RoundTable, n: int = 1) -> str:
    return f"/en/tables/{table.code}/sitting/?n={n}"


def test_the_screen_goes_through_the_findings_one_by_one(world: World, table: RoundTable) -> None:
    client = world.client("drita")
    page = client.get(sitting(table, 2)).content.decode()
    assert "There is no money." in page
    assert 'rel="next"' in page
    assert 'rel="prev"' in page
    assert "<script" not in page.split("<main")[1]
    assert client.post(sitting(table), {"act": "confirm", "seen": "2"}).status_code == 302
    words = {"statement_en": "There is little money.", "statement_sq": "Ka pak para.", "reason": "Two have some."}
    sent = {"act": "amend", "seen": "2", "then_confirm": "on", **words}
    assert client.post(sitting(table, 2), sent).status_code == 302
    against = {"act": "contest", "seen": "2", "objector": "One table", "objection": "Not in our town."}
    assert client.post(sitting(table, 3), against).status_code == 302
    first, second, third = Finding.objects.order_by("pk")
    assert (first.state, second.state, third.state) == ("confirmed", "confirmed", "contested")
    assert second.statements["en"] == "There is little money."
    assert third.steps.get(kind="contested").objector == world.one
    assert {step.table for one in (first, second, third) for step in one.steps.filter(table=table)} == {table}
    table.refresh_from_db()
    assert table.state == "sitting"
    page = client.get(sitting(table, 2)).content.decode()
    assert "<del>There is no money.</del>" in page


def test_what_cannot_be_decided_says_why_and_keeps_what_was_typed(world: World, table: RoundTable) -> None:
    client = world.client("drita")
    for sent, sentence in (
        ({"act": "refuse", "seen": "2", "reason": " "}, "Say why"),
        ({"act": "contest", "seen": "2", "objection": "No."}, "Say which body objects"),
        ({"act": "contest", "seen": "2", "objection": "", "objector_name": "A body"}, "Write what the objection is"),
        ({"act": "amend", "seen": "2", "statement_en": "There are few.", "reason": "x"}, "words that stand already"),
    ):
        answer = client.post(sitting(table), sent)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert set(Finding.objects.values_list("state", flat=True)) == {"proposed"}


def test_of_two_desks_the_second_writes_nothing(world: World, table: RoundTable) -> None:
    assert world.client("drita").post(sitting(table), {"act": "confirm", "seen": "2"}).status_code == 302
    late = {"act": "refuse", "seen": "2", "reason": "Typed at the other desk"}
    answer = world.client("edon").post(sitting(table), late)
    assert answer.status_code == 409
    assert "changed at another desk" in answer.content.decode()
    assert Finding.objects.order_by("pk")[0].state == "confirmed"


def test_bodies_are_invited_by_letter_each_alone(world: World, table: RoundTable) -> None:
    client, address = world.client("drita"), reverse("round_table_seats", args=[table.code])
    lines = "One table, office@example.org\nA body elsewhere, body@example.org\nNo address"
    assert client.post(address, {"act": "add", "bodies": lines}).status_code == 302
    assert Seat.objects.get(name="One table").organisation == world.one
    assert client.post(address, {"act": "invite", "language": "en"}).status_code == 302
    assert [letter.to for letter in mail.outbox] == [["body@example.org"], ["office@example.org"]]
    assert "There is no money." in mail.outbox[0].body
    assert TableLetter.objects.count() == 2
    assert "There is no money." in client.get("/en" + address).content.decode(), "every letter can be read"
    client.post(address, {"act": "invite", "language": "en"})
    assert len(mail.outbox) == 2, "who was written to is not written to again"
    one, two, three = Seat.objects.order_by("name")
    sent = {f"present-{one.pk}": "yes", f"people-{one.pk}": "3", f"present-{two.pk}": "no", f"present-{three.pk}": ""}
    assert client.post(address, {"act": "attend", **sent}).status_code == 302
    assert list(Seat.objects.order_by("name").values_list("present", "people")) == [
        (True, 3),
        (False, None),
        (None, None),
    ]
    assert (
        client.post(address, {"act": "attend", f"present-{one.pk}": "yes", f"people-{one.pk}": "many"}).status_code
        == 422
    )


@pytest.mark.parametrize("lines", ["", "someone@", "office@example.org", "a" * 300])
def test_a_line_that_names_no_body_is_refused(world: World, table: RoundTable, lines: str) -> None:
    address = reverse("round_table_seats", args=[table.code])
    assert world.client("drita").post(address, {"act": "add", "bodies": lines}).status_code == 422
    assert not Seat.objects.exists()


def test_a_mail_server_that_is_away_is_told(world: World, table: RoundTable, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    services.seat_bodies(table, [("A body", "body@example.org", None)], by=None)
    done = services.send_invitations(table, table.seats.all(), by=world.people["drita"])
    assert (done.sent, done.failed) == (0, 1)
    assert Seat.objects.get().invited_at is None
    assert TableLetter.objects.get().failed_because


def decided(world: World, table: RoundTable) -> None:
    drita = world.people["drita"]
    first, second, third = (item.finding for item in table.agenda.order_by("position"))
    services.seat_bodies(table, [("One table", "", world.one), ("*A* [body](x)", "", None)], by=drita)
    services.mark_attendance(table, {seat.pk: (True, 2) for seat in table.seats.all()}, by=drita)
    services.confirm(first, table=table, by=drita)
    services.amend(second, statements={"en": "There is little money."}, reason="Two have some.", table=table, by=drita)
    services.contest(third, objection="Not in our town.", objector=world.two, table=table, by=drita)


def test_minutes_are_drafted_from_what_was_decided(world: World, table: RoundTable) -> None:
    decided(world, table)
    said = minutes.drafted(table, "en")
    for words in (
        "17.12.2026", "2 bodies of 2 came", "4 people came", "**Confirmed.**", "There is no money.",
        "After: “There is little money.", "**Contested** by Two tables: “Not in our town.”", "\\*A\\* \\[body\\]",
    ):  # fmt: skip
        assert words in said, words
    assert "Drita" not in said


def test_two_secretaries_lose_nothing(world: World, table: RoundTable) -> None:
    address = "/en" + reverse("round_table_minutes", args=[table.code])
    first, second = world.client("drita"), world.client("edon")
    assert "Nothing was decided on it." in first.get(address).content.decode(), "drafted"
    assert first.post(address, {"seen": "1", "minutes": "First words", "act": "save"}).status_code == 302
    late = second.post(address, {"seen": "1", "minutes": "Second words", "act": "save"})
    assert late.status_code == 409
    assert "First words" in late.content.decode()
    assert "Second words" in late.content.decode()
    assert second.post(address, {"seen": "2", "minutes": "Both words", "act": "save"}).status_code == 302
    table.refresh_from_db()
    assert table.minutes == "Both words"
    assert "First words" in set(MinutesVersion.objects.values_list("text", flat=True))


def test_closed_minutes_are_public_and_stand(world: World, table: RoundTable) -> None:
    decided(world, table)
    drita, address = world.client("drita"), reverse("round_table", args=[table.code])
    assert world.client().get(address).status_code == 404, "before it is closed it is of members"
    sent = {"seen": "1", "minutes": minutes.drafted(table, "sq") + "<script>alert(1)</script>", "act": "close"}
    assert drita.post(reverse("round_table_minutes", args=[table.code]), sent).status_code == 302
    public = world.client().get(address)
    assert public.status_code == 200
    assert "<script>alert" not in public.content.decode()
    for form, begin in (("md", b"- "), ("pdf", b"%PDF"), ("docx", b"PK")):
        answer = world.client().get(reverse("minutes_file", args=[table.code, form]))
        assert answer.content.startswith(begin), form
    assert world.client().get(reverse("minutes_file", args=[table.code, "exe"])).status_code == 404
    table.refresh_from_db()
    for act in (
        lambda: services.save_minutes(table, "Other", seen=table.version, by=None),
        lambda: services.seat_bodies(table, [("Late", "", None)], by=None),
        lambda: services.close_table(table, by=None),
    ):
        with pytest.raises(ValidationError):
            act()


def test_the_agenda_is_set_from_the_page(world: World, table: RoundTable) -> None:
    client, address = world.client("drita"), reverse("round_table_agenda", args=[table.code])
    new = services.propose(finding(world), by=world.people["drita"])
    assert new.code in client.get(table.get_absolute_url()).content.decode()
    client.post(address, {"finding": [new.code]})
    client.post(address, {"up": new.code})
    client.post(address, {"off": Finding.objects.order_by("pk")[0].code})
    order = [item.finding_id for item in table.agenda.order_by("position")]
    numbers = list(Finding.objects.order_by("pk").values_list("pk", flat=True))
    assert order == [numbers[1], numbers[3], numbers[2]]


def test_pages_of_a_table_open(world: World, table: RoundTable) -> None:
    for name in ("round_table", "round_table_edit", "round_table_seats", "round_table_minutes", "round_table_sitting"):
        assert world.client("drita").get(reverse(name, args=[table.code])).status_code == 200
    assert world.client("besa").get(reverse("round_table_minutes", args=[table.code])).status_code == 403
    sent: dict[str, Any] = {"round": world.round.code, "title_sq": "Tryezë", "on": "12.2026", "place": "Pukë"}
    assert world.client("drita").post(reverse("round_table_new"), sent).status_code == 302


def test_who_came_is_marked_at_two_desks(world: World, table: RoundTable) -> None:
    """Each desk has the page as it was empty: what the one marks the other does not take back."""
    services.seat_bodies(table, [("First", "", None), ("Second", "", None)], by=None)
    first, second = table.seats.order_by("name")
    address = reverse("round_table_seats", args=[table.code])
    empty = {f"{name}-{seat.pk}": value for seat in (first, second) for name, value in
             (("was", "|"), ("present", ""), ("people", ""))}  # fmt: skip
    world.client("drita").post(address, empty | {"act": "attend", f"present-{first.pk}": "yes"})
    world.client("edon").post(address, empty | {"act": "attend", f"present-{second.pk}": "yes"})
    assert list(table.seats.values_list("present", flat=True)) == [True, True]
    late = world.client("edon").post(address, empty | {"act": "attend", f"present-{first.pk}": "no"})
    assert late.status_code == 422
    assert list(table.seats.values_list("present", flat=True)) == [True, True]


def test_the_screen_that_the_table_reads_shows_nothing_sealed(world: World, table: RoundTable) -> None:
    """Not even to its recorder: others sit before the same screen. A withdrawn one keeps no day, no place."""
    drita = world.people["drita"]
    sealed = source(world, title="Talk with zyzzyva", visible_to=2, when="05.10.2026", places=["AL153"])
    one = table.agenda.order_by("position").first()
    assert one is not None
    services.add_evidence(one.finding, kind="source", source=sealed, by=drita)
    page = world.client("drita").get(sitting(table)).content.decode()
    assert "A source that is not open to everyone: interview" in page
    assert "zyzzyva" not in page
    assert "zyzzyva" in world.client("drita").get(one.finding.get_absolute_url()).content.decode()
    services.withdraw_consent(sealed, by=drita)
    sealed.refresh_from_db()
    assert (sealed.when, sealed.places) == ("", [])
