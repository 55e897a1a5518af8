"""Marked secrets among plans, trainings and mechanisms, for the world of `test_leaks`."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from sofra.activities.models import Project
from sofra.councils import mechanism_services as mechanisms
from sofra.councils.mechanism_services import Said
from sofra.councils.models import Duty
from sofra.plans import measuring
from sofra.plans import services as plans
from sofra.plans.models import Indicator, Measure
from sofra.training import chains, listing
from sofra.training import services as training
from sofra.training.models import Session, Trainer

New = Callable[[str, str], str]


def hide_plans(made: Any, new: New) -> None:
    """Drafts are read by those who write them, money and lessons by members; what is not approved is not told."""
    measure = Measure.objects.get(code=made.planned["measure"])
    for name, who, said in (
        ("draftplan", "its people", {"state": "draft"}), ("memberplan", "members", {"visible_to": 1}),
    ):  # fmt: skip
        plan = plans.add_plan(
            kind="sector", code=f"al.{name}", titles={"en": new(f"{name}title", who)},
            owner=made.one, by=None, **{"state": "adopted", **said},
        )  # fmt: skip
        plans.add_objective(plan, number="1", titles={"en": new(f"{name}objective", who)}, by=None)
        inside = plans.add_measure(plan, titles={"en": new(f"{name}measure", who)}, by=None)
        indicator = measuring.add_indicator(plan, titles={"en": new(f"{name}indicator", who)}, by=None)
        made.asked_hidden += [
            *(f"/plans/{plan.code}/{page}" for page in ("", "report.xlsx", "readings/waiting/", "edit/")),
            inside.get_absolute_url(), indicator.get_absolute_url(),
        ]  # fmt: skip
    plans.record_money(measure, kind="asked", amount=Decimal("7411.13"), currency="CHF",
                          source=new("moneysource", "members"), by=None)  # fmt: skip
    measuring.record_reading(Indicator.objects.get(code=made.planned["indicator"]), period="2019", value=Decimal(4),
                             source=new("draftreading", "its people"), by=None)  # fmt: skip
    lesson = plans.add_assessment(
        Project.objects.get(code=made.project), visible_to=1, by=None,
        **{field: new(f"lesson{field.replace('_', '')}", "members") for field in ("learnt", "did_not_work", "source")},
    )  # fmt: skip
    made.asked_hidden += [
        f"/lessons/{lesson.pk}/", "/en/plans/al.planned/", "/plans/al.planned/by/money/", measure.get_absolute_url(),
        f"/en{Indicator.objects.get(code=made.planned['indicator']).get_absolute_url()}",
    ]  # fmt: skip


def hide_training(made: Any, new: New) -> None:
    """Names for certificates are the host's; what is for members is met by no visitor."""
    besa, today = made.people["besa"], timezone.localdate()
    session = Session.objects.get(activity__code=made.found["training_session"])
    listing.keep_participants(
        session, [(new("personname", "its people"), new("personbody", "its people"))], consented_on=today,
        delete_on=today + timedelta(days=30), by=besa,
    )  # fmt: skip
    programme = training.make_programme(
        titles={"en": new("programmetitle", "members")}, host=made.one, visible_to=1, by=besa
    )
    curriculum = training.make_curriculum(
        titles={"en": new("curriculumtitle", "members")}, owner=made.one, visible_to=1, by=besa
    )
    chains.add_cohort(titles={"en": new("grouptitle", "members")}, role="trainers", people=7, visible_to=1, by=besa)
    trainer = chains.add_trainer(name=new("trainername", "members"), organisation=made.one, consented_on=today, by=besa)
    pair = chains.begin_mentoring(
        host=made.one, mentor=trainer, mentored=Trainer.objects.exclude(pk=trainer.pk).first(), begun_on=today,
        goals=new("goals", "its people"), by=besa,
    )  # fmt: skip
    chains.add_meeting(pair, on=today, note=new("mentornote", "its people"), by=besa)
    made.asked_hidden += [
        f"/training/programmes/{programme.code}/", f"/training/curricula/{curriculum.code}/",
        f"/training/trainers/{trainer.pk}/", f"/training/mentoring/{pair.pk}/", f"/en/training/mentoring/{pair.pk}/",
    ]  # fmt: skip


def hide_mechanisms(made: Any, new: New) -> None:
    """Contacts, consultations, drivers and notes for members; a proposal for mappers and for those who speak there."""
    said = Said(
        "yes", phone="+355 000", email=f"{new('contactmail', 'members')}@example.org", contact_visible_to=1,
        source="A list",
    )  # fmt: skip
    mechanisms.record_mechanism(said, place="AL153", kind="trafficking", by=None)
    wished = Said("yes", office=new("wishedoffice", "its people"), source=new("wishedsource", "its people"))
    proposal = mechanisms.propose_mechanism(wished, place="AL", kind="schools", by=made.people["genta"])
    talked = mechanisms.record_consultation(
        place="AL153", kind="meeting", asked=[new("askedfor", "members")], note=new("talkednote", "members"),
        source="Minutes", visible_to=1, by=None,
    )  # fmt: skip
    mechanisms.record_driver(place="AL153", kind="pull", statements={"en": new("driver", "members")}, agreed=True,
                           source=new("driversource", "members"), by=made.people["drita"])  # fmt: skip
    duty = Duty.objects.create(code="laid", law="A law of tables", texts={"en": "Lay the table"})
    mechanisms.check_duty(duty, place="AL153", state="yes", note=new("dutynote", "members"), by=made.people["drita"])
    made.asked_hidden += [f"/mechanisms/{page}" for page in (
        "AL153/", "AL153/trafficking/", "AL153/drivers/", "AL153/duties/", "AL/schools/",
        f"consultations/{talked.pk}/", f"proposals/{proposal.pk}/")] + ["/en/places/AL153/"]  # fmt: skip
