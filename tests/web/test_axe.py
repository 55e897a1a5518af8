"""Every page of the hub in a real Chromium: axe finds nothing, nothing overflows a phone, the keyboard reaches all.

Pages come from the table of doors, so a new page is tried from its first day. Each is looked at wide and light, wide
and dark, at 360 px dark and at 360 px light; requests that would leave the hub are counted too.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import reverse
from playwright.sync_api import Error as Refused
from pytest_django import Settings
from tests.test_doors import EXAMPLES, World, world

from sofra.accounts.models import User
from sofra.activities import pasting
from sofra.organisations import services
from sofra.organisations.models import Organisation
from sofra.places.services import load_places
from sofra.web import doors

__all__ = ["world"]  # the fixture of test_doors is used here too
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "gjithmone-bashke-7"  # of everyone in tests.test_doors
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}  # 320: four times enlarged
NO_PAGES = (
    "api:",
    "healthz",
    "import_problems",
    "mfa_download_recovery_codes",
    "session_ics",
    "calendar_feed",
    "edition_file",
    "report_draft_file",
)  # answers, files
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# What a narrow page can break; all the other rules read the same page as on the wide screen.
NARROW = [
    *COLOURS["runOnly"]["values"],
    "target-size",
    "scrollable-region-focusable",
    "label",
    "button-name",
    "link-name",
]
ON_A_PHONE = {"runOnly": {"type": "rule", "values": NARROW}}
# A table that an organisation pasted: a row that is right, one with faults, one that asks.
PASTED = (
    "Titulli\tVendi\tData\tPjesëmarrës\nTakim\tPukë\t2026\t30\nForum\tAtlantis\t31.2.2026\t-3\nDebat\t\t2026\t12000"
)
SAID: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("name", "Tryeza e Parë", {}, 0),
    ("acronym", "TP", {}, 0),
    ("identifier", "AL-NIPT-K12345678A", {}, 0),
    ("seat", "AL224", {"text": "Tirana", "sure": True}, 0),
    ("place", "AL153", {"text": "Puka, Wonderland", "sure": False}, 0),
    ("place", "", {"text": "Wonderland", "sure": False}, 0),
    ("theme", "youth", {}, 0),
    ("activity_kind", "reintegration", {}, 0),
    ("activity_kind", "community-resilience", {}, 0),
    ("audience", "teachers", {}, 0),
    ("language", "sq", {}, 0),
    ("website", "https://www.a-very-long-name-of-a-site-that-fits-no-phone.example.org/and/a/path", {}, 0),
    ("contact", "zyra: info@tryeza.example", {}, 1),
    ("founded", "1997", {}, 0),
    ("offers", "Një sallë për takime.", {}, 0),
    ("about", "Jemi një tryezë e trilluar.", {}, 0),
)


@pytest.fixture
def laid(world: World, settings: Settings) -> World:
    """The world of the doors with a record that has something in every field, a pair to judge and a contest."""
    settings.ACCOUNT_RATE_LIMITS = {}
    load_places()
    ana, besa = world.people["ana"], world.people["besa"]
    assert ana
    assert besa
    assert world.one
    assert world.two
    changes = [
        {"do": "add", "field": field, "value": value, "detail": detail, "visible_to": level, "source": "Takim, 2026"}
        for field, value, detail, level in SAID
    ]
    # A name and a place that nobody can read are said by an import; here they are put down as one would be.
    services.edit_record(world.one, changes=changes, by=ana)
    services.propose_change(world.one, changes=[], by=besa, note="Nuk e bëjmë këtë.", contests_class=True)
    services.propose_change(
        world.one, changes=[{"do": "add", "field": "theme", "value": "women", "visible_to": 0}], by=besa, note="Po."
    )
    third = _register("Tryeza e Tretë", ana)
    fourth = _register("The Third Table", ana)
    services.keep_candidates([(third.pk, fourth.pk, 0.97, ["emri i përkthyer"])], by=ana)
    pasting.keep_paste({"text": PASTED}, owner=world.one, by=ana)
    return world


def _register(name: str, by: User) -> Organisation:
    return services.register(services.Draft(kind="cso", facts=[services.FactDraft("name", name)]), by=by)


def pages(world: World, *who: str) -> list[str]:
    """The address of every page that these kinds of people may open."""
    found = []
    for name, methods in doors.DOORS.items():
        if methods.get("GET") in who and not name.startswith(NO_PAGES) and not name.endswith("_download"):
            found.append(reverse(name, kwargs=EXAMPLES[name](world) if name in EXAMPLES else {}))
    assert world.one
    fields = ["place", "theme", "activity_kind", "contact", "kind"] if doors.EDITOR in who else []
    found += [reverse("organisation_field", args=[world.one.code, field]) for field in fields]
    views = [f"{reverse('organisations')}?view={view}" for view in ("map", "table")]
    views += [f"{reverse('activities')}?view={view}&place=AL" for view in ("map", "table", "numbers")]
    views.append(f"{reverse('activities')}?place=Atlantis&begins=31.02.2018")
    if doors.EDITOR in who:
        own = reverse("own_activities", args=[world.one.code])
        views += [f"{own}?add=1", f"{own}?edit={world.activity}", f"{own}?state=binned"]
        views += [f"{reverse('coding', args=[world.found['round']])}?question="]
        views += [f"{reverse('finding_evidence', args=[world.found['finding']])}?kind={k}" for k in ("quote", "figure")]
        views += [f"{reverse('office_calendar', args=[world.one.code])}?view={view}" for view in ("day", "term")]
    return [
        *found,
        *views,
        f"{reverse('organisations')}?theme=youth&place=AL-10",
        "/places/AL153/",
        "/plan/?place=AL112&kind=dialogue&audience=youth&from=03.2026",
        "/plan/?place=Atlantis",
        "/coverage/?by=time&rows=municipality&from=2026&to=2026",
        "/coverage/?view=map",
        "/coverage/?view=tiles&presence=registry",
        "/coverage/gaps/?audience=youth",
        "/findings/?state=confirmed&organisation=al.one",
        "/sources/?kind=document",
        "/en/",
        "/nowhere/",
    ]


@pytest.fixture
def reader(browser: Any) -> Iterator[Any]:
    """A page of a browser of its own, that notes what it was asked to fetch from elsewhere and what broke."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", locale="sq", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.fetched, page.broken = [], []
    page.on("request", lambda request: page.fetched.append(request.url))
    page.on("pageerror", lambda error: page.broken.append(str(error)))
    yield page
    context.close()


def sign_in(page: Any, hub: str, email: str) -> None:
    page.goto(hub + reverse("account_login"))
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)


def findings(page: Any, options: dict[str, Any]) -> list[str]:
    said = page.evaluate(
        "options => axe.run(document, {resultTypes: ['violations'], preload: false, ...options})"
        ".then(found => found.violations.map("
        "one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join(' | ')))",
        options,
    )
    return list(said)


def overflow(page: Any) -> str:
    """What sticks out of a phone, or nothing."""
    return str(
        page.evaluate(
            """() => {
              if (document.documentElement.scrollWidth <= innerWidth) return '';
              const all = [...document.querySelectorAll('body *')];
              const out = all.filter(e => e.getBoundingClientRect().right > innerWidth + 1);
              return 'wider than the phone: ' + out.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ');
            }"""
        )
    )


def look_at(page: Any, address: str) -> list[str]:
    """What is wrong with a page: light and wide by all rules, dark and narrow by those that this can break.

    What the browser keeps as a file is no page.
    """
    try:
        answer = page.goto(address)
    except Refused as refused:
        if "Download is starting" in str(refused):
            return []
        raise
    if "text/html" not in (answer.headers.get("content-type") or ""):
        return []
    wrong = [] if answer.status < 500 else [f"status {answer.status}"]
    page.evaluate(AXE_SCRIPT)
    wrong += findings(page, {})
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    wrong += [f"dark, on a phone {one}" for one in findings(page, ON_A_PHONE)]
    wrong += [one for one in [overflow(page)] if one]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    return [f"{urlsplit(address).path}: {one}" for one in wrong]


def foreign(page: Any, own: str) -> list[str]:
    """What was fetched from elsewhere; Chromium shows a PDF by a page of its own."""
    return [url for url in page.fetched if not url.startswith((own, "data:", "chrome-extension:", "chrome:"))]


def test_every_page_for_visitors(laid: World, live_server: Any, reader: Any) -> None:
    wrong = [one for path in pages(laid, doors.PUBLIC) for one in look_at(reader, live_server.url + path)]
    assert not wrong, "\n".join(wrong)
    assert foreign(reader, live_server.url) == []
    assert reader.broken == []


def test_every_page_for_people_who_signed_in(laid: World, live_server: Any, reader: Any) -> None:
    sign_in(reader, live_server.url, "ana@example.org")
    who = (doors.SIGNED_IN, doors.EDITOR, doors.MEMBER, doors.MAPPER, doors.COORDINATOR, doors.KEEPER)
    logout = reverse("account_logout")
    paths = [path for path in pages(laid, *who) if path != logout]
    wrong = [one for path in [*paths, logout] for one in look_at(reader, live_server.url + path)]
    assert not wrong, "\n".join(wrong)
    assert foreign(reader, live_server.url) == []
    assert reader.broken == []


# — the keyboard ———————————————————————————————————————————————————————————————————————————————————————————

# What Tab has to reach: what can be seen and used. A closed menu's ways, and all but one of a group of radio
# buttons, are reached by other keys.
REACHABLE = """() => {
  const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const radios = new Set();
  return [...document.querySelectorAll(usable)].filter(e => {
    const box = e.getBoundingClientRect();
    if (e.disabled || e.tabIndex < 0 || !box.width) return false;
    if (!e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})) return false;
    if (e.type === 'radio') { if (radios.has(e.name)) return false; radios.add(e.name); }
    return true;
  }).length
}"""
HERE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  window.seen = window.seen || new Set();
  const again = window.seen.has(e); window.seen.add(e);
  const style = getComputedStyle(e);
  const wide = (from, width) => from !== 'none' && parseFloat(width) >= 2;
  const shapes = e instanceof SVGElement ? [...e.querySelectorAll('rect, path, circle, polygon')] : [];
  const marked = wide(style.outlineStyle, style.outlineWidth)
    || shapes.map(part => getComputedStyle(part)).some(part => wide(part.stroke, part.strokeWidth));
  return {again, marked, count: window.seen.size, html: e.outerHTML.slice(0, 120)};
}"""


def walk(page: Any) -> list[str]:
    """Tab through the whole page: what is wrong with the way."""
    wanted, wrong, count = page.evaluate(REACHABLE), [], 0
    for _step in range(wanted * 2 + 20):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None or here["again"]:
            break
        count = here["count"]
        if not here["marked"]:
            wrong.append(f"focus cannot be seen: {here['html']}")
    if count < wanted:
        wrong.append(f"Tab reaches {count} of {wanted}")
    return wrong


def test_the_keyboard_reaches_all_and_shows_where_it_is(laid: World, live_server: Any, reader: Any) -> None:
    assert laid.one
    wrong = []
    public = ["home", "organisations", "places", "glossary", "account_login"]
    for path in [*map(reverse, public), laid.one.get_absolute_url()]:
        reader.goto(live_server.url + path)
        wrong += [f"{path}: {one}" for one in walk(reader)]
    sign_in(reader, live_server.url, "ana@example.org")
    code = laid.one.code
    inside = [laid.one.get_absolute_url(), reverse("organisation_edit", args=[code]), reverse("duplicates")]
    inside += [reverse("organisation_field", args=[code, field]) for field in ("place", "theme")]
    inside += [f"{reverse('own_activities', args=[code])}?add=1"]
    inside += [reverse("activity_edit", args=[laid.activity]), reverse("own_paste_check", args=[code])]
    for path in inside:
        reader.goto(live_server.url + path)
        wrong += [f"{path}: {one}" for one in walk(reader)]
    assert not wrong, "\n".join(wrong)


def test_the_skip_link_leads_to_the_content(laid: World, live_server: Any, reader: Any) -> None:
    reader.goto(live_server.url + "/")
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.className") == "skip-link"
    assert reader.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.id") == "content"


def test_the_language_is_changed_by_keyboard(laid: World, live_server: Any, reader: Any) -> None:
    reader.goto(live_server.url + "/organisations/?theme=youth")
    reader.focus("details.language summary")
    reader.keyboard.press("Enter")
    reader.wait_for_selector("details.language[open]")
    for _step in range(2):  # Albanian stands first, English second
        reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.hreflang") == "en"
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/en/organisations/?theme=youth")
    assert reader.get_attribute("html", "lang") == "en"


def test_an_error_takes_the_keyboard_to_the_field(laid: World, live_server: Any, reader: Any) -> None:
    """The summary stands first and is focused; its link leads to the field, which says the same beside it."""
    sign_in(reader, live_server.url, "ana@example.org")
    assert laid.one
    reader.goto(live_server.url + reverse("organisation_field", args=[laid.one.code, "website"]))
    reader.fill("input[name=v1-value]", "www without a scheme")
    reader.press("input[name=v1-value]", "Enter")
    reader.wait_for_selector(".error-summary")
    assert reader.evaluate("document.activeElement.className") == "error-summary"
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.name") == "v1-value"
    assert reader.get_attribute("input[name=v1-value]", "aria-invalid") == "true"
    assert reader.locator(".field.wrong .errorlist").count() == 1
