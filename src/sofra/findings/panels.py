"""What findings say of an organisation, as its page shows it: the organisation sees it there, and can contest it."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from sofra.coverage.wording import encoded
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
