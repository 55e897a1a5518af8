"""Nasty strings in every form of every page, as test_fuzz sends them to every address.

Apart from test_fuzz so that the two are run side by side.
"""

from html.parser import HTMLParser
from urllib.parse import quote_plus

import pytest
from tests import test_doors, test_fuzz
from tests.test_doors import World
from tests.test_fuzz import TEXTS, address_of, ask, readable, wrong

world = test_doors.world
_quiet = test_fuzz._quiet

pytestmark = pytest.mark.sterner

SHARES = {"ana": {0}, "besa": {1}, "visitor": {2, 3}}


class Form(HTMLParser):
    """The fields of every form that posts, as {name: value} as a browser would send them, by the form's address."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append((said.get("action", ""), {}, set()))
        if not self.forms:
            return
        _action, fields, typed = self.forms[-1]
        name = said.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in said or not fields.get(self._select)):
            fields[self._select] = said.get("value", "")
        elif tag in {"textarea", "button"} and name:
            fields.setdefault(name, said.get("value", ""))
            if tag == "textarea":
                typed.add(name)
        elif tag == "input" and name:
            fields.setdefault(name, said.get("value", ""))
            if said.get("type", "text") not in {"hidden", "checkbox", "radio", "submit", "file"}:
                typed.add(name)


@pytest.mark.parametrize("who", ["ana", "besa", "visitor"])
def test_no_form_breaks(world: World, who: str) -> None:
    """Every form of every page, each typed field spoiled, as a browser sends it and in parts; then all fields."""
    failed, tried = [], set()
    client = world.clients[who]
    for name in readable():
        page = ask(client, "get", address_of(name, world))
        if page.status_code != 200 or not page.get("Content-Type", "").startswith("text/html"):
            continue
        reader = Form()
        reader.feed(page.content.decode())
        for action, fields, typed in reader.forms:
            to = action.split("?")[0] or address_of(name, world)
            if (to, tuple(fields)) in tried or "csrfmiddlewaretoken" not in fields:
                continue
            tried.add((to, tuple(fields)))
            for number, text in enumerate(TEXTS):
                if (number + len(tried)) % 4 not in SHARES[who]:
                    continue  # people share the texts of the forms that they have in common
                spoiled = {field: text if field in typed else value for field, value in fields.items()}
                body = "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in spoiled.items())
                answers = [ask(client, "post", to, data=body, content_type="application/x-www-form-urlencoded")]
                if (number + len(tried)) % 2:  # each second text also in every field; the next form gets the others
                    answers.append(ask(client, "post", to, data=dict.fromkeys(fields, text)))
                failed += [f"{to} {text[:40]!r}: {found}" for one in answers if (found := wrong(one))]
    assert tried
    assert not failed, "\n".join(failed)
