"""The packs can be made again from tables of places without losing what was written by hand."""

import csv
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HAND = "common use, written by hand for Sofra; not checked against a register"


def table(path: Path, *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def neighbour(**known: str) -> dict[str, str]:
    columns = "code,country,level,kind,name,name_en,name_local,name_alt,parent_code,lat,lon,geonames_id"
    return dict.fromkeys([*columns.split(","), "source_names", "source_coord"], "") | known


def test_names_by_hand_stay_and_new_names_come(tmp_path: Path) -> None:
    seeds, packs = tmp_path / "seeds", tmp_path / "packs"
    columns = (
        "code,kind,name_sq_indef,name_sq_def,name_sq_gen,name_en,parent_code,seat,lat,lon,population_2011,"
        "population_2023,geonames_id,geonames_seat_id,iso_3166_2,lau_code,instat_asr_code,aliases,source_names,"
        "source_def,source_coord,source_population,source_ids"
    )
    mat = {"code": "AL114", "kind": "municipality", "name_sq_indef": "Mat", "name_sq_def": "Mati", "seat": "Burrel"}
    mat |= {"name_sq_gen": "Matit", "name_en": "Mat", "aliases": "Mati|Burreli|Bashkia Mat", "source_names": "a list"}
    table(seeds / "albania_places.csv", dict.fromkeys(columns.split(","), "") | mat)
    bar = {"code": "ME-02", "country": "ME", "level": "2", "kind": "municipality", "name": "Bar"}
    table(seeds / "balkans_places.csv", neighbour(**bar, name_en="Bar Municipality", name_local="Opština Bar"))
    table(seeds / "al_tilegrid.csv", {"code": "AL114", "name": "Mat", "county": "AL-09", "row": "3", "col": "2"})
    by_hand = {"code": "ME-02", "name": "Tivar", "form": "other", "language": "", "source": HAND}
    stale = by_hand | {"name": "Antibar", "source": "a list of before"}
    table(packs / "me" / "names.csv", by_hand | {"valid_from": "", "valid_to": ""}, stale)
    for _time in range(2):
        subprocess.run(
            [sys.executable, str(PROJECT / "tools" / "make_packs.py"), str(seeds), str(packs)],
            check=True,
            env={"PYTHONPATH": str(PROJECT / "src")},
        )
        with (packs / "me" / "names.csv").open(encoding="utf-8") as file:
            assert [row["name"] for row in csv.DictReader(file)][:2] == ["Tivar", "Bar"]
        assert "Antibar" not in (packs / "me" / "names.csv").read_text(encoding="utf-8")
    with (packs / "al" / "names.csv").open(encoding="utf-8") as file:
        forms = {row["name"]: row["form"] for row in csv.DictReader(file)}
    assert (forms["Mati"], forms["Burreli"], forms["Burrel"]) == ("definite", "seat", "seat")
    assert "Bashkia Mat" not in forms
