"""From a text to the codes of the places that it means: how sure, why, and what else it could mean.

`resolve` never raises, needs no database, and answers the same text always the same way. The rules that it follows
are told in `rules`; finding the names in the text is `scanning`.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sofra.ground.text import fold

from . import rules
from .gazetteer import Gazetteer, Spot, load
from .scanning import Mention, Scan, scan

LIST_SIGNS = {",", "and", "in", "", "/", "soft", "or"}


@dataclass
class Resolution:
    """What a text says about places.

    `codes`: the reading, in the order of the text. `sure`: nobody need be asked. `alternatives`: codes that could be
    meant instead of, or beside, a code of the reading; beside a sure reading, those that were set aside, as `why`
    says. `why`: sentences. `unread`: pieces that were not understood.
    """

    text: str
    codes: list[str] = field(default_factory=list)
    sure: bool = False
    alternatives: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def resolve(text: str, *, country: str = "AL") -> Resolution:
    """Read a text that people wrote for a place of work. `country` is the hub's own: it is "the whole country"."""
    return _Judge(text, country).judge()


class _Judge:
    def __init__(self, text: str, country: str) -> None:
        self.gazetteer: Gazetteer = load()
        self.home = country if country in self.gazetteer.spots else "AL"
        self.found: Scan = scan(text, self.home)
        self.result = Resolution(text)
        self.doubts = 0
        self.alternatives: list[str] = []

    # -- what places are -------------------------------------------------------------------------------------------
    def spot(self, code: str) -> Spot:
        return self.gazetteer.spots[code]

    def told(self, code: str) -> str:
        spot = self.spot(code)
        return f"{spot.name if get_language() == 'sq' else spot.name_en} ({code})"

    def contains(self, outer: str, inner: str) -> bool:
        return outer in self.spot(inner).above or (outer == "WB" and self.spot(inner).kind == "country")

    def is_country(self, mention: Mention) -> bool:
        return any(self.spot(code).kind == "country" for code in mention.options)

    # -- the steps -------------------------------------------------------------------------------------------------
    def judge(self) -> Resolution:
        mentions = self.found.mentions
        for mention in mentions:
            self._keep_script(mention)
            self._keep_kind(mention)
        self._whole_of_another_country()
        self._written_twice()
        self._parentheses()
        self._larger_after_smaller()
        self._larger_first()
        kept = [m for m in mentions if not m.role]
        self._leave_named_counties(kept)
        for mention in kept:
            self._choose(mention)
        self._ask_neighbours(kept)
        self._write(kept)
        return self.result

    def doubt(self, sentence: str, alternatives: list[str] | None = None) -> None:
        self.doubts += 1
        self.result.why.append(sentence)
        self.alternatives += alternatives or []

    def tell(self, sentence: str, set_aside: list[str] | None = None) -> None:
        """Say it; `set_aside` are codes that a less likely reading would have: they are shown, nobody is asked."""
        self.result.why.append(sentence)
        self.alternatives += set_aside or []

    def _keep_script(self, mention: Mention) -> None:
        """Cyrillic letters, č, ć, š, ž, đ are no Albanian spelling, ë and ç no Slavic one."""
        letters = set(mention.raw.lower())
        countries: set[str] = set()
        if letters & rules.SLAVIC_LETTERS:
            countries = self.gazetteer.grammars["slavic"]
        elif letters & rules.ALBANIAN_LETTERS:
            countries = self.gazetteer.grammars["albanian"]
        if countries:
            fitting = {c: s for c, s in mention.options.items() if self.spot(c).country in countries}
            mention.options = fitting or mention.options

    def _keep_kind(self, mention: Mention) -> None:
        """Rule 2: of all places of that name, those of the kind that the text asks for."""
        options = mention.options
        if mention.kind is None:
            if options and max(options.values()) > 0:
                mention.options = {code: s for code, s in options.items() if s > 0}
            return
        fitting = {
            code: strength
            for code, strength in options.items()
            if rules.may_be(self.spot(code).kind, self.spot(code).city, mention.kind.asks_for(self.spot(code).country))
        }
        if fitting:
            mention.options = fitting
        elif mention.kind.plural and mention.kind.asks_for("") == {"settlement"}:
            mention.kind = None  # "villages of Shkodra" are in Shkodra
            self._keep_kind(mention)
        else:
            mention.mismatch = not any(self.spot(code).kind in {"country", "region"} for code in options)
            strong = {code: s for code, s in options.items() if s > 0}
            mention.options = strong or options

    def _whole_of_another_country(self) -> None:
        """ "The whole territory of Kosovo", "National (Kosovo)": the country beside it says which country is meant."""
        mentions = self.found.mentions
        for first, second in pairwise(mentions):
            for national, named in ((first, second), (second, first)):
                if not (national.wide and self.home in national.options and named.kind is None):
                    continue
                near = second.parent is first or second.relation in {"", "in", "soft", ","}
                if near and self.is_country(named) and not (named.wide and named.raw == national.raw):
                    if national.role or named.role or national.says != "national":
                        continue
                    national.role, named.wide = "where", True
                    if named.parent is national:
                        named.parent = national.parent
                    if national.parent is named:
                        national.parent = None

    def _written_twice(self) -> None:
        """ "Peja/Peć": the same place in two languages."""
        for first, second in pairwise(self.found.mentions):
            same = {code: s for code, s in first.options.items() if code in second.options}
            if second.relation == "/" and same and fold(first.raw) != fold(second.raw) and not second.says:
                first.options, first.kind, second.role = same, first.kind or second.kind, "where"

    def _parentheses(self) -> None:
        """Rule 4, and parentheses that hold the larger place or the same place by another name."""
        for mention in self.found.mentions:
            parent = mention.parent
            if parent is None or not mention.options or not parent.options:
                continue
            inside = self._inside(mention, parent)
            larger = self._inside(parent, mention)
            same = {code: s for code, s in mention.options.items() if code in parent.options}
            if inside and not mention.wide:
                mention.options = inside
                parent.options = self._around(parent, mention)
                if parent.role != "where":
                    parent.role = "outer"
            elif larger and not mention.wide:
                parent.options, mention.options = larger, self._around(mention, parent)
                mention.role = "where"
            elif same:
                mention.options = same
                parent.options = {code: s for code, s in parent.options.items() if code in same}
                mention.role = "where"
            elif not (mention.wide or mention.says or parent.wide or parent.area or mention.area or mention.kind):
                mention.stray = True
        for mention in self.found.mentions:
            if mention.role == "outer":
                code = min(mention.options, key=self._rank)
                parts = [m for m in self.found.mentions if m.parent is mention]
                asked = mention.kind is not None or mention.wide or (len(parts) > 1 and not self.is_country(mention))
                if asked and mention.area is None:
                    self.doubt(
                        _("The parts of %(place)s that are named were taken; is the whole of it meant as well?")
                        % {"place": self.told(code)},
                        [code],
                    )
                else:
                    place = mention.area.name if mention.area is not None else self.told(code)
                    self.tell(_("%(place)s says where the places named with it are.") % {"place": place})

    def _inside(self, inner: Mention, outer: Mention) -> dict[str, float]:
        named = (*outer.area.codes, *outer.area.alternatives) if outer.area is not None else ()
        options = inner.options
        inside = {c: s for c, s in options.items() if c in named or any(self.contains(o, c) for o in outer.options)}
        return {c: s for c, s in inside.items() if c not in outer.options or c in named} or inside

    def _around(self, outer: Mention, inner: Mention) -> dict[str, float]:
        if outer.area is not None:
            return outer.options
        return {c: s for c, s in outer.options.items() if any(self.contains(c, i) for i in inner.options)}

    def _larger_after_smaller(self) -> None:
        """Rule 3: "Paskuqan, Tirana", "Municipality of Pogradec, District of Korça", "Tirana and Durrës, Albania"."""
        groups: dict[int, list[Mention]] = {}
        for mention in self.found.mentions:
            groups.setdefault(id(mention.parent), []).append(mention)
        for group in groups.values():
            for at in range(1, len(group)):
                self._where(group, at)

    def _where(self, group: list[Mention], at: int) -> None:
        outer, inner = group[at], group[at - 1]
        if outer.relation not in {",", "in", "", "soft"} or outer.wide or outer.excluded or inner.role == "outer":
            return
        if fold(inner.raw) == fold(outer.raw) and outer.kind is None:
            return
        if inner.wide or not self._inside(inner, outer) or (outer.role and outer.role != "outer"):
            return
        country = self.is_country(outer)
        closed = outer.relation == "," and inner.relation == "and"  # "A and B, C": the list ended before C
        closed = closed and all(self.spot(c).level <= 1 for c in outer.options)
        spoken = outer.relation == "in" or outer.kind is not None or outer.area is not None or country or closed
        run = [inner]
        if spoken:
            for back in range(at - 2, -1, -1):
                if group[back + 1].relation not in LIST_SIGNS or not self._inside(group[back], outer):
                    break
                run.append(group[back])
        lands = {self.spot(c).country for c in outer.options}
        small = all(
            self.spot(c).level >= 3
            for m in run
            for c in m.options
            if self.spot(c).country in lands and c not in outer.options
        )
        if not spoken and not small:
            alone = len(group) == 2 or (inner.role == "where" and at >= 1)
            large = [c for c in inner.options if self.spot(c).level <= 2]
            if not alone or not any(self.contains(o, c) for o in outer.options for c in large):
                return
        before = dict(outer.options)
        for mention in run:
            mention.options = self._inside(mention, outer) or mention.options
        outer.options = self._around(outer, inner)
        outer.role = "where"
        code = max(outer.options, key=lambda c: (self.spot(c).level <= 1, -self.spot(c).level))
        others = [
            c
            for c in before
            if self.spot(c).kind == "municipality" and not any(c == i or self.contains(c, i) for i in inner.options)
        ]
        open_list = outer.relation == "," and not country and len(run) > 1 and not small and not closed
        siblings = not spoken and not small and inner.role != "where" and bool(others)
        siblings = siblings and any(self.spot(c).quiet for c in outer.options)
        longer = not spoken and small and len(group) > 2 and inner.role != "where" and not self._chain(group, at)
        if open_list or siblings or longer:
            self.doubt(
                _("“%(outer)s” was taken to say where %(inner)s is; is it meant as a place of its own?")
                % {"outer": outer.raw, "inner": inner.raw},
                others[:1] if outer.kind is None and others else [code],
            )
        elif others and not (spoken or small):
            self.tell(
                _("“%(outer)s” was taken to say where %(inner)s is, not as %(place)s beside it.")
                % {"outer": outer.raw, "inner": inner.raw, "place": self.told(others[0])},
                others[:1],
            )
        else:
            self.tell(_("“%(outer)s” says where %(inner)s is.") % {"outer": outer.raw, "inner": inner.raw})

    def _chain(self, group: list[Mention], at: int) -> bool:
        """ "Paskuqan, Kamëz, Tirana": the next name is larger again."""
        return at == 1 and all(
            self._around(group[i + 1], group[i]) and group[i + 1].relation in {",", "in"}
            for i in range(at, len(group) - 1)
        )

    def _larger_first(self) -> None:
        """ "Kosovo, Prizren", "Albania - Tirana", "Bashkia Pukë, Njësia Gjegjan": it says where the next name is."""
        mentions = self.found.mentions
        for first, second in pairwise(mentions):
            if first.role or first.wide or first.parent is not second.parent:
                continue
            inside = self._inside(second, first)
            alone = sum(m.parent is first.parent for m in mentions) == 2
            if (second.kind is not None or alone) and self._stands_before(first, inside, second):
                if second.relation in {",", "", "soft", "in"} and not second.role:
                    code = min(self._around(first, second), key=self._rank)
                    first.role, second.options = "where", inside
                    self.doubt(
                        _("“%(outer)s” was taken to say where %(inner)s is; is it meant as a place of its own?")
                        % {"outer": first.raw, "inner": second.raw},
                        [code],
                    )
                continue
            if not self.is_country(first):
                continue
            if inside and second.relation in {",", "", "soft", "in"} and not second.role:
                second.options = inside
                first.role = "where"
                for later in mentions[mentions.index(second) + 1 :]:
                    if later.parent is not first.parent or later.relation == ";" or not self._inside(later, first):
                        break
                    later.options = self._inside(later, first)
                self.tell(_("“%(outer)s” says where %(inner)s is.") % {"outer": first.raw, "inner": second.raw})

    def _stands_before(self, first: Mention, inside: dict[str, float], second: Mention) -> bool:
        """May it be an address that begins with the larger? It has its kind too, or what follows is a unit."""
        if not inside or first.is_code:
            return False
        if first.kind is not None:
            return not first.kind.plural
        words = (self.gazetteer.words.get(word) for word in fold(first.raw).split())
        if any(w is not None and w.role == "kind" for w in words):
            return True
        if first.kind is None and first.area is None and not self.is_country(first):
            around = [c for c in first.options if first.options[c] >= 1 and not self.spot(c).quiet]
            if around and all(self.contains(outer, inner) for outer in around for inner in inside):
                return True  # "Beograd - Zvezdara": nothing else is called Beograd
        return second.kind is not None and all(self.spot(c).level >= 3 for c in inside)

    def _leave_named_counties(self, kept: list[Mention]) -> None:
        """Rule 5: a county that the text named with its kind is not meant again by a bare name."""
        named = set()
        for mention in self.found.mentions:
            if mention.kind is not None and len(mention.options) == 1:
                named |= set(mention.options)
        for mention in kept:
            if mention.kind is None and len(mention.options) > 1:
                rest = {code: s for code, s in mention.options.items() if code not in named}
                mention.options = rest or mention.options

    def _rank(self, code: str) -> tuple[int, str]:
        return rules.PREFERENCE[self.spot(code).kind], code

    def _choose(self, mention: Mention) -> None:
        """Rules 1 and 6: the likeliest place of that name, and the others that it could be."""
        if not mention.options:
            return
        options = mention.options
        here = [c for c in options if self.spot(c).country in {self.home, ""}]
        pool = here or list(options)
        exact = [c for c in pool if options[c] == int(options[c])]
        pool = exact if exact and mention.kind is None else pool
        pool.sort(key=lambda c: (self._rank(c)[0], -options[c], c))
        if not here and len({self.spot(c).country for c in pool}) > 1:
            cyrillic = bool(set(mention.raw.lower()) & rules.CYRILLIC_LETTERS)
            pool.sort(
                key=lambda c: (
                    self._rank(c)[0],
                    cyrillic and c not in self.gazetteer.cyrillic,
                    -int(options[c]),
                    c,
                )
            )
        best = pool[0]
        mention.chosen = best
        mention.others = [c for c in pool[1:] if not self._beside_the_point(best, c, options)]
        if mention.others and all(self.spot(c).quiet for c in mention.others) and not self.spot(best).quiet:
            mention.aside, mention.others = mention.others, []
        if mention.others:  # now that it is asked, tell them all
            mention.others = [c for c in pool[1:] if c != best]
        if here and self.spot(best).level >= 3 and mention.kind is None:
            abroad = [c for c in options if c not in here and options[c] == 3 and self.spot(c).level <= 2]
            mention.others += sorted(abroad)
            self._as_spelled(mention, abroad)

    def _as_spelled(self, mention: Mention, abroad: list[str]) -> None:
        """ "Trebinje" is first the city that is written so, then the unit Trebinjë of the hub's own country."""
        raw = mention.raw.casefold()
        so = [c for c in abroad if self.spot(c).name.casefold() == raw]
        if len(so) == 1 and self.spot(mention.chosen).name.casefold() != raw:
            mention.others = [mention.chosen, *(c for c in mention.others if c != so[0])]
            mention.chosen = so[0]

    def _beside_the_point(self, best: str, other: str, options: dict[str, float]) -> bool:
        """Need nobody be asked whether `other` is meant? So it is with a unit of its own municipality's name."""
        if self.spot(best).kind == "country":
            return self.spot(other).country == best  # "RS" is Serbia, or Republika Srpska
        if self.contains(best, other) and self.spot(other).level >= 3:
            return options[best] >= 2 or options[other] < 3
        return False

    def _ask_neighbours(self, kept: list[Mention]) -> None:
        """Rule 6: names beside it decide between places of one name."""
        for mention in kept:
            if not mention.chosen or mention.is_code or mention.area or len(mention.options) < 2:
                continue
            beside = [m for m in self.found.mentions if m is not mention and not m.says and m.options]
            countries = {c for c in (self._country_of(m) for m in beside) if c}
            if countries:
                self._read_in_country(mention, countries)
            if mention.others and self.spot(mention.chosen).level >= 3:
                self._read_beside(mention, beside)
            elif mention.others and all(self.spot(c).level >= 3 for c in mention.others):
                self._read_among(mention, beside)

    def _country_of(self, mention: Mention) -> str:
        countries = {self.spot(c).country for c in mention.options}
        return countries.pop() if len(countries) == 1 else ""

    def _read_in_country(self, mention: Mention, countries: set[str]) -> None:
        there = {c: s for c, s in mention.options.items() if self.spot(c).country in countries}
        if not there:
            return
        if any(m.chosen == mention.chosen and fold(m.raw) != fold(mention.raw) for m in self.found.mentions):
            return  # "Serbia and RS": who says it twice may mean another by the second
        if self.spot(mention.chosen).country in countries:
            mention.others = [c for c in mention.others if self.spot(c).country in countries]
            return
        left = [mention.chosen, *mention.others]
        was_home = self.spot(mention.chosen).country == self.home
        pool = sorted(there, key=self._rank)
        mention.chosen = pool[0]
        rest = [c for c in pool[1:] if not self._beside_the_point(pool[0], c, there)]
        mention.others = rest + ([c for c in left if c not in pool] if was_home else [])
        self.tell(_("“%(name)s” was read in the country of the other names.") % {"name": mention.raw})

    def _read_beside(self, mention: Mention, beside: list[Mention]) -> None:
        known = [m.chosen for m in beside if m.chosen and not m.others]
        known += [c for m in beside if m.role and len(m.options) == 1 for c in m.options]
        near = {c for code in known for c in (code, *self.spot(code).above) if self.spot(c).level == 2}
        same = [c for c in (mention.chosen, *mention.others) if self.spot(c).above & near]
        if len(same) == 1:
            mention.chosen, mention.others = same[0], []
            self.tell(_("“%(name)s” was read as the one beside the other names.") % {"name": mention.raw})

    def _read_among(self, mention: Mention, beside: list[Mention]) -> None:
        """A municipality among municipalities of its own county is no unit of another."""
        around = self.spot(mention.chosen).above - {self.spot(mention.chosen).country}
        known = [self.spot(m.chosen) for m in beside if m.chosen and not m.others]
        if known and all(spot.kind == "municipality" and spot.above & around for spot in known):
            others = ", ".join(self.told(c) for c in mention.others)
            words = {"name": mention.raw, "place": self.told(mention.chosen), "others": others}
            self.tell(_("“%(name)s” is %(place)s, as the names beside it are; not %(others)s.") % words, mention.others)
            mention.others = []

    # -- the answer ------------------------------------------------------------------------------------------------
    def _write(self, kept: list[Mention]) -> None:
        found, result = self.found, self.result
        codes: list[str] = []
        for mention in kept:
            if mention.excluded:
                self.doubt(_("“%(name)s” is left out by the text.") % {"name": mention.raw})
                continue
            if mention.area is not None:
                self._write_area(mention, codes)
                continue
            codes.append(mention.chosen)
            self._explain(mention)
        result.codes = list(dict.fromkeys(codes))
        if found.unread:
            pieces = ", ".join(dict.fromkeys(found.unread))
            self.doubt(_("Not understood: %(pieces)s.") % {"pieces": pieces})
            result.unread = list(dict.fromkeys(found.unread))
        if found.outside:
            self.doubt(_("Outside the countries of the hub: %(names)s.") % {"names": ", ".join(found.outside)})
        if found.either:
            self.doubt(_("The text says “or”: it leaves open which place is meant."))
        if found.everything and not result.codes:
            result.codes = [self.home]
        if found.dangling and (result.codes or not found.unread):
            self.doubt(_("A kind of place is mentioned without saying which one."))
        if not result.codes:
            self.doubts += 1
            result.why.append(
                _("The text says that no place is known.")
                if found.unknown
                else _("No place was recognised in the text.")
            )
        if found.unknown and result.codes:
            self.doubts += 1
        chosen = set(result.codes)
        result.alternatives = [code for code in dict.fromkeys(self.alternatives) if code not in chosen]
        result.sure = self.doubts == 0
        result.why = list(dict.fromkeys(result.why))

    def _write_area(self, mention: Mention, codes: list[str]) -> None:
        area = mention.area
        assert area is not None
        there = [c for c in (*area.codes, *area.alternatives) if c in mention.options]
        narrowed = any(c not in mention.options for c in area.codes)
        codes += there if narrowed else area.codes
        why = area.why_sq if get_language() == "sq" else area.why
        sentence = why[:1].upper() + why[1:] + "."
        if area.sure:
            self.tell(sentence)
        else:
            self.doubt(sentence, [] if narrowed else list(area.alternatives))

    def _explain(self, mention: Mention) -> None:
        code, raw = mention.chosen, mention.raw
        spot = self.spot(code)
        words = {"name": raw, "place": self.told(code)}
        if mention.misspelt:
            sentence = _("“%(name)s” was read as %(place)s, spelled differently.") % words
            if mention.correction_sure:
                self.tell(sentence)
            else:
                self.doubt(sentence, mention.others)
        if mention.mismatch:
            above = [c for c in sorted(self.spot(code).above) if self.spot(c).level == spot.level - 1]
            self.doubt(
                _("There is no place of the kind that the text names called “%(name)s”; %(place)s was taken.") % words,
                above,
            )
        if mention.others:
            others = ", ".join(f"{self.told(c)}" for c in mention.others)
            self.doubt(
                _("“%(name)s” may be %(place)s or %(others)s: which is meant?") % {**words, "others": others},
                mention.others,
            )
        elif mention.options.get(code, 1) == 0 and mention.kind is None:
            self.doubt(_("“%(name)s” was taken for %(place)s.") % words)
        elif mention.aside:
            others = ", ".join(self.told(c) for c in mention.aside)
            self.tell(
                _("“%(name)s” is %(place)s, not %(others)s, which has no government of its own.")
                % {**words, "others": others},
                mention.aside,
            )
        elif not (mention.misspelt or mention.mismatch):
            self.tell(_("“%(name)s” is %(place)s.") % words)
        if mention.stray and mention.parent is not None:
            self.doubt(
                _("“%(name)s” stands beside “%(outer)s” as a part of it, but lies elsewhere.")
                % {"name": raw, "outer": mention.parent.raw}
            )
        if mention.near:
            self.doubt(_("What lies around “%(name)s” has no boundary; %(place)s was taken.") % words)
        if mention.part:
            self.doubt(_("A part of %(place)s is named that has no boundary.") % words)
