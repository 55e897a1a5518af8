"""Makes lists of invented organisations with known duplicates, to measure the duplicates matcher.

`python bench/generate_organisations.py 10000 --seed 7 --style balkan OUT.jsonl` writes the records as JSON lines and the true
pairs beside them in OUT.jsonl.truth (two ids a line). The same seed gives the same list.

Two styles of different make: "balkan" writes bodies in four languages, with translations, acronyms, branches and the
errors people make; "english" writes companies and charities with typing errors as the FEBRL sets have them. Neither
reads the matcher's word table: the words below were written apart, and about a fifth of the ideas are unknown to it.
"""

import argparse
import json
import random
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

Entity = dict[str, object]
Row = dict[str, str]

# idea: English, Albanian (after "për"/genitive as a name would have it), Serbian, Macedonian
KINDS = {
    "center": (("Center", "Centre"), ("Qendra",), ("Centar",), ("Центар",)),
    "association": (("Association", "Society"), ("Shoqata",), ("Udruženje", "Društvo"), ("Здружение",)),
    "foundation": (("Foundation",), ("Fondacioni",), ("Fondacija",), ("Фондација",)),
    "institute": (("Institute",), ("Instituti",), ("Institut",), ("Институт",)),
    "forum": (("Forum",), ("Forumi",), ("Forum",), ("Форум",)),
    "network": (("Network",), ("Rrjeti",), ("Mreža",), ("Мрежа",)),
    "movement": (("Movement",), ("Lëvizja",), ("Pokret",), ("Движење",)),
    "organisation": (("Organisation", "Organization"), ("Organizata",), ("Organizacija",), ("Организација",)),
    "club": (("Club",), ("Klubi",), ("Klub",), ("Клуб",)),
    "initiative": (("Initiative",), ("Iniciativa", "Nisma"), ("Inicijativa",), ("Иницијатива",)),
}
THEMES = {
    "youth": (("Youth", "Young People"), ("Rinor", "Rinisë"), ("Mladih", "Omladine"), ("Млади",)),
    "women": (("Women", "Women's Rights"), ("Gruas", "Grave"), ("Žena",), ("Жени",)),
    "children": (("Children",), ("Fëmijëve",), ("Dece", "Djece"), ("Деца",)),
    "environment": (
        ("Environment", "Environmental Protection"),
        ("Mjedisit",),
        ("Životne sredine", "Okoline"),
        ("Животна средина",),
    ),
    "disability": (
        ("People with Disabilities", "Persons with Disabilities"),
        ("Njerëzit me Aftësi të Kufizuar", "Personat me Aftësi të Kufizuar"),
        ("Osobe sa invaliditetom",),
        ("Лица со попреченост", "Лица со хендикеп"),
    ),
    "roma": (
        ("Roma", "Roma Integration"),
        ("Romëve", "Integrimin e Romëve"),
        ("Roma", "Integraciju Roma"),
        ("Роми", "Интеграција на Ромите"),
    ),
    "human rights": (("Human Rights",), ("Të Drejtat e Njeriut",), ("Ljudska prava",), ("Човекови права",)),
    "democracy": (("Democracy",), ("Demokraci",), ("Demokratiju",), ("Демократија",)),
    "development": (("Development",), ("Zhvillim",), ("Razvoj",), ("Развој",)),
    "local government": (
        ("Local Government",),
        ("Qeverisje Vendore",),
        ("Lokalnu samoupravu",),
        ("Локална самоуправа",),
    ),
    "health": (("Health",), ("Shëndet",), ("Zdravlje",), ("Здравје",)),
    "education": (("Education",), ("Arsim", "Edukim"), ("Obrazovanje",), ("Образование",)),
    "media": (("Media",), ("Media",), ("Medije",), ("Медиуми",)),
    "peace": (("Peace",), ("Paqe",), ("Mir",), ("Мир",)),
    "security": (("Security",), ("Siguri",), ("Bezbednost",), ("Безбедност",)),
    "culture": (("Culture",), ("Kulturë",), ("Kulturu",), ("Култура",)),
    "sport": (("Sport", "Sports"), ("Sport",), ("Sport",), ("Спорт",)),
    "agriculture": (("Agriculture", "Farming"), ("Bujqësi",), ("Poljoprivredu",), ("Земјоделство",)),
    "tourism": (("Tourism",), ("Turizëm",), ("Turizam",), ("Туризам",)),
    "legal aid": (("Legal Aid",), ("Ndihmë Juridike", "Ndihmë Ligjore"), ("Pravnu pomoć",), ("Правна помош",)),
    "domestic violence": (
        ("Domestic Violence Victims",),
        ("Viktimat e Dhunës në Familje",),
        ("Žrtve nasilja u porodici",),
        ("Жртви на семејно насилство",),
    ),
    "volunteers": (("Volunteers", "Volunteering"), ("Vullnetarët",), ("Volontere",), ("Волонтери",)),
    "interfaith": (
        ("Interfaith Dialogue",),
        ("Dialog Ndërfetar",),
        ("Međureligijski dijalog",),
        ("Меѓурелигиски дијалог",),
    ),
    "civic": (
        ("Civic Engagement", "Citizen Participation"),
        ("Angazhim Qytetar",),
        ("Građansko učešće",),
        ("Граѓанско учество",),
    ),
    "transparency": (("Transparency",), ("Transparencë",), ("Transparentnost",), ("Транспарентност",)),
    "anti-corruption": (
        ("Anti-Corruption", "Fight against Corruption"),
        ("Luftë kundër Korrupsionit",),
        ("Borbu protiv korupcije",),
        ("Борба против корупција",),
    ),
    "employment": (("Employment",), ("Punësim",), ("Zapošljavanje",), ("Вработување",)),
    "rural": (("Rural Development",), ("Zhvillim Rural",), ("Ruralni razvoj",), ("Рурален развој",)),
    "elderly": (("Elderly Care",), ("Kujdesin e të Moshuarve",), ("Brigu o starima",), ("Грижа за стари лица",)),
    "migration": (("Migration",), ("Migracion",), ("Migracije",), ("Миграции",)),
    "trafficking": (
        ("Anti-Trafficking",),
        ("Luftë kundër Trafikimit",),
        ("Borbu protiv trgovine ljudima",),
        ("Борба против трговија со луѓе",),
    ),
    "mental health": (("Mental Health",), ("Shëndet Mendor",), ("Mentalno zdravlje",), ("Ментално здравје",)),
    "research": (("Research",), ("Kërkime",), ("Istraživanja",), ("Истражување",)),
    "energy": (("Energy",), ("Energji",), ("Energiju",), ("Енергија",)),
    "innovation": (("Innovation",), ("Inovacion",), ("Inovacije",), ("Иновации",)),
    "arts": (("Arts",), ("Arte",), ("Umetnost",), ("Уметност",)),
    # ideas held out: the matcher's table has none of them
    "bees": (("Beekeepers", "Beekeeping"), ("Bletarëve",), ("Pčelara",), ("Пчелари",)),
    "chess": (("Chess",), ("Shahut",), ("Šaha",), ("Шах",)),
    "hunters": (("Hunters",), ("Gjuetarëve",), ("Lovaca",), ("Ловци",)),
    "recycling": (("Recycling",), ("Riciklim",), ("Reciklažu",), ("Рециклирање",)),
    "cycling": (("Cyclists",), ("Çiklistëve",), ("Biciklista",), ("Велосипедисти",)),
    "craft": (("Crafts",), ("Zejtarisë",), ("Zanatlija",), ("Занаетчии",)),
    "notaries": (("Notaries",), ("Noterëve",), ("Beležnika",), ("Нотари",)),
    "olive": (("Olive Growers",), ("Ullishtarëve",), ("Maslinara",), ("Маслинари",)),
    "rescue": (
        ("Mountain Rescue",),
        ("Shpëtimit Malor",),
        ("Gorsku službu spasavanja",),
        ("Горска служба за спасување",),
    ),
    "literacy": (("Literacy",), ("Shkrim-Lexim",), ("Pismenost",), ("Писменост",)),
}
MOTTOES = (
    (("Another Vision", "Other Vision"), ("Tjetër Vizion",), ("Druga vizija",), ("Друга визија",)),
    (("Open Doors",), ("Dyer të Hapura",), ("Otvorena vrata",), ("Отворени врати",)),
    (("New Hope",), ("Shpresa e Re",), ("Nova nada",), ("Нова надеж",)),
    (("Bridge of Friendship",), ("Ura e Miqësisë",), ("Most prijateljstva",), ("Мост на пријателството",)),
    (("Light of Life",), ("Drita e Jetës",), ("Svetlost života",), ("Светлина на животот",)),
    (("Children Today",), ("Fëmijët Sot",), ("Deca danas",), ("Деца денес",)),
    (("Together for the Future",), ("Së Bashku për të Ardhmen",), ("Zajedno za budućnost",), ("Заедно за иднината",)),
    (("Step Forward",), ("Hap Përpara",), ("Korak napred",), ("Чекор напред",)),
    (("Voice of the Village",), ("Zëri i Fshatit",), ("Glas sela",), ("Глас на селото",)),
    (("Golden Eagle",), ("Shqiponja e Artë",), ("Zlatni orao",), ("Златен орел",)),
    (("White Rose",), ("Trëndafili i Bardhë",), ("Bela ruža",), ("Бела роза",)),
    (("Clean Hands",), ("Duar të Pastra",), ("Čiste ruke",), ("Чисти раце",)),
    (("Sunflower",), ("Luledielli",), ("Suncokret",), ("Сончоглед",)),
    (("Good Neighbour",), ("Fqinji i Mirë",), ("Dobar komšija",), ("Добар сосед",)),
)  # fmt: skip
# place: indefinite, definite, English, Serbian, Macedonian
PLACES = (
    ("Shkodër", "Shkodra", "Shkodra", "Skadar", "Скадар"), ("Tiranë", "Tirana", "Tirana", "Tirana", "Тирана"),
    ("Durrës", "Durrësi", "Durres", "Drač", "Драч"), ("Elbasan", "Elbasani", "Elbasan", "Elbasan", "Елбасан"),
    ("Korçë", "Korça", "Korca", "Korča", "Корча"), ("Vlorë", "Vlora", "Vlora", "Valona", "Валона"),
    ("Pukë", "Puka", "Puka", "Puka", "Пука"), ("Kukës", "Kukësi", "Kukes", "Kukeš", "Кукс"),
    ("Berat", "Berati", "Berat", "Berat", "Берат"), ("Fier", "Fieri", "Fier", "Fier", "Фиер"),
    ("Lezhë", "Lezha", "Lezha", "Lješ", "Леш"), ("Dibër", "Dibra", "Dibra", "Debar", "Дебар"),
    ("Cërrik", "Cërriku", "Cerrik", "Cerik", "Церик"), ("Pogradec", "Pogradeci", "Pogradec", "Pogradec", "Поградец"),
    ("Librazhd", "Librazhdi", "Librazhd", "Libražd", "Либражд"), ("Kavajë", "Kavaja", "Kavaja", "Kavaja", "Каваја"),
    ("Lushnjë", "Lushnja", "Lushnja", "Lušnja", "Лушња"), ("Gjirokastër", "Gjirokastra", "Gjirokastra", "Đirokastra", "Ѓирокастра"),
    ("Sarandë", "Saranda", "Saranda", "Saranda", "Саранда"), ("Krujë", "Kruja", "Kruja", "Kruja", "Круја"),
    ("Peqin", "Peqini", "Peqin", "Pećin", "Пекин"), ("Roskovec", "Roskoveci", "Roskovec", "Roskovec", "Росковец"),
    ("Gramsh", "Gramshi", "Gramsh", "Gramš", "Грамш"), ("Përmet", "Përmeti", "Permet", "Permet", "Пермет"),
    ("Tepelenë", "Tepelena", "Tepelena", "Tepelena", "Тепелена"), ("Mat", "Mati", "Mat", "Mat", "Мат"),
    ("Prishtinë", "Prishtina", "Pristina", "Priština", "Приштина"), ("Prizren", "Prizreni", "Prizren", "Prizren", "Призрен"),
    ("Pejë", "Peja", "Peja", "Peć", "Пеќ"), ("Gjakovë", "Gjakova", "Gjakova", "Đakovica", "Ѓаковица"),
    ("Gjilan", "Gjilani", "Gjilan", "Gnjilane", "Гнилане"), ("Ferizaj", "Ferizaji", "Ferizaj", "Uroševac", "Урошевац"),
    ("Shkup", "Shkupi", "Skopje", "Skoplje", "Скопје"), ("Tetovë", "Tetova", "Tetovo", "Tetovo", "Тетово"),
    ("Gostivar", "Gostivari", "Gostivar", "Gostivar", "Гостивар"), ("Ohër", "Ohri", "Ohrid", "Ohrid", "Охрид"),
    ("Manastir", "Manastiri", "Bitola", "Bitolj", "Битола"), ("Kumanovë", "Kumanova", "Kumanovo", "Kumanovo", "Куманово"),
    ("Strugë", "Struga", "Struga", "Struga", "Струга"), ("Kërçovë", "Kërçova", "Kicevo", "Kičevo", "Кичево"),
    ("Beograd", "Beogradi", "Belgrade", "Beograd", "Белград"), ("Nish", "Nishi", "Nis", "Niš", "Ниш"),
    ("Novi Pazar", "Pazari i Ri", "Novi Pazar", "Novi Pazar", "Нови Пазар"), ("Kragujevac", "Kragujevaci", "Kragujevac", "Kragujevac", "Крагуевац"),
    ("Podgoricë", "Podgorica", "Podgorica", "Podgorica", "Подгорица"), ("Ulqin", "Ulqini", "Ulcinj", "Ulcinj", "Улцињ"),
    ("Tivar", "Tivari", "Bar", "Bar", "Бар"), ("Sarajevë", "Sarajeva", "Sarajevo", "Sarajevo", "Сараево"),
    ("Mostar", "Mostari", "Mostar", "Mostar", "Мостар"), ("Tuzla", "Tuzla", "Tuzla", "Tuzla", "Тузла"),
)  # fmt: skip
SYLLABLES = (
    "be bo da de di dra e fa ga ge gri ha he i ja ka ki kle la le li lo ma me mi na ne o pa ra re ri ro sa se shki si ta te ti u va ve vi za zi"
).split()
ENDS = "ra na ta ja sa li ni ri an or en it on ax um is ek".split()
ABBREVIATIONS = {
    "Association": "Assoc.", "Center": "Ctr", "Centre": "Ctr.", "Development": "Dev.", "Organisation": "Org.", "Organization": "Org.",
    "Foundation": "Fdn", "Institute": "Inst.", "International": "Int'l", "Shoqata": "Shoq.", "Qendra": "Q.", "Organizata": "Org.",
    "Fondacioni": "Fond.", "Instituti": "Inst.", "Udruženje": "Udr.", "Centar": "Cent.", "Limited": "Ltd", "Company": "Co.",
    "Services": "Svcs", "Community": "Comm.", "Saint": "St", "and": "&", "Brothers": "Bros", "University": "Univ.",
}  # fmt: skip
LEGAL = (("NGO", "(NGO)"), ("OJF", "OJQ"), ("NVO",), ("НВО",))
SMALL = frozenset(
    "of for the and in to për e i të në dhe me se kundër za sa u i na protiv за на и со против о o".split()
)


def own_word(rng: random.Random) -> str:
    """A word that only one body has."""
    return ("".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 3))) + rng.choice(ENDS)).capitalize()


def acronym_of(name: str, digraphs: bool = False) -> str:
    """The initials of the longer words of a name."""
    letters = [
        w[:2] if digraphs and w[:2].lower() in ("nj", "sh", "gj") else w[0]
        for w in name.split()
        if w.lower() not in SMALL and w[0].isalpha()
    ]
    return "".join(letters).upper()


class Balkan:
    """Bodies of the six countries, each written in any of four languages."""

    languages = (0, 0, 1, 1, 1, 2, 3)

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.seen: set[tuple[object, ...]] = set()

    def entity(self) -> Entity:
        """A body that no earlier one is like (theme, own word and place together)."""
        rng = self.rng
        while True:
            shape = rng.choices(("theme", "two", "own", "own+theme", "motto", "branch"), (25, 25, 17, 14, 5, 14))[0]
            themes = rng.sample(sorted(THEMES), 2 if shape == "two" else 1) if shape not in ("own", "motto") else []
            place = rng.choice(PLACES)
            word = ""
            if shape in ("own", "own+theme"):
                word = own_word(rng)
            elif shape == "branch":
                word = rng.choice(PARENTS)
                themes = []
            motto = rng.randrange(len(MOTTOES)) if shape == "motto" else -1
            placed = shape in ("theme", "branch", "motto") or rng.random() < 0.35
            key = (tuple(sorted(themes)), word, motto, place[0] if placed else "")
            if key in self.seen:
                if len(self.seen) > 2000 and shape in ("theme", "motto", "branch"):
                    word = own_word(rng)
                    shape, motto = "own", -1
                    key = (tuple(sorted(themes)), word, motto, place[0])
                else:
                    continue
            self.seen.add(key)
            return {
                "shape": shape, "kind": rng.choice(sorted(KINDS)), "themes": themes, "place": place, "word": word, "motto": motto,
                "placed": placed, "language": rng.choice(self.languages), "site": self.site(shape, word, place),
            }  # fmt: skip

    def site(self, shape: str, word: str, place: tuple[str, ...]) -> str:
        """A web address: the parent's for branches, else its own or a page on a shared host."""
        rng = self.rng
        if shape == "branch":
            return word.lower().replace(" ", "") + ".org"
        own = (word or own_word(rng) + own_word(rng)).lower()
        if rng.random() < 0.2:
            return f"facebook.com/{own}{rng.randint(1, 99)}"
        return (
            own + rng.choice((".org", ".al", ".org.al", ".com", ".rs", ".org.mk", "-ks.org", ".eu"))
            if not word
            else f"{own}{rng.choice(('', '-ngo', 'center', 'org'))}{rng.randint(1, 9) if rng.random() < 0.2 else ''}.org"
        )

    def sibling(self, entity: Entity) -> Entity | None:
        """Another body that is easily taken for this one: other place, other theme, same site of a parent."""
        rng = self.rng
        other = dict(entity)
        way = rng.choice(("place", "place", "theme", "word"))
        if way == "place" and entity["placed"]:
            other["place"] = rng.choice([p for p in PLACES if p != entity["place"]])
        elif way == "theme" and entity["themes"]:
            themes = list(entity["themes"])  # type: ignore[call-overload]
            themes[rng.randrange(len(themes))] = rng.choice(sorted(THEMES))
            other["themes"] = sorted(set(themes))
        elif way == "word" and entity["word"] and entity["shape"] != "branch":
            other["word"] = own_word(rng)
        else:
            return None
        key = (
            tuple(sorted(other["themes"])),
            other["word"],
            other["motto"],
            other["place"][0] if other["placed"] else "",
        )  # type: ignore[arg-type,call-overload,index]
        if key in self.seen:
            return None
        self.seen.add(key)
        if entity["shape"] != "branch":
            other["site"] = (
                entity["site"]
                if rng.random() < 0.08
                else self.site(str(other["shape"]), str(other["word"]), other["place"])
            )  # type: ignore[arg-type]
        return other

    def name(self, entity: Entity, language: int, kind: str | None = None) -> str:
        """The body's name in a language (0 English, 1 Albanian, 2 Serbian, 3 Macedonian)."""
        rng = self.rng
        place = entity["place"]
        kind_word = rng.choice(KINDS[kind or str(entity["kind"])][language])
        where = ""
        if entity["placed"] and not (entity["word"] and entity["shape"] != "branch" and rng.random() < 0.3):
            where = str(place[{0: 2, 1: rng.choice((0, 0, 1)), 2: 3, 3: 4}[language]])  # type: ignore[index]
        word = str(entity["word"])
        if entity["shape"] == "branch":
            return f"{PARENT_NAMES[word][language]} {where}".strip()
        if int(entity["motto"]) >= 0:  # type: ignore[call-overload]
            core = rng.choice(MOTTOES[int(entity["motto"])][language])  # type: ignore[call-overload]
            return rng.choice(
                (
                    f"{kind_word} “{core}” {where}",
                    f"{core} {where}",
                    f"“{core}” {kind_word} {where}" if language == 0 else f"{kind_word} {core}, {where}",
                )
            ).strip(" ,")
        themes = [rng.choice(THEMES[t][language]) for t in entity["themes"]]  # type: ignore[union-attr]
        joined = (" and ", " dhe ", " i ", " и ")[language].join(themes)
        if word and not themes:
            name = (
                f"{word} {kind_word}"
                if language == 0 and rng.random() < 0.6
                else f"{kind_word} “{word}”"
                if rng.random() < 0.6
                else f"{kind_word} {word}"
            )
        elif word:
            name = f"{word} {kind_word} {('for', 'për', 'za', 'за')[language]} {joined}"
        elif language == 0:
            name = rng.choice((f"{kind_word} for {joined}", f"{joined} {kind_word}"))
        else:
            name = (
                f"{kind_word} {('', 'për', 'za', 'за')[language]} {joined}"
                if rng.random() < 0.7
                else f"{kind_word} {joined}"
            )
        return f"{name} {where}".strip()

    def place_text(self, entity: Entity) -> str:
        place = entity["place"]
        form = self.rng.choice((0, 1, 2, 2, 3)) if self.rng.random() < 0.5 else 0
        text = str(place[form])  # type: ignore[index]
        return self.rng.choice((text, text, text, f"Municipality of {place[2]}", f"Bashkia {place[0]}", text.upper()))  # type: ignore[index]

    def copies(self, entity: Entity, count: int) -> list[Row]:
        """The body as `count` lists write it."""
        rng = self.rng
        base_language = int(entity["language"])  # type: ignore[call-overload]
        base = self.name(entity, base_language)
        known = {base_language: acronym_of(base, digraphs=base_language == 1 and rng.random() < 0.5)}
        rows = []
        for copy in range(count):
            name, language = base, base_language
            if copy:
                way = rng.choices(("same", "translate", "acronym", "kind"), (50, 28, 8, 14))[0]
                if way == "translate":
                    language = rng.choice([x for x in (0, 1, 2, 3) if x != base_language] + [0, 1])
                    kind = None if rng.random() < 0.8 else rng.choice(sorted(KINDS))
                    name = self.name(entity, language, kind)
                    known.setdefault(language, acronym_of(name))
                elif way == "acronym" and len(known[base_language]) >= 3:
                    name = known[base_language]
                elif way == "kind":
                    name = self.name(entity, language, rng.choice(sorted(KINDS)) if rng.random() < 0.4 else None)
                    if rng.random() < 0.4:
                        for spelling in KINDS[str(entity["kind"])][language]:
                            name = name.replace(spelling, "").strip()
                if name != known.get(base_language):
                    for _ in range(rng.choices((0, 1, 2), (45, 40, 15))[0]):
                        name = rng.choice(CORRUPTIONS)(name, rng)
            acronym = known.get(language, "")
            if len(acronym) >= 3 and name != acronym and rng.random() < 0.12:
                name = f"{name} ({acronym})" if rng.random() < 0.7 else f"{name} - {acronym}"
            if rng.random() < 0.06:
                name = f"{name} {rng.choice(LEGAL[language])}"
            rows.append(
                {
                    "name": name,
                    "place": self.place_text(entity) if rng.random() < 0.75 else "",
                    "website": web_form(str(entity["site"]), rng)
                    if rng.random() < (0.6 if entity["shape"] != "branch" else 0.5)
                    else "",
                    "acronym": acronym if len(acronym) >= 2 and rng.random() < 0.25 else "",
                }
            )
            if rng.random() < 0.03:
                rows[-1]["website"] = rng.choice(("https://facebook.com", "www.facebook.com/", "-", "n/a"))
            if copy and rows[-1]["website"] and rng.random() < 0.06:  # it moved to another address
                rows[-1]["website"] = f"www.{own_word(rng).lower()}{own_word(rng).lower()}.org"
            if copy and rows[-1]["place"] and rng.random() < 0.04 and not entity["placed"]:  # or to another town
                rows[-1]["place"] = str(rng.choice(PLACES)[0])
        return rows


PARENTS = ("Red Cross", "Caritas", "Scouts", "Junior Achievement", "Bar Chamber", "Library")
PARENT_NAMES = {
    "Red Cross": ("Red Cross", "Kryqi i Kuq", "Crveni krst", "Црвен крст"),
    "Caritas": ("Caritas", "Caritas", "Karitas", "Каритас"),
    "Scouts": ("Scouts Union", "Unioni i Skautëve", "Savez izviđača", "Сојуз на извидници"),
    "Junior Achievement": ("Junior Achievement",) * 4,
    "Bar Chamber": ("Chamber of Advocates", "Dhoma e Avokatëve", "Advokatska komora", "Адвокатска комора"),
    "Library": ("Public Library", "Biblioteka Publike", "Javna biblioteka", "Јавна библиотека"),
}


class English:
    """Companies and charities of the United Kingdom and the United States, with typing errors only."""

    first = "Green North River Oak Bright Golden Summit Silver Red Blue Stone Harbour Maple Falcon Crown Pioneer Atlas Orchard Beacon Willow Valley Lake Iron Sun Eagle Cedar Pine Royal Grand Star".split()
    second = "field wood gate bridge port stone hill dale brook ford land view well mark mere cliff ton ley side shaw".split()
    trades = "Plumbing|Solutions|Logistics|Community Trust|Housing Association|Refugee Action|Foods|Engineering|Consulting|Bakery|Legal Services|Primary School|Care Home|Theatre Company|Football Club|Art Gallery|Women's Aid|Youth Project|Food Bank|Hospice|Credit Union|Veterinary Clinic|Publishing|Motors|Insurance Brokers|Pharmacy|Wildlife Trust|Citizens Advice|Parish Council|Rowing Club".split(
        "|"
    )
    legal = ("Ltd", "Limited", "Inc", "LLC", "PLC", "", "", "")
    towns = "London Leeds Bristol Boston Austin Denver Dublin Cardiff Glasgow Exeter York Bath Derby Luton Reading Dallas Miami Seattle Portland Chicago Springfield Norwich Oxford Cambridge Ipswich Swansea Belfast Dundee Plymouth Brighton".split()
    people = "Smith Jones Taylor Brown Wilson Evans Thomas Roberts Walker Wright Hughes Green Hall Wood Harris Clarke Patel Jackson Lewis Turner Khan Murphy Kelly Bennett Cooper Ward Morris Cook Bailey Price".split()

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.seen: set[str] = set()

    def entity(self) -> Entity:
        rng = self.rng
        while True:
            trade = rng.choice(self.trades)
            town = rng.choice(self.towns)
            head = rng.choice(
                (
                    rng.choice(self.first) + rng.choice(self.second),
                    f"{rng.choice(self.first)} {rng.choice(self.second).capitalize()}",
                    f"{rng.choice(self.people)} and {rng.choice(self.people)}",
                    f"{own_word(rng)} {town}",
                    own_word(rng) + own_word(rng).lower(),
                    f"{rng.choice(self.people)} Brothers {town}",
                )
            )
            core = f"{head} {trade}"
            if core not in self.seen:
                self.seen.add(core)
                return {
                    "core": core,
                    "legal": rng.choice(self.legal),
                    "town": town,
                    "site": core.lower().replace(" ", "").replace("'", "")[:18]
                    + rng.choice((".com", ".co.uk", ".org")),
                }

    def sibling(self, entity: Entity) -> Entity | None:
        rng = self.rng
        words = str(entity["core"]).split()
        words[0] = rng.choice(self.first) + rng.choice(self.second) if rng.random() < 0.5 else rng.choice(self.people)
        core = " ".join(words)
        if core in self.seen:
            return None
        self.seen.add(core)
        return {**entity, "core": core, "site": core.lower().replace(" ", "")[:18] + ".com"}

    def copies(self, entity: Entity, count: int) -> list[Row]:
        rng = self.rng
        rows = []
        for copy in range(count):
            name = f"{entity['core']} {entity['legal']}".strip()
            if copy:
                for _ in range(rng.choices((0, 1, 2, 3), (10, 45, 30, 15))[0]):
                    name = rng.choice((typo, typo, typo, drop_word, swap_words, abbreviate, shout, legal_form))(
                        name, rng
                    )
            rows.append(
                {
                    "name": name,
                    "place": str(entity["town"]) if rng.random() < 0.8 else "",
                    "website": web_form(str(entity["site"]), rng) if rng.random() < 0.4 else "",
                    "acronym": "",
                }
            )
            if copy and rows[-1]["place"] and rng.random() < 0.05:
                rows[-1]["place"] = rng.choice(self.towns)
            if copy and rows[-1]["website"] and rng.random() < 0.06:
                rows[-1]["website"] = f"www.{own_word(rng).lower()}.com"
        return rows


def typo(name: str, rng: random.Random) -> str:
    """One slip of the finger in a word of more than three letters."""
    spots = [i for i, c in enumerate(name[:-1]) if c.isalpha() and name[i + 1].isalpha()]
    if len(spots) < 3:
        return name
    i = rng.choice(spots[1:])
    way = rng.randrange(4)
    if way == 0:
        return name[:i] + name[i + 1 :]
    if way == 1:
        return name[:i] + name[i + 1] + name[i] + name[i + 2 :]
    if way == 2:
        return name[:i] + rng.choice("aeiourstnlm") + name[i + 1 :]
    return name[:i] + name[i] + name[i:]


MARKS = str.maketrans("ëçšžčćđËÇŠŽČĆĐ", "ecszccdECSZCCD")


def drop_marks(name: str, rng: random.Random) -> str:
    return name.translate(MARKS)


def swap_words(name: str, rng: random.Random) -> str:
    """The last word first, with a comma or without."""
    words = name.split()
    if len(words) < 2:
        return name
    return rng.choice((f"{words[-1]}, {' '.join(words[:-1])}", f"{words[-1]} {' '.join(words[:-1])}"))


def abbreviate(name: str, rng: random.Random) -> str:
    words = name.split()
    known = [i for i, w in enumerate(words) if w in ABBREVIATIONS]
    if known:
        i = rng.choice(known)
        words[i] = ABBREVIATIONS[words[i]]
    return " ".join(words)


def drop_word(name: str, rng: random.Random) -> str:
    words = name.split()
    if len(words) < 4:
        return name
    words.pop(rng.randrange(len(words)))
    return " ".join(words)


def shout(name: str, rng: random.Random) -> str:
    return name.upper() if rng.random() < 0.6 else name.lower()


def punctuate(name: str, rng: random.Random) -> str:
    return rng.choice(
        (
            name.replace("“", '"').replace("”", '"'),
            name.replace("“", "").replace("”", ""),
            f'"{name}"',
            name.replace(" ", "  "),
            name.replace(" ", "-", 1),
        )
    )


def country(name: str, rng: random.Random) -> str:
    return name + rng.choice((" Albania", " Shqipëri", ", Albania")) if rng.random() < 0.4 else name


def legal_form(name: str, rng: random.Random) -> str:
    words = name.split()
    return " ".join(words[:-1]) if words[-1] in English.legal else f"{name} {rng.choice(('Ltd', 'Limited', 'Inc.'))}"


def web_form(site: str, rng: random.Random) -> str:
    """One of the ways in which people write an address."""
    host, _, path = site.partition("/")
    tail = f"/{path}" if path else rng.choice(("", "/", "/index.php", "/en/about", "/?lang=sq"))
    return rng.choice(("http://", "https://", "https://www.", "www.", "", "HTTP://WWW.")) + host + tail


CORRUPTIONS: tuple[Callable[[str, random.Random], str], ...] = (
    typo, typo, typo, drop_marks, drop_marks, swap_words, abbreviate, drop_word, shout, punctuate, country,
)  # fmt: skip


def generate(size: int, seed: int = 1, style: str = "balkan") -> tuple[list[Row], set[tuple[str, str]]]:
    """`size` records in random order and the pairs of ids (smaller first) that are the same body."""
    rng = random.Random(f"{style}:{seed}")
    make = Balkan(rng) if style == "balkan" else English(rng)
    rows: list[Row] = []
    owners: list[int] = []
    entity_number = 0
    while len(rows) < size:
        entity = make.entity()
        family = [entity]
        if rng.random() < 0.2:
            other = make.sibling(entity)
            family += [other] if other else []
        for member in family:
            copies = make.copies(member, rng.choices((1, 2, 3, 4), (58, 26, 11, 5))[0])
            rows += copies
            owners += [entity_number] * len(copies)
            entity_number += 1
    order = list(range(size))
    rng.shuffle(order)
    records, clusters = [], {}
    for new, old in enumerate(order):
        identifier = f"r{new:06d}"
        records.append({"id": identifier, **{k: v for k, v in rows[old].items() if v or k == "name"}})
        clusters.setdefault(owners[old], []).append(identifier)
    truth = {tuple(sorted(pair)) for ids in clusters.values() for pair in combinations(ids, 2)}
    return records, truth


def main() -> None:
    """Write one list and its true pairs."""
    parser = argparse.ArgumentParser(description="Make a list of invented organisations with known duplicates.")
    parser.add_argument("size", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", choices=("balkan", "english"), default="balkan")
    chosen = parser.parse_args()
    records, truth = generate(chosen.size, chosen.seed, chosen.style)
    with chosen.out.open("w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    with chosen.out.with_name(chosen.out.name + ".truth").open("w", encoding="utf-8") as out:
        for a, b in sorted(truth):
            out.write(f"{a} {b}\n")


if __name__ == "__main__":
    main()
