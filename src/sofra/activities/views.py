"""Pages of activities and projects. Each fetches by a query that says whether the reader may."""

from django.http import HttpRequest, HttpResponse


def _soon(request: HttpRequest, code: str = "") -> HttpResponse:
    return HttpResponse(code)


activity_list = activity = activity_history = _soon
project_list = project_new = project = project_edit = project_move = project_undo = project_history = _soon
