"""The municipality's page and its two pages on paper: honest where nothing is known, the same cost however much is."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfReader
from tests.schools.conftest import make_body, make_person, make_place

from sofra.accounts import roles
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft
from sofra.councils import mechanism_examples
from sofra.councils import mechanism_services as mechanisms
from sofra.councils.mechanism_services import Said
from sofra.councils.models import Council, Driver, Duty, Mechanism, Taught
from sofra.coverage import services as coverage
from sofra.organisations import services as registry
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.plans.models import Measure, Plan
from sofra.profiles import documents, queries
from sofra.training.models import Curriculum, Edition

pytestmark = pytest.mark.django_db
LONG = "Fjalë shumë të gjata që nuk mbarojnë lehtë " * 12


@pytest.fixture
def puke() -> Place:
    return make_place()


def text(answer: Any) -> str:
    return b"".join(answer).decode()


def fill(place: Place) -> None:
    """More of everything than there is room for."""
    code = place.code
    for n in range(20):
        name = f"Organizata e provës me emër të gjatë sa një rresht i tërë {n}"
        body = registry.register(Draft(kind="cso", facts=[FactDraft("name", name), FactDraft("place", code)]), by=None)
        draft = ActivityDraft(title=f"{LONG[:150]} {n}", owner=body.code, places=[code], begins="2031-03",
                              status="planned", audiences=["youth"])  # fmt: skip
        activities.add_activity(draft, by=make_person(f"Ana{n}", roles.COORDINATOR), publish=True)
        Driver.objects.create(place=code, kind="push", statements={"sq": LONG[:600]}, source=LONG[:300], visible_to=0)
    for kind in Mechanism.Kind.values:
        said = Said("yes", LONG[:300], LONG[:200], "+355 00 000 0000", "zyra.me.emer.te.gjate@example.org",
                    {"sq": LONG[:600]}, LONG[:300], 0, confirmed=True)  # fmt: skip
        mechanisms.record_mechanism(said, place=code, kind=kind, by=None)
        mechanisms.record_consultation(
            place=code, kind="survey", when="2026", asked=[LONG[:400]] * 9, source="S", by=None
        )
    for n in range(4):
        Council.objects.create(organisation=make_body(f"Këshilli {LONG[:120]} {n}", "council"), place=code)
        plan = Plan.objects.create(code=f"p{n}", kind="local", titles={"sq": LONG[:250]}, place=code, state="adopted")
        Measure.objects.create(plan=plan, code=f"m{n}", titles={"sq": "M"}, status="done")
        told = {"declared_by": LONG[:200].strip(), "declared_on": "2026", "reason": LONG[:400].strip()}
        coverage.declare_priority(place=place, by=None, visible_to=0, **told)
    mechanism_examples.load_duties()


def test_a_municipality_of_which_nothing_is_known_says_so(puke: Place) -> None:
    page = text(Client().get("/en/places/AL153/"))
    assert page.count("<h1") == 1
    for words in ("No planned activity is recorded", "Whether there is a council is not known", "not known",
                  "No training is recorded here", "No plan known", "Whether these exist here is not known",
                  "read by members of the hub only",
                  "No school of this municipality", "profile.pdf"):  # fmt: skip
        assert words in page
    assert "profile.pdf" not in text(Client().get("/en/places/AL/"))
    assert Client().get("/en/places/AL/profile.pdf").status_code == 404
    assert Client().get("/places/al153/").status_code == 302


def test_each_block_tells_what_there_is_and_leads_to_its_rows(puke: Place) -> None:
    body = registry.register(Draft(kind="cso", facts=[FactDraft("name", "Ura"), FactDraft("place", "AL153")]), by=None)
    ana = make_person("Ana", roles.COORDINATOR)
    draft = ActivityDraft(title="Flasim", owner=body.code, places=["AL153"], begins="2031", status="planned")
    activities.add_activity(draft, by=ana, publish=True)
    Council.objects.create(organisation=make_body("Këshilli i provës", "council"), place="AL153", since="2018")
    Driver.objects.create(place="AL153", kind="push", statements={"sq": "Pak punë"}, source="Studim", visible_to=1)
    Plan.objects.create(code="al.local", kind="local", titles={"sq": "Plani i provës"}, place="AL153", state="adopted")
    known = queries.profile(AnonymousUser(), puke)
    assert [line.text for line in known.block("planned").lines] == ["Flasim"]
    assert known.block("council").lines[0].text == "Këshilli i provës"
    assert known.block("plan").lines[0].text == "Plani i provës"
    assert not known.block("drivers").lines
    assert queries.profile(ana, puke).block("drivers").lines
    assert all(block.url for block in known.blocks if block.key not in {"priorities"})
    visitor, member = Client(), Client()
    member.force_login(ana)
    assert "Pak punë" not in text(visitor.get("/places/AL153/"))
    assert "Pak punë" in text(member.get("/places/AL153/"))


def test_a_plan_that_is_a_draft_is_told_to_those_who_write_plans_only(puke: Place) -> None:
    Plan.objects.create(code="al.local", kind="local", titles={"sq": "Skica"}, place="AL153", state="draft")
    assert not queries.profile(AnonymousUser(), puke).block("plan").lines
    told = queries.profile(make_person("Ana", roles.COORDINATOR), puke).block("plan").lines[0]
    assert told.note.startswith("skicë") or "draft" in told.note


def test_the_fullest_municipality_takes_two_pages_and_the_same_number_of_queries(
    puke: Place, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(80) as empty:
        queries.profile(AnonymousUser(), puke)
    fill(puke)
    with django_assert_max_num_queries(len(empty) + 10):
        queries.profile(AnonymousUser(), puke)
    for language, reader in (("sq", None), ("en", make_person("Teuta", roles.COORDINATOR))):
        read = PdfReader(BytesIO(documents.written(puke, language=language, user=reader)))
        assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]  # tagged
        assert len(read.pages) == 2
        assert "Pukë" in read.pages[0].extract_text()


def test_an_empty_profile_is_a_pdf_in_the_readers_language(puke: Place) -> None:
    answer = Client().get("/en/places/AL153/profile.pdf")
    assert answer["Content-Type"] == "application/pdf"
    read = PdfReader(BytesIO(answer.content))
    assert len(read.pages) == 2
    told = "".join(page.extract_text() for page in read.pages)
    assert "Profile of a municipality" in told
    assert "not known" in told


def test_the_command_writes_all_or_those_that_are_named(puke: Place, tmp_path: Any) -> None:
    call_command("profiles", "build", "--output", str(tmp_path / "out"), "--language", "sq")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["al153-sq.pdf"]
    with pytest.raises(CommandError, match="no municipality"):
        call_command("profiles", "build", "--output", str(tmp_path), "Askund")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="file"):
        call_command("profiles", "build", "--output", str(tmp_path / "file"), "AL153")


def test_what_the_documents_say_is_loaded_once_and_invents_nothing(puke: Place) -> None:
    make_place_of_cerrik()
    mechanism_examples.load_said()
    mechanism_examples.load_said()
    assert Mechanism.objects.filter(place="AL212").values_list("kind", "exists").get() == ("council", "yes")
    assert not Mechanism.objects.filter(place="AL153").exists()
    assert Mechanism.objects.filter(place="AL").count() == 5
    assert Driver.objects.exclude(place="AL").count() == 0


def make_place_of_cerrik() -> Place:
    return make_place("AL212", "Cërrik")


def test_a_duty_leads_to_the_training_that_deals_with_it_and_back(puke: Place) -> None:
    mechanism_examples.load_duties()
    duty = "/en/duties/al.public-safety/"
    two = {"sq": ["Siguria", "Tjetër"], "en": ["Safety", "Other"]}
    about = Curriculum.objects.create(code="prova", titles={"sq": "Kurrikula e provës"})
    for language, titles in two.items():
        modules = [{"title": one} for one in titles]
        Edition.objects.create(curriculum=about, number=1, language=language, modules=modules)
    hidden = Curriculum.objects.create(code="fshehur", titles={"sq": "E fshehur"}, visible_to=1)
    client, visitor = Client(), Client()
    client.force_login(make_person("Genti", roles.MAPPER))
    assert visitor.post(duty, {"module": f"{about.pk}-0"}).status_code == 302
    assert client.post(duty, {"module": "9-9"}).status_code == 422
    assert client.post(duty, {"module": f"{about.pk}-0"}).status_code == 302
    mechanisms.link_taught(Duty.objects.get(code="al.public-safety"), curriculum=hidden.code, module="M", by=None)
    page = text(visitor.get(duty))
    assert "Safety" in page
    assert "E fshehur" not in page
    assert "not known 1" in page
    assert duty in text(visitor.get("/en/training/curricula/prova/"))
    assert duty in text(visitor.get("/en/mechanisms/AL153/duties/"))
    client.post(f"{duty}taught/{Taught.objects.earliest('pk').pk}/end/")
    assert "Safety" not in text(visitor.get(duty))
