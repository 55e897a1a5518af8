"""A registry of any size for the benches: invented organisations over all Albanian places, written by the services."""

import random

from sofra.ground.audit import record
from sofra.organisations import services, vocabulary
from sofra.organisations.models import Change
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place

_FIRST = "Qendra Shoqata Fondacioni Forumi Lëvizja Rrjeti Instituti Klubi Unioni Nisma".split()
_SECOND = "Rinore Gruaja Komunitare Qytetare Sociale Kulturore Mjedisore Arsimore Rurale Familjare".split()
_THIRD = "Drita Shpresa Vizioni Ura Hapi Agimi Zëri Ardhmëria Besimi Horizonti Perspektiva Lulja Dielli Ylberi".split()


def drafts(start: int, stop: int) -> list[Draft]:
    """Organisations number `start` to `stop`, the same every time: themes, audiences, places, a website each."""
    places = Place.objects.filter(country="AL", level__in=(2, 3)).order_by("code").values_list("code", "level")
    municipalities = [code for code, level in places if level == 2]
    units = [code for code, level in places if level == 3]
    kinds = [kind for kind in vocabulary.Kind.values if kind != "unknown"]
    made = []
    for number in range(start, stop):
        chance = random.Random(number)
        name = f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} “{chance.choice(_THIRD)} {number}”"
        said = [("name", name), ("language", "sq"), ("website", f"https://organizata-{number}.example")]
        said += [("theme", code) for code in chance.sample(vocabulary.Theme.values, 2)]
        said += [("audience", chance.choice(vocabulary.Audience.values))]
        said += [("activity_kind", chance.choice(list(vocabulary.ACTIVITY_KINDS)))]
        said += [("place", chance.choice(municipalities))]
        if chance.random() < 0.4:
            said += [("place", chance.choice(units))]
        source = f"Lista e prodhuar, rreshti {number + 1}"
        facts = [FactDraft(field, value, source=source) for field, value in said]
        made.append(Draft(kind=chance.choice(kinds), facts=facts, code=f"al.bench-{number}"))
    return made


def fill(size: int) -> None:
    """Put `size` organisations into an empty registry, in one change."""
    change = services.open_change(kind=Change.Kind.IMPORT, by=None, note="bench")
    for start in range(0, size, 5_000):
        services.register_many(drafts(start, min(start + 5_000, size)), change=change, by=None)
    record(what="bench.filled", about="registry", by=None, organisations=size)
