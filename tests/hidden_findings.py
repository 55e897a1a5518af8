"""A mapping round's sources, findings and round tables: one of each for every door, and marked secrets among them.

`show_findings` adds what addresses name, `hide_findings` what only some may see, for the worlds of `test_doors` and
`test_leaks`.
"""

from collections.abc import Callable
from typing import Any

from sofra.findings import services
from sofra.findings.models import Finding, RoundTable, Source
from sofra.ground.models import Visibility
from sofra.mapping.models import Round
from sofra.organisations.models import Organisation

PUBLIC, MEMBERS, SEALED = Visibility.PUBLIC, Visibility.MEMBERS, Visibility.SEALED
New = Callable[[str, str], str]
PDF = b"%PDF-1.7\n"


def show_findings(made: Any) -> None:
    """`made.found`: what an address names -> its code or number."""
    drita, one = made.people["drita"], Organisation.objects.get(code="al.one")
    round = Round.objects.create(code="al.found", country="AL", titles={"en": "A table is mapped"}, state="open")
    source = services.record_source(
        round=round, kind="document", title="A study of the table", visible_to=PUBLIC, consent="not_needed", by=drita
    )  # fmt: skip
    file = services.add_file(source, name="study.pdf", chunks=[PDF], by=drita)
    quote = services.add_quote(source, text="Everybody sits at it.", page="3", by=drita)
    series = [{"label": {"en": "sit"}, "value": "41"}]
    figure = services.record_figure(
        round=round, titles={"en": "Who sits"}, unit="%", series=series, source=source, by=drita
    )  # fmt: skip
    finding = services.record_finding(
        round=round, statements={"en": "The table is full."}, kind="gap", chapter="gaps", organisations=[one], by=drita
    )  # fmt: skip
    evidence = services.add_evidence(finding, kind="quote", quote=quote, by=drita)
    services.add_evidence(finding, kind="figure", figure=figure, by=drita)
    table = services.plan_table(round=round, titles={"en": "We sat down"}, on="2026-11", by=drita)
    services.propose(finding, by=drita)
    services.put_on_agenda(table, [finding], by=drita)
    services.seat_bodies(table, [("A body", "", None)], by=drita)
    services.confirm(finding, table=table, by=drita)
    services.close_table(table, minutes="# It was **good**", by=drita)
    planned = services.plan_table(round=round, titles={"en": "We shall sit down"}, by=drita)
    services.add_code(round=round, names={"en": "full"}, by=drita)
    made.found = {
        "round": round.code, "source": source.code, "file": file.pk, "figure": figure.code, "finding": finding.code,
        "evidence": evidence.pk, "table": table.code, "planned": planned.code,
    }  # fmt: skip


def _named(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"code" if at == 0 else "number": world.found[name] for at, name in enumerate(names)}


FINDING_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys("source source_edit source_quotes source_files source_answers source_withdraw".split(),
                    _named("source")),
    "source_file": _named("source", "file"),
    **dict.fromkeys(("figure", "figure_edit"), _named("figure")),
    **dict.fromkeys("finding finding_edit finding_decide finding_contest finding_evidence".split(), _named("finding")),
    "evidence_act": _named("finding", "evidence"),
    "round_table": _named("table"),
    **{f"round_table_{name}": _named("planned") for name in "edit agenda seats sitting minutes".split()},
    "minutes_file": lambda world: {"code": world.found["table"], "form": "md"},
    **{name: _named("round") for name in ("coding", "coding_units", "coding_compare")},
    **{f"{name}_download": lambda world: {"form": "csv"} for name in ("findings", "sources", "codings")},
}  # fmt: skip


def hide_findings(made: Any, new: New) -> None:
    """Sources by level, with all that they hold; findings by state and level; tables that are not closed."""
    made.found_hidden = []
    round = Round.objects.get(code="al.found")
    _sources(made, new, round)
    _findings(made, new, round)
    _tables(made, new, round)
    _drafted(made, new)


def _sources(made: Any, new: New, round: Round) -> None:
    """Drita records one for members; Ana one that is sealed, and one whose consent is withdrawn."""
    told = Finding.objects.get(code=made.found["finding"])
    for name, by, level, who in (
        ("membersource", "drita", MEMBERS, "members"), ("sealedsource", "ana", SEALED, "sealed"),
        ("gonesource", "ana", PUBLIC, "nobody"),
    ):  # fmt: skip
        person = made.people[by]
        source = services.record_source(
            round=round, kind="interview", title=new(f"{name}title", who), who=new(f"{name}who", who),
            notes=new(f"{name}notes", who), url=f"https://{new(f'{name}url', who)}.example.org", consent="given",
            person=new(f"{name}person", "nobody" if who == "nobody" else by), visible_to=level, by=person,
        )  # fmt: skip
        # mappers alone read what a source said before
        before = "nobody" if who == "nobody" else "sealed" if level == SEALED else "mappers"
        services.edit_source(source, seen=1, notes=new(f"{name}old", before), by=person)
        source = services.edit_source(
            Source.objects.get(pk=source.pk), seen=2, notes=made_word(f"{name}notes"), by=person
        )  # fmt: skip
        quote = services.add_quote(source, text=new(f"{name}quote", who), page="7", by=person)
        services.add_file(source, name=f"{new(f'{name}file', who)}.pdf", chunks=[PDF, name.encode()], by=person)
        services.add_evidence(told, kind="quote", quote=quote, by=person)
        services.add_evidence(told, kind="source", source=source, by=person)
        made.found_hidden.append(f"/sources/{source.code}/")
        if who == "nobody":
            services.withdraw_consent(source, by=person)


def made_word(what: str) -> str:
    return f"zq{what}xj"


def _findings(made: Any, new: New, round: Round) -> None:
    """Drafts and refused ones are members', whatever they will be; a sealed one is of coordinators and who is named."""
    ana, drita, one = made.people["ana"], made.people["drita"], Organisation.objects.get(code="al.one")
    for name, state, level, who in (
        ("draftfinding", "draft", PUBLIC, "members"), ("refusedfinding", "refused", PUBLIC, "members"),
        ("memberfinding", "confirmed", MEMBERS, "members"), ("sealedfinding", "confirmed", SEALED, "of one"),
        ("strangefinding", "draft", SEALED, "sealed"),
    ):  # fmt: skip
        finding = services.record_finding(
            round=round, statements={"sq": new(f"{name}words", who)}, kind="gap", visible_to=level,
            where_said=new(f"{name}where", who), organisations=[one] if who == "of one" else [], by=ana,
        )  # fmt: skip
        if state != "draft":
            services.propose(finding, by=ana)
        if state == "confirmed":
            services.confirm(finding, reason=new(f"{name}reason", who), by=ana)
        if state == "refused":
            services.refuse(finding, reason=new(f"{name}reason", who), by=ana)
        made.found_hidden.append(f"/findings/{finding.code}/")
    known = Finding.objects.get(code=made.found["finding"])
    services.contest(known, objection="It is half empty.", objector=made.sealed, reason=new("contestreason", "members"),
                     by=drita)  # fmt: skip
    figure = services.record_figure(
        round=round, titles={"en": new("memberfigure", "members")}, visible_to=MEMBERS, by=drita,
        series=[{"label": {"en": new("memberlabel", "members")}, "value": "3"}],
    )  # fmt: skip
    services.add_evidence(known, kind="figure", figure=figure, note=new("evidencenote", "members"), by=drita)
    made.found_hidden.append(f"/figures/{figure.code}/")


def _tables(made: Any, new: New, round: Round) -> None:
    """One that is planned: members know of it, mappers read its minutes and addresses."""
    ana = made.people["ana"]
    table = services.plan_table(round=round, titles={"en": new("tabletitle", "members")}, by=ana)
    services.seat_bodies(
        table, [(new("seatname", "members"), f"{new('seataddress', 'mappers')}@example.org", None)], by=ana
    )  # fmt: skip
    services.save_minutes(table, new("minutesold", "mappers"), seen=1, by=ana)
    services.save_minutes(RoundTable.objects.get(pk=table.pk), new("minutesnow", "mappers"), seen=2, by=ana)
    made.found_hidden += [f"/tables/{table.code}/{page}" for page in ("", "seats/", "minutes/", "minutes.md")]


def _drafted(made: Any, new: New) -> None:
    """Of a round that is not open yet the public knows nothing."""
    drita = made.people["drita"]
    round = Round.objects.create(code="al.drafted", country="AL", titles={"en": new("roundtitle", "mappers")})
    source = services.record_source(round=round, kind="document", title=new("earlytitle", "mappers"), visible_to=PUBLIC,
                                    by=drita)  # fmt: skip
    made.found_hidden.append(f"/sources/{source.code}/")


def finding_addresses(world: Any) -> list[str]:
    """Lists with filters, and the pages of each hidden thing."""
    found = [
        "/findings/", "/findings/?state=draft", "/findings/?q=zq", "/findings/?organisation=al.one", "/findings.csv",
        "/findings.xlsx", "/findings/?round=al.drafted", "/sources/", "/sources/?kind=interview", "/sources.csv",
        "/sources/?round=al.drafted", "/tables/", "/en/findings/", "/codings.csv?round=al.found&question=",
    ]  # fmt: skip
    for address in world.found_hidden:
        found += [address]
        if address.startswith(("/sources/", "/figures/", "/findings/")):
            found.append(f"{address}edit/")
        if address.startswith("/findings/"):
            found += [f"{address}evidence/?kind={kind}" for kind in ("source", "quote", "figure")]
    found.append(f"/findings/{world.found['finding']}/evidence/?kind=quote")
    return [*found, f"/tables/{world.found['table']}/minutes.docx"]
