"""Addresses of councils, their meetings and their decisions. What is fixed ("new/") stands before what is a code."""

from django.urls import path

from . import council_views, decision_views, meeting_views

_COUNCIL = "councils/<str:code>/"
_MEETING = f"{_COUNCIL}meetings/<int:number>/"
_DECISION = f"{_COUNCIL}decisions/<int:number>/"

urlpatterns = [
    path("councils/", council_views.council_list, name="councils"),
    path("councils/new/", council_views.council_new, name="council_new"),
    path("councils/shared/", council_views.council_shared, name="council_shared"),
    path(_COUNCIL, council_views.council, name="council"),
    path(f"{_COUNCIL}edit/", council_views.council_edit, name="council_edit"),
    path(f"{_COUNCIL}seats/", council_views.council_seats, name="council_seats"),
    path(f"{_COUNCIL}documents/<int:number>/", council_views.council_document, name="council_document"),
    path(f"{_COUNCIL}meetings/new/", meeting_views.meeting_new, name="meeting_new"),
    path(_MEETING, meeting_views.meeting, name="meeting"),
    path(f"{_MEETING}edit/", meeting_views.meeting_edit, name="meeting_edit"),
    path(f"{_MEETING}attendance/", meeting_views.meeting_attendance, name="meeting_attendance"),
    path(f"{_MEETING}minutes/", meeting_views.meeting_minutes, name="meeting_minutes"),
    path(f"{_MEETING}meeting.ics", meeting_views.meeting_ics, name="meeting_ics"),
    path(f"{_MEETING}minutes.<slug:form>", meeting_views.meeting_file, name="meeting_file"),
    path(f"{_MEETING}decide/", decision_views.decision_new, name="decision_new"),
    path("decisions/", decision_views.decision_list, name="decisions"),
    path(_DECISION, decision_views.decision, name="decision"),
    path(f"{_DECISION}edit/", decision_views.decision_edit, name="decision_edit"),
    path(f"{_DECISION}evidence/<int:step>/", decision_views.decision_evidence, name="decision_evidence"),
]
