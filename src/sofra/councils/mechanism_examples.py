"""What public documents say of mechanisms, drivers and duties, for the demo and for a hub that begins.

Nothing is invented about a real place. What the article and the mapping report say in general is said of the whole
country; whether a named municipality has a mechanism stays not known unless a source names it.
"""

from django.conf import settings
from django.db import transaction

from sofra.ground.audit import record
from sofra.ground.models import AuditLine, Visibility
from sofra.places.models import Place

from . import mechanism_services as services
from .mechanism_services import Said
from .models import Duty, Mechanism

_INVENTED_AT, _INVENTED = "AL153", "Shembull i trilluar i demonstrimit"
_MADE = "demo.mechanisms_made"
_ARTICLE = "Political Will to Achieve Greater Equality (PLGP), article on the training of nineteen municipalities"
_REPORT = "Mapping of organisations in P/CVE, Albania 2018"
_GENERAL = {
    "sq": "Burimi e përmend në përgjithësi; në cilat bashki ekziston, nuk thuhet.",
    "en": "The source names it in general; in which municipalities it exists is not said.",
}
# What answers the telephone in the whole country: office, number, what it does, and who says so.
_LINES: dict[str, tuple[str, str, tuple[str, str], str]] = {
    "domestic_violence": (
        "Linja Kombëtare e Këshillimit për Gra dhe Vajza", "116 117",
        ("Falas, ditë e natë, për gra dhe vajza që përjetojnë dhunë.",
         "Free, day and night, for women and girls who live through violence."),
        "UN Women Albania, interview with the director of the Counselling Line for Women and Girls, July 2023",
    ),
    "child_protection": (
        "ALO 116 111, Linja Kombëtare e Këshillimit për Fëmijë", "116 111",
        ("Falas, ditë e natë, për fëmijët dhe për këdo që shqetësohet për një fëmijë.",
         "Free, day and night, for children and for anybody who worries about a child."),
        "alo116.al, the line's own page, “Rreth nesh”",
    ),
    "policing": (
        "Policia e Shtetit", "129",
        ("Kur dikush është në rrezik tani.", "When somebody is in danger now."),
        "United Nations in Albania, message of 2020: “call the national hotline 116117, or the police 129”",
    ),
}  # fmt: skip
_COUNCILS_V = ("AL212", "AL114", "AL213", "AL215")  # Cërrik, Burrel (municipality of Mat), Elbasan, Librazhd
_COUNCILS_IX = ("AL214", "AL217", "AL216")  # Gramsh, Prrenjas, Peqin
_DRIVERS = (
    ("push", "Faktorët që ndihmojnë radikalizimin nuk janë vetëm ideologjikë, por kryesisht socialë dhe ekonomikë.",
     "The factors that contribute to radicalisation are not only ideological but mainly social and economic.",
     f"{_REPORT}, chapter I, sixth point", "2018"),
    ("push", "Në zonat e largëta rurale qytetarët jetojnë nën trysni ekonomike e sociale dhe larg administratës.",
     "In remote rural areas citizens live under economic and social pressure and far from the administration.",
     f"{_ARTICLE}: words of a deputy mayor", ""),
)  # fmt: skip
_LAW_139 = "Ligji nr. 139/2015 “Për vetëqeverisjen vendore”"
_LISTED = "elbasani.gov.al, Functions of the municipality: articles 23–29 of law no. 139/2015"
# Code, law, article ("" where it is not certain), duty and practice in two languages, source.
DUTIES: tuple[tuple[str, str, str, tuple[str, str], tuple[str, str], str], ...] = (
    ("al.social-services", _LAW_139, "24",
     ("Të krijojë dhe të administrojë shërbimet sociale në nivel vendor",
      "Create and run social services at local level"),
     ("Bashkia di cilat shërbime ka, për kë dhe ku, dhe çfarë mungon.",
      "The municipality knows which services it has, for whom and where, and what is missing."), _LISTED),
    ("al.public-safety", _LAW_139, "29",
     ("Të kujdeset për sigurinë publike brenda funksioneve të veta",
      "Look after public safety within its own functions"),
     ("Policia bashkiake, ndërmjetësimi i konflikteve dhe këshilli i sigurisë kanë një përgjegjës dhe një plan.",
      "Municipal police, mediation of conflicts and the safety council have somebody responsible and a plan."),
     f"{_LISTED}; portavendore.al, Siguria publike"),
    ("al.domestic-violence", "Ligji nr. 9669, datë 18.12.2006 “Për masa ndaj dhunës në marrëdhëniet familjare”", "",
     ("Të marrë pjesë në rrjetin e autoriteteve që mbrojnë dhe mbështesin viktimat e dhunës në familje",
      "Take part in the network of authorities that protect and support victims of domestic violence"),
     ("Ka një koordinator vendor, një marrëveshje mes institucioneve dhe një mënyrë të njohur për ta arritur.",
      "There is a local coordinator, an agreement between institutions, and a known way to reach them."),
     "Law no. 9669 of 18.12.2006, English translation at ecoi.net; the article: role of municipalities in mechanisms"),
    ("al.child-protection", "Ligji nr. 18/2017 “Për të drejtat dhe mbrojtjen e fëmijës”", "",
     ("Të ketë strukturën që mbron të drejtat e fëmijës në nivel vendor",
      "Keep the structure that protects the rights of the child at local level"),
     ("Punonjësi për mbrojtjen e fëmijës, kontakti i tij dhe grupi teknik njihen nga shkollat dhe policia.",
      "Schools and police know the office that protects children, how to reach it, and the technical group."),
     "Law no. 18/2017, as named at albanica.al; the article: mechanism for children at risk"),
)  # fmt: skip


@transaction.atomic
def load_duties() -> int:
    """The duties that are not there yet, by their code; how many came. What an editor changed stays."""
    have = set(Duty.objects.values_list("code", flat=True))
    new = [
        Duty(code=code, law=law, article=article, texts=_two(text), practice=_two(practice), source=source, position=n)
        for n, (code, law, article, text, practice, source) in enumerate(DUTIES)
        if code not in have
    ]
    Duty.objects.bulk_create(new)
    if new:
        record(what="duties.loaded", about="duties", by=None, number=len(new))
    return len(new)


def _two(texts: tuple[str, str]) -> dict[str, str]:
    return dict(zip(("sq", "en"), texts, strict=True))


@transaction.atomic
def load_said() -> None:
    """What the two documents say of mechanisms and drivers; once, and only of places that the hub has."""
    load_duties()
    if AuditLine.objects.filter(what=_MADE).exists():
        return
    places = set(Place.objects.values_list("code", flat=True))
    if not {"AL", _INVENTED_AT} <= places:
        return
    for kind in Mechanism.Kind.values:
        if kind != Mechanism.Kind.COUNCIL:
            _say("AL", kind, _in_general(kind))
    for codes, chapter in ((_COUNCILS_V, "chapter V, second finding"), (_COUNCILS_IX, "chapter IX")):
        for code in places & set(codes):
            _say(code, Mechanism.Kind.COUNCIL, Said("yes", source=f"{_REPORT}, {chapter}"))
    for kind, albanian, english, source, begins in _DRIVERS:
        services.record_driver(
            place="AL", kind=kind, statements={"sq": albanian, "en": english}, source=source, begins=begins,
            ends=begins, visible_to=Visibility.PUBLIC, by=None, agreed=True,
        )  # fmt: skip
    if settings.MODE == "demo":
        _invent()
    record(what=_MADE, about="mechanisms", by=None)


def _invent() -> None:
    """Obviously invented, and seen by members only, so that it counts in no public figure."""
    talk = services.record_consultation(
        place=_INVENTED_AT, kind="meeting", when="2026-03-05", people=24, source=_INVENTED, visible_to=1, by=None,
        note="Takim i trilluar i policisë me banorët.",
        asked=["Drita në rrugën e shkollës (e trilluar)", "Një orar për zyrën në komunitet (i trilluar)"],
    )  # fmt: skip
    wish = talk.asked.first()
    if wish is not None:
        services.answer_asked(wish, state="done", answer="U vendosën katër drita (të trilluara).", by=None)
    for code, state in (("al.public-safety", "partly"), ("al.domestic-violence", "yes")):
        services.check_duty(Duty.objects.get(code=code), place=_INVENTED_AT, state=state, note=_INVENTED, by=None)


def _in_general(kind: str) -> Said:
    """The article names the mechanism; some have a line that the whole country can call."""
    if kind not in _LINES:
        return Said("yes", source=_ARTICLE, how_to_reach=dict(_GENERAL))
    office, phone, reach, source = _LINES[kind]
    words = {code: f"{text} {_GENERAL[code]}" for code, text in _two(reach).items()}
    return Said("yes", office=office, phone=phone, how_to_reach=words, source=f"{source}; {_ARTICLE}"[:300])


def _say(place: str, kind: str, said: Said) -> None:
    if not Mechanism.objects.filter(place=place, kind=kind).exists():
        services.record_mechanism(said, place=place, kind=kind, by=None)
