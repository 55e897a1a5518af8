"""The plan of the demo: an invented local plan with all that a plan can hold, so that each page has something to show.

It is obviously invented and seen by members only, so that it counts in no public figure. Besa's invented organisation
writes it, and Ana approves what Besa hands in.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from sofra.accounts.models import User
from sofra.activities.drafts import ProjectDraft
from sofra.activities.services import add_project
from sofra.ground.audit import record
from sofra.ground.models import AuditLine, Visibility
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Theme
from sofra.places.models import Place
from sofra.places.resolving import resolve

from . import measuring, services
from .models import Indicator, Measure, Plan

CODE = "al.shembull.trendafili"
_MADE = "demo.plan_made"
_SOURCE = "Shembull i trilluar i demonstrimit"


@transaction.atomic
def make_demo_plan(*, owner: Organisation, besa: User, ana: User) -> Plan | None:
    """Make it once. Raises ImproperlyConfigured in every mode but the demo."""
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has an invented plan.")
    if AuditLine.objects.filter(what=_MADE).exists():
        return None
    record(what=_MADE, about="hub", by=None)
    year = timezone.localdate().year
    place = Place.objects.get(pk=resolve("Pukë").codes[0])
    plan = services.add_plan(
        kind=Plan.Kind.LOCAL,
        code=CODE,
        owner=owner,
        place=place.code,
        state=Plan.State.ADOPTED,
        titles=_both("Plani vendor i trilluar “Trëndafili”", "The invented local plan “Rose”"),
        about=_both(
            "Shembull i trilluar: tregon çfarë mban një plan. Asgjë këtu nuk ka ndodhur.",
            "An invented example: it shows what a plan holds. Nothing of it has happened.",
        ),
        under=Plan.objects.filter(code="al.action-plan-2015-2020").first(),
        begins=str(year - 2),
        ends=str(year + 1),
        adopted_on=f"{year - 2}-01",
        source=_SOURCE,
        visible_to=Visibility.MEMBERS,
        by=besa,
    )
    measures = _measures(plan, owner, year, besa)
    _indicators(plan, measures, year, besa, ana)
    _lessons(owner, besa)
    return plan


def _both(sq: str, en: str) -> dict[str, str]:
    return {"sq": sq, "en": en}


def _measures(plan: Plan, owner: Organisation, year: int, besa: User) -> list[Measure]:
    """Two objectives, one of them with a part; measures in every state, with money asked, found and spent."""
    people = services.add_objective(
        plan,
        number="1",
        titles=_both("Shkolla dhe prindër që njihen", "Schools and parents who know each other"),
        source=_SOURCE,
        by=besa,
    )
    young = services.add_objective(
        plan,
        number="1.1",
        within=people,
        titles=_both("Të rinj që kanë ku të shkojnë", "Young people with a place to go"),
        source=_SOURCE,
        by=besa,
    )
    services.add_objective(
        plan,
        number="2",
        titles=_both("Këshill që zbaton vendimet", "A council that carries out its decisions"),
        source=_SOURCE,
        by=besa,
    )
    higher = Measure.objects.filter(plan__code="al.action-plan-2015-2020", number="A").first()
    said: dict[str, Any] = {"source": _SOURCE, "responsible": owner, "places": [plan.place], "by": besa}
    evenings = services.add_measure(
        plan,
        number="1",
        objective=people,
        titles=_both("Mbrëmje me prindër në shkolla", "Evenings with parents at schools"),
        serves=higher,
        begins=str(year - 2),
        ends=str(year),
        needs=_both("Dy lehtësues dhe transport nga fshatrat", "Two facilitators and transport from the villages"),
        **said,
    )
    guide = services.add_measure(
        plan,
        number="1.a",
        objective=people,
        within=evenings,
        titles=_both("Udhërrëfyes për lehtësuesit", "A guide for facilitators"),
        begins=str(year - 2),
        ends=f"{year - 2}-06",
        **said,
    )
    club = services.add_measure(
        plan,
        number="2",
        objective=young,
        titles=_both("Klub debati i hapur", "An open debate club"),
        begins=f"{year - 1}-03",
        **said,
    )
    room = services.add_measure(
        plan, number="3", objective=young, titles=_both("Një sallë për të rinjtë", "A room for young people"), **said
    )
    for measure, status, reason in (
        (guide, "done", ""),
        (evenings, "planned", ""),
        (evenings, "under_way", ""),
        (club, "late", "Salla u lirua vonë (e trilluar)"),
        (room, "stopped", "Nuk u gjet buxhet (e trilluar)"),
    ):
        services.set_status(measure, status=status, reason=reason, by=besa)
    for measure, kind, amount in (
        (evenings, "asked", 600_000),
        (evenings, "found", 450_000),
        (evenings, "spent", 210_000),
        (club, "asked", 200_000),
        (room, "asked", 1_500_000),
    ):
        services.record_money(
            measure,
            kind=kind,
            amount=Decimal(amount),
            currency="ALL",
            funder=owner if kind == "found" else None,
            when=str(year - 1),
            source=_SOURCE,
            by=besa,
        )
    return [evenings, club, room]


def _indicators(plan: Plan, measures: list[Measure], year: int, besa: User, ana: User) -> None:
    """A sum of people, a share of shares, levels in words, and figures of the hub; readings in every state."""

    def add(sq: str, en: str, **said: Any) -> Indicator:
        return measuring.add_indicator(plan, titles=_both(sq, en), source=_SOURCE, by=besa, **said)

    def read(one: Indicator, period: str, *, approve: bool = True, **said: Any) -> Any:
        made = measuring.record_reading(one, period=period, source=_SOURCE, submit=True, by=besa, **said)
        return measuring.approve_reading(made, by=ana) if approve else made

    whole = add(
        "Prindër që erdhën në mbrëmje",
        "Parents who came to the evenings",
        unit="people",
        of_people=True,
        direction="up",
        rolls_up="sum",
        measure=measures[0],
        how_often="year",
        measured_by=plan.owner,
        how=_both("Numërim në derë", "Counted at the door"),
        definitions=_both(
            "Sa prindër erdhën; kush erdhi dy herë numërohet dy herë.",
            "How many parents came; who came twice is counted twice.",
        ),
        baseline=Decimal(40),
        baseline_on=str(year - 3),
        baseline_source=_SOURCE,
    )
    for n, (sq, en) in enumerate(
        (("qyteti", "the town"), ("fshatrat", "the villages"), ("shkolla e natës", "evening school"))
    ):
        part = add(f"Prindër që erdhën: {sq}", f"Parents who came: {en}", unit="people", direction="up", parent=whole)
        for back, value in ((2, (45, 20, 3)[n]), (1, (70, 31, 6)[n])):
            women = Decimal(value * 2 // 3)
            read(
                part,
                str(year - back),
                value=Decimal(value),
                complete=n < 2,
                parts=[("gjinia", "gra", women), ("gjinia", "burra", value - women)] if n < 2 else (),
            )
    measuring.set_target(whole, period=str(year - 1), value=Decimal(120), source=_SOURCE, by=besa)
    measuring.set_target(whole, period=str(year + 1), value=Decimal(200), source=_SOURCE, by=besa)
    share = add(
        "Prindër që e njohin mësuesin kujdestar",
        "Parents who know the class teacher",
        scale="share",
        rolls_up="share",
        of_people=True,
        direction="up",
        measure=measures[0],
    )
    for (sq, en), top, bottom in ((("qyteti", "the town"), 54, 90), (("fshatrat", "the villages"), 12, 40)):
        part = add(
            f"Prindër që e njohin mësuesin: {sq}", f"Parents who know the teacher: {en}", scale="share", parent=share
        )
        read(part, str(year - 1), numerator=Decimal(top), denominator=Decimal(bottom))
    measuring.set_target(share, period=str(year), value=Decimal(70), source=_SOURCE, by=besa)
    levels = [_both("nuk ka", "none"), _both("pjesërisht", "in part"), _both("i plotë", "whole")]
    club = add("Klubi i debatit", "The debate club", scale="levels", levels=levels, direction="up", measure=measures[1])
    read(club, str(year - 2), value=Decimal(0))
    read(club, str(year - 1), value=Decimal(1))
    waiting = read(club, str(year), approve=False, value=Decimal(2))
    measuring.return_reading(waiting, reason="Nga cila listë? (shembull i trilluar)", by=ana)
    read(
        add("Ditë pritjeje", "Days of waiting", unit="days", direction="down"),
        str(year - 1),
        approve=False,
        value=Decimal(12),
    )
    for sq, en, figure, unit in (
        ("Gra dhe vajza në trajnime", "Women and girls in trainings", "training.women", "people"),
        (
            "Bashki ku nuk njihet askush",
            "Municipalities where nobody is known",
            "coverage.nobody_known",
            "municipalities",
        ),
        ("Njerëz të arritur nga aktivitetet", "People whom activities reached", "activities.reached", "people"),
    ):
        add(sq, en, figure=figure, unit=unit, direction="down" if unit == "municipalities" else "up")
    add("Vendime të zbatuara", "Decisions carried out", figure="councils.decisions_done", scale="share", direction="up")
    measuring.lock_period(plan, period=str(year - 2), by=besa)


def _lessons(owner: Organisation, besa: User) -> None:
    project = add_project(
        ProjectDraft(
            title="Mbrëmjet e trilluara me prindër",
            owner=owner.code,
            begins=f"{date.today().year - 2}",
            visible_to=Visibility.MEMBERS,
            source=_SOURCE,
        ),
        by=besa,
        publish=True,
    )
    services.add_assessment(
        project,
        by=besa,
        source=_SOURCE,
        themes=[Theme.EDUCATION, Theme.COMMUNITY],
        was_to_change="Prindërit dhe mësuesit të njihen (shembull i trilluar).",
        changed="Në qytet po, në fshatra më pak: autobusi i fundit nisej para mbrëmjes.",
        learnt="Ora e takimit zgjidhet me prindërit, jo për ta.",
        did_not_work="Ftesa me shkrim vetëm: erdhën ata që i thirri dikush që e njihnin.",
    )
