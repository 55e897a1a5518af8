"""What findings say of an organisation, as its page shows it: the organisation sees it there, and can contest it.

And the ways from a round's page to what came of it.
"""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.coverage.wording import encoded
from sofra.mapping.models import Round
from sofra.organisations.models import Organisation

from . import queries

LATEST = 5


def of_organisation(request: HttpRequest, organisation: Organisation) -> str:
    """Nothing where no finding that the reader may see names it."""
    filters = queries.Filters(organisation=organisation)
    found = queries.narrowed(queries.findings_for(request.user), filters).order_by("-id")
    count = found.count()
    if not count:
        return ""
    context = {
        "findings": found[:LATEST], "count": count,
        "all_url": f"{reverse('findings')}?{encoded({'organisation': organisation.code})}",
    }  # fmt: skip
    return render_to_string("findings/_panel.html", context, request)


def of_round(request: HttpRequest, round: Round) -> list[tuple[str, str]]:
    """To the round's findings and sources, where the reader sees any; for mappers also where none is yet."""
    user, asked = request.user, encoded({"round": round.code})
    maps = has(user, roles.MAPPER)
    ways = []
    if maps or queries.findings_for(user).filter(round=round).exists():
        ways.append((f"{reverse('findings')}?{asked}", _("Findings")))
    if maps or queries.sources(level_of(user), user, round=round).exists():
        ways.append((f"{reverse('sources')}?{asked}", _("Sources")))
    if maps:
        ways.append((reverse("coding", args=[round.code]), _("Code free answers")))
    ways += [(one.get_absolute_url(), str(one)) for one in queries.tables(user).filter(round=round)[:5]]
    return ways
