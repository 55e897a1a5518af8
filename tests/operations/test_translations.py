"""The catalogues: what counts as a complete translation."""

from pathlib import Path

import pytest
from babel.messages import Message

from sofra.web import catalogues
from sofra.web.catalogues import Text, problems

pytestmark = pytest.mark.once

DAYS = Text("%(n)s day", "%(n)s days")


def wrong(text: Text, string: object, **more: object) -> list[str]:
    return list(problems("sq", {text: {"web/x.py"}}, {text: Message(text.id, string=string, **more)}))  # type: ignore[arg-type]


def test_a_complete_translation_is_right() -> None:
    assert wrong(DAYS, ("një ditë", "%(n)s ditë")) == []
    assert wrong(Text("100%% of %(a)s"), "100%% e %(a)s") == []
    assert wrong(Text("Hello {name}"), "Tungjatjeta {name}") == []


@pytest.mark.parametrize("string", ["", ("", "")])
def test_a_missing_translation_is_named(string: object) -> None:
    assert "no translation" in wrong(DAYS if string else Text("Home"), string)[0]


def test_other_open_places_are_named() -> None:
    assert "other places open" in wrong(Text("of %(name)s"), "e %(emri)s")[0]
    assert "other places open" in wrong(Text("of %(name)s"), "e askujt")[0]
    assert "other places open" in wrong(DAYS, ("një ditë", "disa ditë"))[0]


def test_a_fuzzy_and_a_stale_translation_are_named() -> None:
    assert "fuzzy" in wrong(Text("Home"), "Kreu", flags=["fuzzy"])[0]
    assert "stands nowhere" in next(problems("sq", {}, {Text("Old"): Message("Old", string="I vjetër")}))


def test_texts_of_templates_and_code_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}{% translate \"One 'quoted'\" %}{% translate 'Two' context 'a number' %}"
        "{% blocktranslate count n=n trimmed %}\n {{ n }} thing\n {% plural %} {{ n }} things {% endblocktranslate %}"
        '{{ _("Three") }}{% blocktranslate %}50% off{% endblocktranslate %}'
    )
    assert set(catalogues._in_template(page)) == {
        Text("One 'quoted'"), Text("Two", context="a number"), Text("%(n)s thing", "%(n)s things"),
        Text("Three"), Text("50%% off"),
    }  # fmt: skip
    code = tmp_path / "code.py"
    code.write_text('_("A")\nngettext("%d b", "%d bs", n)\npgettext_lazy("c", "D")\n_(variable)\n_("E" " F")\n')
    assert set(catalogues._in_python(code)) == {
        Text("A"), Text("%d b", "%d bs"), Text("D", context="c"), Text("E F"),
    }  # fmt: skip
    code.write_text('from django.utils.translation import gettext as __\n__("G")\nx = f"({__(\'H\')})"\n')
    assert set(catalogues._in_python(code)) == {Text("G"), Text("H")}


def test_a_catalogue_is_kept_merged_and_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    texts = {DAYS: {"a.py"}, Text("Home"): {"b.py"}, Text("Home", context="house"): {"c.py"}}
    brought = {
        Text("Home"): Message("Home", string="Kreu"),
        DAYS: Message(DAYS.id, string=("%(n)s ditë", "%(n)s ditë")),
    }
    catalogues.write(catalogues.build("sq", texts, {}, brought), "sq")
    entries = catalogues.read(catalogues.catalogue_path("sq"))
    assert set(entries) == set(texts)
    assert [line.split(" (")[0] for line in problems("sq", texts, entries)] == ["sq: no translation of 'Home'"]
    again = catalogues.build("sq", texts, entries)
    assert catalogues.same_compiled("sq", again)
    entries[Text("Home")].string = "Ballina"
    assert not catalogues.same_compiled("sq", catalogues.build("sq", texts, entries))
