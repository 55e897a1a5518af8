"""Pages of activities and coverage under load: list, one activity, before you plan, the table of the country.

As the registry's pages are measured (bench/pages.py): two workers, four clients, beside a bare view in the same run.
"""

from bench import generate_activities, pages
from bench.generate_activities import AUDIENCES, KINDS
from bench.tables import Table

PAGES: pages.Pages = {
    "activities, filtered, page 3": (
        "/activities/?kind=dialogue&audience=youth&page=3",
        lambda n, size: f"/activities/?kind={KINDS[n % 8]}&audience={AUDIENCES[n // 8 % 12]}&page={1 + n // 96 % 3}",
    ),
    "activity": ("/activities/al.a7/", lambda n, size: f"/activities/al.a{1 + n % size}/"),
    "before you plan": (
        "/plan/?place=AL153&audience=youth&kind=dialogue&from=03.2021&to=03.2021",
        lambda n, size: (
            f"/plan/?place={pages.PLACES[n % 15]}&audience={AUDIENCES[n // 15 % 12]}&kind={KINDS[n // 180 % 8]}"
            f"&from={1 + n % 12:02d}.{2018 + n // 12 % 8}&to={1 + n % 12:02d}.{2018 + n // 12 % 8}"
        ),
    ),
    "coverage": (
        "/coverage/?by=audience",
        lambda n, size: (
            f"/coverage/?by={('', 'audience', 'theme')[n % 3]}"
            f"&from=01.{2017 + n // 3 % 10}&to={1 + n // 30 % 12:02d}.{2017 + n // 3 % 10}"
        ),
    ),
}


def fill(size: int) -> None:
    """The world of the coverage bench, all of it public, so that every activity has a page."""
    from sofra.activities.models import Activity, Presence

    generate_activities.fill(size)
    Activity.objects.exclude(visible_to=0).update(visible_to=0)
    Presence.objects.exclude(visible_to=0).update(visible_to=0)


def run(quick: bool = False) -> list[Table]:
    return pages.tables(quick, PAGES, "bench.activity_pages", "activities")
