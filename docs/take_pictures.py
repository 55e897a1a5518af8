"""Takes the pictures of docs/images again, from a demo that runs: `.venv/bin/python docs/take_pictures.py`.

Start the demo first (`./sofra demo`); give another address as the first argument. An invented list is uploaded to
show its rows, and thrown away again: the registry stays as it was.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
LARGEST = 150 * 1024
LARGEST_OF_README = 320 * 1024  # the first picture that anybody sees is shown whole
ANA = ("ana@example.org", "sofra-e-anes-2026")
LIST = (
    "Emri;Shkurtesa;Vendi;Faqja\n"
    "Tjeter Vizion;;Elbasan;www.example.org\n"
    "Ura e Re e Trilluar;UR;Bashkia Pukë;ura.example.org\n"
    "Drita e Trilluar;DT;Shkodra, Lezha;drita\n"
)


@contextmanager
def chromium() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])


def take(page: Page, name: str, height: int = 800, width: int = 1180, largest: int = LARGEST) -> None:
    """One picture, cut to `height`; lower where it would weigh more than the documents should carry."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(200)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    while path.stat().st_size > largest and height > 300:
        height -= 80
        page.screenshot(path=path, clip={"x": 0, "y": 0, "width": width, "height": height})
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


def sign_in(page: Page, hub: str) -> None:
    page.goto(f"{hub}/account/login/")
    take(page, "sign-in", 700)
    page.fill("input[name=login]", ANA[0])
    page.fill("input[name=password]", ANA[1])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)


def import_rows(page: Page, hub: str) -> None:
    """A list up to the step at which every row is shown, then thrown away."""
    page.goto(f"{hub}/imports/new/")
    table = {"name": "lista.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.set_input_files("input[type=file]", files=[table])
    page.fill("input[name=source]", "Listë e trilluar, 2026")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/columns/")
    page.locator("form:has(input[value=columns]) button[type=submit]").click()
    for _second in range(60):
        if page.url.endswith("/rows/"):
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.goto(page.url.split("?")[0] + "?verdict=ask")
    take(page, "import-rows", 860)
    page.locator("form[action*=discard] button").first.click()


def main() -> None:
    hub = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    IMAGES.mkdir(exist_ok=True)
    with chromium() as browser:
        context = browser.new_context(locale="sq", color_scheme="light", viewport={"width": 1180, "height": 800})
        page = context.new_page()
        for name, path, height in (
            ("home", "/", 980),
            ("list", "/organisations/?place=AL-10", 800),
            ("list-map", "/organisations/?view=map", 900),
            ("organisation", "/organisations/al.acpd/", 860),
            ("place", "/places/AL153/", 860),
            ("plan", "/plan/?place=Pogradec&audience=youth&kind=prevention&from=2018&to=2018", 980),
            ("coverage", "/coverage/", 900),
        ):
            page.goto(hub + path)
            take(page, name, height, largest=LARGEST_OF_README if name == "home" else LARGEST)
        page.goto(hub + "/organisations/al.acpd/")
        take(page, "organisation-phone", 740, 360)
        page.set_viewport_size({"width": 1180, "height": 800})
        sign_in(page, hub)
        page.goto(f"{hub}/organisations/al.acpd/edit/theme/")
        take(page, "change-a-field", 860)
        page.goto(f"{hub}/duplicates/")
        page.locator("main table a[href*='/duplicates/al.']").first.click()
        page.wait_for_url("**/duplicates/al.*/**")
        take(page, "duplicates-pair", 860)
        page.goto(f"{hub}/organisations/al.ura-vogel-trilluar/activities/")
        take(page, "own-activities", 860)
        page.goto(f"{hub}/offices/al.zyra-arsimore-trendafili-trilluar/calendar/?view=term")
        take(page, "school-calendar", 860)
        import_rows(page, hub)


if __name__ == "__main__":
    main()
