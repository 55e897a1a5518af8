"""Makes places.csv, names.csv and tiles.csv of the six country packs from the places files.

Run it when a places file changed: `PYTHONPATH=src python tools/make_packs.py PLACES_FOLDER src/sofra/places/packs`.
The folder holds albania_places.csv, balkans_places.csv and al_tilegrid.csv. What was written by hand stays: names
whose source says so are kept from the pack as it is, in their order; what else was set by hand stands in tables here.
Made again from the same files, the packs do not change by a byte.
"""

import csv
import re
import sys
from pathlib import Path

from sofra.ground.text import fold

PLACE = (
    "code,kind,level,parent,local_kind,name,name_definite,name_genitive,name_en,name_local,seat,lat,lon,"
    "population_2011,population_2023,iso_3166_2,lau,instat,geonames,geonames_seat,valid_from,valid_to,"
    "source_names,source_forms,source_point,source_population,source_ids"
).split(",")
NAME = ("code", "name", "form", "language", "source", "valid_from", "valid_to")
BY_HAND = "common use, written by hand for Sofra; not checked against a register"
FROM_FILE = "places file"
REFORM = "2015-06-21"  # Law 115/2014; local elections of 21 June 2015
LANGUAGE = {"xk": "sq", "mk": "mk", "me": "cnr", "rs": "sr", "ba": "bs"}
LOCAL = LANGUAGE | {"xk": "sr"}

# By hand: the countries: indefinite, definite and genitive in Albanian, English, local.
COUNTRIES = {
    "XK": ("Kosovë*", "Kosova*", "Kosovës*", "Kosovo*", "Kosovë / Kosovo"),
    "BA": ("Bosnjë dhe Hercegovinë", "Bosnja dhe Hercegovina", "Bosnjës dhe Hercegovinës", "Bosnia and Herzegovina",
           "Bosna i Hercegovina / Босна и Херцеговина"),
    "MK": ("Maqedoni e Veriut", "Maqedonia e Veriut", "Maqedonisë së Veriut", "North Macedonia", "Северна Македонија"),
    "ME": ("Mal i Zi", "Mali i Zi", "Malit të Zi", "Montenegro", "Crna Gora / Црна Гора"),
    "RS": ("Serbi", "Serbia", "Serbisë", "Serbia", "Србија / Srbija"),
}  # fmt: skip
# By hand: the districts of Serbia in English, RS-01 to RS-24.
DISTRICTS = (
    "North Bačka,Central Banat,North Banat,South Banat,West Bačka,South Bačka,Srem,Mačva,Kolubara,Podunavlje,Braničevo,"
    "Šumadija,Pomoravlje,Bor,Zaječar,Zlatibor,Moravica,Raška,Rasina,Nišava,Toplica,Pirot,Jablanica,Pčinja"
).split(",")
ALSO_TOWNS = {
    "Bor",
    "Zaječar",
    "Pirot",
    "Raška",
    "Toplica",
    "Jablanica",
    "Moravica",
}  # or rivers: only beside "district"
# By hand: cantons of municipalities for which the places file gives only the entity.
CANTON = {
    "M08": "C06", "M09": "C04", "M11": "C06", "M12": "C08", "M17": "C01", "M35": "C03",
    "M36": "C04", "M37": "C04", "M40": "C01", "M46": "C04", "M51": "C04", "M52": "C08",
}  # fmt: skip
REGION_NAMES = {"MK-R1", "MK-R5", "MK-R6", "MK-R8"}  # names of their own; the others are only directions
LOCAL_KIND = {
    "AL": {"0": "", "1": "qark", "2": "bashki", "3": "njësi administrative", "4": "vendbanim"},
    "XK": {"1": "rajon (statistical and court district, no government of its own)", "2": "komunë"},
    "MK": {"1": "статистички регион", "2": "општина"},
    "ME": {"2": "opština"},
    "RS": {"1": "okrug", "2": "opština ili grad"},
    "BA": {"1": "entitet", "1.5": "kanton", "2": "grad ili općina"},
}
ONE_KIND = {"MK-85": "град (union of the ten municipalities of Skopje)", "RS-00": "grad", "BA-BRC": "distrikt"}
OLD = {"Qyteti Stalin", "Ura Vajgurore", "Urë Vajgurore", "Ure Vajgurore", "Urës Vajgurore", "Liqenas"}
FOREIGN = {"Durazzo", "Alessio", "Scutari", "Argyrokastro", "Koritsa", "Valona", "Santi Quaranta"}

_KIND = re.compile(
    r"^(Qark|Qarku|Prefektura|Bashkia|Municipality|District|Region|Njësia Administrative)\b"
    r"|\b(County|District|Prefecture|Municipality)$|^(territory of Albania|whole country|gjithë vendi)$"
)
_ENGLISH_KIND = re.compile(
    r"^Municipality of |^City of | Municipality$| Мunicipality$| Capital City$|^Old Royal Capital "
)
_LOCAL_KIND = re.compile(
    r"^(Komuna e|Opština|Општина|Град|Grad|Glavni grad|Prijestolnica|E) "
    r"| Belediyesi$| \((РС|FBiH)\)| (Komuni|Komuna?i)$"
)
_CANTON = re.compile(r"\b(Kanton|kanton|County|Canton|Županija|županija)\b")

Row = dict[str, str]


class Pack:
    """The rows of one country while they are made."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.places: list[Row] = []
        self.names: list[Row] = []

    def place(self, **known: str) -> None:
        self.places.append({column: known.get(column, "") for column in PLACE})

    def name(self, code: str, name: str, form: str, language: str, source: str) -> None:
        name = name.strip()
        if not name or name == "nan":
            return
        if any(
            r["code"] == code and r["name"] == name and (r["form"] == form or form in {"other", "seat"})
            for r in self.names
        ):
            return
        values = (code, name, form, language, source, "", "")
        self.names.append(dict(zip(NAME, values, strict=True)))


def rows_of(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def albania(seeds: list[Row]) -> Pack:
    pack = Pack("al")
    levels = {"country": "0", "county": "1", "municipality": "2", "unit": "3", "settlement": "4"}
    for row in seeds:
        code, kind, level = row["code"], row["kind"], levels[row["kind"]]
        pack.place(
            code=code, kind=kind, level=level, parent=row["parent_code"], local_kind=LOCAL_KIND["AL"][level],
            name=row["name_sq_indef"], name_definite=row["name_sq_def"], name_genitive=row["name_sq_gen"],
            name_en=row["name_en"], seat=row["seat"], lat=row["lat"], lon=row["lon"],
            population_2011=row["population_2011"], population_2023=row["population_2023"],
            iso_3166_2=row["iso_3166_2"], lau=row["lau_code"], instat=row["instat_asr_code"],
            geonames=row["geonames_id"], geonames_seat=row["geonames_seat_id"],
            valid_from=REFORM if kind in {"municipality", "unit"} else "", source_names=row["source_names"],
            source_forms=row["source_def"], source_point=row["source_coord"],
            source_population=row["source_population"], source_ids=row["source_ids"],
        )  # fmt: skip
        _albanian_names(pack, row)
    return pack


def _albanian_names(pack: Pack, row: Row) -> None:
    code, kind, seat, aliases = row["code"], row["kind"], row["seat"], row["aliases"].split("|")
    indefinite, definite, genitive = row["name_sq_indef"], row["name_sq_def"], row["name_sq_gen"]
    if kind == "county":
        indefinite, definite = indefinite.removeprefix("Qark "), aliases[1]
    pack.name(code, indefinite, "indefinite", "sq", row["source_names"])
    pack.name(code, definite, "definite", "sq", row["source_def"])
    pack.name(code, genitive, "genitive", "sq", row["source_def"])
    pack.name(code, row["name_en"].replace(" County", ""), "english", "en", row["source_names"])
    for alias in aliases if kind != "county" else ():
        if _KIND.search(alias) or alias in {definite, genitive, indefinite}:
            continue
        form = "other"
        if alias in OLD:
            form = "old"
        elif kind == "municipality" and seat and seat != indefinite and alias[:3].lower() == seat[:3].lower():
            form = "seat"
        pack.name(code, alias, form, "" if alias in FOREIGN else "sq", FROM_FILE)
    if kind in {"municipality", "county"} and seat and seat != indefinite and seat not in OLD:
        pack.name(code, seat, "seat", "sq", FROM_FILE)


def neighbour(country: str, seeds: list[Row]) -> Pack:
    pack = Pack(country.lower())
    for row in seeds:
        row = {column: value.replace("Ð", "Đ") for column, value in row.items()}
        if row["level"] == "0":
            _country(pack, row)
        else:
            _part(pack, row)
    return pack


def _country(pack: Pack, row: Row) -> None:
    code = row["code"]
    name, definite, genitive, english, local = COUNTRIES[code]
    pack.place(
        code=code, kind="country", level="0", name=name, name_definite=definite, name_genitive=genitive,
        name_en=english, name_local=local, iso_3166_2="" if code == "XK" else code, geonames=row["geonames_id"],
        source_names=row["source_names"],
    )  # fmt: skip
    pack.name(code, english.rstrip("*"), "english", "en", row["source_names"])
    for part in local.split(" / "):
        pack.name(code, part, "local", "", row["source_names"])


def _part(pack: Pack, row: Row) -> None:
    country, code, level, name, source = row["country"], row["code"], row["level"], row["name"], row["source_names"]
    parent = row["parent_code"]
    if country == "BA" and code.startswith("BA-BIH-M") and code.removeprefix("BA-BIH-") in CANTON:
        parent = f"BA-BIH-{CANTON[code.removeprefix('BA-BIH-')]}"
        source += "; canton added by hand, the places file gives only the entity"
    local_kind = ONE_KIND.get(code) or LOCAL_KIND[country][level]
    if country == "BA" and row["kind"] == "municipality":
        local_kind = "općina / opština"
    genitive = definite = ""
    if country == "XK" and level == "2":
        found = re.search(r"Komuna e ([^/]+)", row["name_local"])
        genitive = found[1].strip() if found else ""
        bent = name.removesuffix("ë") + "a"
        definite = bent if name.endswith("ë") and bent in row["name_alt"].split("|") else ""
    is_iso = "ISO" in source and "code local" not in source
    pack.place(
        code=code, kind={"1": "county", "1.5": "canton", "2": "municipality"}[level],
        level="2" if level == "2" else "1", parent=parent, local_kind=local_kind, name=name, name_definite=definite,
        name_genitive=genitive, name_en=_english(row), name_local=row["name_local"], iso_3166_2=code if is_iso else "",
        lat=row["lat"], lon=row["lon"], geonames=row["geonames_id"], source_names=source,
        source_point=row["source_coord"],
    )  # fmt: skip
    if level != "2" and country in {"XK", "MK"}:
        _statistical_names(pack, row, source)
    elif level == "1" and country == "RS" and code != "RS-00":
        english = DISTRICTS[int(code[3:]) - 1]
        pack.name(code, name.replace(" okrug", ""), "adjective", "sr", source)
        pack.name(code, english, "adjective" if english in ALSO_TOWNS else "english", "en", BY_HAND)
    elif level == "1.5":
        for part in [name, row["name_en"] or name, *row["name_local"].split(" / ")]:
            part = part.replace(" (kanton)", "")
            english_name = part == (row["name_en"] or name)
            pack.name(code, part, "english" if english_name else "local", "en" if english_name else "bs", source)
            pack.name(code, re.sub(r"\s+", " ", _CANTON.sub("", part)), "adjective", "bs", source)
    else:
        _municipal_names(pack, row, source, definite, genitive)


def _english(row: Row) -> str:
    """The English name without its word of kind."""
    country, code, name = row["country"], row["code"], row["name"]
    if country == "RS" and row["level"] == "1":
        return "Belgrade" if code == "RS-00" else DISTRICTS[int(code[3:]) - 1] + " District"
    if row["level"] == "1" and country in {"XK", "MK"}:
        return f"District of {name}" if country == "XK" else row["name_en"]
    english = _ENGLISH_KIND.sub("", row["name_en"] or name).split(" / ")[0].split("/")[0]
    if english in {"", "nan"} or (fold(english) == fold(name) and country != "MK"):
        return name
    return english


def _statistical_names(pack: Pack, row: Row, source: str) -> None:
    if row["country"] == "MK":
        form = "english" if row["code"] in REGION_NAMES else "adjective"
        pack.name(row["code"], row["name"], form, "en", source)
        return
    pack.name(row["code"], row["name"], "indefinite", "sq", source)
    for part in row["name_local"].split(" / "):
        albanian = "Rajoni" in part
        stem = re.sub(r"^Rajoni i | okrug$", "", part)
        pack.name(row["code"], stem, "genitive" if albanian else "adjective", "sq" if albanian else "sr", source)


def _municipal_names(pack: Pack, row: Row, source: str, definite: str, genitive: str) -> None:
    country, code, name = row["country"], row["code"], row["name"]
    pack.name(code, name, "indefinite" if country == "XK" else "local", LANGUAGE[pack.code], source)
    pack.name(code, definite, "definite", "sq", source)
    pack.name(code, genitive, "genitive", "sq", source)
    for part in _ENGLISH_KIND.sub("", row["name_en"] or name).split("/"):
        pack.name(code, re.sub(r" \(.*\)", "", part), "english", "en", source)
    english = _english(row)
    pack.name(code, name if "(" in english else english, "english", "en", source)
    local = row["name_local"].replace(" - ", " / ").replace("Хисар/Мург", "Хисар / Мург")
    for part in local.split(" / "):
        bare = re.sub(r" [Kk]omuni$", "", _LOCAL_KIND.sub("", part).strip())
        if bare.startswith("Gracanicaki"):
            continue
        albanian = "Komuna" in part
        language = "sq" if albanian else "tr" if "Belediye" in part else LOCAL[pack.code]
        pack.name(code, bare, "genitive" if albanian and country == "XK" else "local", language, source)
    for alias in row["name_alt"].split("|"):
        pack.name(code, alias, "other", "", FROM_FILE)


def with_hand_written(pack: Pack, before: list[Row]) -> list[Row]:
    """The names by place: those that the pack had in their order, if still right or written by hand, then new ones."""
    made = {(r["code"], r["name"], r["form"]): r for r in pack.names}
    kept: dict[tuple[str, str, str], Row] = {}
    for row in before:
        key = (row["code"], row["name"], row["form"])
        if row["source"] in {BY_HAND, "the seed prints it (2018)"}:
            kept[key] = row
        elif key in made:
            kept[key] = made[key]
    written = {(code, name) for code, name, _form in kept}
    kept |= {key: row for key, row in made.items() if key not in kept and key[:2] not in written}
    order = {row["code"]: at for at, row in enumerate(pack.places)}
    return sorted((row for row in kept.values() if row["code"] in order), key=lambda row: order[row["code"]])


def write(path: Path, columns: tuple[str, ...] | list[str], rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(seeds: Path, packs: Path) -> None:
    others = rows_of(seeds / "balkans_places.csv")
    made = [albania(rows_of(seeds / "albania_places.csv"))]
    made += [neighbour(country, [row for row in others if row["country"] == country]) for country in COUNTRIES]
    for pack in made:
        folder = packs / pack.code
        folder.mkdir(parents=True, exist_ok=True)
        names = with_hand_written(pack, rows_of(folder / "names.csv"))
        write(folder / "places.csv", PLACE, pack.places)
        write(folder / "names.csv", NAME, names)
        print(f"{pack.code}: {len(pack.places)} places, {len(names)} names")
    tiles = [{"code": r["code"], "row": r["row"], "column": r["col"]} for r in rows_of(seeds / "al_tilegrid.csv")]
    write(packs / "al" / "tiles.csv", ("code", "row", "column"), tiles)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
