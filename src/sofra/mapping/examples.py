"""Two invented rounds, for the demo only: so that each page has something to show, and nothing is said of a real body.

Every name says that it is invented. The bodies are seen by members only and count in no public figure; the rounds
are called trials. The second begins with the answers of the first.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import AuditLine, Visibility
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires import services as fillings
from sofra.questionnaires.models import Filling, Version

from . import services
from .models import Invitation, Letter, Round
from .services import Pasted

FIRST, SECOND = "al.2025.mapping", "al.2026.mapping"
_MADE = "demo.rounds_made"
_SOURCE = "Shembull i trilluar i demonstrimit"
_BODIES = {
    "Shoqata “Dallëndyshja e Kaltër” (e trilluar)": ("cso", "AL153", "dallendyshja@example.org"),
    "Qendra “Fener i Vogël” (e trilluar)": ("cso", "AL212", "fener@example.org"),
    "Grupi “Kopshti i Mollëve” (i trilluar)": ("informal-group", "AL115", "mollet@example.org"),
    "Forumi “Ura me Gurë” (i trilluar)": ("network", "AL155", "ura@example.org"),
}
_NEW = "Klubi “Ylli i Mëngjesit” (i trilluar)"
_METHOD = {
    "sq": (
        "Ky raund është **i trilluar** dhe është këtu vetëm që të provoni faqet.\n\n## Si bëhet\n\n"
        "1. Pyetësori u dërgohet të gjithëve me një lidhje private.\n2. Kush nuk përgjigjet merr një kujtesë.\n"
        "3. Përgjigjet i sheh një hartëzues para se të ndryshojë diçka në regjistër.\n"
        "4. Gjetjet konfirmohen në një tryezë të rrumbullakët."
    ),
    "en": (
        "This round is **invented** and is here only for you to try the pages.\n\n## How it is done\n\n"
        "1. The questionnaire goes to everyone by a private link.\n2. Who does not answer gets a reminder.\n"
        "3. A mapper looks at the answers before anything changes in the registry.\n"
        "4. The findings are confirmed at a round table."
    ),
}


@transaction.atomic
def make_demo_rounds(version: Version, *, by: User) -> None:
    """Make both rounds; nothing where they were made once. Raises ImproperlyConfigured in every mode but the demo."""
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has invented rounds.")
    if AuditLine.objects.filter(what=_MADE).exists() or Round.objects.filter(code__in=(FIRST, SECOND)).exists():
        return
    record(what=_MADE, about="hub", by=None)
    bodies = {name: _body(name, *what) for name, what in _BODIES.items()}
    first = services.open_round(
        code=FIRST, country="AL", begins="2025", ends="2025", version=version, methodology=_METHOD, source=_SOURCE,
        titles={"sq": "Raund prove 2025 (i trilluar)", "en": "Trial round 2025 (invented)"}, by=by,
    )  # fmt: skip
    asked = _invite(first, bodies, by)
    for number, name in enumerate([*_BODIES][:3]):
        _answer(asked[name], _said(name, number))
    first_body = asked[next(iter(_BODIES))]
    known = first_body.suggestions.filter(kind="record", content__question__in=("body/website", "work/themes"))
    services.accept_suggestions(known, by=by)
    services.mark_refused(asked["Forumi “Ura me Gurë” (i trilluar)"], because="Këtë vit nuk kemi kohë.", by=by)
    services.close_round(first, by=by)
    second = services.begin_next_round(
        first, code=SECOND, begins="2026", ends="2026", answers_by=timezone.localdate() + timedelta(days=21),
        titles={"sq": "Raund prove 2026 (i trilluar)", "en": "Trial round 2026 (invented)"}, by=by,
    )  # fmt: skip
    services.start_round(second, by=by)
    _second(second, by)


def _body(name: str, kind: str, seat: str, email: str) -> Organisation:
    hidden = int(Visibility.MEMBERS)
    facts = [
        FactDraft("name", name, source=_SOURCE, visible_to=hidden), FactDraft("kind", kind, source=_SOURCE),
        FactDraft("seat", seat, source=_SOURCE, visible_to=hidden),
        FactDraft("contact", f"zyra: {email}", source=_SOURCE), FactDraft("theme", "research", source=_SOURCE,
                                                                         visible_to=hidden),
    ]  # fmt: skip
    return registry.register(Draft(kind=kind, facts=facts, country="AL"), by=None)


def _invite(found: Round, bodies: dict[str, Organisation], by: User) -> dict[str, Invitation]:
    made = services.invite(found, organisations=bodies.values(), by=by)
    services.send_letters(made, Letter.Kind.INVITATION, by=by)
    return {one.name: one for one in Invitation.objects.filter(round=found)}


def _said(name: str, number: int) -> dict[str, Any]:
    county, town = (("AL-10", "AL153"), ("AL-03", "AL212"), ("AL-09", "AL111"))[number]
    return {
        "body/name": name, "body/kind": ("cso", "cso", "informal-group")[number],
        "body/website": f"https://www.example.org/{number + 1}",
        "work/specific": ("prevention", "none", "resilience-to-ve")[number],
        "work/relevant": "youth-empowerment education",
        "work/themes": ("awareness youth", "education", "community-engagement women")[number],
        "work/audiences": "students teachers", "where/scope": "places", "where/counties": county,
        "where/places": town, "where/council": ("yes", "no", "unknown")[number], "done/has_activities": "yes",
        "activity": [{"title": ("Tryezë me prindër", "Lojë dhe bisedë në shkollë", "Kopshti i përbashkët")[number],
                      "form": "dialogue", "status": "held", "begins": f"2025-0{number + 3}-01", "act_scope": "places",
                      "act_county": county, "act_places": town, "reached": str(20 + 7 * number)}],
        "together/partners": "municipality schools", "together/mechanisms": "security-council",
        "together/consulted": "no", "together/obstacles": "money no-calls",
        "learned/practice": "Njerëzit flasin më lirshëm kur takimi bëhet te ata.",
        "learned/gaps": "coordination duration", "learned/strengths": "local trust",
        "learned/opportunities": "plans", "learned/challenges": "funds schools", "learned/drivers": "poverty exclusion",
        "close/recommendation": "Më pak projekte, më të gjata.", "close/consent": "words",
    }  # fmt: skip


def _answer(invitation: Invitation, said: dict[str, Any], *, send: bool = True) -> None:
    """Fill in by the invitation's own form, and send."""
    assert invitation.filling is not None
    filling = Filling.objects.get(pk=invitation.filling.pk)
    fillings.note_opened(filling)
    instance = questionnaires.instance_of(filling)
    root = f"/{instance.form.root}"
    activities = said.pop("activity", [])
    for name, value in said.items():
        instance.put(f"{root}/{name}", value)
    instance.recalculate()
    repeat = f"{root}/done/activity"
    for turn, activity in enumerate(activities, start=1):
        while len(instance.turns(repeat)) < turn:
            instance.add_turn(repeat)
        for name, value in activity.items():
            instance.put(f"{repeat}[{turn}]/act/{name}", value)
    instance.recalculate()
    confirmed = filling.carried if send else filling.carried[:4]
    kept = fillings.save_filling(filling, instance, seen=filling.revision, confirmed=confirmed)
    if send:
        fillings.send_filling(kept)


def _second(found: Round, by: User) -> None:
    """One changed its answers, one is half-way, one was only invited, one is new, one was not meant."""
    astray = Pasted("Adresë e gabuar (e trilluar)", "gabim@example.org", "en")
    services.invite(found, pasted=[Pasted(_NEW, "ylli@example.org"), astray], by=by)
    forum = Organisation.objects.filter(name="Forumi “Ura me Gurë” (i trilluar)")
    services.invite(found, organisations=forum, despite="Na thanë se këtë vit kanë kohë.", by=by)
    asked = {one.name: one for one in found.invitations.all()}
    services.send_letters(asked.values(), Letter.Kind.INVITATION, by=by)
    names = [*_BODIES]
    _answer(asked[names[0]], {
        "body/website": "https://www.example.org/dallendyshja", "work/themes": "awareness women", "where/council": "no",
        "learned/gaps": "coordination returnees",
    })  # fmt: skip
    _answer(asked[names[1]], {"learned/practice": "Loja hap bisedën."}, send=False)
    _answer(asked[_NEW], {**_said(_NEW, 2), "body/website": "https://www.example.org/ylli"})
    services.mark_not_them(asked[astray.name], because="We are a bakery.")
    gone = asked["Grupi “Kopshti i Mollëve” (i trilluar)"].letters.first()
    if gone is not None:
        services.record_bounce(gone, because="550 5.1.1 mailbox does not exist", by=by)
